"""What is done once for an occasion, or when something was done last: across restarts and processes."""

from datetime import datetime
from functools import cache

from sqlalchemy import Executable, bindparam, exists, select
from sqlalchemy.orm import Session

from store.inserts import insert_into
from store.tables.desk import DoneOnce


def claim_occasion(session: Session, occasion: str, *, now: datetime) -> bool:
    """Take an occasion for oneself; does not commit.

    Args:
        session: the open transaction; who else claims it meanwhile waits for its end.
        occasion: names it once for ever, e.g. ``digest:2026-11-21``.
        now: aware UTC.

    Returns:
        Whether nobody had it before.
    """
    claim = _claim(session.get_bind().dialect.name)
    # By the connection: what a round of others wrote can wait, to be written together.
    return session.connection().scalar(claim, {"occasion": occasion, "at": now}) is not None


@cache
def _claim(dialect: str) -> Executable:
    """Build the statement once for all occasions."""
    new = insert_into(DoneOnce, dialect=dialect).on_conflict_do_nothing()
    return new.returning(DoneOnce.occasion)


def is_claimed(session: Session, occasion: str) -> bool:
    """Tell whether somebody has claimed an occasion."""
    return bool(session.scalar(select(exists().where(DoneOnce.occasion == occasion))))


def last_done(session: Session, name: str) -> datetime | None:
    """Tell when something that comes again was done last; None where never."""
    return session.connection().scalar(_LAST, {"name": name})


_LAST = select(DoneOnce.at).where(DoneOnce.occasion == bindparam("name"))


def note_done(session: Session, name: str, *, now: datetime) -> None:
    """Note that something that comes again was done now, by the clock as it is; does not commit.

    Args:
        session: the open transaction.
        name: of what comes again, e.g. ``looked:festivals``; no occasion has it.
        now: aware UTC.
    """
    note = _note(session.get_bind().dialect.name)
    session.connection().execute(note, {"occasion": name, "at": now})


@cache
def _note(dialect: str) -> Executable:
    """Build the statement once for all that comes again."""
    new = insert_into(DoneOnce, dialect=dialect)
    return new.on_conflict_do_update(index_elements=["occasion"], set_={"at": new.excluded.at})
