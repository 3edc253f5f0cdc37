"""Segments that are kept by name: listed, written, taken away; and what makes use of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import EVERYBODY
from scheduler.campaigns.text import title_of
from scheduler.definitions.kept import find_definitions, remove_definition, write_definition
from scheduler.definitions.segment import Segment, segment_of
from scheduler.events.announced import may_take_place
from scheduler.segments.conditions import condition_of
from scheduler.segments.names import (
    LONGEST_NAME,
    SEGMENT,
    as_told_apart,
    find_segment,
    is_name,
    names_in,
)
from store.errors import InputError, NotFoundError
from store.tables.definitions import DefinitionKind
from store.tables.outreach import Campaign, CampaignState, Event

SEGMENT_IN: Mapping[DefinitionKind, str] = MappingProxyType(
    {
        DefinitionKind.SEGMENT: "filter",
        DefinitionKind.PROGRAMME: "segment",
        DefinitionKind.FESTIVAL: "segment",
    }
)
"""Under which key a definition says whom it is for."""
AT_WORK = (CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED)


class User(StrEnum):
    """What makes use of a segment."""

    SEGMENT = "segment"
    PROGRAMME = "programme"
    FESTIVAL = "festival"
    CAMPAIGN = "campaign"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a segment: by what, and how that is called."""

    by: User
    name: str


class UsedError(InputError):
    """A segment cannot be taken away, for something makes use of it.

    Attributes:
        uses: what does.
    """

    def __init__(self, name: str, uses: Sequence[Use]) -> None:
        named = ", ".join(f"{use.by} {use.name}" for use in uses)
        super().__init__(f"the segment {name!r} is in use ({named}): change that first")
        self.uses = uses


@dataclass(frozen=True, slots=True)
class SavedSegment:
    """A segment that is kept.

    Attributes:
        name: as it was written.
        filter: whom it picks.
    """

    name: str
    filter: str


def list_segments(session: Session) -> Sequence[SavedSegment]:
    """List the segments that are kept, by name."""
    found = find_definitions(session, DefinitionKind.SEGMENT)
    return [SavedSegment(one.name, segment_of(one.body).filter) for one in found]


def save_segment(
    session: Session, name: str, source: str, *, company: Company, staff_id: int | None, now: datetime
) -> SavedSegment:
    """Keep a segment under a name, in place of one that is called so; does not commit.

    Raises:
        InputError: it cannot be called so.
        SegmentError: the filter cannot be read, or is made of the segment itself.
    """
    name = " ".join(name.split())
    if not is_name(name):
        raise InputError(
            f"a segment cannot be called {name!r}: take up to {LONGEST_NAME} letters, digits and blanks "
            "that are no filter themselves"
        )
    condition_of(session, source, company=company, now=now)
    before = find_segment(session, name)
    kept = name if before is None else before.name
    body = Segment(filter=source).model_dump()
    with session.begin_nested():
        write_definition(session, DefinitionKind.SEGMENT, kept, body, staff_id=staff_id, now=now)
        # Only now does a circle show, of which it would be a part.
        condition_of(session, f'{SEGMENT} "{kept}"', company=company, now=now)
    return SavedSegment(kept, source.strip())


def remove_segment(session: Session, name: str, *, now: datetime) -> SavedSegment:
    """Take a segment away; does not commit.

    Raises:
        NotFoundError: none is called so.
        UsedError: something makes use of it.
    """
    found = find_segment(session, name)
    if found is None:
        raise NotFoundError(f"there is no segment {name!r}")
    uses = uses_of(session, found.name, now=now)
    if uses:
        raise UsedError(found.name, uses)
    remove_definition(session, DefinitionKind.SEGMENT, found.name)
    return SavedSegment(found.name, segment_of(found.body).filter)


def uses_of(session: Session, name: str, *, now: datetime) -> Sequence[Use]:
    """List what makes use of a segment: definitions, campaigns that are not over, events to come."""
    wanted = as_told_apart(name)
    itself = Use(User.SEGMENT, name)
    return [
        use for use, source in find_uses(session, now=now) if use != itself and wanted in names_in(source)
    ]


def find_uses(session: Session, *, now: datetime) -> Iterator[tuple[Use, str]]:
    """Find all that picks customers by a segment, each with its text: see ``uses_of``; only reads."""
    for kind, key in SEGMENT_IN.items():
        for one in find_definitions(session, kind):
            yield Use(User(kind), one.name), str(one.body.get(key, EVERYBODY))
    campaigns = select(Campaign).where(Campaign.state.in_(AT_WORK), Campaign.event_id.is_(None))
    for campaign in session.scalars(campaigns.order_by(Campaign.id)):
        yield Use(User.CAMPAIGN, title_of(campaign)), campaign.audience
    to_come = select(Event).where(Event.starts_at > now, may_take_place())
    for event in session.scalars(to_come.order_by(Event.id)):
        yield Use(User.EVENT, event.title), event.audience
