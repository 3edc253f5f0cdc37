"""Cases given to people, as the tables stand."""

from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy.orm import Session

from customers.desk import Desk, Team
from customers.duty import go_away, go_off_duty, go_on_duty, is_on_duty
from feedback.assignment import accountable_of, assign, look_again
from store.engine import Database
from store.tables.complaints import CaseSeverity, Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.staff import Role, Staff
from tests.factories import COMPANY, NOW, make_customer, make_staff


def _case(session: Session, customer: Customer, owner_id: int | None, **fields: object) -> Complaint:
    values = {
        "customer_id": customer.id,
        "channel": "telegram",
        "address": "77",
        "owner_id": owner_id,
        "text": "It broke.",
        "opened_at": NOW,
        "first_response_due_at": NOW,
        "resolution_due_at": NOW,
    } | fields
    complaint = Complaint(**values)
    session.add(complaint)
    session.flush()
    return complaint


def test_weight_counts_severity_and_age_of_what_is_open(any_database: Database) -> None:
    with any_database.transaction() as session:
        ana = make_customer(session)
        old, severe, ended = (make_staff(session, name=name) for name in ("Old", "Severe", "Ended"))
        _case(session, ana, old.id, opened_at=NOW - timedelta(hours=9))  # weighs 10
        _case(session, ana, severe.id, severity=CaseSeverity.CRITICAL, opened_at=NOW - timedelta(hours=1))
        _case(session, ana, ended.id, state=ComplaintState.CONFIRMED, opened_at=NOW - timedelta(days=9))
        given = [assign(session, customer=ana, company=COMPANY, now=NOW) for _ in range(9)]
        assert [one.name if one else None for one in given] == ["Ended"] * 8 + ["Severe"]


def test_what_is_assigned_in_a_transaction_is_counted_up(database: Database) -> None:
    with database.transaction() as session:
        ana = make_customer(session)
        first, second = make_staff(session), make_staff(session)
        given = [assign(session, customer=ana, company=COMPANY, now=NOW) for _ in range(4)]
        assert given == [first, second, first, second]


def test_duty_absence_and_cover(database: Database) -> None:
    with database.transaction() as session:
        first, second, third = make_staff(session), make_staff(session), make_staff(session)
        ana = make_customer(session, contact_id=first.id)

        def given(now: datetime = NOW) -> object:
            look_again(session)
            return assign(session, customer=ana, company=COMPANY, now=now)

        assert given() == first
        go_away(first, until=NOW + timedelta(days=2), cover=third, now=NOW)
        assert not is_on_duty(first, NOW)
        assert given() == third
        assert given(NOW + timedelta(days=2)) == first  # back by themselves
        go_off_duty(third)
        assert given() == second
        go_on_duty(first)
        assert given() == first


def test_a_team_speaks_for_those_who_name_no_language(database: Database) -> None:
    teams = MappingProxyType({"china": Team("China", languages=("zh-Hans",))})
    company = replace(COMPANY, desk=Desk(teams=teams))
    with database.transaction() as session:
        english, chinese = make_staff(session), make_staff(session)
        english.languages, chinese.team = ["en"], "china"
        ana = make_customer(session, language="zh")
        assert assign(session, customer=ana, company=company, now=NOW) == chinese


def test_who_has_not_joined_on_an_app_that_is_on_gets_nothing_while_anybody_has(database: Database) -> None:
    with database.transaction() as session:
        ana = make_customer(session)
        session.add(Staff(name="New", role=Role.AGENT, created_at=NOW))
        session.flush()
        assert assign(session, customer=ana, company=COMPANY, now=NOW) is not None  # the staff chat is told
        mei = make_staff(session, name="Mei")
        make_staff(session, name="Tom", channel="whatsapp")
        for _ in range(3):
            look_again(session)
            assert assign(session, customer=ana, company=COMPANY, now=NOW) == mei
        assert assign(session, customer=ana, company=COMPANY, now=NOW, not_to=[mei.id]) is None


def test_nobody_is_accountable_only_where_there_is_nobody(database: Database) -> None:
    with database.transaction() as session:
        ana = make_customer(session)
        assert assign(session, customer=ana, company=COMPANY, now=NOW) is None
        mei = make_staff(session)
        look_again(session)
        complaint = _case(session, ana, mei.id)
        assert assign(session, customer=ana, company=COMPANY, now=NOW, not_to=[mei.id]) is None
        assert accountable_of(session, complaint) == mei
        mei.active = False
        assert accountable_of(session, complaint) is None
