"""Pictures that staff send together: they come one by one, their words, which may be a note, with any.

What comes without words waits a little before it goes to a customer, so that a note that comes after it can
still keep it back. The answer to the note is kept under the album's name, so that what comes later is known
to be a note.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from feedback.case_moves import take_back_answer
from handlers.context import Context, StaffContext
from handlers.customer.attachments import album_key
from handlers.incoming import Incoming, IncomingKind
from store.outbox import Draft, find_by_key, queued_at, withdraw_beginning, withdraw_queued
from store.tables.complaints import Complaint
from store.tables.queues import OutboxMessage

PICTURE = "reply:album:"
"""Begins the dedupe key of a picture without words that goes to a customer."""
WORDS_COME_WITHIN = timedelta(seconds=10)
"""Apps hand over the pictures of an album together, or within moments."""


def note_key(incoming: Incoming) -> str:
    """Name the answer to a note that came with an album; "" where none did."""
    if incoming.album is None or incoming.kind is not IncomingKind.MESSAGE:
        return ""
    return f"note:{album_key(incoming)}"


def answer_to_note(context: Context) -> OutboxMessage | None:
    """Find our answer to the note in the album that a picture belongs to; None where there was none yet."""
    key = note_key(context.incoming)
    return find_by_key(context.session, key) if key else None


def picture_key(incoming: Incoming, message_id: int) -> str:
    """Name a picture of an album that goes to a customer without words; "" for all else."""
    if incoming.album is None or incoming.text.strip():
        return ""
    return f"{PICTURE}{album_key(incoming)}:{message_id}"


def after_a_while(context: StaffContext, drafts: Sequence[Draft]) -> Sequence[Draft]:
    """Let pictures without words leave only when the words of their album would have come."""
    leave_at = context.now + WORDS_COME_WITHIN
    return [
        replace(draft, not_before=leave_at) if draft.dedupe_key.startswith(PICTURE) else draft
        for draft in drafts
    ]


def keep_back(context: StaffContext, complaint: Complaint | None) -> str:
    """Keep the pictures of a note's album from going out; tell what became of those that came before it.

    What does not go out is no answer to its case either.
    """
    incoming, session, say = context.incoming, context.session, context.say
    if not note_key(incoming) or answer_to_note(context) is not None:
        return ""
    reason, album = "its album is a note", album_key(incoming)
    written_at = queued_at(session, f"{PICTURE}{album}:")
    if complaint is not None and written_at is not None:
        take_back_answer(session, complaint, answered_at=written_at, company=context.company)
    if withdraw_beginning(session, f"{PICTURE}{album}:", reason=reason):
        withdraw_queued(session, OutboxMessage.dedupe_key == album, reason=reason)  # that they were sent
        return say("Pictures of this album that were still waiting did not go out.")
    if find_by_key(session, album) is not None:
        return say("⚠️ Pictures of this album may have gone out before the note came.")
    return ""
