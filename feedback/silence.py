"""What follows a customer's silence: two reminders, then the case ends unconfirmed.

Where the customer cannot be reminded, the same time passes without; only what was sent is noted as sent.
When somebody is next reminded, and how often they were, stands in the row (``remind_at``, ``reminders``), and
who takes a step holds the row locked: so each happens once, whichever process looks. Nothing here commits.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from customers.company import Company
from feedback.case_moves import expect_nobody, note
from feedback.complaint_rules import EventKind
from feedback.complaints import end_unconfirmed
from store.cases import awaited_since
from store.tables.complaints import ENDED, Complaint, ComplaintEvent, ComplaintState

REMINDERS = 2
"""So often is a customer reminded before the case ends."""
BATCH = 100
"""Cases in one transaction; a customer who writes meanwhile waits for no more."""


_SINCE = (EventKind.WAITING, EventKind.RESOLVED, EventKind.WORDS_ADDED)
"""From the last of these a customer's silence is measured."""


class Step(StrEnum):
    """What is due in a case.

    ``remind`` and ``remind_last`` ask the customer again, ``not_asked`` tells staff that nobody can, ``end``
    ends the case on their silence, ``file`` asks staff for the cause and remedy of a case that has ended, and
    ``nothing`` is a reminder of what is over, or of what staff know already.
    """

    REMIND = "remind"
    REMIND_LAST = "remind_last"
    NOT_ASKED = "not_asked"
    END = "end"
    FILE = "file"
    NOTHING = "nothing"


def next_step(state: ComplaintState, reminders: int, *, is_closed: bool) -> Step:
    """Tell what is due in a case whose time to be reminded has come; pure.

    Args:
        state: where it stands.
        reminders: how many there were since somebody was last heard of.
        is_closed: whether it has all that it needs to be closed.
    """
    if state in (ComplaintState.WAITING, ComplaintState.RESOLVED):
        if reminders >= REMINDERS:
            return Step.END
        return Step.REMIND_LAST if reminders == REMINDERS - 1 else Step.REMIND
    return Step.FILE if state in ENDED and not is_closed else Step.NOTHING


def due_silences(
    session: Session, *, channels: Collection[str], now: datetime, limit: int = BATCH
) -> Sequence[Complaint]:
    """Find the cases of which somebody is to be reminded, the longest due first, and lock them.

    One that somebody else holds is left to them, or to the next time.

    Args:
        session: the open transaction.
        channels: those that are switched on; whoever complained on another cannot be asked.
        now: aware UTC.
        limit: how many at most.
    """
    return session.scalars(
        select(Complaint)
        .where(Complaint.remind_at <= now, Complaint.channel.in_(channels))
        .order_by(Complaint.remind_at, Complaint.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def watch_resolved(session: Session, *, company: Company, now: datetime) -> None:
    """Expect the customer's word on cases that were resolved lately, before anybody was reminded of anything.

    An older program resolved them. Those of longer ago stay as they are: nobody wants to be asked now.
    """
    session.execute(
        update(Complaint)
        .where(
            Complaint.state == ComplaintState.RESOLVED,
            Complaint.remind_at.is_(None),
            Complaint.resolved_at > awaited_since(now),
            Complaint.channel.in_(company.channels),
        )
        .values(remind_at=now + timedelta(days=company.desk.silence_days))
        .execution_options(synchronize_session=False)
    )


def take_step(
    session: Session, complaint: Complaint, *, company: Company, now: datetime, can_be_asked: bool = True
) -> Step:
    """Take the step that is due in a case that is held, and note it in its history.

    Args:
        session: the open transaction.
        complaint: from ``due_silences``.
        company: whose desk gives the days of silence.
        now: aware UTC.
        can_be_asked: whether a reminder would reach the customer.

    Returns:
        What it was, for whoever says so.
    """
    step = next_step(complaint.state, complaint.reminders, is_closed=complaint.closed_at is not None)
    if step is Step.NOTHING:
        expect_nobody(complaint)
        return step
    if step is Step.END:
        end_unconfirmed(session, complaint, now=now)
        return step
    complaint.reminders += 1
    complaint.remind_at = now + timedelta(days=company.desk.silence_days)
    if step is Step.FILE:
        note(session, complaint, EventKind.ASKED_TO_FILE, now=now)
        return step
    if can_be_asked:
        note(session, complaint, EventKind.REMINDED, now=now, text=str(step))
        return step
    if EventKind.NOT_ASKED in _noted_since(session, complaint):
        return Step.NOTHING
    note(session, complaint, EventKind.NOT_ASKED, now=now)
    return Step.NOT_ASKED


def times_reminded(session: Session, complaint: Complaint) -> int:
    """Tell how often a customer was reminded since they were last heard of, or last asked something."""
    return _noted_since(session, complaint).count(EventKind.REMINDED)


def _noted_since(session: Session, complaint: Complaint) -> Sequence[str]:
    """Give what was noted of a customer's silence since it began."""
    began = (
        select(func.max(ComplaintEvent.id))
        .where(ComplaintEvent.complaint_id == complaint.id, ComplaintEvent.what.in_(_SINCE))
        .scalar_subquery()
    )
    return session.scalars(
        select(ComplaintEvent.what).where(
            ComplaintEvent.complaint_id == complaint.id,
            ComplaintEvent.what.in_((EventKind.REMINDED, EventKind.NOT_ASKED)),
            ComplaintEvent.id > func.coalesce(began, 0),
        )
    ).all()
