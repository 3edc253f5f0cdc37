"""What it cost to make good, and who came back."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from customers.consent import set_consent
from feedback.concession_report import WATCHED, Return, after_concession, concession_report
from store.engine import Database
from store.tables.conversations import Message
from store.tables.desk import Concession, ConcessionKind, ConcessionState
from tests.factories import NOW
from tests.feedback.test_kept_rates import world

GIVEN = NOW - timedelta(days=100)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("wrote", "stopped", "now", "expected"),
    [
        (DAY * 10, None, DAY * 11, Return.BACK),
        (WATCHED, None, DAY * 200, Return.BACK),
        (WATCHED + DAY, None, DAY * 200, Return.QUIET),
        (None, None, DAY * 90, Return.TOO_EARLY),
        (None, None, DAY * 91, Return.QUIET),
        (DAY * 10, DAY * 20, DAY * 30, Return.STOPPED),
        (DAY * 10, -DAY, DAY * 30, Return.BACK),
        (None, DAY * 95, DAY * 200, Return.QUIET),
    ],
)
def test_whether_somebody_came_back(
    wrote: timedelta | None, stopped: timedelta | None, now: timedelta, expected: Return
) -> None:
    found = after_concession(
        GIVEN,
        wrote_at=None if wrote is None else GIVEN + wrote,
        stopped_at=None if stopped is None else GIVEN + stopped,
        now=GIVEN + now,
    )
    assert found is expected


def give(
    session: Session, case: int, customer: int, kind: ConcessionKind, amount: int, **fields: object
) -> None:
    values = {
        "customer_id": customer,
        "complaint_id": case,
        "kind": kind,
        "amount": amount,
        "currency": "USD",
        "reason": "Late",
        "state": ConcessionState.GIVEN,
        "made_at": GIVEN,
        "decided_at": GIVEN,
    }
    session.add(Concession(**(values | fields)))
    session.flush()


def write(session: Session, customer: int, at: datetime) -> None:
    session.add(
        Message(customer_id=customer, channel="telegram", address="1", sender="1", text="Hello", at=at)
    )
    session.flush()


def test_cost_and_retention_by_cause_kind_and_currency(any_database: Database) -> None:
    refund, voucher = ConcessionKind.REFUND, ConcessionKind.VOUCHER
    with any_database.transaction() as session:
        _, (delivery, _, unknown) = world(session)
        customer = delivery.customer_id
        write(session, customer, GIVEN + timedelta(hours=2))  # «thanks» is no coming back
        give(session, delivery.id, customer, refund, 1500)
        give(session, delivery.id, customer, refund, 500, decided_at=NOW - DAY)
        give(session, delivery.id, customer, refund, 700, currency="EUR")
        give(session, unknown.id, customer, voucher, 900)
        give(session, unknown.id, customer, voucher, 99_900, state=ConcessionState.REFUSED)
        give(session, unknown.id, customer, voucher, 99_900, state=ConcessionState.PROPOSED, decided_at=None)
        before = concession_report(session, now=NOW)
        write(session, customer, GIVEN + DAY * 30)
        back = concession_report(session, now=NOW)
        set_consent(session, customer, granted=False, now=GIVEN + DAY * 40)
        session.flush()
        stopped = concession_report(session, now=NOW)
        lately = concession_report(session, now=NOW, since=NOW - DAY * 2)

    assert [(made.cause, made.kind, made.currency, made.number, made.cost) for made in before] == [
        ("delivery", refund, "USD", 2, 2000),
        (None, voucher, "USD", 1, 900),
        ("delivery", refund, "EUR", 1, 700),
    ]
    assert before[0].returns[Return.QUIET] == before[0].returns[Return.TOO_EARLY] == 1
    assert [made.retention for made in before] == [0.0, 0.0, 0.0]
    assert [made.retention for made in back] == [1.0, 1.0, 1.0]
    assert [made.retention for made in stopped] == [0.0, 0.0, 0.0]
    assert [made.cost for made in lately] == [500]
    assert lately[0].retention is None
