"""Tasks: given once for an occasion, listed for whose they are, done once."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from scheduler.tasks import NewTask, done, find_task, give_tasks, open_tasks, put_off, told_key, untold_tasks
from store.engine import Database
from store.errors import NotFoundError
from store.outbox import Draft, enqueue
from store.tables.outreach import TaskKind
from store.tables.queues import MessageKind
from store.tables.staff import Staff
from tests.factories import NOW, make_customer, make_staff


def give(session: Session, occasion: str, *, staff_id: int | None = None, days: int | None = 1) -> int:
    due_at = None if days is None else NOW + timedelta(days=days)
    task = NewTask(1, TaskKind.OTHER, occasion, due_at, staff_id, text="Ask about the kettle.")
    return give_tasks(session, [task], now=NOW)


def test_an_occasion_has_one_task_and_it_is_done_once(any_database: Database) -> None:
    with any_database.transaction() as session:
        make_customer(session)
        mei = make_staff(session).id
        assert give(session, "a") == 1
        assert give(session, "a") == 0
        (task,) = open_tasks(session)
        assert find_task(session, task.id) is task
        assert done(session, task, staff_id=mei, now=NOW)
        assert not done(session, task, staff_id=None, now=NOW + timedelta(days=1))
        assert (task.done_at, task.done_by) == (NOW, mei)
        assert open_tasks(session) == []
        with pytest.raises(NotFoundError):
            find_task(session, 99)


def test_each_sees_their_own_what_is_nobodys_and_what_leavers_left(any_database: Database) -> None:
    with any_database.transaction() as session:
        make_customer(session)
        mei, tom, kai = (make_staff(session, name=name).id for name in ("Mei", "Tom", "Kai"))
        give(session, "undated", days=None)
        give(session, "mei", staff_id=mei, days=3)
        give(session, "tom", staff_id=tom, days=1)
        give(session, "kai", staff_id=kai, days=2)
        session.get_one(Staff, kai).active = False
        session.flush()
        assert [task.occasion for task in open_tasks(session, staff_id=mei)] == ["kai", "mei", "undated"]
        assert [task.occasion for task in open_tasks(session)] == ["tom", "kai", "mei", "undated"]
        put_off(session, open_tasks(session)[0], until=NOW + timedelta(days=9))
        assert [task.occasion for task in open_tasks(session, limit=3)] == ["kai", "mei", "tom"]


def test_what_was_told_is_not_told_again(any_database: Database) -> None:
    with any_database.transaction() as session:
        make_customer(session)
        give(session, "a")
        give(session, "b")
        told, untold = (task.id for task in open_tasks(session))
        draft = Draft(MessageKind.ALERT, "telegram", "1", "x", dedupe_key=told_key(told))
        enqueue(session, [draft], now=NOW)
        assert [task.id for task in untold_tasks(session, since=NOW, limit=5)] == [untold]
        assert untold_tasks(session, since=NOW + timedelta(seconds=1), limit=5) == []
