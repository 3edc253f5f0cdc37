"""From an address on a messaging app to the customer behind it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import bindparam, exists, not_, select, update
from sqlalchemy.orm import Session, aliased

from customers.company import Company
from customers.phrases import language_of
from store.new_rows import NewIdentity, UsedIdentity, put
from store.numbering import next_number
from store.one_of import is_one_of
from store.tables.customers import Customer, Identity

COUNTRY_LETTERS = 2

USE_NOTED_AGAIN_AFTER = timedelta(days=1)
"""How exact it is when somebody used their only address last: each note of it is a page of the database, and
only of several addresses it matters which was used last."""


class Known(NamedTuple):
    """What is stored of an identity under which somebody writes; ``is_only`` where they have no other."""

    number: int
    address: str
    username: str | None
    last_used_at: datetime
    is_unreachable: bool
    is_only: bool


class Met(NamedTuple):
    """Somebody who writes: the customer, and what is stored of their identity (None where it is new)."""

    customer: Customer
    identity: Known | None


@dataclass(frozen=True, slots=True)
class Introduction:
    """What an app tells of somebody who writes to us.

    Attributes:
        channel, sender, address: which app, who, and where answers go.
        name, username: as the app shows them.
        language: language tag; a region in it (``pt-BR``) tells the country.
        timezone: IANA name, where the app knows it.
    """

    channel: str
    sender: str
    address: str
    name: str
    username: str | None
    language: str | None
    timezone: str | None


_Other = aliased(Identity)
_BY_SENDER = (
    select(
        Customer,
        Identity.sender,
        Identity.id,
        Identity.address,
        Identity.username,
        Identity.last_used_at,
        Identity.unreachable_since.is_not(None),
        not_(exists().where(_Other.customer_id == Identity.customer_id, _Other.id != Identity.id)),
    )
    .join(Identity, Identity.customer_id == Customer.id)
    .where(Identity.channel == bindparam("channel"), is_one_of(Identity.sender, "senders"))
    .order_by(Customer.id)
    .with_for_update(of=Customer, key_share=True)
)


def customers_by_sender(session: Session, *, channel: str, senders: Collection[str]) -> Mapping[str, Met]:
    """Find the customers who speak under one of these user ids of an app, and lock them.

    Whoever handles what a customer says holds their row until the transaction ends, so of two processes
    neither overlooks what the other adds to the same record. They are locked in one order everywhere.
    """
    rows = session.execute(_BY_SENDER, {"channel": channel, "senders": list(senders)})
    return {sender: Met(customer, Known(*identity)) for customer, sender, *identity in rows}


def note_contact(session: Session, met: Met, who: Introduction, *, now: datetime) -> None:
    """Bring a customer's address up to date: who writes can be written to. Does not commit."""
    customer, identity = met
    if identity is not None and not _says_so(identity, who, now):
        put(session, UsedIdentity(identity.number, who.address, who.username, now))
    if who.timezone and who.timezone != customer.timezone:
        customer.timezone = who.timezone


def _says_so(identity: Known, who: Introduction, now: datetime) -> bool:
    """Tell whether what is stored of an identity need not be written again."""
    is_same = (identity.address, identity.username) == (who.address, who.username)
    is_noted = identity.is_only and now - identity.last_used_at < USE_NOTED_AGAIN_AFTER
    return is_same and is_noted and not identity.is_unreachable


def take_in(
    session: Session, newcomers: Sequence[Introduction], *, company: Company, now: datetime
) -> Mapping[str, Met]:
    """Take people who write for the first time into the base; does not commit.

    Returns:
        The new customers, by the user ids of their app.
    """
    if not newcomers:
        return {}
    number = partial(next_number, session, Customer, at_once=len(newcomers))
    taken = [(who, _newcomer(number(), who, company, now)) for who in newcomers]
    session.add_all(customer for _, customer in taken)
    session.flush()
    for who, customer in taken:
        address = (who.channel, who.sender, who.address, who.username)
        put(session, NewIdentity(customer.id, *address, created_at=now, last_used_at=now))
    return {who.sender: Met(customer, None) for who, customer in taken}


def _newcomer(number: int, who: Introduction, company: Company, now: datetime) -> Customer:
    return Customer(
        id=number,
        display_name=who.name,
        language=language_of(who.language, company.language),
        country=country_of(who.language),
        timezone=who.timezone,
        created_at=now,
        last_contact_at=now,
        rating_asked_at=None,
        index=None,
        evidence_weight=0.0,
        evidence_at=None,
    )


def country_of(language: str | None) -> str | None:
    """Read the region of a language tag: ``pt-BR`` and ``zh-Hans-CN`` name one, ``zh-hans`` does not."""
    parts = (language or "").replace("_", "-").split("-")[1:]
    return next((part.upper() for part in parts if len(part) == COUNTRY_LETTERS and part.isalpha()), None)


def mark_unreachable(session: Session, *, channel: str, address: str, now: datetime) -> None:
    """Note that nothing can be sent to a chat until its owner writes again; does not commit."""
    session.execute(
        update(Identity)
        .where(Identity.channel == channel, Identity.address == address, Identity.unreachable_since.is_(None))
        .values(unreachable_since=now)
    )


def reachable_identity(session: Session, customer_id: int) -> Identity | None:
    """Choose where to write to a customer: the address they used last, of those that can be reached."""
    return session.scalar(
        select(Identity)
        .where(Identity.customer_id == customer_id, Identity.unreachable_since.is_(None))
        .order_by(Identity.last_used_at.desc(), Identity.id.desc())
        .limit(1)
    )
