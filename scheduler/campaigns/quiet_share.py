"""How many of a campaign's messages wait: for the end of quiet hours, or for room; and until when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import Reach
from scheduler.campaigns.kinds import kind_of
from scheduler.delivery.clearance import TOO_MANY
from scheduler.left_out import LeftOut
from scheduler.local_clock import leaves_at
from scheduler.manners import Place, zone_of
from store.outbox import IS_QUEUED, RULES
from store.tables.outreach import Campaign
from store.tables.queues import OutboxMessage


@dataclass(frozen=True, slots=True)
class Quiet:
    """Messages that wait for the end of quiet hours, or until their customers have room.

    Attributes:
        number: how many.
        until: when the first of them may leave; None where none waits.
        full: how many of them wait because their customers got enough lately.
    """

    number: int = 0
    until: datetime | None = None
    full: int = 0

    def to_json(self) -> dict[str, Any]:
        """Write it as a JSON object."""
        until = None if self.until is None else self.until.isoformat()
        return {"number": self.number, "until": until, "full": self.full}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Quiet":
        """Read what ``to_json`` wrote; an empty object is none."""
        until = row.get("until")
        at = None if until is None else datetime.fromisoformat(until)
        return cls(row.get("number", 0), at, row.get("full", 0))


NONE_WAIT = Quiet()


def quiet_share(
    places: Mapping[tuple[str | None, str | None], int], company: Company, now: datetime
) -> Quiet:
    """Tell for how many customers quiet hours are now.

    Args:
        places: how many customers there are by time zone and country, each None where it is unknown.
        company: who we are.
        now: the moment.
    """
    zones: dict[str, int] = {}
    for (timezone, country), number in places.items():
        zone = zone_of(Place(timezone, country), company)
        zones[zone] = zones.get(zone, 0) + number
    moments = {zone: leaves_at(now, zone, company) for zone in zones}
    quiet = [zone for zone, moment in moments.items() if moment > now]
    return Quiet(sum(zones[zone] for zone in quiet), min((moments[zone] for zone in quiet), default=None))


def in_time(reach: Reach, *, begins: datetime, until: datetime, company: Company) -> Reach:
    """Take out of a reach whose quiet hours last until it is too late; they are left out for that reason."""
    late = {
        place: number
        for place, number in reach.places.items()
        if leaves_at(begins, zone_of(Place(*place), company), company) >= until
    }
    if not late:
        return reach
    return replace(
        reach,
        left_out={**reach.left_out, str(LeftOut.TOO_LATE): sum(late.values())},
        places={place: number for place, number in reach.places.items() if place not in late},
    )


def count_quiet(session: Session, campaign: Campaign, *, channels: Collection[str], now: datetime) -> Quiet:
    """Count the messages of a campaign that may leave only later: by day, or when there is room.

    The search begins in the line of what may leave later, where in the daytime there is next to nothing.
    """
    rows = session.execute(
        select(
            func.count(),
            func.min(OutboxMessage.not_before),
            func.count().filter(OutboxMessage.reason == TOO_MANY),
        ).where(
            IS_QUEUED,
            OutboxMessage.channel.in_(sorted(channels)),
            OutboxMessage.priority == RULES[kind_of(campaign)].priority,
            OutboxMessage.not_before > now,
            OutboxMessage.campaign_id + 0 == campaign.id,  # not by the index of all its messages
        )
    ).one()
    return Quiet(rows[0], rows[1], rows[2])
