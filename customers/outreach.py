"""How a company speaks first: data that it sets in one file, and what holds without it.

What may be said how often, to whom not, and how we learn whether it works: whoever decides by it gets it from
here (``Company.outreach``), and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from store.tables.customers import Purpose


class Hold(StrEnum):
    """What keeps us from speaking first to a customer, beside their own word."""

    COMPLAINT = "complaint"
    PROMISE = "promise"
    RATING = "rating"


EVERY_HOLD = frozenset(Hold)
YIELDING = (Purpose.OFFERS, Purpose.GREETINGS, Purpose.INVITATIONS, Purpose.VISITS)


@dataclass(frozen=True, slots=True)
class Outreach:
    """How we speak first.

    Attributes:
        most: how many first-spoken messages a customer gets in ``within``, over all programmes.
        within: the length of that time.
        yielding: purposes, the first to yield first, where more would be sent than may be.
        holds: for each purpose, what holds it back; a purpose that is not named is held back by all.
        bad_rating_days: for how long a rating of one or two stars holds back.
        best_hours: whether messages leave at the hour at which the customer usually writes.
        holdout: which part of an audience gets nothing, so that we see what it does; 0–0.5.
        seed: from which the program draws who that is; the same seed draws the same customers.
    """

    most: int = 2
    within: timedelta = timedelta(days=7)
    yielding: Sequence[Purpose] = YIELDING
    holds: Mapping[Purpose, frozenset[Hold]] = field(default_factory=lambda: MappingProxyType({}))
    bad_rating_days: float = 14.0
    best_hours: bool = True
    holdout: float = 0.05
    seed: str = "rapport"

    def held_by(self, purpose: Purpose) -> frozenset[Hold]:
        """Tell what holds messages for a purpose back."""
        return self.holds.get(purpose, EVERY_HOLD)
