"""The inbox: each update of an app has one effect, however often it comes."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, update
from sqlalchemy.orm import Session

from store.inserts import insert_into
from store.tables.queues import InboxUpdate


def claim_update(session: Session, *, channel: str, update_id: str, now: datetime) -> bool:
    """Note that an update is being handled in this transaction; does not commit.

    Returns:
        True where it is new; False where it was handled before and must have no second effect.
    """
    return bool(claim_updates(session, [(channel, update_id)], now=now))


def claim_updates(
    session: Session, updates: Collection[tuple[str, str]], *, now: datetime
) -> set[tuple[str, str]]:
    """Note that updates, each a channel and its update id, are being handled in this transaction.

    Does not commit.

    Returns:
        Those that are new; the others were handled before and must have no second effect.
    """
    if not updates:
        return set()
    rows = [
        {"channel": channel, "update_id": update_id, "received_at": now} for channel, update_id in updates
    ]
    claimed = session.connection().execute(_insert_new(session.get_bind().dialect.name), rows)
    return {(channel, update_id) for channel, update_id in claimed}


@cache
def _insert_new(dialect: str) -> Executable:
    new = insert_into(InboxUpdate, dialect=dialect)
    return new.on_conflict_do_nothing(index_elements=["channel", "update_id"]).returning(
        InboxUpdate.channel, InboxUpdate.update_id
    )


def record_failure(
    session: Session, *, channel: str, update_id: str, error: str, payload: Mapping[str, Any]
) -> None:
    """Keep an update that could not be handled, with its error, for a person to look at; does not commit."""
    session.execute(
        update(InboxUpdate)
        .where(InboxUpdate.channel == channel, InboxUpdate.update_id == update_id)
        .values(error=error, payload=dict(payload))
    )


def record_unreadable(
    session: Session, *, channel: str, update_id: str, error: str, payload: Mapping[str, Any], now: datetime
) -> None:
    """Keep an update that the channel itself could not read; does not commit."""
    if claim_update(session, channel=channel, update_id=update_id, now=now):
        record_failure(session, channel=channel, update_id=update_id, error=error, payload=payload)
