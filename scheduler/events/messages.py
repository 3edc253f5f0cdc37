"""What guests of an event are sent first: to whom it may go, when it leaves, and what it is.

It is about something that they asked to come to, so that it reaches them with an open complaint, too.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, literal, not_, null

from customers.company import Company
from customers.consent import consents_to
from scheduler.audience import Addressee, select_everybody, to_addressee
from scheduler.left_out import LeftOut
from scheduler.local_clock import leaves_at
from scheduler.manners import zone_of
from store.outbox import ButtonRows, Document, Draft
from store.suppressions import Suppressed, occasion_of
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

LEFT_OUT: ColumnElement[str | None] = case(
    (not_(consents_to(Purpose.INVITATIONS)), literal(str(LeftOut.STOPPED))),
    (Identity.id.is_(None), literal(str(LeftOut.UNREACHABLE))),
    else_=null(),
)
"""The column, on ``select_guests``, that tells why a guest may be sent nothing first; null is no reason."""


@dataclass(frozen=True, slots=True)
class GuestThere:
    """A guest, and where they are written to; ``left_out`` is why they may not be, if anything."""

    who: Addressee
    guest: EventGuest
    left_out: LeftOut | None

    @property
    def may_be_told(self) -> bool:
        """Whether they may be sent anything first."""
        return self.left_out is None

    def leaves(self, company: Company, now: datetime) -> datetime:
        """Tell when a message to them may leave at the earliest."""
        return leaves_at(now, zone_of(self.who, company), company)


def about_event(event_id: int) -> str:
    """Name an event as the matter of a message."""
    return f"event:{event_id}"


def select_guests(event_id: int, *, channels: Collection[str]) -> Select[*tuple[Any, ...]]:
    """Select the guests of an event, as ``to_guest`` reads them.

    Whom we met on no app that is switched on is among them: they said that they come, and cannot be reached.
    """
    return (
        select_everybody(channels)
        .add_columns(EventGuest, LEFT_OUT.label("left_out"))
        .join(EventGuest, EventGuest.customer_id == Customer.id)
        .where(EventGuest.event_id == event_id)
    )


def to_guest(row: Row[*tuple[Any, ...]]) -> GuestThere:
    """Read a row of ``select_guests``."""
    left_out = None if row.left_out is None else LeftOut(row.left_out)
    return GuestThere(to_addressee(row), row.EventGuest, left_out)


def unsaid(key: str, customer_id: int, left_out: LeftOut) -> Suppressed:
    """Make the record of what a guest is not sent, from the dedupe key that the message would have had."""
    return Suppressed(customer_id, occasion_of(key, customer_id), Purpose.INVITATIONS, left_out)


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
