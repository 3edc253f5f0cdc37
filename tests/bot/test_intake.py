"""The road in: a batch is handled as if each update came alone, whatever one of them is like."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from bot import intake
from bot.intake import handle_batch
from handlers import reception
from handlers.context import Setting
from handlers.incoming import Attachment, AttachmentKind, Incoming, Sender
from handlers.rounds import rounds
from store.engine import Database
from store.outbox import Draft
from store.tables.complaints import Complaint, ComplaintEvent
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.feedback import Feedback
from store.tables.queues import InboxUpdate, OutboxMessage
from tests.factories import COMPANY, NOW, make_incoming, make_staff

BROKEN = "My teapot arrived broken, I want a refund"


def take(database: Database, *updates: Incoming) -> frozenset[str]:
    with database.transaction() as session:
        return handle_batch(session, updates, company=COMPANY, now=NOW)


def answers_to(session: Session, address: str) -> Sequence[str]:
    rows = session.scalars(
        select(OutboxMessage).where(OutboxMessage.address == address).order_by(OutboxMessage.id)
    )
    return [row.body["text"] for row in rows]


@pytest.fixture
def bad_words(monkeypatch: pytest.MonkeyPatch) -> str:
    """Words that a handler chokes on after it has written and queued something, in the middle of a round."""

    def receive(session: Session, updates: Sequence[Incoming], setting: Setting) -> list[Sequence[Draft]]:
        replies = reception.receive(session, updates, setting)
        if any("choke" in update.text for update in updates):
            session.flush()
            raise RuntimeError("choked")
        return replies

    monkeypatch.setattr(intake, "receive", receive)
    return "It is broken, choke on it"


def test_a_bad_update_in_the_middle_of_a_batch_fails_alone(any_database: Database, bad_words: str) -> None:
    updates = [
        make_incoming(BROKEN, sender="1"),
        make_incoming(BROKEN, sender="2"),
        make_incoming(bad_words, sender="3"),
        make_incoming("And the lid is missing too", sender="1"),
        make_incoming("Hello", sender="4"),
    ]
    assert take(any_database, *updates) == {"telegram"}

    with any_database.reading() as session:
        inbox = {row.update_id: row.error for row in session.scalars(select(InboxUpdate))}
        assert inbox == {update.update_id: None for update in updates} | {
            updates[2].update_id: "RuntimeError: choked"
        }
        assert session.scalars(select(Message.sender).order_by(Message.id)).all() == ["1", "2", "1", "4"]
        assert session.scalar(select(func.count()).select_from(Customer)) == 3
        assert session.scalar(select(func.count()).select_from(Complaint)) == 2
        assert ["number C-" in text for text in answers_to(session, "1")] == [True, False]
        assert len(answers_to(session, "2")) == len(answers_to(session, "4")) == 1
        (apology,) = answers_to(session, "3")
        assert "went wrong on our side" in apology


def test_what_no_database_takes_is_cleaned_wherever_it_stands(any_database: Database, bad_words: str) -> None:
    odd = "\x00\ud800"
    sender = Sender(id=f"5{odd}", name=f"Ana{odd}", username=f"ana{odd}", language=f"en{odd}")
    photo = Attachment(AttachmentKind.PHOTO, f"file{odd}", odd)
    fields = {"reply_to": f"7{odd}", "message_id": f"8{odd}", "attachments": (photo,)}
    take(
        any_database,
        make_incoming(f"Hello{odd}", sender=sender, **fields),
        make_incoming(f"{bad_words}{odd}", sender=sender, **fields),
    )
    with any_database.reading() as session:
        assert session.scalar(select(func.count(Message.id))) == 1
        failed = session.scalars(select(InboxUpdate).where(InboxUpdate.error.is_not(None))).one()
        assert failed.payload is not None
        assert bad_words in failed.payload["text"]
        assert len(session.scalars(select(OutboxMessage)).all()) == 2


def test_two_messages_of_a_new_customer_in_one_batch_are_one_story(any_database: Database) -> None:
    first = make_incoming(BROKEN, sender="1")
    more = make_incoming("And the lid is missing", sender="1")
    take(any_database, first, make_incoming("Hello", sender="2"), more)

    with any_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Customer)) == 2
        complaint = session.scalars(select(Complaint)).one()
        events = session.scalars(select(ComplaintEvent).order_by(ComplaintEvent.id)).all()
        assert [event.text for event in events] == [BROKEN, "And the lid is missing"]
        messages = session.scalars(select(Message).where(Message.sender == "1").order_by(Message.id)).all()
        assert [message.about for message in messages] == [f"complaint:{complaint.id}"] * 2
        feedback = session.scalars(select(Feedback.message_id).order_by(Feedback.id)).all()
        assert {message.id for message in messages} < set(feedback)
        under = session.scalars(select(OutboxMessage.reply_to).where(OutboxMessage.reply_to.is_not(None)))
        assert under.all() == [f"alert:{complaint.id}"]


def test_who_is_erased_and_writes_on_in_the_same_batch_starts_anew(any_database: Database) -> None:
    take(any_database, make_incoming("Hello", sender="1"))
    forget = make_incoming("/forget", sender="1")
    yes = make_incoming(sender="1", kind="button", button="forget:yes", text="")
    take(any_database, forget, yes, make_incoming(BROKEN, sender="1"), make_incoming("Hello", sender="2"))

    with any_database.reading() as session:
        assert session.scalars(select(InboxUpdate.error).where(InboxUpdate.error.is_not(None))).all() == []
        assert session.scalar(select(func.count()).select_from(Customer)) == 2
        assert session.scalars(select(Message.text).where(Message.sender == "1")).all() == [BROKEN]


def test_who_is_erased_beside_staff_who_speak_of_them_leaves_no_words(any_database: Database) -> None:
    with any_database.transaction() as session:
        make_staff(session, sender="9")
    take(any_database, make_incoming(BROKEN, sender="1"))
    chat = COMPANY.staff_chat.address
    tap = make_incoming(sender="9", kind="button", button="take:1", text="", address=chat, private=False)
    take(any_database, tap, make_incoming(sender="1", kind="button", button="forget:yes", text=""))

    with any_database.reading() as session:
        assert session.scalars(select(Customer)).all() == []
        bodies = [row.body["text"] for row in session.scalars(select(OutboxMessage))]
        assert not any(BROKEN in text for text in bodies)


def test_in_a_group_of_strangers_nothing_is_said_of_a_failure(database: Database, bad_words: str) -> None:
    assert take(database, make_incoming(bad_words, sender="1", address="-5", private=False)) == frozenset()


def test_an_update_that_comes_twice_in_one_batch_has_one_effect(any_database: Database) -> None:
    update = make_incoming(BROKEN)
    take(any_database, update, update)
    take(any_database, update)

    with any_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_an_empty_batch_does_nothing(database: Database) -> None:
    assert take(database) == frozenset()


def test_nobody_speaks_twice_in_a_round_and_each_keeps_their_order() -> None:
    said = [("telegram", "a"), ("telegram", "b"), ("webchat", "a"), ("telegram", "a"), ("telegram", "a")]
    updates = [make_incoming(sender=sender, channel=channel) for channel, sender in said]
    split = [[updates.index(update) for update in round_] for round_ in rounds(updates)]
    assert split == [[0, 1], [2], [3], [4]]


@pytest.mark.parametrize(
    "text", ["ok", BROKEN, "When do you open?", "Could you add a smaller one to the range?"]
)
def test_statements_do_not_grow_with_the_customers_of_a_batch(database: Database, text: str) -> None:
    def statements(people: int) -> int:
        seen: list[str] = []

        def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if statement.startswith("SELECT"):
                seen.append(statement)

        event.listen(database.engine, "before_cursor_execute", count)
        take(database, *(make_incoming(text, sender=f"{people}-{number}") for number in range(people)))
        event.remove(database.engine, "before_cursor_execute", count)
        return len(seen)

    with database.transaction() as session:
        make_staff(session, name="Mei")
    for people in (2, 40):
        take(database, *(make_incoming(BROKEN, sender=f"{people}-{number}") for number in range(people)))
    assert statements(2) == statements(40)


PICTURE = Attachment(AttachmentKind.PHOTO, "picture-1")
STORY: Sequence[Mapping[str, str]] = (
    {"ana": BROKEN, "ben": "When do you open on Sundays?", "cy": "I love it, thank you!"},
    {"ana": "The lid is missing, too. I am very angry", "ben": "Could you add a smaller one?", "cy": ""},
    {
        "ana": "The invoice is wrong, I was charged twice",
        "ben": BROKEN,
        "cy": BROKEN,
        "di": "I want a refund",
    },
    {"ana": BROKEN, "ben": "And the lid is missing", "cy": "Are you open today?", "di": "It is still broken"},
    {
        "ana": "My teapot is broken again",
        "ben": "I want to talk to a person",
        "cy": "And tomorrow?",
        "di": BROKEN,
    },
)
"""What each of some people says, batch by batch; nothing is a picture."""


def test_what_is_read_ahead_changes_nothing(any_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for is_read_ahead in (True, False):
        if not is_read_ahead:
            monkeypatch.setattr(reception, "look_ahead", lambda *_: None)
        for number, batch in enumerate(STORY):
            updates = [
                make_incoming(
                    text,
                    sender=Sender(f"{who}-{is_read_ahead}", name=who),
                    update_id=f"{who}-{number}-{is_read_ahead}",
                    attachments=() if text else (PICTURE,),
                    at=NOW + timedelta(minutes=number),
                )
                for who, text in batch.items()
            ]
            with any_database.transaction() as session:
                handle_batch(session, updates, company=COMPANY, now=NOW + timedelta(minutes=number))
    with any_database.reading() as session:
        rows = [
            _without_numbers(row) for row in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        ]
    assert len(rows) > 2 * sum(map(len, STORY))
    assert rows[: len(rows) // 2] == rows[len(rows) // 2 :]


def _without_numbers(row: OutboxMessage) -> tuple[str, str | None, bool, bool]:
    """Say what a message is, but for the numbers of customers and cases."""
    words = re.sub(r"C-\d+", "C-0", f"{row.body['text']} {row.body.get('attachments')}")
    return words, row.kind, row.reply_to is None, row.priority == 0


def test_no_statement_on_the_road_reads_a_whole_table(database: Database) -> None:
    said = [BROKEN, "And the lid is missing", "Hello", "When do you open?", "I love it", "Add a smaller one"]
    everybody = [make_incoming(text, sender=f"{place}") for place, text in enumerate(said)]
    take(database, *everybody)
    plans: list[str] = []

    def explain(_on: object, cursor: Any, statement: str, values: Any, *rest: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            one = values[0] if rest[-1] else values  # many at once
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", one)
            plans.extend(f"{row[3]} in {statement}" for row in rows)

    event.listen(database.engine, "after_cursor_execute", explain)
    take(database, *(make_incoming(text, sender=f"{place}") for place, text in enumerate(reversed(said))))
    event.remove(database.engine, "after_cursor_execute", explain)
    assert len(plans) > len(said)
    scans = [plan for plan in plans if plan.startswith("SCAN")]
    small = ("SCAN sqlite_sequence", "SCAN staff ")  # a row for each table; a company's few people
    assert [plan for plan in scans if not plan.startswith(small)] == []
