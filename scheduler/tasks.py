"""Tasks: what a person shall do for a customer, because the program must not, or could not, do it itself."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, cast, exists, literal, or_, select
from sqlalchemy.orm import Session

from store.errors import NotFoundError
from store.inserts import insert_into
from store.outbox import withdraw_beginning
from store.tables.outreach import Task, TaskKind
from store.tables.queues import OutboxMessage
from store.tables.staff import Staff

TOLD = "task"
"""Begins the dedupe key of the message by which a task is told."""


def give_task(
    session: Session,
    *,
    customer_id: int,
    kind: TaskKind,
    occasion: str,
    text: str,
    staff_id: int | None,
    due_at: datetime | None,
    now: datetime,
    visit_id: int | None = None,
) -> int | None:
    """Give somebody a task, once for an occasion; does not commit.

    Args:
        session: the open transaction.
        customer_id: for whom something is to be done.
        kind: why.
        occasion: names what it is for, for ever, such as ``visit:42:2027-03-01``.
        text: what staff know of it beside that, in their own words; "" where the kind says it all.
        staff_id: whose task it is; None is everybody's.
        due_at: by when.
        now: aware UTC.
        visit_id: the visit that it stands for, if it does.

    Returns:
        Its number; None where there is one for this occasion already.
    """
    new = insert_into(Task, dialect=session.get_bind().dialect.name).values(
        customer_id=customer_id,
        kind=kind,
        occasion=occasion,
        text=text,
        staff_id=staff_id,
        due_at=due_at,
        created_at=now,
        visit_id=visit_id,
    )
    return session.scalar(new.on_conflict_do_nothing(index_elements=["occasion"]).returning(Task.id))


def open_tasks(session: Session, *, staff_id: int | None = None, limit: int = 20) -> Sequence[Task]:
    """Find what is to be done, the soonest due first; only reads.

    Args:
        session: an open transaction.
        staff_id: whose; what is nobody's, or of somebody who has left, is everybody's. None is all of them.
        limit: how many at most.
    """
    waiting = select(Task).where(Task.done_at.is_(None))
    if staff_id is not None:
        left = select(Staff.id).where(Staff.active.is_(False))
        nobodys = or_(Task.staff_id.is_(None), Task.staff_id.in_(left))
        waiting = waiting.where(or_(Task.staff_id == staff_id, nobodys))
    soonest = waiting.order_by(Task.due_at.is_(None), Task.due_at, Task.id)
    return session.scalars(soonest.limit(limit)).all()


def untold_tasks(session: Session, *, since: datetime, limit: int) -> Sequence[Task]:
    """Find open tasks given since a moment of which staff were not told; only reads."""
    told = exists().where(OutboxMessage.dedupe_key == literal(f"{TOLD}:").concat(cast(Task.id, String)))
    return session.scalars(
        select(Task)
        .where(Task.done_at.is_(None), Task.created_at >= since, ~told)
        .order_by(Task.id)
        .limit(limit)
    ).all()


def told_key(task_id: int) -> str:
    """Name the message by which a task is told."""
    return f"{TOLD}:{task_id}"


def find_task(session: Session, task_id: int) -> Task:
    """Find a task by its number.

    Raises:
        NotFoundError: there is none; its customer may have been erased.
    """
    task = session.get(Task, task_id)
    if task is None:
        raise NotFoundError(f"there is no task {task_id}")
    return task


def done(session: Session, task: Task, *, staff_id: int | None, now: datetime) -> bool:
    """Note that a task is done; who was first stands. Does not commit.

    Returns:
        Whether it was not done before.
    """
    if task.done_at is not None:
        return False
    task.done_at, task.done_by = now, staff_id
    withdraw_beginning(session, f"{told_key(task.id)}:", reason="the task is done")
    session.flush()
    return True


def put_off(session: Session, task: Task, *, until: datetime) -> None:
    """Note that a task is to be done later; does not commit."""
    task.due_at = until
    session.flush()
