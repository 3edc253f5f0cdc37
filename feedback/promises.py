"""Promises: who promised what to whom by when, and what became of it.

Every move locks the promise's row first, so of two who tap at once one is told that the other was first, and
each step is taken once, whichever process looks. Nothing here commits.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from customers.company import Company
from feedback.case_moves import lock as lock_case
from feedback.complaint_rules import EventKind
from feedback.complaints import find_complaint, respond, take
from feedback.corrected_cases import hold_customer
from feedback.promise_rules import (
    DUE,
    OWNED_UP,
    EndedCaseError,
    NotYoursError,
    PromiseMove,
    check_due,
    checked_text,
    last_step,
    may_settle,
    next_state,
    step_at,
)
from feedback.record import record_complaint_outcome
from store.errors import NotFoundError
from store.new_rows import NewEvent, put
from store.tables.complaints import ENDED, Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.desk import Promise, PromiseState
from store.tables.feedback import EntrySource
from store.tables.staff import Staff

BATCH = 100
"""Promises in one transaction of the beat; a customer who writes meanwhile waits for no more."""


def promise(
    session: Session,
    complaint: Complaint,
    *,
    staff: Staff,
    text: str,
    due_at: datetime,
    company: Company,
    now: datetime,
    is_told: bool = True,
) -> Promise:
    """Record a promise to the customer of a case; it answers the case, as words to the customer do.

    One of which the customer does not hear answers nothing; who makes it takes a case that nobody has taken.

    Args:
        session: the open transaction.
        complaint: in which case.
        staff: who promises.
        text: what.
        due_at: by when; aware UTC.
        company: whose clocks the answer stops.
        now: aware UTC.
        is_told: whether the customer hears of it.

    Raises:
        PromiseTextError: the text is empty or too long.
        PastTimeError, DistantTimeError: ``due_at`` is over, or more than a year away.
        EndedCaseError: the case has ended.
    """
    line = checked_text(text)
    check_due(due_at, now)
    lock_case(session, complaint)
    if complaint.state in ENDED:
        raise EndedCaseError("nothing more is promised in a case that has ended")
    if is_told:
        respond(session, complaint, staff=staff, text=line, company=company, now=now)
    elif complaint.state is ComplaintState.OPEN:
        take(session, complaint, staff=staff, now=now)
    return _made(session, complaint, staff, line, due_at=due_at, now=now)


def _made(
    session: Session, complaint: Complaint, staff: Staff, line: str, *, due_at: datetime, now: datetime
) -> Promise:
    made = Promise(
        customer_id=complaint.customer_id,
        complaint_id=complaint.id,
        staff_id=staff.id,
        text=line,
        state=PromiseState.OPEN,
        made_at=now,
        due_at=due_at,
        next_step_at=step_at(0, made_at=now, due_at=due_at),
        steps=0,
    )
    session.add(made)
    session.flush()
    _note(
        session, made, EventKind.PROMISED, now=now, staff=staff, text=f"{line} – {due_at:%Y-%m-%d %H:%M} UTC"
    )
    return made


def keep(session: Session, made: Promise, *, staff: Staff, now: datetime) -> None:
    """Note that a promise was kept, by the word of staff; the customer is asked.

    Raises:
        NotYoursError: they may not say so.
        PromiseError: it is no longer open.
    """
    _settle(session, made, PromiseMove.KEEP, staff=staff, now=now)
    _note(session, made, EventKind.PROMISE_KEPT, now=now, staff=staff)


def withdraw(session: Session, made: Promise, *, staff: Staff, reason: str, now: datetime) -> str:
    """Take a promise back; the customer is told, with the reason.

    Returns:
        The reason, in one line.

    Raises:
        NotYoursError: they may not.
        PromiseTextError: no reason is given, or at too great length.
        PromiseError: it is no longer open.
    """
    line = checked_text(reason)
    _settle(session, made, PromiseMove.WITHDRAW, staff=staff, now=now)
    _note(session, made, EventKind.PROMISE_WITHDRAWN, now=now, staff=staff, text=line)
    return line


def withdraw_with_case(
    session: Session, complaint: Complaint, *, staff: Staff | None, now: datetime
) -> Sequence[Promise]:
    """Take back what is open in a case that was no complaint; the case is held, and was dismissed just now.

    ``staff`` is who dismissed it; None where its customer said that it was none.

    Returns:
        What was taken back; its customer has heard that the case is closed, and need not hear of it.
    """
    session.flush()
    taken = session.scalars(
        _of_case(complaint).where(Promise.state == PromiseState.OPEN).with_for_update()
    ).all()
    for made in taken:
        _end(session, made, PromiseMove.WITHDRAW, now)
        _note(session, made, EventKind.PROMISE_WITHDRAWN, now=now, staff=staff)
    return taken


def restore_with_case(
    session: Session, complaint: Complaint, *, dismissed_at: datetime, staff: Staff, now: datetime
) -> Sequence[Promise]:
    """Let what was taken back with a case hold again, for the case is had back as it was; it is held.

    Returns:
        What holds again.
    """
    restored = session.scalars(
        _of_case(complaint)
        .where(Promise.state == PromiseState.WITHDRAWN, Promise.closed_at == dismissed_at)
        .with_for_update()
    ).all()
    for made in restored:
        made.state, made.closed_at = PromiseState.OPEN, None
        made.next_step_at = step_at(made.steps, made_at=made.made_at, due_at=made.due_at)
        _note(session, made, EventKind.PROMISED, now=now, staff=staff)
    session.flush()
    return restored


def confirm(session: Session, made: Promise, *, now: datetime) -> None:
    """Take the customer's word that what was promised happened.

    Raises:
        PromiseError: they were not asked, or have said so.
    """
    _end(session, made, PromiseMove.CONFIRM, now)
    _note(session, made, EventKind.PROMISE_CONFIRMED, now=now)
    _record(session, made, kept=True, now=now)


def deny(session: Session, made: Promise, *, now: datetime) -> None:
    """Take the customer's word that what was promised did not happen: it is broken.

    Raises:
        PromiseError: they were not asked, or have said so.
    """
    _end(session, made, PromiseMove.DENY, now)
    _note(session, made, EventKind.PROMISE_BROKEN, now=now)
    _record(session, made, kept=False, now=now)


def due_promises(session: Session, *, now: datetime, limit: int = BATCH) -> Sequence[Promise]:
    """Find the promises of which a step has fallen due, the longest due first, and lock them.

    Their customers are locked as well, for what becomes of a promise is entered into their records. Whatever
    somebody else holds is left to them, or to the next time.
    """
    return session.scalars(
        select(Promise)
        .join(Customer, Customer.id == Promise.customer_id)
        .where(Promise.next_step_at <= now)
        .order_by(Promise.next_step_at, Promise.id)
        .limit(limit)
        .with_for_update(of=[Promise, Customer], key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def take_step(session: Session, made: Promise, *, now: datetime) -> int:
    """Take the step of a promise that has fallen due; the row is locked.

    Returns:
        Its number: of a reminder (``REMINDERS``); ``DUE`` where the promise is broken now, and its customer
        is to be told as soon as it is polite (``own_up_at``); ``OWNED_UP`` where that moment has come.
    """
    if made.state is not PromiseState.OPEN:
        made.steps, made.next_step_at = OWNED_UP, None
        return OWNED_UP
    step = last_step(made.steps, made_at=made.made_at, due_at=made.due_at, now=now)
    made.steps = step + 1
    if step < DUE:
        made.next_step_at = step_at(step + 1, made_at=made.made_at, due_at=made.due_at)
        return step
    _end(session, made, PromiseMove.BREAK, now)
    _note(session, made, EventKind.PROMISE_BROKEN, now=now)
    _record(session, made, kept=False, now=now)
    return DUE


def own_up_at(made: Promise, at: datetime) -> None:
    """Let the step at which the customer of a broken promise is told fall due at a moment."""
    made.next_step_at = at


def find_promise(session: Session, promise_id: int) -> Promise | None:
    """Find a promise by its number; None where there is none, or it was erased with its customer."""
    return session.get(Promise, promise_id)


def keeper_of(session: Session, made: Promise) -> Staff | None:
    """Tell who has to keep a promise: its maker while they work here, else the owner of its case."""
    maker = None if made.staff_id is None else session.get(Staff, made.staff_id)
    if maker is not None and maker.active:
        return maker
    complaint = None if made.complaint_id is None else session.get(Complaint, made.complaint_id)
    owner_id = None if complaint is None else complaint.owner_id
    owner = None if owner_id is None else session.get(Staff, owner_id)
    return owner if owner is not None and owner.active else None


def open_promises(session: Session, *, staff_id: int, limit: int) -> Sequence[Promise]:
    """Give the open promises that somebody has to keep (``keeper_of``), the soonest due first."""
    is_theirs = or_(
        Promise.staff_id == staff_id,
        and_(Complaint.owner_id == staff_id, func.coalesce(Staff.active, false()).is_(False)),
    )
    return session.scalars(
        select(Promise)
        .outerjoin(Complaint, Complaint.id == Promise.complaint_id)
        .outerjoin(Staff, Staff.id == Promise.staff_id)
        .where(Promise.state == PromiseState.OPEN, Promise.next_step_at.is_not(None), is_theirs)
        .order_by(Promise.due_at, Promise.id)
        .limit(limit)
    ).all()


def broken_promises(session: Session, *, since: datetime, limit: int) -> Sequence[Promise]:
    """Give the promises to anybody that were broken since a moment, the newest first."""
    return session.scalars(
        select(Promise)
        .where(Promise.state == PromiseState.BROKEN, Promise.closed_at > since)
        .order_by(Promise.closed_at.desc(), Promise.id.desc())
        .limit(limit)
    ).all()


def _of_case(complaint: Complaint) -> Select[Promise]:
    theirs = select(Promise).where(Promise.complaint_id == complaint.id).order_by(Promise.id)
    return theirs.execution_options(populate_existing=True)


def _settle(session: Session, made: Promise, move: PromiseMove, *, staff: Staff, now: datetime) -> None:
    owner_id = None if made.complaint_id is None else find_complaint(session, made.complaint_id).owner_id
    if not may_settle(staff_id=staff.id, role=staff.role, maker_id=made.staff_id, owner_id=owner_id):
        raise NotYoursError("only who promised, the owner of the case and leads may say what became of it")
    _end(session, made, move, now)


def _end(session: Session, made: Promise, move: PromiseMove, now: datetime) -> None:
    """Lock the row, check the move and make it; nobody is reminded any more."""
    lock(session, made)
    made.state = next_state(made.id, move, made.state)
    made.closed_at, made.next_step_at = now, None


def lock(session: Session, made: Promise) -> None:
    """Read the row again and keep others from changing it until this transaction ends.

    Raises:
        NotFoundError: its customer was erased meanwhile.
    """
    session.flush()
    if session.get(Promise, made.id, with_for_update=True, populate_existing=True) is None:
        raise NotFoundError("this promise is gone: its customer was erased")


def _record(session: Session, made: Promise, *, kept: bool, now: datetime) -> None:
    """Enter into the customer's record what became of a promise in their case."""
    complaint = None if made.complaint_id is None else session.get(Complaint, made.complaint_id)
    customer = hold_customer(session, made.customer_id)
    if customer is not None and complaint is not None:
        record_complaint_outcome(
            session,
            customer=customer,
            complaint=complaint,
            solved=kept,
            now=now,
            source=EntrySource.PROMISE,
        )


def _note(
    session: Session,
    made: Promise,
    what: EventKind,
    *,
    now: datetime,
    staff: Staff | None = None,
    text: str | None = None,
) -> None:
    if made.complaint_id is not None:
        staff_id = None if staff is None else staff.id
        words = made.text if text is None else text
        put(session, NewEvent(made.complaint_id, now, staff_id, str(what), words))
