"""Ends a migration before each of its statements in turn, as ``kill -9`` does, and tells what is left."""

import json
import os
import sys

from sqlalchemy import event

from store.engine import Database
from store.migrate import migrate
from store.revisions import current_revision
from tests.store.rows import Rows, rows_of

KILLED = 9


def migrate_until(statement: int, url: str, revision: str) -> bool:
    """Migrate in a child process that ends before a statement; tells whether it came to its end instead."""
    child = os.fork()
    if child == 0:
        left = statement

        def look(*_arguments: object) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                os._exit(KILLED)

        database = Database(url)
        event.listen(database.engine, "before_cursor_execute", look)
        event.listen(database.engine, "commit", look)
        migrate(database, revision=revision)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def found(url: str) -> tuple[str | None, Rows]:
    """Tell the revision and all rows."""
    database = Database(url)
    there = current_revision(database), rows_of(database)
    database.close()
    return there


def main(url: str, revision: str) -> None:
    """Try every statement, the first to the last."""
    before = found(url)
    outcomes: list[str] = []
    ended = False
    while not ended:
        ended = migrate_until(len(outcomes), url, revision)
        here, rows = found(url)
        same = "as it was" if (here, rows) == before else "changed"
        outcomes.append(f"{here}, {'ended' if ended else same}")
    sys.stdout.write(json.dumps(outcomes))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
