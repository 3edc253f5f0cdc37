"""The benchmarks of the road in work: run small, and untimed."""

import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from benchmarks import growth, kills_in, road_in
from benchmarks.botapi.updates import compose
from benchmarks.receivers import UNHURRIED, Effects, Mode, Outcome, Peer, Rapport, receive
from benchmarks.years import MESSAGES_EACH, fill
from store.engine import Database
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.feedback import Feedback, SatisfactionEntry
from store.tables.outreach import VisitTurn
from store.tables.queues import InboxUpdate, OutboxMessage

MESSAGES = 200


@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_the_program_receives_and_answers_all(tmp_path: Path, mode: Mode) -> None:
    outcome = receive(Rapport(UNHURRIED), mode, tmp_path, compose(MESSAGES))

    assert outcome.faults == ()
    assert outcome.peak_mb > 0


def test_kills_lose_nothing_of_ours() -> None:
    story = kills_in.receive(Rapport(UNHURRIED), "polling", messages=MESSAGES, kills=1, dice=random.Random(3))

    assert story.effects == Effects(Counter(update.number for update in compose(MESSAGES)))
    assert (story.lost, story.unanswered) == (0, 0)


def test_what_a_bot_left_out_is_shown() -> None:
    bot = Peer(Path(), "ptb")
    lost = kills_in.Story(
        kills=1, given=10, effects=Effects(Counter([1, 1, 2])), lost=8, unanswered=9, repeated=0
    )

    row = kills_in.row(bot, "polling", lost)

    assert (row["lost"], row["lost %"], row["rows twice"], row["unanswered"]) == (8, 80.0, 1, 9)


def test_rapport_is_compared_with_the_faster_peer_of_the_same_condition() -> None:
    runs = [
        (road_in.Run(Rapport({}), "polling", 0, 10), 1500.0),
        (road_in.Run(Peer(Path(), "ptb"), "polling", 0, 10), 300.0),
        (road_in.Run(Peer(Path(), "aiogram"), "polling", 0, 10), 500.0),
        (road_in.Run(Peer(Path(), "aiogram"), "polling", 50, 10), 100.0),
    ]

    rows = road_in.table([(run, [Outcome(rate, 1.0, 90.0, 0.0, ())]) for run, rate in runs])

    assert [row["× faster peer"] for row in rows] == [3.0, 0.6, 1.0, 1.0]


def test_years_leave_whole_rows(any_database: Database) -> None:
    fill(any_database, MESSAGES, until=datetime(2026, 11, 21, 12, 0, tzinfo=UTC))

    with any_database.reading() as session:
        customers = session.scalar(select(func.count(Customer.id)))
        tables = (Message, Feedback, SatisfactionEntry, OutboxMessage)
        counts = [session.scalar(select(func.count(table.id))) for table in tables]
        updates = session.scalar(select(func.count(InboxUpdate.id)))
        in_line = session.scalar(select(func.count(VisitTurn.customer_id.distinct())))
    assert in_line == customers == MESSAGES // MESSAGES_EACH
    assert updates == MESSAGES  # they came in one go, on the last day
    assert counts == [MESSAGES] * len(tables)


def test_the_program_goes_on_after_years() -> None:
    rows = growth.measure("SQLite", [20, 40], 30, 1)

    assert [(row["stored"], row["complete"]) for row in rows] == [
        (20 * MESSAGES_EACH, "yes"),
        (40 * MESSAGES_EACH, "yes"),
    ]
    assert (rows[0]["% of the first"], rows[0]["CPU % of the first"]) == (100, 100)
