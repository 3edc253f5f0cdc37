"""Whom a low mark was for: who settled the case then; its customer speaks with somebody else from now on."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback.complaint_rules import EventKind
from store.tables.complaints import Complaint, ComplaintEvent

LOW_STARS = 2
"""Up to so many of five are a low mark."""


def who_settled(session: Session, complaint: Complaint) -> Collection[int]:
    """Give the number of whoever said last that a case is solved; nobody where nobody did."""
    return _last_settler(session, complaint, None)


def not_for(session: Session, complaint: Complaint) -> Collection[int]:
    """Give the numbers of those whom a case does not go back to: its customer marked them low."""
    if complaint.csat is None or complaint.csat > LOW_STARS:
        return ()
    marked = select(func.max(ComplaintEvent.id)).where(
        ComplaintEvent.complaint_id == complaint.id, ComplaintEvent.what == str(EventKind.RATED)
    )
    return _last_settler(session, complaint, session.scalar(marked))


def _last_settler(session: Session, complaint: Complaint, before: int | None) -> Collection[int]:
    settled = (
        select(ComplaintEvent.staff_id)
        .where(
            ComplaintEvent.complaint_id == complaint.id,
            ComplaintEvent.what == str(EventKind.RESOLVED),
            *(() if before is None else (ComplaintEvent.id < before,)),
        )
        .order_by(ComplaintEvent.id.desc())
        .limit(1)
    )
    found = session.scalar(settled)
    return () if found is None else (found,)
