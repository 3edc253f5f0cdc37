"""From an address on a messaging app to the customer behind it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import best_language
from store.tables.customers import Customer, Identity

COUNTRY_LETTERS = 2


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


def find_customer(session: Session, *, channel: str, sender: str) -> tuple[Customer, Identity] | None:
    """Find who speaks under a user id of an app."""
    row = session.execute(
        select(Customer, Identity)
        .join(Identity, Identity.customer_id == Customer.id)
        .where(Identity.channel == channel, Identity.sender == sender)
    ).first()
    return None if row is None else (row[0], row[1])


def meet(
    session: Session, who: Introduction, *, company: Company, now: datetime
) -> tuple[Customer, Identity]:
    """Find the customer who wrote, or take them into the base; does not commit.

    A known one's address and reachability are brought up to date: who writes can be written to.
    """
    known = find_customer(session, channel=who.channel, sender=who.sender)
    if known is None:
        return _take_in(session, who, company, now)
    customer, identity = known
    identity.address, identity.username = who.address, who.username
    identity.last_used_at, identity.unreachable_since = now, None
    if who.timezone and who.timezone != customer.timezone:
        customer.timezone = who.timezone
    return customer, identity


def _take_in(
    session: Session, who: Introduction, company: Company, now: datetime
) -> tuple[Customer, Identity]:
    customer = Customer(
        display_name=who.name,
        language=best_language(who.language, company.language),
        country=country_of(who.language),
        timezone=who.timezone,
        created_at=now,
        last_contact_at=now,
    )
    session.add(customer)
    session.flush()
    identity = Identity(
        customer_id=customer.id,
        channel=who.channel,
        sender=who.sender,
        address=who.address,
        username=who.username,
        created_at=now,
        last_used_at=now,
    )
    session.add(identity)
    session.flush()
    return customer, identity


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
