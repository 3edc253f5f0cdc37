"""Who of a campaign's audience got enough lately: they wait until there is room, or never get it.

A forecast for the preview, by the same decision by which messages leave (``scheduler.delivery.clearance``):
what else is sent to them until then may change it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import Reach, may_be_written_to, select_addressees
from scheduler.campaigns.kinds import kind_of, lifetime_of, purpose_of
from scheduler.delivery.clearance import TOO_MANY, Decision, Facts, Later, Skip, clear
from scheduler.delivery.room import EMPTY, room_at
from scheduler.delivery.rooms import read_rooms, select_busy
from scheduler.left_out import LeftOut
from scheduler.local_clock import leaves_at
from scheduler.manners import zone_of
from scheduler.segments.conditions import condition_as_kept
from store.tables.customers import Customer
from store.tables.outreach import Campaign, Event

LOOKED_AT = 5000
"""Customers whose room is read at once."""

SEEN_AT_ONCE = 2000
"""For so many who may have no room it is seen while somebody waits: some 80 ms."""

PlaceAndLanguage = tuple[str | None, str | None, str]
"""Time zone and country, each None where it is unknown, and language."""


@dataclass(frozen=True, slots=True)
class Roomless:
    """Who of those whom a campaign reaches got enough lately.

    Attributes:
        waits: how many get it later, by time zone and country.
        until: when the first of them may get it; None where nobody waits.
        never: how many have no room before it is too late, by place and language.
    """

    waits: Mapping[tuple[str | None, str | None], int] = field(default_factory=dict)
    until: datetime | None = None
    never: Mapping[PlaceAndLanguage, int] = field(default_factory=dict)


ALL_HAVE_ROOM = Roomless()


def are_many_busy(session: Session, *, company: Company, now: datetime) -> bool:
    """Tell whether it takes too long for somebody who waits to find who has no room."""
    busy = select_busy(company.channels, outreach=company.outreach, now=now).limit(SEEN_AT_ONCE + 1)
    return (session.scalar(select(func.count()).select_from(busy.subquery())) or 0) > SEEN_AT_ONCE


def find_roomless(session: Session, campaign: Campaign, *, company: Company, now: datetime) -> Roomless:
    """Find who would have to wait for room if a campaign were confirmed now; only reads.

    Of one that leaves later than what counts now will count, nothing is foreseen.
    """
    begins = max(now, campaign.send_at or now)
    if begins >= now + company.outreach.within:
        return ALL_HAVE_ROOM
    until = begins + lifetime_of(session, campaign)
    if campaign.event_id is not None:
        until = session.get_one(Event, campaign.event_id).starts_at
    asleep: dict[str, bool] = {}
    waits: Counter[tuple[str | None, str | None]] = Counter()
    never: Counter[PlaceAndLanguage] = Counter()
    moments = []
    decided = _decided(session, campaign, begins=begins, until=until, company=company, now=now)
    for row, decision in decided:
        zone = zone_of(row, company)
        if zone not in asleep:
            asleep[zone] = leaves_at(begins, zone, company) >= until
        if asleep[zone]:
            continue  # it is too late for them anyway
        if isinstance(decision, Skip) and decision.left_out is LeftOut.TOO_MANY:
            never[row.timezone, row.country, row.language] += 1
        elif isinstance(decision, Later) and decision.reason == TOO_MANY:
            waits[row.timezone, row.country] += 1
            moments.append(decision.at)
    return Roomless(dict(waits), min(moments, default=None), dict(never))


def in_room(reach: Reach, roomless: Roomless) -> Reach:
    """Take out of a reach who has no room until it is too late; they are left out for that reason."""
    if not roomless.never:
        return reach
    places, languages = Counter(reach.places), Counter(reach.languages)
    for (timezone, country, language), number in roomless.never.items():
        places[timezone, country] -= number
        languages[language] -= number
    return replace(
        reach,
        left_out={**reach.left_out, str(LeftOut.TOO_MANY): sum(roomless.never.values())},
        places=dict(+places),
        languages=dict(+languages),
    )


def _decided(
    session: Session,
    campaign: Campaign,
    *,
    begins: datetime,
    until: datetime,
    company: Company,
    now: datetime,
) -> Iterator[tuple[Row[Any], Decision]]:
    """Decide about the messages of those who may have no room as a campaign begins, as a lane would then."""
    purpose, outreach = purpose_of(campaign), company.outreach
    alike = Facts(kind_of(campaign), purpose, expires_at=until)
    rows = session.execute(
        select_addressees(company.channels)
        .where(
            Customer.id.in_(select_busy(company.channels, outreach=outreach, now=now)),
            condition_as_kept(session, campaign.audience, company=company, now=now),
            *may_be_written_to(purpose, company=company, now=now),
        )
        .execution_options(yield_per=LOOKED_AT)
    )
    for some in rows.partitions():
        rooms = read_rooms(session, [row[0] for row in some], outreach=outreach, now=now)
        for row in some:
            room = room_at(rooms.get(row[0], EMPTY), purpose, outreach, at=begins)
            facts = replace(alike, zone=zone_of(row, company), room=room)
            yield row, clear(facts, company=company, now=begins)
