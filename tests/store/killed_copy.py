"""Copies a database, but ends itself every few steps, as ``kill -9`` does, and begins again until it is done.

A step is the moment before a transaction on the target is kept, or the moment after it. Tells how often it
was killed.
"""

import os
import sys

from sqlalchemy import event

from store import copying
from store.copying import copy_database
from store.engine import Database

KILLED = 9
STEPS_EACH = 12
CHUNK_ROWS = 5


def copy_for(steps: int, source_url: str, target_url: str) -> bool:
    """Copy in a child process that ends after some steps; tells whether it came to its end instead."""
    child = os.fork()
    if child == 0:
        left = steps

        def look(what: object, _rows: int = 0) -> None:
            nonlocal left
            left -= not str(what).endswith("compared")
            if left < 0:
                os._exit(KILLED)

        source, target = Database(source_url), Database(target_url)
        event.listen(target.engine, "commit", look)
        with source.reading() as session:
            copy_database(session, target, name="the house", told=look)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def main(source_url: str, target_url: str) -> None:
    """Go on until a child comes to its end."""
    copying.CHUNK_ROWS = CHUNK_ROWS
    kills = 0
    while not copy_for(STEPS_EACH, source_url, target_url):
        kills += 1
    sys.stdout.write(str(kills))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
