"""Many messages that are alike, such as a campaign's, are queued for half of what as many drafts take."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from store.inserts import insert_into
from store.many_rows import ManyRows
from store.outbox import INSERT_CHUNK, RULES, Body, ButtonRows, Draft, Enclosure
from store.tables.queues import OutboxMessage, OutboxState


class Copy(NamedTuple):
    """What one of many messages alike has of its own; the fields are those of ``store.outbox.Draft``."""

    dedupe_key: str
    channel: str
    address: str
    customer_id: int
    text: str
    buttons: ButtonRows
    attachments: tuple[Enclosure, ...]
    not_before: datetime
    expires_at: datetime


_COLUMNS = (
    "dedupe_key",
    "channel",
    "address",
    "customer_id",
    "campaign_id",
    "kind",
    "purpose",
    "priority",
    "body",
    "about",
    "state",
    "not_before",
    "expires_at",
    "attempts",
    "maybe_repeat",
    "created_at",
)
"""Without those that no copy fills: the driver looks at each null."""


def enqueue_copies(session: Session, alike: Draft, copies: Sequence[Copy], *, now: datetime) -> int:
    """Queue messages that are alike; one whose dedupe key is known already is dropped. Does not commit.

    Args:
        session: the open transaction.
        alike: what all have: kind, purpose, campaign, and what they are about. They answer and edit nothing.
        copies: what each has of its own.
        now: aware UTC.

    Returns:
        How many were new.
    """
    statement, connection = _insert_new(session.get_bind().dialect.name), session.connection()
    priority, bodies = RULES[alike.kind].priority, _bodies(copies)
    rows = [
        (
            copy.dedupe_key,
            copy.channel,
            copy.address,
            copy.customer_id,
            alike.campaign_id,
            alike.kind,
            alike.purpose,
            priority,
            {**bodies[id(copy.buttons), copy.attachments], "text": copy.text},
            alike.about,
            OutboxState.QUEUED,
            copy.not_before,
            copy.expires_at,
            0,
            False,
            now,
        )
        for copy in copies
    ]
    chunks = (rows[start : start + INSERT_CHUNK] for start in range(0, len(rows), INSERT_CHUNK))
    return sum(statement.run(connection, chunk) for chunk in chunks)


def _bodies(copies: Sequence[Copy]) -> Mapping[tuple[int, tuple[Enclosure, ...]], dict[str, Any]]:
    """Write what goes with the texts; buttons are told apart by identity, for most copies share theirs."""
    shared = {(id(copy.buttons), copy.attachments): copy for copy in copies}
    return {
        key: Body("", copy.buttons, attachments=copy.attachments).to_json() for key, copy in shared.items()
    }


@cache
def _insert_new(dialect: str) -> ManyRows:
    """Build the statement once; it returns nothing, so that the driver sends row after row."""
    new = insert_into(OutboxMessage, dialect=dialect).on_conflict_do_nothing(index_elements=["dedupe_key"])
    return ManyRows(new, _COLUMNS)
