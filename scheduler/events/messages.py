"""What guests of an event are sent first: to whom it may go, when it leaves, and what it is.

It is about something that they asked to come to, so that it reaches them with an open complaint, too.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, literal

from customers.company import Company
from customers.consent import consents_to
from scheduler.audience import Addressee, select_addressees, to_addressee
from scheduler.local_clock import leaves_at
from scheduler.manners import zone_of
from store.outbox import ButtonRows, Document, Draft
from store.tables.customers import Customer, Identity, Purpose
from store.tables.outreach import Event, EventGuest
from store.tables.queues import MessageKind

REMINDERS, OFFERS, CHANGES = "reminder:", "offer:", "change:"
"""What the dedupe keys of these begin with; the event's number follows."""

MAY_BE_TOLD: tuple[ColumnElement[bool], ...] = (
    Identity.id.is_not(None),
    consents_to(Purpose.INVITATIONS),
)
"""The conditions, on ``select_guests``, under which a guest may be sent anything first."""


@dataclass(frozen=True, slots=True)
class GuestThere:
    """A guest, and where they are written to."""

    who: Addressee
    guest: EventGuest
    may_be_told: bool

    def leaves(self, company: Company, now: datetime) -> datetime:
        """Tell when a message to them may leave at the earliest."""
        return leaves_at(now, zone_of(self.who, company), company)


def about_event(event_id: int) -> str:
    """Name an event as the matter of a message."""
    return f"event:{event_id}"


def select_guests(event_id: int, *, channels: Collection[str]) -> Select[*tuple[Any, ...]]:
    """Select the guests of an event whom we met on live channels, as ``to_guest`` reads them."""
    told = case((and_(*MAY_BE_TOLD), literal(True)), else_=literal(False))  # noqa: FBT003 - a value for SQL
    return (
        select_addressees(channels)
        .add_columns(EventGuest, told.label("may_be_told"))
        .join(EventGuest, EventGuest.customer_id == Customer.id)
        .where(EventGuest.event_id == event_id)
    )


def to_guest(row: Row[*tuple[Any, ...]]) -> GuestThere:
    """Read a row of ``select_guests``."""
    return GuestThere(to_addressee(row), row.EventGuest, bool(row.may_be_told))


def guest_draft(
    who: Addressee,
    event: Event,
    *,
    text: str,
    buttons: ButtonRows,
    key: str,
    leaves: datetime,
    expires: datetime,
    document: Document | None = None,
) -> Draft:
    """Compose what a guest is sent first."""
    return Draft(
        kind=MessageKind.REMINDER,
        channel=who.channel,
        address=who.address,
        customer_id=who.customer_id,
        purpose=Purpose.INVITATIONS,
        text=text,
        buttons=buttons,
        document=document,
        dedupe_key=key,
        about=about_event(event.id),
        not_before=leaves,
        expires_at=expires,
    )
