"""Why somebody is not written to first: one table, by which planners, counts and delivery all go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from customers.outreach import EVERY_HOLD, Hold, Outreach
from store.suppressions import STOPPED
from store.tables.customers import Purpose


class LeftOut(StrEnum):
    """Why somebody who is meant is not written to; the first reason that holds."""

    STOPPED = STOPPED
    UNREACHABLE = "unreachable"
    COMPLAINT = "complaint"
    PROMISE = "promise"
    RATING = "rating"
    TOO_MANY = "too many"
    TOO_LATE = "too late"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason that holds for a customer whenever we look.

    Attributes:
        left_out: its name.
        hold: what the company may loosen it by, for each purpose; None for what always holds.
        words: what is noted with a message that it held back.
    """

    left_out: LeftOut
    hold: Hold | None
    words: str


REASONS = (
    Reason(LeftOut.STOPPED, None, "consent withdrawn"),
    Reason(LeftOut.UNREACHABLE, None, "the customer cannot be reached on this channel"),
    Reason(LeftOut.COMPLAINT, Hold.COMPLAINT, "a complaint is open"),
    Reason(LeftOut.PROMISE, Hold.PROMISE, "a promise was broken"),
    Reason(LeftOut.RATING, Hold.RATING, "a bad rating was given lately"),
)
"""In the order in which they are looked at. How many messages a customer gets, and until when one is worth
sending, show only as it leaves (``scheduler.delivery.clearance``)."""

REASONS_BY_NAME: Mapping[LeftOut, Reason] = MappingProxyType({one.left_out: one for one in REASONS})


def reasons_for(purpose: Purpose | None, outreach: Outreach) -> Sequence[Reason]:
    """Give the reasons that hold back what is sent for a purpose, the first to be looked at first."""
    held_by = EVERY_HOLD if purpose is None else outreach.held_by(purpose)
    return tuple(one for one in REASONS if one.hold is None or one.hold in held_by)


def rated_since(outreach: Outreach, now: datetime) -> datetime:
    """Tell since when a bad rating still counts."""
    return now - timedelta(days=outreach.bad_rating_days)
