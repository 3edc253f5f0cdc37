"""Ends a migration before some of its statements in turn, as ``kill -9`` does, and tells what is left."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import event, inspect

from store.engine import Database
from store.migrate import migrate
from store.revisions import current_revision
from tests.store.rows import NOT_OURS

KILLED = 9
Left = tuple[str | None, Mapping[str, list[dict[str, Any]]]]
"""What is found in a database: the revision, and all rows by table as the database's driver gives them."""
PARTS = 4
"""A migration is ended at the beginning of each quarter, too."""


def kills(url: str, revision: str) -> Iterator[Left]:
    """Migrate and be killed, again and again, the last time not; yield what each time left.

    Whatever a migration commits too early is still there when it is killed before its last commit, so not
    every statement needs a try of its own.

    Yields:
        What is left.
    """
    first_commit = _statements_until_commit(url, revision)
    for part in range(PARTS):
        assert not _migrated(url, revision, kill_at=part * first_commit // PARTS)
        yield found(url)
    step, ended = first_commit, False
    while not ended:  # before the first commit, and whatever comes after it
        ended = _migrated(url, revision, kill_at=step)
        yield found(url)
        step += 1


def _statements_until_commit(url: str, revision: str) -> int:
    """Migrate in a child process that is killed before its first commit; tells how much it did before."""
    told, to_tell = os.pipe()
    child = os.fork()
    if child == 0:
        statements = 0

        def count(*_arguments: object) -> None:
            nonlocal statements
            statements += 1

        def tell(*_arguments: object) -> None:
            os.write(to_tell, str(statements).encode())
            os._exit(KILLED)

        database = Database(url)
        event.listen(database.engine, "before_cursor_execute", count)
        event.listen(database.engine, "commit", tell)
        try:
            migrate(database, revision=revision)
        finally:
            os._exit(1)
    os.close(to_tell)
    with os.fdopen(told) as line:
        said = line.read()
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == KILLED
    return int(said)


def _migrated(url: str, revision: str, *, kill_at: int) -> bool:
    """Migrate in a child process that ends before a statement or commit; tells whether it came to its end."""
    child = os.fork()
    if child == 0:
        left = kill_at

        def look(*_arguments: object) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                os._exit(KILLED)

        database = Database(url)
        event.listen(database.engine, "before_cursor_execute", look)
        event.listen(database.engine, "commit", look)
        code = 1
        try:
            migrate(database, revision=revision)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, KILLED)
    return code == 0


def found(url: str) -> Left:
    """Tell what is in a database."""
    database = Database(url)
    with database.engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if not name.startswith(NOT_OURS)]
        select = 'SELECT * FROM "{}"'  # names come from the database: no type of ours comes in between
        tables = {name: connection.exec_driver_sql(select.format(name)).mappings() for name in names}
        rows = {name: sorted(map(dict, table), key=repr) for name, table in tables.items()}
    there = current_revision(database), rows
    database.close()
    return there
