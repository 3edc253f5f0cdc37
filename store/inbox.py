"""The inbox: each update of an app has one effect, however often it comes."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from sqlalchemy import bindparam, text, update
from sqlalchemy.orm import Session

from store.columns import UtcDateTime
from store.tables.queues import InboxUpdate

_PAIRS = {
    "sqlite": "json_each(:updates)",
    "postgresql": "json_array_elements(CAST(:updates AS json)) AS pairs (value)",
}
_CLAIM = {
    dialect: text(
        "INSERT INTO inbox (channel, update_id, received_at)"  # noqa: S608 - nothing of it comes from outside
        f" SELECT value ->> 0, value ->> 1, :now FROM {pairs} WHERE true"
        " ON CONFLICT (channel, update_id) DO NOTHING RETURNING channel, update_id"
    ).bindparams(bindparam("now", type_=UtcDateTime()))
    for dialect, pairs in _PAIRS.items()
}
"""All updates go over as one document: as so many rows, telling which were new takes three times as long."""


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
    connection = session.connection()
    values = {"updates": to_json(list(updates)).decode(), "now": now}
    claimed = connection.execute(_CLAIM[connection.dialect.name], values)
    return {(channel, update_id) for channel, update_id in claimed}


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
