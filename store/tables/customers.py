"""Customers, their addresses on each messaging app, and what they allow us to send first."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.purposes import Purpose
from store.tables.base import NEVER_REUSED, Base, only

__all__ = [
    "Consent",
    "Customer",
    "CustomerTag",
    "ErasureTally",
    "FestivalChoice",
    "Identity",
    "Purpose",
    "Standing",
]


class Standing(StrEnum):
    """How much of the company's value a customer brings."""

    KEY = "key"
    REGULAR = "regular"


class Customer(Base):
    """One person, whichever apps they write on.

    ``index``, ``evidence_weight`` and ``evidence_at`` summarise the satisfaction record (see
    ``feedback.satisfaction``); all three are recomputed together from its entries. ``visited_at`` is when
    the last return visit was queued, or a person got in touch, ``greeted_on`` the last day on which the
    greeting planner dealt with the customer, ``birthday`` a month and a day such as ``02-29`` (no year). When
    they are next looked at for a visit stands apart (``VisitTurn``), so that a message changes no index.
    """

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    display_name: Mapped[str]
    language: Mapped[str]
    country: Mapped[str | None]
    timezone: Mapped[str | None]
    standing: Mapped[Standing] = mapped_column(EnumText(Standing), default=Standing.REGULAR)
    source: Mapped[str | None]
    phone: Mapped[str | None]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    last_contact_at: Mapped[datetime]
    visited_at: Mapped[datetime | None]
    greeted_on: Mapped[date | None]
    rating_asked_at: Mapped[datetime | None]
    index: Mapped[float | None]
    evidence_weight: Mapped[float] = mapped_column(default=0.0)
    evidence_at: Mapped[datetime | None]
    birthday: Mapped[str | None]

    __table_args__ = (
        Index(None, "language", "country", "timezone", "greeted_on"),
        Index(None, "created_at"),
        Index(None, "contact_id", **only("contact_id IS NOT NULL")),
        Index(None, "birthday", **only("birthday IS NOT NULL")),
        NEVER_REUSED,
    )


class Identity(Base):
    """A customer's address on one messaging app.

    ``sender`` is who speaks (a user id), ``address`` where we write to (a chat id).
    """

    __tablename__ = "identities"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    channel: Mapped[str]
    sender: Mapped[str]
    address: Mapped[str]
    username: Mapped[str | None]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    unreachable_since: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("channel", "sender"),
        Index(None, "customer_id"),
        Index(None, "channel", "address"),
        Index("ix_identities_unreachable", "channel", "address", **only("unreachable_since IS NOT NULL")),
    )


class Consent(Base):
    """The last word of a customer on one purpose; no row means they never said anything about it."""

    __tablename__ = "consents"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    purpose: Mapped[Purpose] = mapped_column(EnumText(Purpose), primary_key=True)
    granted: Mapped[bool]
    changed_at: Mapped[datetime]


class CustomerTag(Base):
    """A word by which the company marks a customer, such as ``wholesale``."""

    __tablename__ = "customer_tags"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]

    __table_args__ = (Index(None, "tag", "customer_id"),)


class FestivalChoice(Base):
    """Whether a customer wants to be greeted on a festival, where they said so."""

    __tablename__ = "festival_choices"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    festival: Mapped[str] = mapped_column(primary_key=True)
    wanted: Mapped[bool]
    at: Mapped[datetime]

    __table_args__ = (Index(None, "festival"),)


class ErasureTally(Base):
    """Counts left behind by erased customers; they name nobody."""

    __tablename__ = "erasure_tallies"

    month: Mapped[str] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
