"""What came of an event: who came, who was brought by a friend, and how it was liked."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduler.events.door import Turnout, turnout
from scheduler.events.referrals import count_referrals
from store.tables.outreach import EventGuest


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an event, as far as it is known by now.

    Attributes:
        people: who were there, and who were expected.
        brought: guests who come by another's link.
        rated: how many gave stars.
        stars: their mean, 1–5; None where nobody did.
    """

    people: Turnout
    brought: int
    rated: int
    stars: float | None


def outcome_of(session: Session, event_id: int) -> Outcome:
    """Count what came of an event; only reads."""
    rated, mean = session.execute(
        select(func.count(EventGuest.stars), func.avg(EventGuest.stars)).where(
            EventGuest.event_id == event_id
        )
    ).one()
    return Outcome(
        people=turnout(session, event_id),
        brought=sum(count_referrals(session, event_id).values()),
        rated=rated,
        stars=None if mean is None else float(mean),
    )
