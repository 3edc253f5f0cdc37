"""The look at all satisfaction records, now and then: what they add up to, and who is at risk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.at_risk import AtRisk, Changes, changes_of, find_at_risk, note_at_risk
from feedback.roll_ups import Standings, add_up, keep_sums


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at all records found.

    Attributes:
        at: when it was; aware UTC.
        standings: what they add up to.
        at_risk: who may be lost, and why.
        changes: what of this is not kept yet.
    """

    at: datetime
    standings: Standings
    at_risk: Mapping[int, AtRisk]
    changes: Changes


def see_standings(session: Session, *, now: datetime) -> Seen:
    """Look at all records; only reads."""
    found = find_at_risk(session, now=now)
    return Seen(now, add_up(session, now=now), found, changes_of(session, found))


def note_standings(session: Session, seen: Seen, *, now: datetime) -> int:
    """Keep what was seen; a planner, does not commit.

    Returns:
        0: nothing is to be sent.
    """
    del now  # what was seen holds as of then
    keep_sums(session, seen.standings, now=seen.at)
    note_at_risk(session, seen.changes)
    return 0
