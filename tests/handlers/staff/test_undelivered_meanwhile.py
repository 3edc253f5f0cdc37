"""A lane gives a message up while somebody changes its case: on PostgreSQL they do not block each other."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from customers.erasure import erase
from feedback.case_moves import lock
from feedback.complaints import respond
from handlers.staff.undelivered import tell_undelivered
from scheduler.delivery.traffic import Gate, Wish
from scheduler.delivery.turns import Note, take_turn
from store.departures import Ended
from store.engine import Database
from store.outbox import Draft, enqueue, withdraw_queued
from store.tables.complaints import Complaint
from store.tables.customers import Customer
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import COMPANY, NOW, make_staff
from tests.feedback.cases import make_complaint
from tests.patience import PATIENCE_S
from tests.postgres import PostgresServer

LATE = NOW + timedelta(days=9)
TURN = partial(
    take_turn, channel="telegram", company=COMPANY, told=partial(tell_undelivered, company=COMPANY)
)


@pytest.fixture
def database(postgres_server: PostgresServer) -> Iterator[Database]:
    """A case that was answered once; the answer waits to be sent."""
    with postgres_server.new_database(tables=True) as url:
        opened = Database(url)
        with opened.transaction() as session:
            complaint = make_complaint(session)
            mei = make_staff(session, name="Mei")
            respond(session, complaint, staff=mei, text="Sorry!", company=COMPANY, now=NOW)
            answer = Draft(
                kind=MessageKind.ANSWER,
                channel="telegram",
                address="77",
                customer_id=complaint.customer_id,
                text="Mei: Sorry!",
                dedupe_key="reply:1",
                about=f"complaint:{complaint.id}",
            )
            enqueue(session, [answer], now=NOW)
        yield opened
        opened.close()


def claims(database: Database) -> None:
    """Claim what is due, and give up what came too late."""
    wish = Wish(limit=9, reserved={}, held=Gate(0.0, frozenset()))
    with database.transaction() as session:
        TURN(session, notes=(), wish=wish, now=LATE, claims=[])


def lands(database: Database) -> None:
    """Note that the app did not take the answer."""
    wish = Wish(limit=0, reserved={}, held=Gate(0.0, frozenset()))
    note = Note("77", Ended(1, OutboxState.UNREACHABLE, "blocked"))
    with database.transaction() as session:
        TURN(session, notes=[note], wish=wish, now=NOW, claims=[])


def withdraw(session: Session) -> None:
    """Withdraw what still waits, as a note does that keeps an album back."""
    withdraw_queued(session, OutboxMessage.about == "complaint:1", reason="a note")


def change(session: Session) -> None:
    """Change what is being sent."""
    session.execute(update(OutboxMessage).where(OutboxMessage.id == 1).values(reason="changed"))


def forget(session: Session) -> None:
    """Erase the customer."""
    erase(session, session.scalars(select(Customer)).one(), now=NOW)


@pytest.mark.parametrize(
    ("turn", "holds", "does"),
    [(claims, True, withdraw), (lands, True, change), (lands, False, forget)],
    ids=["too late", "not taken", "erased"],
)
def test_neither_waits_for_the_other(
    database: Database,
    turn: Callable[[Database], None],
    does: Callable[[Session], None],
    *,
    holds: bool,
) -> None:
    if turn is lands:
        with database.transaction() as session:
            session.execute(update(OutboxMessage).values(state=OutboxState.SENDING))
    with ThreadPoolExecutor(1) as threads:
        with database.transaction() as session:
            if holds:
                lock(session, session.get_one(Complaint, 1))
            else:  # what erasing a customer changes first, and last
                session.get_one(Customer, 1, with_for_update={"key_share": True})
            lane = threads.submit(turn, database)
            until_it_is_over_or_waits(database, lane)
            does(session)
        lane.result(PATIENCE_S)


def test_what_could_not_end_ends_at_the_next_turn(database: Database) -> None:
    with database.transaction() as session:
        lock(session, session.get_one(Complaint, 1))
        claims(database)
    assert states(database) == [("reply:1", OutboxState.QUEUED)]
    with database.transaction() as session:
        session.execute(update(OutboxMessage).values(not_before=NOW))
    claims(database)
    assert states(database)[0] == ("reply:1", OutboxState.SKIPPED)
    with database.reading() as session:
        assert session.get_one(Complaint, 1).first_response_at is None


def states(database: Database) -> Sequence[tuple[str, OutboxState]]:
    """Give what is in the outbox, and where it stands."""
    with database.reading() as session:
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        return [(row.dedupe_key, row.state) for row in rows]


def until_it_is_over_or_waits(database: Database, lane: Future[None]) -> None:
    """Wait until a lane's transaction has ended, or waits for a lock."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    give_up_at = time.monotonic() + PATIENCE_S
    while not lane.done() and time.monotonic() < give_up_at:
        with database.reading() as session:
            if session.scalar(waiting):
                return
