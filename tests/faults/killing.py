"""Killing a process exactly: before its so-many-th statement or commit, as ``kill -9`` may at any time."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from store.engine import Database

only_where_processes_fork = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="only a system with fork can be killed so exactly"
)


def is_killed_at(database: Database, step: int, work: Callable[[Database], object]) -> bool:
    """Work in a process that is killed before its so-many-th statement or commit; tells whether it was.

    It inherits the statements that were compiled before, but no connection.
    """
    database.engine.dispose()
    child = os.fork()
    if child == 0:
        try:
            _kill_before(database, step)
            work(database)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _kill_before(database: Database, step: int) -> None:
    steps = iter(range(step))

    def count(*_about: Any) -> None:
        if next(steps, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    listen: Callable[..., Any] = event.listen
    listen(database.engine, "before_cursor_execute", count)
    listen(database.engine, "commit", count)
