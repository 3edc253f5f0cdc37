"""Indexes: each is one that a query asks for, and what a query finds it finds by an index."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Index, Table, event, text
from sqlalchemy.orm import Session

from bot.channels.webchat.rooms import NAME as WEBCHAT
from customers.erasure import scrub_farewells
from feedback.at_risk import find_at_risk, risks_of
from feedback.complaints import due_for_repeat, history
from feedback.desk_report import desk_report
from feedback.escalation import due_cases
from feedback.evidence import evidence_of
from feedback.learning.labels import find_labels
from feedback.owners import see_misplaced
from feedback.promises import due_promises
from feedback.record import newest_entries
from feedback.roll_ups import add_up
from scheduler.audience import select_addressees
from scheduler.delivery.traffic import Gate, Wish
from scheduler.delivery.turns import take_turn
from scheduler.suppressions import count_suppressed, list_suppressed
from store.broken_promises import let_down
from store.conversations import find_message
from store.engine import Database
from store.history import has_heard, mentioned_files, read_history
from store.migrate import migrate
from store.outbox import Draft, enqueue, find_by_external_id, find_by_key
from store.questions import newest_to
from store.search import search
from store.search_index import see_unindexed
from store.second_looks import find_waiting_looks
from store.tables import Base
from store.tables.conversations import SHOWN_HERE
from store.tables.customers import Customer, Purpose
from store.tables.queues import MessageKind
from store.threads import NEWEST_OF_TALK, messages_about, spoken_of
from tests.factories import COMPANY, NOW, make_customer, make_staff
from tests.store.test_migrations import empty_url

__all__ = ["empty_url"]

CHAT = {"channel": "telegram", "address": "77"}
SHOWN_CHAT = {"channel": SHOWN_HERE, "address": "w-ana"}


def send_a_change(session: Session) -> None:
    """Claim and clear the correction of a message."""
    draft = Draft(MessageKind.ANSWER, "telegram", "77", "better", dedupe_key="better", edits="good")
    enqueue(session, [draft], now=NOW)
    wish = Wish(limit=1, reserved={}, held=Gate(0.0, frozenset()))
    take_turn(
        session, notes=(), wish=wish, channel="telegram", company=COMPANY, now=NOW, claims=[], doubtful=()
    )


def send_an_offer(session: Session) -> None:
    """Claim and clear what speaks first."""
    ana = make_customer(session, sender="77")
    offer = Draft(MessageKind.CAMPAIGN, "telegram", "77", "sale", customer_id=ana.id, purpose=Purpose.OFFERS)
    enqueue(session, [replace(offer, dedupe_key="offer")], now=NOW)
    wish = Wish(limit=1, reserved={}, held=Gate(0.0, frozenset()))
    take_turn(session, notes=(), wish=wish, channel="telegram", company=COMPANY, now=NOW, claims=[])


QUERIES: Sequence[tuple[Callable[[Session], object], Sequence[str]]] = (
    (lambda s: find_message(s, **CHAT, external_id="5"), ["ix_messages_external_id_channel_address"]),
    (lambda s: find_by_external_id(s, **CHAT, external_id="5"), ["ix_outbox_external_id_channel_address"]),
    (lambda s: find_by_key(s, "answer:1"), ["dedupe_key|sqlite_autoindex_outbox"]),
    (
        lambda s: read_history(s, channel=SHOWN_HERE, address="w-ana", limit=10),
        ["ix_messages_shown_here", "ix_outbox_shown_here"],
    ),
    (lambda s: has_heard(s, **SHOWN_CHAT), ["ix_messages_shown_here"]),
    (lambda s: mentioned_files(s, channel=SHOWN_HERE), ["ix_messages_shown_here"]),
    (lambda s: newest_to(s, customer_id=7, **CHAT, now=NOW, limit=5), ["ix_outbox_customer_id"]),
    (lambda s: NEWEST_OF_TALK.answer(s, (7, "telegram", "77")), ["ix_outbox_about_id"]),
    (lambda s: spoken_of(s, ["customer:7", "customer:8"], NOW), ["ix_outbox_about_id"]),
    (lambda s: messages_about(s, ["customer:7", "complaint:8"]), ["ix_outbox_about_id"]),
    (lambda s: scrub_farewells(s, now=NOW), ["ix_outbox_about_id"]),
    (lambda s: evidence_of(s, 7), ["ix_satisfaction_entries_customer_id"]),
    (lambda s: newest_entries(s, 7, 5), ["ix_satisfaction_entries_customer_id"]),
    (
        lambda s: find_at_risk(s, now=NOW),
        ["ix_satisfaction_entries_at", "ix_satisfaction_entries_customer_id", "ix_complaints_state"],
    ),
    (
        lambda s: risks_of(s, [7, 8], NOW),
        ["ix_satisfaction_entries_customer_id", "ix_complaints_customer_id_state"],
    ),
    (lambda s: add_up(s, now=NOW), ["ix_satisfaction_entries_at"]),
    (lambda s: find_waiting_looks(s, 32), ["ix_second_looks_waiting"]),
    (
        lambda s: see_unindexed(s, now=NOW),
        ["uq_search_rows|sqlite_autoindex_search_rows", "ix_messages_edited_at"],
    ),
    (lambda s: search(s, "cold tea", 5), ["search_fts|ix_search_rows_words"]),
    (
        lambda s: desk_report(s, NOW, NOW, zone="UTC"),
        ["ix_complaint_events_breached", "ix_complaints_state_opened_at"],
    ),
    (lambda s: [make_staff(s), see_misplaced(s, company=COMPANY, now=NOW)], ["ix_complaints_live"]),
    (find_labels, ["ix_satisfaction_entries_ratings", "ix_complaints_state"]),
    (lambda s: history(s, 7), ["ix_complaint_events_complaint_id"]),
    (
        lambda s: due_for_repeat(s, now=NOW, after=NOW - NOW, channels=["telegram"]),
        ["ix_complaints_state|ix_complaints_live"],
    ),
    (lambda s: due_cases(s, channels=["telegram"], now=NOW), ["ix_complaints_next_step_at"]),
    (lambda s: due_promises(s, now=NOW), ["ix_promises_next_step_at"]),
    (
        lambda s: s.execute(select_addressees(["telegram"]).where(let_down(Customer.id, NOW))).all(),
        ["ix_promises_customer_id"],
    ),
    # Which of two indexes finds a customer's messages, PostgreSQL's statistics decide, and here are none.
    (
        send_an_offer,
        ["ix_outbox_first_spoken|ix_outbox_customer_id", "ix_satisfaction_entries_customer_id"],
    ),
    (lambda s: count_suppressed(s, since=NOW), ["ix_suppressions_at_purpose_reason"]),
    (lambda s: count_suppressed(s, occasion="campaign:1"), ["ix_suppressions_occasion_purpose_reason"]),
    (lambda s: list_suppressed(s, since=NOW, limit=9), ["ix_suppressions_at_purpose_reason"]),
    # Of two indexes that find one row SQLite takes the one made last, and metadata makes them in any order.
    (
        send_a_change,
        ["ix_outbox_due", "ix_outbox_edits", "ix_identities_unreachable|ix_identities_channel_address"],
    ),
)


@pytest.mark.parametrize(("query", "indexes"), QUERIES)
def test_what_is_asked_for_is_found_by_an_index(
    query: Callable[[Session], object], indexes: Sequence[str], any_database: Database
) -> None:
    found = plans(any_database, query)
    for names in indexes:
        assert any(name in plan for name in names.split("|") for plan in found), found
    scanned = [plan for plan in found if any(f"SCAN {table}" in plan for table in ("outbox", "messages"))]
    assert [plan for plan in scanned if "USING" not in plan] == []


def plans(database: Database, query: Callable[[Session], object]) -> list[str]:
    """Ask how each statement of a query is run, with the values that it is given."""
    found: list[str] = []

    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.lstrip().startswith(("SELECT", "UPDATE", "WITH")):
            return
        prefix = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        asked = connection.connection.cursor()
        asked.execute(prefix + statement, parameters)
        found.append("\n".join(str(row[-1]) for row in asked.fetchall()))

    with database.transaction() as session:
        if not database.is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))
        event.listen(session.connection(), "before_cursor_execute", explain)
        query(session)
    return found


def test_the_chats_that_we_show_are_those_of_the_web() -> None:
    assert SHOWN_HERE == WEBCHAT


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=str)
def test_what_refers_to_a_row_is_found_by_an_index(table: Table) -> None:
    first = {next(iter(index.columns)).name for index in table.indexes if _holds_all_that_refer(index)}
    first |= {next(iter(key.columns)).name for key in table.constraints if list(key.columns)}  # type: ignore[attr-defined]  # of those that have columns
    assert {column.name for column in table.columns if column.foreign_keys} <= first


def _holds_all_that_refer(index: Index) -> bool:
    where = index.dialect_options["sqlite"]["where"]
    column = next(iter(index.columns), None)
    return column is not None and (where is None or str(where) == f"{column.name} IS NOT NULL")


def test_migrations_give_the_declared_indexes(empty_url: str) -> None:
    database = Database(empty_url)
    migrate(database)
    migrated = definitions(database)
    Base.metadata.drop_all(database.engine)
    Base.metadata.create_all(database.engine)
    assert definitions(database) == migrated
    database.close()


def definitions(database: Database) -> set[str]:
    """Give each index of ours as the database writes it down."""
    asked = (
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        if database.is_sqlite
        else "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " AND tablename NOT LIKE 'procrastinate%' AND tablename <> 'alembic_version'"
    )
    with database.reading() as session:
        return set(session.scalars(text(asked)))
