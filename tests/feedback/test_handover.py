"""Handing over: everything that is somebody's finds somebody else, once, and evenly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from customers.staff import deactivate, find_staff
from feedback.assignment import look_again
from feedback.assignment_rules import Colleague
from feedback.complaints import confirm, resolve, take
from feedback.handover import (
    Belongings,
    NotJoinedError,
    belongings_of,
    hand_over,
    leave,
    spread,
    successors_of,
)
from store.engine import Database
from store.errors import InputError
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.desk import Promise, PromiseState
from store.tables.staff import Role, Staff
from tests.factories import COMPANY, NOW, make_customer, make_staff
from tests.feedback.cases import make_complaint


def _case(session: Session, customer: Customer, staff: Staff | None = None) -> Complaint:
    complaint = make_complaint(session, customer)
    if staff is not None:
        take(session, complaint, staff=staff, now=NOW)
    return complaint


def _promise(session: Session, customer: Customer, staff: Staff, **fields: object) -> Promise:
    values = {
        "customer_id": customer.id,
        "staff_id": staff.id,
        "text": "A new one",
        "made_at": NOW,
        "due_at": NOW,
    }
    made = Promise(**(values | fields))
    session.add(made)
    session.flush()
    return made


def test_all_that_is_somebodys_goes_and_their_access_ends(any_database: Database) -> None:
    with any_database.transaction() as session:
        mei, tom = make_staff(session, name="Mei", sender="9"), make_staff(session, name="Tom")
        ana, bo = make_customer(session, contact_id=mei.id), make_customer(session, contact_id=mei.id)
        eve = make_customer(session, contact_id=tom.id)
        opened, taken, of_tom = _case(session, ana), _case(session, eve, mei), _case(session, eve)
        ended = _case(session, bo, mei)
        ended.state, ended.closed_at = ComplaintState.CONFIRMED, NOW
        made, kept = (
            _promise(session, bo, mei, state=state) for state in (PromiseState.OPEN, PromiseState.CONFIRMED)
        )
        assert belongings_of(session, mei) == Belongings(2, 2, 1)

        (received,) = leave(session, mei, [tom], company=COMPANY, now=NOW)

        assert [given.complaint.id for given in received.cases] == [opened.id, taken.id]
        assert received.contacts == [ana.id, bo.id]
        assert received.promises == [made]
        assert received.with_something_open == [ana.id, eve.id, bo.id]
        assert not belongings_of(session, mei)
        assert {opened.owner_id, taken.owner_id, of_tom.owner_id, made.staff_id} == {tom.id}
        assert (ended.owner_id, kept.staff_id) == (mei.id, mei.id)
        assert (taken.state, ana.contact_id) == (ComplaintState.CLAIMED, tom.id)
        assert find_staff(session, channel="telegram", sender="9") is None
        with pytest.raises(InputError, match="Mei has left already"):
            leave(session, mei, [tom], company=COMPANY, now=NOW)


def test_what_ended_without_cause_and_remedy_goes_too_silently(any_database: Database) -> None:
    with any_database.transaction() as session:
        mei, tom = make_staff(session, name="Mei"), make_staff(session, name="Tom")
        unfiled, filed = (_case(session, make_customer(session), mei) for _ in range(2))
        confirm(session, unfiled, now=NOW)
        resolve(session, filed, staff=mei, cause="product", remedy="A new one", company=COMPANY, now=NOW)
        confirm(session, filed, now=NOW)

        (received,) = leave(session, mei, [tom], company=COMPANY, now=NOW)

        assert (unfiled.owner_id, filed.owner_id) == (tom.id, mei.id)
        assert (received.cases, received.unfiled) == ([], [unfiled.id])
        assert received.with_something_open == []


def test_cases_alone_are_handed_over_without_the_customers(database: Database) -> None:
    with database.transaction() as session:
        mei, tom = make_staff(session), make_staff(session)
        ana = make_customer(session, contact_id=mei.id)
        first, second = _case(session, ana), _case(session, ana)
        (received,) = hand_over(session, mei, [tom], company=COMPANY, now=NOW, contacts=False, only=second.id)
        assert [given.complaint for given in received.cases] == [second]
        assert (first.owner_id, ana.contact_id) == (mei.id, mei.id)


@pytest.mark.parametrize("who", ["themselves", "somebody who left"])
def test_who_cannot_take_over_is_refused_and_nothing_moves(database: Database, who: str) -> None:
    with database.transaction() as session:
        mei, tom = make_staff(session, name="Mei"), make_staff(session, name="Tom")
        tom.active = False
        case = _case(session, make_customer(session, contact_id=mei.id))
        with pytest.raises(InputError):
            leave(session, mei, [mei if who == "themselves" else tom], company=COMPANY, now=NOW)
        assert mei.active
        assert case.owner_id == mei.id


def test_who_has_not_joined_takes_over_only_where_nobody_else_hears(database: Database) -> None:
    with database.transaction() as session:
        mei, tom = make_staff(session, name="Mei"), make_staff(session, name="Tom")
        new = Staff(name="New", role=Role.AGENT, created_at=NOW)
        session.add(new)
        session.flush()
        case = _case(session, make_customer(session, contact_id=mei.id))
        assert successors_of(session, mei, channels=COMPANY.channels) == [tom]
        with pytest.raises(NotJoinedError, match="New has not joined yet"):
            leave(session, mei, [new], company=COMPANY, now=NOW)
        assert (case.owner_id, mei.active) == (mei.id, True)
        deactivate(session, tom)
        look_again(session)
        assert successors_of(session, mei, channels=COMPANY.channels) == [new]
        with pytest.raises(NotJoinedError):  # who stays still hears
            hand_over(session, mei, [new], company=COMPANY, now=NOW, contacts=False)
        leave(session, mei, [new], company=COMPANY, now=NOW)
        assert case.owner_id == new.id


def test_the_team_takes_over_else_everybody_but_marketers(database: Database) -> None:
    with database.transaction() as session:
        mei, tom, eva, max_ = (make_staff(session) for _ in range(4))
        max_.role = Role.MARKETER
        assert successors_of(session, mei, channels=COMPANY.channels) == [tom, eva]
        mei.team = eva.team = "china"
        session.flush()
        assert successors_of(session, mei, channels=COMPANY.channels) == [eva]
        assert successors_of(session, tom, channels=COMPANY.channels, team="china") == [mei, eva]
        with pytest.raises(InputError, match="nobody else who has joined is in the team 'night'"):
            successors_of(session, mei, channels=COMPANY.channels, team="night")
        tom.active = eva.active = False
        session.flush()
        assert successors_of(session, mei, channels=COMPANY.channels) == [max_]
        max_.active = False
        session.flush()
        with pytest.raises(InputError, match="take somebody in first"):
            successors_of(session, mei, channels=COMPANY.channels)


def test_many_customers_are_spread_evenly_by_language(database: Database) -> None:
    with database.transaction() as session:
        mei, tom, eva = (make_staff(session) for _ in range(3))
        tom.languages, eva.languages = ["en"], ["en", "zh"]
        for number in range(30):
            make_customer(session, contact_id=mei.id, language="zh" if number % 3 == 0 else "en")
        leave(session, mei, [tom, eva], company=COMPANY, now=NOW)
        counts = dict(
            session.execute(select(Customer.contact_id, func.count()).group_by(Customer.contact_id)).all()
        )
        assert counts == {tom.id: 15, eva.id: 15}
        assert (
            session.scalar(
                select(func.count()).where(Customer.contact_id == tom.id, Customer.language == "zh")
            )
            == 0
        )


languages = st.sampled_from(["", "en", "zh"])
receivers = st.lists(
    st.builds(
        Colleague,
        id=st.just(0),
        role=st.just(Role.AGENT),
        languages=st.frozensets(st.sampled_from(["en", "zh"])),
        load=st.floats(0, 9),
    ),
    min_size=1,
    max_size=4,
)


@given(
    customers=st.dictionaries(st.integers(1, 50), languages, max_size=30),
    people=receivers,
    weights=st.dictionaries(st.integers(1, 50), st.integers(1, 3)),
)
def test_everybody_gets_somebody_who_speaks_their_language_where_one_does(
    customers: dict[int, str], people: list[Colleague], weights: dict[int, int]
) -> None:
    to = [
        Colleague(number, one.role, languages=one.languages, load=one.load)
        for number, one in enumerate(people, 1)
    ]
    shared = spread(customers, to, weights)
    assert shared.keys() == customers.keys()
    by_id = {one.id: one for one in to}
    for number, language in customers.items():
        speaks = [one for one in to if not one.languages or not language or language in one.languages]
        assert not speaks or by_id[shared[number]] in speaks
    if not any(one.languages for one in to):  # then it is even, but for one customer
        got = [
            sum(1 + weights.get(number, 0) for number, who in shared.items() if who == one.id) for one in to
        ]
        assert max(got) - min(got) <= 1 + max(weights.values(), default=0)
