"""Every case has exactly one owner, who may have it, whatever the staff are up to."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from customers.duty import go_away, go_off_duty, go_on_duty, is_away, is_on_duty
from customers.staff import deactivate
from feedback.assignment import look_again
from feedback.complaints import find_complaint, take
from feedback.owners import Given, Why, give_misplaced
from store.engine import Database
from store.tables.complaints import Complaint, ComplaintEvent, ComplaintState
from store.tables.staff import Role, Staff, StaffIdentity
from tests.factories import COMPANY, NOW, make_customer, make_staff
from tests.feedback.cases import make_complaint
from tests.tables import new_sqlite

ROLES = (Role.AGENT, Role.AGENT, Role.LEAD, Role.MARKETER)


def _open(session: Session, **customer: Any) -> Complaint:
    return make_complaint(session, make_customer(session, **customer))


def _give(session: Session, now: datetime = NOW) -> list[Given]:
    session.flush()
    look_again(session)
    return list(give_misplaced(session, company=COMPANY, now=now))


def test_what_nobody_has_goes_to_the_first_who_joins(any_database: Database) -> None:
    with any_database.transaction() as session:
        complaint = _open(session)
        assert complaint.owner_id is None
        assert _give(session) == []
        mei = make_staff(session)
        (given,) = _give(session)
        assert (given.owner, given.before, given.why) == (mei, None, Why.NOBODY)
        assert find_complaint(session, complaint.id).owner_id == mei.id
        assert _give(session) == []
        noted = select(ComplaintEvent.staff_id).where(ComplaintEvent.what == "assigned")
        assert session.scalars(noted).all() == [mei.id]


def test_what_is_open_leaves_who_goes_off_duty_and_what_is_taken_stays(database: Database) -> None:
    with database.transaction() as session:
        mei, tom = make_staff(session), make_staff(session)
        waits, taken = _open(session, contact_id=mei.id), _open(session, contact_id=mei.id)
        take(session, taken, staff=mei, now=NOW)
        go_off_duty(mei)
        (given,) = _give(session)
        assert (given.complaint.id, given.owner, given.why) == (waits.id, tom, Why.OFF_DUTY)
        assert taken.owner_id == mei.id


def test_who_is_away_is_covered_in_what_they_took_too(database: Database) -> None:
    with database.transaction() as session:
        mei, tom, eva = make_staff(session), make_staff(session), make_staff(session)
        taken = _open(session, contact_id=tom.id)
        take(session, taken, staff=mei, now=NOW)
        go_away(mei, until=NOW + timedelta(days=1), cover=eva, now=NOW)
        (given,) = _give(session)
        assert (given.owner, given.why, taken.state) == (eva, Why.AWAY, ComplaintState.CLAIMED)
        assert tom.id != taken.owner_id


def test_who_has_left_has_nothing(database: Database) -> None:
    with database.transaction() as session:
        mei, tom = make_staff(session), make_staff(session)
        for state in (ComplaintState.OPEN, ComplaintState.CLAIMED, ComplaintState.RESOLVED):
            _open(session, contact_id=mei.id).state = state
        ended = _open(session, contact_id=mei.id)
        ended.state = ComplaintState.CONFIRMED
        deactivate(session, mei)
        assert {(given.owner, given.why) for given in _give(session)} == {(tom, Why.LEFT)}
        assert ended.owner_id == mei.id
        assert session.scalar(select(func.count()).where(Complaint.owner_id == tom.id)) == 3


def test_on_an_app_that_is_switched_off_who_has_left_has_nothing_either(database: Database) -> None:
    with database.transaction() as session:
        mei, tom = make_staff(session), make_staff(session)
        off, left = (_open(session, contact_id=mei.id) for _ in range(2))
        off.channel = left.channel = "switched off"
        go_off_duty(mei)
        assert _give(session) == []  # nobody can answer it, so it waits where it is
        deactivate(session, mei)
        assert {(given.owner, given.why) for given in _give(session)} == {(tom, Why.LEFT)}


people = st.integers(1, len(ROLES))
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["on", "off", "leave", "join", "take"]), people, people),
        st.tuples(st.just("away"), people, people),
        st.tuples(st.just("complain"), people, people),
        st.tuples(st.just("wait"), people, people),
    ),
    max_size=20,
)


@contextmanager
def _house() -> Iterator[Session]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(new_sqlite(Path(folder) / "rapport.db"))
        try:
            with database.transaction() as session:
                for role in ROLES:
                    make_staff(session, role=role)
                yield session
        finally:
            database.close()


def _come_back(session: Session, one: Staff) -> None:
    """Work here again, with a chat on an app: who left has lost theirs."""
    if not one.active:
        one.active = True
        session.add(StaffIdentity(staff_id=one.id, channel="telegram", sender=str(one.id), joined_at=NOW))
    go_on_duty(one)


def _do(session: Session, what: str, one: Staff, other: Staff, now: datetime) -> None:
    if what == "on" and one.active:
        go_on_duty(one)
    elif what == "join":
        _come_back(session, one)
    elif what == "off":
        go_off_duty(one)
    elif what == "leave":
        deactivate(session, one)
    elif what == "away" and one.id != other.id and other.active:
        go_away(one, until=now + timedelta(hours=3), cover=other, now=now)
    elif what == "complain":
        _open(session, contact_id=one.id)
    elif what == "take" and one.active:
        free = session.scalar(select(Complaint).where(Complaint.state == ComplaintState.OPEN).limit(1))
        if free is not None:
            take(session, free, staff=one, now=now)


@settings(max_examples=30, deadline=None)
@given(steps)
@example(
    [("away", 2, 1), ("away", 3, 1), ("away", 4, 1), ("leave", 1, 1), ("complain", 1, 1), ("join", 1, 1)]
)
def test_always_exactly_one_owner_who_may_have_it(sequence: list[tuple[str, int, int]]) -> None:
    with _house() as session:
        now = NOW
        for what, first, second in sequence:
            one, other = session.get_one(Staff, first), session.get_one(Staff, second)
            now += timedelta(hours=2 if what == "wait" else 0)
            _do(session, what, one, other, now)
            _give(session, now)
            _check(session, now)
            assert _give(session, now) == []  # nothing goes round


def _check(session: Session, now: datetime) -> None:
    staff = session.scalars(select(Staff).where(Staff.active.is_(True))).all()
    active = {one.id for one in staff}
    on_duty = {one.id for one in staff if is_on_duty(one, now)}
    here = {one.id for one in staff if not is_away(one, now)}
    for complaint in session.scalars(select(Complaint)):
        if not active:
            continue
        may_have = on_duty if complaint.state is ComplaintState.OPEN else here
        assert complaint.owner_id in (may_have or active)
