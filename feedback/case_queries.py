"""Complaints as they are looked for: by their number, by their customer, by what is due."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, bindparam, case, func, literal, select
from sqlalchemy.orm import Session

from feedback.complaint_rules import EventKind, reference, repeat_waits
from store.cases import awaited_since, is_pending
from store.columns import UtcDateTime
from store.errors import NotFoundError
from store.kept_back import went_out
from store.new_rows import AnyCase
from store.one_of import is_one_of
from store.tables.complaints import ENDED, Complaint, ComplaintEvent, ComplaintState
from store.tables.staff import Staff

AT_WORK_ON = (ComplaintState.OPEN, ComplaintState.CLAIMED, ComplaintState.WAITING)
"""States in which staff have something to do, or will have."""

REPEATED_AT_ONCE = 100
"""Alerts that are repeated in one transaction; a customer who writes meanwhile waits for no more."""

LEAD_NOWHERE = frozenset({"replay"})
"""Channels behind which nobody waits: what was replayed from a file never reaches staff again."""

WRITTEN_BY_PEOPLE = (EventKind.RESPONDED, EventKind.WAITING, EventKind.RESOLVED)
"""Events by which a person spoke to the customer about a case."""

_SAID = (
    *(EventKind.RESPONDED, EventKind.OPENED, EventKind.WORDS_ADDED),
    *(EventKind.ANSWERED, EventKind.REOPENED),
)
"""Events of what staff say to a customer, and of what they hear from them."""

_NEWEST = (
    select(Complaint)
    .where(Complaint.customer_id == bindparam("customer_id"))
    .order_by(Complaint.id.desc())
    .limit(1)
)

_CURRENT = (
    select(Complaint)
    .where(
        is_one_of(Complaint.customer_id, "customer_ids"),
        is_pending(bindparam("since", type_=UtcDateTime())),
    )
    .order_by(Complaint.opened_at, Complaint.id)
)

_LAST_WRITTEN = (
    select(ComplaintEvent.complaint_id, func.max(ComplaintEvent.id))
    .where(
        is_one_of(ComplaintEvent.complaint_id, "cases"),
        ComplaintEvent.what.in_([str(kind) for kind in WRITTEN_BY_PEOPLE]),
    )
    .group_by(ComplaintEvent.complaint_id)
)

LED_TO: Mapping[ComplaintState, tuple[str, ...]] = {
    ComplaintState.OPEN: (EventKind.OPENED, EventKind.REOPENED, EventKind.UNDISMISSED),
    ComplaintState.CLAIMED: (EventKind.TAKEN, EventKind.RESPONDED, EventKind.ANSWERED),
    ComplaintState.WAITING: (EventKind.WAITING,),
    ComplaintState.RESOLVED: (EventKind.RESOLVED,),
    ComplaintState.CONFIRMED: (EventKind.CONFIRMED, EventKind.FILED),
    ComplaintState.UNCONFIRMED: (EventKind.UNCONFIRMED, EventKind.FILED),
    ComplaintState.DISMISSED: (EventKind.DISMISSED, EventKind.WITHDRAWN),
}
"""Events that brought a case to each state."""


def find_complaint(session: Session, complaint_id: int) -> Complaint:
    """Find a complaint by its id.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(Complaint, complaint_id)
    if found is None:
        raise NotFoundError(f"there is no complaint {reference(complaint_id)}")
    return found


def current_complaints(
    session: Session, customer_ids: Collection[int], *, now: datetime
) -> Mapping[int, Complaint]:
    """Find the complaint that is on the mind of each of these customers who has one."""
    return most_on_mind(session, pending_of(session, customer_ids, now=now))


def most_on_mind(session: Session, found: Mapping[int, Sequence[Complaint]]) -> Mapping[int, Complaint]:
    """Choose for each customer the one of their pending complaints that they most likely speak of.

    Of several it is the one about which a person of the staff wrote last, else the newest.
    """
    several = [complaint.id for cases in found.values() if len(cases) > 1 for complaint in cases]
    written = _last_written(session, several) if several else {}
    return {
        customer_id: max(cases, key=lambda case: (written.get(case.id, 0), case.opened_at, case.id))
        for customer_id, cases in found.items()
    }


def pending_of(
    session: Session, customer_ids: Collection[int], *, now: datetime
) -> Mapping[int, Sequence[Complaint]]:
    """Give, by customer, the complaints that are still on their mind, the oldest first; no others."""
    found: dict[int, list[Complaint]] = defaultdict(list)
    for complaint in pending_complaints(session, customer_ids, now=now):
        found[complaint.customer_id].append(complaint)
    return found


def pending_complaints(
    session: Session, customer_ids: Collection[int], *, now: datetime
) -> Sequence[Complaint]:
    """Give all complaints that are still on the mind of these customers, the oldest first."""
    return session.scalars(_CURRENT, {"customer_ids": list(customer_ids), "since": awaited_since(now)}).all()


def _last_written(session: Session, complaint_ids: Sequence[int]) -> Mapping[int, int]:
    """Give the newest event of each of these cases by which a person spoke to its customer."""
    rows = session.execute(_LAST_WRITTEN, {"cases": complaint_ids})
    return {number: event for number, event in rows}  # noqa: C416 - rows are no pairs to mypy


def complaints_of(session: Session, customer_id: int) -> Sequence[Complaint]:
    """Give all complaints of a customer, newest first."""
    return session.scalars(
        select(Complaint)
        .where(Complaint.customer_id == customer_id)
        .order_by(Complaint.opened_at.desc(), Complaint.id.desc())
    ).all()


