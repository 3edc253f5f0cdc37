"""A case that is held: read anew, with its own changes written, while what else is new waits."""

import pytest

from feedback.case_moves import lock, note
from feedback.complaint_rules import EventKind
from store.engine import Database
from store.errors import NotFoundError
from store.new_rows import NewMessage, put, waiting
from store.numbering import next_number
from store.tables.complaints import Complaint
from store.tables.conversations import Message
from tests.factories import NOW
from tests.feedback.cases import happened, make_complaint


def test_own_changes_are_kept_and_new_rows_wait(any_database: Database) -> None:
    with any_database.transaction() as session:
        first, second = make_complaint(session), make_complaint(session)
        session.flush()
        message = NewMessage(
            id=next_number(session, Message),
            customer_id=first.customer_id,
            channel="telegram",
            address="77",
            sender="77",
            external_id="1",
            text="It smokes",
            attachments=[],
            reply_to=None,
            at=NOW,
        )
        put(session, message)
        note(session, first, EventKind.WORDS_ADDED, now=NOW)
        lock(session, first)
        assert waiting(session, NewMessage) == [message]
        second.urgent = True  # another's change may wait as well
        lock(session, first)
        assert waiting(session, NewMessage) == [message]
        first.reasons = ["safety"]
        lock(session, first)
        assert first.reasons == ["safety"]
    with any_database.reading() as session:
        stored = session.get_one(Complaint, first.id)
        assert (stored.reasons, session.get_one(Complaint, second.id).urgent) == (["safety"], True)
        assert happened(session, stored)[-1] == EventKind.WORDS_ADDED


def test_what_others_changed_is_seen(any_database: Database) -> None:
    with any_database.transaction() as session:
        number = make_complaint(session).id
    with any_database.reading() as seen_before:
        stale = seen_before.get_one(Complaint, number)
    with any_database.transaction() as session:
        session.get_one(Complaint, number).urgent = True
    with any_database.transaction() as session:
        ours = session.merge(stale, load=False)
        assert not ours.urgent
        lock(session, ours)
        assert ours.urgent


def test_a_case_that_is_gone_is_said_to_be(any_database: Database) -> None:
    with any_database.transaction() as session, pytest.raises(NotFoundError, match="any more"):
        lock(session, Complaint(id=2**40))  # its customer was erased meanwhile
