"""Tasks: what a person shall do for a customer, because the program must not, or could not, do it itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import String, cast, exists, literal, or_, select
from sqlalchemy.orm import Session

from store.errors import NotFoundError
from store.inserts import insert_into
from store.many_rows import ManyRows
from store.outbox import withdraw_beginning
from store.tables.outreach import Task, TaskKind
from store.tables.queues import OutboxMessage
from store.tables.staff import Staff

TOLD = "task"
"""Begins the dedupe key of the message by which a task is told."""


@dataclass(frozen=True, slots=True)
class NewTask:
    """Something that somebody shall do.

    Attributes:
        customer_id: for whom something is to be done.
        kind: why.
        occasion: names what it is for, for ever, such as ``visit:42:2027-03-01``.
        due_at: by when.
        staff_id: whose task it is; None is everybody's.
        visit_id: the visit that it stands for, if it does.
        text: what staff know of it beside that, in their own words; "" where the kind says it all.
    """

    customer_id: int
    kind: TaskKind
    occasion: str
    due_at: datetime | None
    staff_id: int | None = None
    visit_id: int | None = None
    text: str = ""


def give_tasks(session: Session, tasks: Iterable[NewTask], *, now: datetime) -> int:
    """Give somebody tasks, each occasion's once; does not commit.

    Returns:
        How many were new.
    """
    rows = [
        (one.customer_id, one.staff_id, one.visit_id, one.kind, one.occasion, one.text, now, one.due_at)
        for one in tasks
    ]
    return _insert_new(session.get_bind().dialect.name).run(session.connection(), rows)


@cache
def _insert_new(dialect: str) -> ManyRows:
    new = insert_into(Task, dialect=dialect).on_conflict_do_nothing(index_elements=["occasion"])
    names = ("customer_id", "staff_id", "visit_id", "kind", "occasion", "text", "created_at", "due_at")
    return ManyRows(new, names)


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
