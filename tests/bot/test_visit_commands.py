"""rapport visits coverage, rapport purchases import: what an operator reads."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.purchase_file import import_purchases
from bot.visit_reports import coverage
from scheduler.programmes.coverage import By
from store.engine import Database
from store.errors import InputError
from store.tables.customers import Standing
from store.tables.outreach import Purchase, Visit, VisitState
from tests.factories import NOW, make_customer, make_staff

HEADER = "customer,reference,at,what,amount\n"


def imported(database: Database, file: Path, text: str | bytes) -> list[str]:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(import_purchases(database, file, timezone="Europe/London", now=NOW))


def test_purchases_are_taken_over_once_and_faults_stop_no_other(database: Database, tmp_path: Path) -> None:
    with database.transaction() as session:
        ana = make_customer(session, sender="77", phone="+44 20 123-456").id
    file = tmp_path / "bought.csv"
    text = HEADER + (
        f"{ana},R1,2026-11-20 14:30,tea,12.50\n"
        "telegram:77,R2,2026-11-20T14:30:00+09:00,,\n"
        "+4420123456,R3,2026-11-20,kettle\n"
        "999,R4,2026-11-20,,\n"
        f"{ana},R5,soon,,\n"
        f"{ana},R6,2027-11-20,,\n"
        f"{ana},R7,2026-11-20,,12 pounds\n"
        f"{ana},R8,2026-11-20,,nan\n"
        f"{ana},,2026-11-20,,\n"
        f"{ana},R1,2026-11-20 14:30,tea,12.50\n"
    )
    told = imported(database, file, text)
    assert told == [
        "line 5: no customer is '999': write their number, telegram:77 or +4420…",
        "line 6: 'soon' is no moment: write it like 2027-03-01 14:30",
        "line 7: 2027-11-20 is in the future",
        "line 8: '12 pounds' is no amount: write it like 12.50",
        "line 9: 'nan' is no amount: write it like 12.50",
        "line 10: reference is empty",
        f"{file}: 3 new, 1 known already, 6 that cannot be used.",
    ]
    assert imported(database, file, text)[-1].endswith("0 new, 4 known already, 6 that cannot be used.")
    with database.reading() as session:
        found = {one.reference: one for one in session.scalars(select(Purchase))}
    assert {one.customer_id for one in found.values()} == {ana}
    assert (found["R1"].at, found["R1"].amount) == (datetime(2026, 11, 20, 14, 30, tzinfo=UTC), 12.5)
    assert found["R2"].at == datetime(2026, 11, 20, 5, 30, tzinfo=UTC)
    assert (found["R3"].what, found["R3"].amount) == ("kettle", None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "has no header"),
        (b"customer,at\n1,2026-11-20\n", "lacks the column 'reference'"),
        (b"customer,reference,at\n\xff\xfe", "is not UTF-8"),
        (b'customer,reference,at\n1,"R1', "does not end"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    database: Database, tmp_path: Path, text: bytes, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        imported(database, tmp_path / "bought.csv", text)


def test_a_file_that_is_not_there_says_so(database: Database, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        list(import_purchases(database, tmp_path / "none.csv", timezone="UTC", now=NOW))


def test_many_faults_are_counted(database: Database, tmp_path: Path) -> None:
    told = imported(database, tmp_path / "bought.csv", HEADER + "9,R,2026-11-20,,\n" * 1030)
    assert len(told) == 22
    assert told[-2] == "… and 1010 more rows that cannot be used."


def test_coverage_is_printed_by_programme_contact_or_standing(any_database: Database) -> None:
    assert list(coverage(any_database, by=By.PROGRAMME, days=30, timezone="UTC")) == [
        "No visit fell due in the last 30 days."
    ]
    today = datetime.now(UTC)
    with any_database.transaction() as session:
        mei = make_staff(session).id
        for back, (state, reason) in enumerate(
            [
                (VisitState.ANSWERED, None),
                (VisitState.UNANSWERED, None),
                (VisitState.MISSED, "complaint"),
                (VisitState.MISSED, "contact busy"),
            ]
        ):
            customer = make_customer(session)
            session.add(
                Visit(
                    customer_id=customer.id,
                    programme="periodic",
                    due_on=today.date() - timedelta(days=back),
                    created_at=today,
                    state=state,
                    reason=reason,
                    made_at=today if reason is None else None,
                    contact_id=mei if back else None,
                    standing=Standing.KEY,
                )
            )
    header, line, footer = coverage(any_database, by=By.PROGRAMME, days=30, timezone="UTC")
    assert header.split() == [
        *("Programme", "due", "possible", "made", "rate", "in", "time", "answered", "waiting", "missed")
    ]
    assert line.split()[:8] == ["periodic", "4", "3", "2", "67%", "2", "1", "0"]
    assert "complaint 1" in line
    assert "3 days" in footer
    by_contact = list(coverage(any_database, by=By.CONTACT, days=30, timezone="UTC"))
    assert [one.split()[0] for one in by_contact[1:3]] == ["Mei", "(no"]
    assert list(coverage(any_database, by=By.STANDING, days=30, timezone="UTC"))[1].startswith("key ")
