"""What was said: incoming messages, their corrections, and where a many-step talk stands."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Text, bindparam, cast, delete, select
from sqlalchemy.orm import Session

from store.columns import UtcDateTime
from store.one_of import is_one_of
from store.read_ahead import Question
from store.tables.conversations import Dialogue, Message

_UNCLAIMED = (
    select(Message.channel, Message.attachments)
    .where(
        Message.customer_id == bindparam("customer_id"),
        Message.about.is_(None),
        Message.id < bindparam("before"),
        Message.at >= bindparam("since", type_=UtcDateTime()),
        Message.edited_at.is_(None),
    )
    .order_by(Message.id.desc())
    .limit(bindparam("limit"))
)
_HAVE_SENT = (
    select(Message.customer_id)
    .where(
        is_one_of(Message.customer_id, "customer_ids"),
        Message.about.is_(None),
        Message.at >= bindparam("since", type_=UtcDateTime()),
        Message.edited_at.is_(None),
        cast(Message.attachments, Text) != "[]",
    )
    .distinct()
)
_EARLIER = (
    select(Message.id)
    .where(
        Message.customer_id == bindparam("customer_id"),
        Message.channel == bindparam("channel"),
        Message.address == bindparam("address"),
        Message.id < bindparam("before"),
        Message.at >= bindparam("since", type_=UtcDateTime()),
        Message.text.startswith(bindparam("beginning")),
    )
    .limit(1)
)
_DIALOGUES_IN = select(Dialogue).where(
    Dialogue.channel == bindparam("channel"), is_one_of(Dialogue.address, "addresses")
)


def find_message(session: Session, *, channel: str, address: str, external_id: str) -> Message | None:
    """Find the message that the app knows under ``external_id`` in one chat."""
    return session.scalar(
        select(Message)
        .where(Message.channel == channel, Message.address == address, Message.external_id == external_id)
        .limit(1)
    )


def attachments_before(
    session: Session, *, customer_id: int, before: int, since: datetime, limit: int
) -> Sequence[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Give what a customer sent lately that concerns nothing yet, oldest first: the channel, and what came.

    Args:
        session: the open transaction; nothing is written for this, so what has just come may be missing.
        customer_id: whose messages.
        before: the number of the message that they came before.
        since: aware UTC.
        limit: how many messages are looked at.
    """
    if not HAS_SENT_FILES.answer(session, (customer_id, since)):
        return []
    values = {"customer_id": customer_id, "before": before, "since": since, "limit": limit}
    rows = session.connection().execute(_UNCLAIMED, values).all()
    return [(row.channel, row.attachments) for row in reversed(rows) if row.attachments]


def _have_sent_files(
    session: Session, who: Collection[tuple[int, datetime]]
) -> Mapping[tuple[int, datetime], bool]:
    """Tell which customers have sent something since a moment that concerns nothing yet."""
    found: dict[tuple[int, datetime], bool] = {}
    for since in {since for _, since in who}:
        values = {"customer_ids": [customer_id for customer_id, at in who if at == since], "since": since}
        found |= {(row.customer_id, since): True for row in session.connection().execute(_HAVE_SENT, values)}
    return found


HAS_SENT_FILES = Question[tuple[int, datetime], bool](_have_sent_files, nothing=False)
"""Of a customer and a moment, whether they may have sent files since that nobody was shown yet."""


def has_written(
    session: Session,
    beginning: str,
    *,
    customer_id: int,
    channel: str,
    address: str,
    before: int,
    since: datetime,
) -> bool:
    """Tell whether a customer wrote something that begins so in a chat since a moment.

    Args:
        session: the open transaction.
        beginning: of the text; no wildcards.
        customer_id: whose messages.
        channel, address: the chat.
        before: the number of the message that they came before.
        since: aware UTC.
    """
    chat = {"customer_id": customer_id, "channel": channel, "address": address}
    values = {**chat, "beginning": beginning, "before": before, "since": since}
    return session.connection().scalar(_EARLIER, values) is not None


def message_by_id(session: Session, message_id: int) -> Message | None:
    """Find a message by our own number."""
    return session.get(Message, message_id)


def dialogues_in(
    session: Session, *, channel: str, addresses: Collection[str]
) -> Mapping[tuple[str, str], Dialogue]:
    """Give the talks of several steps that are under way in these chats, by chat and speaker."""
    rows = session.scalars(_DIALOGUES_IN, {"channel": channel, "addresses": list(addresses)})
    return {(dialogue.address, dialogue.sender): dialogue for dialogue in rows}


def set_dialogue(
    session: Session,
    *,
    channel: str,
    address: str,
    sender: str,
    step: str,
    data: Mapping[str, Any],
    now: datetime,
) -> None:
    """Note the step that the next message of this speaker answers; does not commit."""
    session.merge(
        Dialogue(channel=channel, address=address, sender=sender, step=step, data=dict(data), updated_at=now)
    )


def find_dialogue(session: Session, *, channel: str, address: str, sender: str) -> Dialogue | None:
    """Find the talk that is under way with a speaker in a chat; None where there is none."""
    return session.get(Dialogue, (channel, address, sender))


def end_dialogue(session: Session, *, channel: str, address: str, sender: str) -> None:
    """Forget the talk that was under way, if any; does not commit."""
    session.execute(
        delete(Dialogue).where(
            Dialogue.channel == channel, Dialogue.address == address, Dialogue.sender == sender
        )
    )
