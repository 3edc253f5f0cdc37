"""Which messages belong together: all that concern one matter carry the same ``about``."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Text, bindparam, cast, literal, select
from sqlalchemy.orm import Session

from store.one_of import is_one_of
from store.read_ahead import Question
from store.tables.customers import Customer
from store.tables.queues import OutboxMessage

TalkIn = tuple[int, str, str]
"""A customer, and a chat in which we may have spoken of them: its channel and address."""

_NEWEST_OF_TALK = select(
    Customer.id,
    select(OutboxMessage.dedupe_key)
    .where(
        OutboxMessage.about == literal("customer:", Text()).concat(cast(Customer.id, Text)),
        OutboxMessage.channel == bindparam("channel"),
        OutboxMessage.address.concat("") == bindparam("address"),
        OutboxMessage.edits.is_(None),
    )
    .order_by(OutboxMessage.id.desc())
    .limit(1)
    .correlate(Customer)
    .scalar_subquery(),
).where(is_one_of(Customer.id, "customer_ids"))
"""The address is kept from its index: by that, SQLite would read all that a staff chat was ever sent."""

_SPOKEN_OF = (
    select(OutboxMessage.about)
    .where(
        is_one_of(OutboxMessage.about, "abouts"),
        OutboxMessage.customer_id.is_not(None),
        OutboxMessage.created_at >= bindparam("since"),
    )
    .distinct()
)


def _find_newest(session: Session, talks: Collection[TalkIn]) -> Mapping[TalkIn, str | None]:
    found: dict[TalkIn, str | None] = {}
    for channel, address in {(channel, address) for _, channel, address in talks}:
        whose = [customer_id for customer_id, *chat in talks if chat == [channel, address]]
        values = {"customer_ids": whose, "channel": channel, "address": address}
        rows = session.connection().execute(_NEWEST_OF_TALK, values)
        found |= {(customer_id, channel, address): key for customer_id, key in rows}
    return found


NEWEST_OF_TALK = Question[TalkIn, str | None](_find_newest, nothing=None)
"""The dedupe key of the newest message in a chat that concerns a customer and is no correction."""


def spoken_of(session: Session, abouts: Collection[str], since: datetime) -> set[str]:
    """Tell of which of these matters a customer was sent anything since a moment."""
    return set(session.connection().scalars(_SPOKEN_OF, {"abouts": list(abouts), "since": since}))


def messages_about(session: Session, abouts: Sequence[str]) -> Sequence[OutboxMessage]:
    """Give every outgoing message that concerns one of these matters, oldest first."""
    return session.scalars(
        select(OutboxMessage).where(OutboxMessage.about.in_(abouts)).order_by(OutboxMessage.id)
    ).all()
