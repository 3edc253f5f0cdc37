"""What a marketer changes of an event that people said they will come to, and that it is cancelled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.campaigns.queueing import move_campaign
from scheduler.events.guests import places_held
from scheduler.events.messages import REMINDERS, about_event
from scheduler.events.offers import lapse_offers, move_up
from scheduler.events.plans import is_announced, lock_event
from scheduler.events.refusals import ClosedError, EndsTooEarlyError, TooFewError, check_still_to_come
from store.outbox import withdraw_queued
from store.tables.outreach import Campaign, CampaignState, Event
from store.tables.queues import MessageKind, OutboxMessage

Seen = Literal["title", "place", "starts_at", "ends_at", "timezone", "map_link"]
SEEN: tuple[Seen, ...] = ("title", "place", "starts_at", "ends_at", "timezone", "map_link")
"""What guests see of an event: whom it concerns is told when it changes."""

UNSEEN = ("capacity", "companions", "reminders", "offer_minutes")
"""What else may change; nobody is told, but the waiting list moves up."""

NOT_BEGUN = (CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED)
CANCELLED = "the event was cancelled"
CHANGED = "the event was changed"
"""Why a reminder of how it was is skipped; it is put back where the change is taken back untold."""


@dataclass(frozen=True, slots=True)
class Look:
    """What guests see of an event, at one time."""

    title: str
    place: str
    starts_at: datetime
    ends_at: datetime | None
    timezone: str
    map_link: str | None

    @classmethod
    def of(cls, event: Event) -> "Look":
        """Look at an event as it is."""
        return cls(*(getattr(event, name) for name in SEEN))

    @classmethod
    def in_revision(cls, event: Event, revision: int) -> "Look":
        """Look at an event as it was in an earlier revision, or is."""
        return cls.of(event) if revision >= len(event.past) else cls.from_json(event.past[revision])

    def to_json(self) -> dict[str, Any]:
        """Write it as a JSON object."""
        moments = {
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at and self.ends_at.isoformat(),
        }
        rest = {name: getattr(self, name) for name in ("title", "place", "timezone", "map_link")}
        return rest | moments

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Look":
        """Read what ``to_json`` wrote."""
        ends_at = row["ends_at"]
        return cls(
            title=row["title"],
            place=row["place"],
            starts_at=datetime.fromisoformat(row["starts_at"]),
            ends_at=None if ends_at is None else datetime.fromisoformat(ends_at),
            timezone=row["timezone"],
            map_link=row["map_link"],
        )


def differences(old: Look, new: Look) -> Sequence[Seen]:
    """Name what differs between two looks at an event."""
    return [name for name in SEEN if getattr(old, name) != getattr(new, name)]


def change_event(
    session: Session, event_id: int, changes: Mapping[str, Any], *, company: Company, now: datetime
) -> Event:
    """Change an event; does not commit.

    What guests see begins a new revision, once for all that changes together; a beat tells whom it concerns
    (``scheduler.events.telling``). Where there is more room, the waiting list moves up at once.

    Args:
        session: the open transaction.
        event_id: which.
        changes: new values by name, of ``SEEN`` and ``UNSEEN``.
        company: who we are.
        now: the moment.

    Raises:
        NotFoundError: there is no such event.
        CancelledError: it was cancelled.
        ClosedError: it has begun, or would have.
        TooFewError: more people have places than there would be.
        EndsTooEarlyError: it would end before it starts.
    """
    if unknown := set(changes) - {*SEEN, *UNSEEN}:
        raise ValueError(f"an event has no {sorted(unknown)} to change")
    event = lock_event(session, event_id)
    lapse_offers(session, event, now=now)
    check_change(session, event, changes, now=now)
    before = Look.of(event)
    for name, value in changes.items():
        setattr(event, name, value)
    if "title" in changes:
        _rename_invitations(session, event)
    if differences(before, Look.of(event)) and is_announced(session, event_id):
        event.past = [*event.past, before.to_json()]
        event.revision += 1
        event.changed_at = now
        # What was to remind of what was said before: news of the change comes in its place, as soon.
        _withdraw(session, event, beginning=REMINDERS, reason=CHANGED)
    session.flush()
    move_up(session, event, company=company, now=now)
    return event


def _rename_invitations(session: Session, event: Event) -> None:
    """Let the sending of an event's invitations be called as the event is."""
    for campaign in session.scalars(select(Campaign).where(Campaign.event_id == event.id)).all():
        campaign.text = event.title


def check_change(session: Session, event: Event, changes: Mapping[str, Any], *, now: datetime) -> None:
    """Check that an event may be changed so; raises as ``change_event`` does."""
    check_still_to_come(event, now=now)
    starts_at = changes.get("starts_at", event.starts_at)
    ends_at = changes.get("ends_at", event.ends_at)
    if starts_at <= now:
        raise ClosedError(f"event {event.id} would have begun", is_over=False)
    if ends_at is not None and ends_at <= starts_at:
        raise EndsTooEarlyError(f"event {event.id} would end before it starts")
    held = places_held(session, event.id)
    if "capacity" in changes and changes["capacity"] < held:
        raise TooFewError(f"{held} people have places at event {event.id}", held=held)


def cancel_event(session: Session, event_id: int, *, now: datetime) -> Event:
    """Cancel an event; does not commit.

    Nothing of it that has not left will leave: invitations, reminders, offers, news of changes. A beat tells
    whom it concerns.

    Raises:
        NotFoundError: there is no such event.
        CancelledError: it was cancelled before.
        ClosedError: it has begun.
    """
    event = lock_event(session, event_id)
    check_still_to_come(event, now=now)
    event.past = [*event.past, Look.of(event).to_json()]
    event.revision += 1
    event.changed_at = event.cancelled_at = now
    for campaign in session.scalars(select(Campaign).where(Campaign.event_id == event.id)).all():
        move_campaign(session, campaign, *NOT_BEGUN, to=CampaignState.CANCELLED)
    _withdraw(session, event, reason=CANCELLED)
    session.flush()
    return event


def _withdraw(session: Session, event: Event, *, reason: str, beginning: str = "") -> None:
    withdraw_queued(
        session,
        OutboxMessage.about == about_event(event.id),
        OutboxMessage.kind.in_((MessageKind.REMINDER, MessageKind.FOLLOW_UP)),
        OutboxMessage.dedupe_key.startswith(beginning),
        reason=reason,
    )
