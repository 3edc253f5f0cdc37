"""Promises and concessions under hand: many at once, on both databases, and over random lives."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback import promises
from feedback.concession_rules import DecidedError
from feedback.concessions import concede, decide
from feedback.promise_rules import DUE, OWNED_UP, REMINDERS, EndedCaseError, PromiseError
from store.engine import Database
from store.tables.complaints import Complaint, ComplaintEvent, ComplaintState
from store.tables.customers import Customer
from store.tables.desk import Concession, ConcessionKind, ConcessionState, Promise, PromiseState
from store.tables.feedback import EntrySource, SatisfactionEntry
from store.tables.staff import Role, Staff
from tests.factories import COMPANY, NOW, make_staff
from tests.feedback.cases import make_complaint
from tests.postgres import PostgresServer

DUE_AT = NOW + timedelta(days=2)


def make_promise(session: Session) -> Promise:
    mei = make_staff(session)
    return promises.promise(
        session, make_complaint(session), staff=mei, text="It comes", due_at=DUE_AT, company=COMPANY, now=NOW
    )


def propose(session: Session) -> Concession:
    mei, complaint = make_staff(session), make_complaint(session)
    make_staff(session, name="Lea", role=Role.LEAD)
    make_staff(session, name="Max", role=Role.MANAGER)
    return concede(
        session,
        complaint,
        staff=mei,
        kind=ConcessionKind.REFUND,
        amount=5_000,
        reason="Late",
        company=COMPANY,
        now=NOW,
    )


def test_nothing_is_promised_in_a_case_that_ended_since_it_was_read(any_database: Database) -> None:
    with any_database.transaction() as session:
        number, mei = make_complaint(session).id, make_staff(session).id
    with any_database.transaction() as session:
        read_before = session.get_one(Complaint, number)
        ends = update(Complaint).where(Complaint.id == number).values(state=ComplaintState.DISMISSED)
        session.execute(ends.execution_options(synchronize_session=False))
        assert read_before.state is ComplaintState.OPEN
        with pytest.raises(EndedCaseError):
            promises.promise(
                session,
                read_before,
                staff=session.get_one(Staff, mei),
                text="It comes",
                due_at=DUE_AT,
                company=COMPANY,
                now=NOW,
            )
    with any_database.reading() as session:
        assert session.get_one(Complaint, number).state is ComplaintState.DISMISSED


def test_of_two_who_call_it_kept_at_once_one_does(any_database: Database) -> None:
    with any_database.transaction() as session:
        made = make_promise(session)
        number, staff_id = made.id, made.staff_id
        lead_id = make_staff(session, name="Lea", role=Role.LEAD).id
    together = threading.Barrier(2)

    def tap(who: int | None) -> str:
        together.wait(timeout=10)
        with any_database.transaction() as session:
            try:
                promises.keep(
                    session,
                    session.get_one(Promise, number),
                    staff=session.get_one(Staff, who),
                    now=NOW,
                )
            except PromiseError as error:
                return str(error.state)
        return "mine"

    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(tap, (staff_id, lead_id)))
    assert answers == ["kept", "mine"]


def test_of_two_who_decide_at_once_one_does(any_database: Database) -> None:
    with any_database.transaction() as session:
        number = propose(session).id
        people = session.scalars(select(Staff.id).where(Staff.role.in_([Role.LEAD, Role.MANAGER]))).all()
    together = threading.Barrier(2)

    def tap(turn: tuple[int, bool]) -> str:
        who, give = turn
        together.wait(timeout=10)
        with any_database.transaction() as session:
            made, staff = session.get_one(Concession, number), session.get_one(Staff, who)
            try:
                decide(session, made, staff=staff, give=give, company=COMPANY, now=NOW)
            except DecidedError as error:
                return str(error.state)
            return f"I: {made.state}"

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(tap, zip(people, (True, False), strict=True)))
    (won,) = [answer for answer in answers if answer.startswith("I: ")]
    assert set(answers) == {won, won.removeprefix("I: ")}
    with any_database.reading() as session:
        decided = ComplaintEvent.what.in_(["concession_given", "concession_refused"])
        assert session.scalar(select(func.count()).select_from(ComplaintEvent).where(decided)) == 1


def test_two_gifts_at_once_are_not_both_within_one_limit(any_database: Database) -> None:
    with any_database.transaction() as session:
        mei, complaint = make_staff(session), make_complaint(session)
        make_staff(session, name="Lea", role=Role.LEAD)
        staff_id, complaint_id = mei.id, complaint.id
    together = threading.Barrier(3)

    def give(_turn: int) -> ConcessionState:
        together.wait(timeout=10)
        with any_database.transaction() as session:
            return concede(
                session,
                session.get_one(Complaint, complaint_id),
                staff=session.get_one(Staff, staff_id),
                kind=ConcessionKind.VOUCHER,
                amount=1_500,
                reason="Late",
                company=COMPANY,
                now=NOW,
            ).state

    with ThreadPoolExecutor(3) as threads:
        states = Counter(threads.map(give, range(3)))
    assert states == {ConcessionState.GIVEN: 1, ConcessionState.PROPOSED: 2}


def test_two_processes_take_each_step_once(any_database: Database) -> None:
    with any_database.transaction() as session:
        for _ in range(4):
            make_promise(session)
    together = threading.Barrier(2)

    def look(_process: int) -> list[tuple[int, int]]:
        together.wait(timeout=10)
        with any_database.transaction() as session:
            now = DUE_AT - timedelta(hours=20)
            return [
                (made.id, promises.take_step(session, made, now=now))
                for made in promises.due_promises(session, now=now)
            ]

    with ThreadPoolExecutor(2) as threads:
        taken = sorted(step for steps in threads.map(look, range(2)) for step in steps)
    assert taken == [(1, 0), (2, 0), (3, 0), (4, 0)]


def test_a_customer_who_is_writing_is_left_for_the_next_time(postgres_server: PostgresServer) -> None:
    with postgres_server.new_database(tables=True) as url, closing(Database(url)) as database:
        with database.transaction() as session:
            customer_id = make_promise(session).customer_id
        with database.transaction() as busy:
            busy.get(Customer, customer_id, with_for_update=True)
            with database.transaction() as session:
                assert promises.due_promises(session, now=DUE_AT) == []
        with database.transaction() as session:
            assert len(promises.due_promises(session, now=DUE_AT)) == 1


@pytest.mark.parametrize(
    "state", [ComplaintState.CONFIRMED, ComplaintState.UNCONFIRMED, ComplaintState.DISMISSED]
)
def test_in_a_case_that_has_ended_nothing_is_promised_or_given(
    database: Database, state: ComplaintState
) -> None:
    with database.transaction() as session:
        mei, complaint = make_staff(session), make_complaint(session)
        complaint.state = state
        with pytest.raises(EndedCaseError):
            promises.promise(
                session, complaint, staff=mei, text="It comes", due_at=DUE_AT, company=COMPANY, now=NOW
            )
        with pytest.raises(EndedCaseError):
            concede(
                session,
                complaint,
                staff=mei,
                kind=ConcessionKind.APOLOGY,
                amount=0,
                reason="Late",
                company=COMPANY,
                now=NOW,
            )
        assert session.scalars(select(Promise)).all() == []


MOVES = st.sampled_from(["keep", "withdraw", "confirm", "deny", "wait", "look", "leave"])


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(MOVES, st.integers(0, 40)), max_size=14))
def test_over_random_lives_an_open_promise_has_a_step_to_come_and_each_is_taken_once(
    database: Database, life: list[tuple[str, int]]
) -> None:
    now, taken = NOW, Counter[int]()
    with database.transaction() as session:
        made = make_promise(session)
        maker = session.get_one(Staff, made.staff_id)
        for move, hours in life:
            now += timedelta(hours=hours if move == "wait" else 0)
            before = made.state
            try:
                _do(session, made, maker, move=move, now=now, taken=taken)
            except PromiseError:
                assert made.state is before
            session.flush()
            is_open = made.state is PromiseState.OPEN
            assert (made.next_step_at is not None) >= is_open
            assert is_open or made.closed_at is not None
            assert all(count == 1 for count in taken.values())
        entries = session.scalars(
            select(SatisfactionEntry.value).where(
                SatisfactionEntry.source == EntrySource.PROMISE,
                SatisfactionEntry.customer_id == made.customer_id,
            )
        ).all()
        told = {PromiseState.CONFIRMED: [80.0], PromiseState.BROKEN: [0.0]}
        assert entries == told.get(made.state, [])
        session.rollback()


def _do(
    session: Session, made: Promise, maker: Staff, *, move: str, now: datetime, taken: Counter[int]
) -> None:
    match move:
        case "keep":
            promises.keep(session, made, staff=maker, now=now)
        case "withdraw":
            promises.withdraw(session, made, staff=maker, reason="None left", now=now)
        case "confirm":
            promises.confirm(session, made, now=now)
        case "deny":
            promises.deny(session, made, now=now)
        case "leave":
            maker.active = False
        case "look":
            for one in promises.due_promises(session, now=now):
                step = promises.take_step(session, one, now=now)
                assert step in (*range(len(REMINDERS)), DUE, OWNED_UP)
                taken[step] += 1
                if step == DUE:
                    promises.own_up_at(one, now)
