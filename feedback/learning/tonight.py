"""A whole night's learning, from the database to the database."""

from datetime import datetime

from feedback.learning.keeping import find_task, keep
from feedback.learning.nightly import learn
from store.engine import Database


def learn_tonight(url: str, now: datetime) -> int:
    """Learn from what was said of messages, unless we did tonight or nobody said more.

    Nothing waits for it: what is said is read in one moment's view, and what was learnt is written in one
    short transaction, in which it is seen again whether we still learn.

    Args:
        url: of the database.
        now: aware UTC.

    Returns:
        How many versions were noted, 0 or 1.
    """
    database = Database(url)
    try:
        with database.reading() as session:
            task = find_task(session, now=now)
        if task is None:
            return 0
        learnt = learn(task.labels, task.fingerprint)
        with database.transaction() as session:
            return keep(session, learnt, now=now)
    finally:
        database.close()