def newest_complaint(session: Session, customer_id: int) -> Complaint | None:
    """Find the newest complaint of a customer that is stored, whether it has ended or not."""
    with session.no_autoflush:  # what a round of others wrote can wait, to be written together
        return session.scalar(_NEWEST, {"customer_id": customer_id})


def open_complaints(session: Session, limit: int, *, channels: Collection[str]) -> Sequence[Complaint]:
    """Give the complaints that staff have to do something about: urgent ones first, then the soonest due.

    Args:
        session: the open transaction.
        limit: how many at most.
        channels: those that are switched on; whoever complained on another cannot be answered.
    """
    return session.scalars(
        select(Complaint)
        .where(
            Complaint.state.in_(AT_WORK_ON),
            Complaint.channel.in_(channels),
        )
        .order_by(Complaint.urgent.desc(), Complaint.resolution_due_at, Complaint.id)
        .limit(limit)
    ).all()


def unreached_complaints(session: Session, limit: int, *, channels: Collection[str]) -> Sequence[Complaint]:
    """Give the open complaints that came by an app which is switched off: nobody can be answered there.

    Args:
        session: the open transaction.
        limit: how many at most.
        channels: those that are switched on.
    """
    return session.scalars(
        select(Complaint)
        .where(Complaint.state.in_(AT_WORK_ON), Complaint.channel.not_in([*channels, *LEAD_NOWHERE]))
        .order_by(Complaint.opened_at, Complaint.id)
        .limit(limit)
    ).all()


def due_for_repeat(
    session: Session,
    *,
    now: datetime,
    after: timedelta,
    channels: Collection[str],
    urgent_after: timedelta | None = None,
    limit: int = REPEATED_AT_ONCE,
) -> Sequence[Complaint]:
    """Give the complaints that nobody took in the time that an alert waits, urgent and old ones first.

    Args:
        session: the open transaction.
        now: aware UTC.
        after: how long the first alert waits; further ones wait longer (``repeat_wait``).
        channels: those that are switched on; what was replayed from a file never reaches staff again.
        urgent_after: how long the first of an urgent one waits; None is as long as any.
        limit: how many at most.
    """
    sooner = after if urgent_after is None else urgent_after
    last_alert = func.coalesce(Complaint.alerted_at, Complaint.opened_at, type_=Complaint.opened_at.type)
    return session.scalars(
        select(Complaint)
        .where(
            Complaint.state == ComplaintState.OPEN,
            case(
                (Complaint.urgent, last_alert <= _waited_since(now, sooner)),
                else_=last_alert <= _waited_since(now, after),
            ),
            Complaint.channel.in_(channels),
        )
        .order_by(Complaint.urgent.desc(), Complaint.id)
        .limit(limit)
    ).all()


def _waited_since(now: datetime, first: timedelta) -> ColumnElement[datetime]:
    """Tell when the last alert of a complaint must have been, by how many there were, to be repeated now."""
    moments = [literal(now - wait, Complaint.opened_at.type) for wait in repeat_waits(first)]
    by_count = {0: moments[0]} | dict(enumerate(moments, start=1))
    return case(by_count, value=Complaint.alert_count, else_=moments[-1])


def unfiled_complaints(session: Session, limit: int) -> Sequence[Complaint]:
    """Give the complaints that ended before staff said of what and how, the oldest first.

    They are not closed, and somebody is reminded of each (``remind_at``).
    """
    return session.scalars(
        select(Complaint)
        .where(Complaint.remind_at.is_not(None), Complaint.closed_at.is_(None), Complaint.state.in_(ENDED))
        .order_by(Complaint.opened_at, Complaint.id)
        .limit(limit)
    ).all()


def history(session: Session, complaint_id: int) -> Sequence[ComplaintEvent]:
    """Give what happened in a case, in the order in which it was noted."""
    return session.scalars(
        select(ComplaintEvent).where(ComplaintEvent.complaint_id == complaint_id).order_by(ComplaintEvent.id)
    ).all()


def is_answered(session: Session, complaint: Complaint) -> bool:
    """Tell whether staff have written to the customer since they were last heard of."""
    newest = _newest(complaint, ComplaintEvent.what.in_(_SAID), went_out(complaint.id))
    return session.scalar(newest) == EventKind.RESPONDED


def is_withdrawn(session: Session, complaint: AnyCase) -> bool:
    """Tell whether it was the customer who said that a case was no complaint, and not staff."""
    if complaint.state is not ComplaintState.DISMISSED:
        return False
    newest = _newest(complaint, ComplaintEvent.what.in_(LED_TO[complaint.state]))
    return session.scalar(newest) == EventKind.WITHDRAWN


def _newest(complaint: AnyCase, *which: ColumnElement[bool]) -> Select[str]:
    """Select what the newest of some events of a case was."""
    return (
        select(ComplaintEvent.what)
        .where(ComplaintEvent.complaint_id == complaint.id, *which)
        .order_by(ComplaintEvent.id.desc())
        .limit(1)
    )


def last_move(session: Session, complaint: AnyCase) -> tuple[str | None, datetime | None]:
    """Tell who brought a case to its state, and when; no name where it was the customer, or nobody.

    Returns:
        The name of a member of staff, and the moment; None where that is not known.
    """
    found = session.execute(
        select(Staff.name, ComplaintEvent.at)
        .select_from(ComplaintEvent)
        .outerjoin(Staff, Staff.id == ComplaintEvent.staff_id)
        .where(ComplaintEvent.complaint_id == complaint.id, ComplaintEvent.what.in_(LED_TO[complaint.state]))
        .order_by(ComplaintEvent.id.desc())
        .limit(1)
    ).first()
    return (None, None) if found is None else (found[0], found[1])
