"""Pictures that staff send together: they come one by one, their words, which may be a note, with any.

What comes without words waits a little before it goes to a customer, so that a note that comes after it can
still keep it back. The answer to the note is kept under the album's name, so that what comes later is known
to be a note.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feedback.case_moves import lock, take_back_answer
from feedback.case_notes import note_kept_back
from handlers.context import Context, StaffContext
from handlers.customer.attachments import album_key, in_words, restored
from handlers.incoming import Incoming, IncomingKind
from store.conversations import message_by_id
from store.outbox import Draft, find_by_key, withdraw_named, withdraw_queued
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
    if complaint is not None:
        lock(session, complaint)  # before its messages, as everybody does
    kept = withdraw_named(session, f"{PICTURE}{album}:", reason=reason)
    if complaint is not None and kept:
        _no_answers(context, complaint, kept)
    if kept:
        withdraw_queued(session, OutboxMessage.dedupe_key == album, reason=reason)  # that they were sent
        return say("Pictures of this album that were still waiting did not go out.")
    if find_by_key(session, album) is not None:
        return say("⚠️ Pictures of this album may have gone out before the note came.")
    return ""


def _no_answers(context: StaffContext, complaint: Complaint, kept: Sequence[tuple[str, datetime]]) -> None:
    """Note that pictures which were kept back are no answers to their case; given are keys and moments."""
    session, company = context.session, context.company
    take_back_answer(session, complaint, answered_at=kept[0][1], company=company)
    for key, written_at in kept:
        message = message_by_id(session, int(key.rpartition(":")[2]))
        if message is None:
            continue
        shown = " ".join(in_words(restored(one), context.say) for one in message.attachments)
        note_kept_back(
            session, complaint, staff=context.staff, text=shown, written_at=written_at, now=context.now
        )
