"""Notes in a case: what staff write for each other. No customer ever reads one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.case_moves import note
from feedback.complaint_rules import EventKind
from store.kept_back import went_out
from store.tables.complaints import Complaint, ComplaintEvent
from store.tables.staff import Staff

MARKS = ("//", "／／", "📝")
"""How words begin that are a note, where they would otherwise go to the customer."""


def is_note(words: str) -> bool:
    """Tell whether words are meant for colleagues alone."""
    return words.lstrip().startswith(MARKS)


def without_mark(words: str) -> str:
    """Give a note without the mark that it begins with."""
    bare = words.strip()
    mark = next((one for one in MARKS if bare.startswith(one)), "")
    return bare.removeprefix(mark).lstrip("/／ \ufe0f\n").rstrip()


def write_note(session: Session, complaint: Complaint, *, staff: Staff, text: str, now: datetime) -> None:
    """Add a note to a case's history, wherever the case stands; it changes nothing else. Does not commit."""
    note(session, complaint, EventKind.NOTED, now=now, staff=staff, text=text)


def note_undelivered(session: Session, complaint: Complaint, *, text: str, now: datetime) -> None:
    """Note in a case's history that what we wrote did not reach its customer; does not commit."""
    note(session, complaint, EventKind.UNDELIVERED, now=now, text=text)


def note_kept_back(
    session: Session, complaint: Complaint, *, staff: Staff, text: str, written_at: datetime, now: datetime
) -> None:
    """Note that an answer which stands in a case's history was kept back and never went out.

    Args:
        session: the open transaction.
        complaint: the case, held.
        staff: who gave the answer, and kept it back.
        text: as the history has it; one that it does not have is passed over.
        written_at: when it was given.
        now: aware UTC.
    """
    answer = session.scalar(
        select(ComplaintEvent.id)
        .where(
            ComplaintEvent.complaint_id == complaint.id,
            ComplaintEvent.what == EventKind.RESPONDED,
            ComplaintEvent.staff_id == staff.id,
            ComplaintEvent.at == written_at,
            ComplaintEvent.text == text,
            went_out(complaint.id),
        )
        .order_by(ComplaintEvent.id)
        .limit(1)
    )
    if answer is not None:
        note(session, complaint, EventKind.KEPT_BACK, now=now, staff=staff, text=str(answer))


def last_answer(session: Session, complaint_id: int, *, since: datetime) -> ComplaintEvent | None:
    """Give the newest answer of staff in a case, if it was given since a moment."""
    newest = session.scalar(
        select(ComplaintEvent)
        .where(
            ComplaintEvent.complaint_id == complaint_id,
            ComplaintEvent.what == EventKind.RESPONDED,
            went_out(complaint_id),
        )
        .order_by(ComplaintEvent.id.desc())
        .limit(1)
    )
    return newest if newest is not None and newest.at >= since else None
