"""New rows wait and are written together, and nobody in the transaction can tell."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from store.engine import Database
from store.new_rows import NewCase, NewEntry, NewEvent, NewFeedback, NewMessage, put, take_back, waiting
from store.numbering import next_number
from store.tables.complaints import CaseSeverity, Complaint, ComplaintEvent
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.feedback import EntrySource, Feedback, FeedbackKind, SatisfactionEntry
from tests.factories import NOW, make_customer


def say(session: Session, customer_id: int | None, text: str = "ok") -> NewMessage:
    number = next_number(session, Message)
    chat = {"channel": "telegram", "address": "77", "sender": "77"}
    message = NewMessage(
        id=number,
        customer_id=customer_id,
        **chat,
        external_id=str(number),
        text=text,
        attachments=[],
        reply_to=None,
        at=NOW,
    )
    put(session, message)
    return message


def tell(session: Session, customer_id: int, message: NewMessage) -> None:
    feedback = NewFeedback(
        next_number(session, Feedback), customer_id, message.id, FeedbackKind.OTHER, 0.5, [], NOW
    )
    put(session, NewEntry(customer_id, EntrySource.FEEDBACK, 75.0, 1.0, NOW, {"a": [1]}, feedback.id))
    put(session, feedback)


def fail_after_saying(session: Session, text: str) -> None:
    say(session, None, text)
    session.flush()
    say(session, None, text)
    raise ZeroDivisionError


def open_case(number: int, customer: Customer) -> Complaint:
    return Complaint(
        id=number,
        customer_id=customer.id,
        channel="telegram",
        address="77",
        text="broken",
        opened_at=NOW,
        first_response_due_at=NOW,
        resolution_due_at=NOW,
    )


def test_rows_that_name_each_other_are_written_in_their_order(any_database: Database) -> None:
    with any_database.transaction() as session:
        customer = make_customer(session)
        for _ in range(3):
            tell(session, customer.id, say(session, customer.id))
    with any_database.reading() as session:
        messages = session.scalars(select(Message).order_by(Message.id)).all()
        feedback = session.scalars(select(Feedback).order_by(Feedback.id)).all()
        entries = session.scalars(select(SatisfactionEntry).order_by(SatisfactionEntry.id)).all()
        assert [row.message_id for row in feedback] == [row.id for row in messages]
        assert [row.feedback_id for row in entries] == [row.id for row in feedback]
        assert [row.evidence for row in entries] == [{"a": [1]}] * 3
        assert messages[0].at == NOW


def test_a_query_in_the_same_transaction_finds_them(any_database: Database) -> None:
    with any_database.transaction() as session:
        say(session, None, "find me")
        assert session.scalars(select(Message.text)).all() == ["find me"]


def test_each_table_is_written_by_one_statement(database: Database) -> None:
    seen: list[str] = []

    def note(_on: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement.partition(" (")[0])

    with database.transaction() as session:
        customer = make_customer(session)
        event.listen(database.engine, "before_cursor_execute", note)
        for _ in range(50):
            tell(session, customer.id, say(session, customer.id))
        session.flush()
        event.remove(database.engine, "before_cursor_execute", note)
    written = [statement for statement in seen if statement.startswith("INSERT")]
    assert written == ["INSERT INTO messages", "INSERT INTO feedback", "INSERT INTO satisfaction_entries"]


def test_what_a_message_concerns_may_be_known_after_it_was_written(any_database: Database) -> None:
    with any_database.transaction() as session:
        early, late = say(session, None), say(session, None)
        early.about = "complaint:1"
        session.flush()
        late.about = "complaint:2"
        say(session, None)
    with any_database.reading() as session:
        abouts = session.scalars(select(Message.about).order_by(Message.id)).all()
    assert abouts == ["complaint:1", "complaint:2", None]


@pytest.mark.parametrize("before", [lambda _session: None, Session.flush], ids=["waiting", "written"])
def test_a_message_can_be_taken_back(any_database: Database, before: Callable[[Session], None]) -> None:
    with any_database.transaction() as session:
        kept, dropped = say(session, None, "kept"), say(session, None, "dropped")
        before(session)
        take_back(session, dropped)
        kept.about = "complaint:1"
    with any_database.reading() as session:
        assert session.execute(select(Message.text, Message.about)).all() == [("kept", "complaint:1")]


def test_a_rollback_drops_what_waited_and_no_more(any_database: Database) -> None:
    with any_database.transaction() as session:
        say(session, None, "before")
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            fail_after_saying(session, "in vain")
        assert not waiting(session, NewMessage)
        say(session, None, "after")
    with any_database.reading() as session:
        assert session.scalars(select(Message.text).order_by(Message.id)).all() == ["before", "after"]


def test_a_case_and_its_beginning_are_written_together(any_database: Database) -> None:
    with any_database.transaction() as session:
        customer = make_customer(session)
        complaint = open_case(next_number(session, Complaint, at_once=1), customer)
        session.add(complaint)
        put(session, NewEvent(complaint.id, NOW, None, "opened", "broken"))
    with any_database.reading() as session:
        assert session.scalars(select(ComplaintEvent.complaint_id)).all() == [complaint.id]


def test_a_case_that_was_just_opened_is_stored_as_any_other(any_database: Database) -> None:
    with any_database.transaction() as session:
        customer = make_customer(session)
        one, other = (next_number(session, Complaint, at_once=1) for _ in range(2))
        new = NewCase(
            one,
            customer.id,
            "telegram",
            "77",
            "broken",
            NOW,
            urgent=False,
            severity=CaseSeverity.NORMAL,
            reasons=[],
            cause=None,
        )
        new.first_response_due_at = new.resolution_due_at = NOW
        put(session, NewEvent(one, NOW, None, "opened", "broken"))
        put(session, new)
        session.add(open_case(other, customer))
    with any_database.reading() as session:
        columns = [column for column in Complaint.__table__.columns if column.name != "id"]
        first, second = session.execute(select(*columns)).all()
        assert first == second
        assert session.scalars(select(ComplaintEvent.complaint_id)).all() == [one]


def test_numbers_go_on_over_transactions_and_are_never_given_again(any_database: Database) -> None:
    given: list[int] = []
    for _ in range(3):
        with any_database.transaction() as session:
            given += [say(session, None).id for _ in range(40)]
            session.flush()
            session.execute(delete(Message))
    with pytest.raises(ZeroDivisionError), any_database.transaction() as session:
        fail_after_saying(session, "in vain")
    with any_database.transaction() as session:
        given.append(say(session, None).id)
    assert given == sorted(set(given))


def test_numbers_of_cases_have_no_gaps(any_database: Database) -> None:
    given = []
    for _ in range(3):
        with any_database.transaction() as session:
            customer = make_customer(session)
            number = next_number(session, Complaint, at_once=1)
            session.add(open_case(number, customer))
            given.append(number)
    assert given == [1, 2, 3]


def test_another_program_counts_on_from_our_numbers(any_database: Database) -> None:
    with any_database.transaction() as session:
        say(session, None)
    with any_database.transaction() as session:  # as a program does that knows nothing of numbers given ahead
        other = Message(channel="telegram", address="7", sender="7", text="hi", at=NOW, attachments=[])
        session.add(other)
        session.flush()
        taken = other.id
    with any_database.transaction() as session:
        assert say(session, None).id > taken
    with any_database.reading() as session:
        assert len(session.scalars(select(Message.id)).all()) == 3
