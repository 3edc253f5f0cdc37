"""What becomes of a visit whose moment has come: it is made, looked at again later, or missed. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from customers.company import Company
from scheduler.definitions.programme import Programme
from scheduler.left_out import LeftOut
from scheduler.programmes.next_dates import closes_at, opens_at

LIFETIME = timedelta(days=2)
"""After this long an unsent visit is stale."""

PUT_OFF_FOR = timedelta(days=1)
"""How soon a visit that something held back is looked at again: were it at once, those who said stop would be
looked at for ever, before everybody else."""


class Missed(StrEnum):
    """Why a visit was not made, beside what holds a customer back (``LeftOut``)."""

    HELD_OUT = "held out"
    IN_TOUCH = "in touch"
    CONTACT_BUSY = "contact busy"
    ENDED = "programme ended"
    NOT_SENT = "not sent"


@dataclass(frozen=True, slots=True)
class Ask:
    """It is made: the message leaves at ``leaves``, and is stale at ``expires``."""

    leaves: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """Something holds it back; it is looked at again at ``until``."""

    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Miss:
    """It is not made."""

    reason: str


Decision = Ask | Hold | Miss


def decide(
    reason: str | None,
    *,
    late: timedelta,
    has_room: bool,
    zone: str,
    programme: Programme,
    company: Company,
    now: datetime,
) -> Decision:
    """Decide what becomes of a visit.

    Args:
        reason: what holds the customer back, as ``LeftOut`` names it; None is nothing.
        late: by how much it is late.
        has_room: whether the designated contact can take one more today.
        zone: time zone of the customer; it must exist.
        programme: whose visit it is.
        company: who we are.
        now: aware UTC.
    """
    if reason == LeftOut.COMPLAINT:
        return Miss(reason)  # a person gets in touch instead
    if late > programme.lateness:
        return Miss(reason or LeftOut.TOO_LATE)
    if reason is None and has_room:
        leaves = opens_at(now, zone, window=programme.window, company=company)
        closes = closes_at(leaves, zone, programme.window)
        stale = leaves + LIFETIME
        return Ask(leaves, stale if closes is None else min(stale, closes))
    held_by = reason or Missed.CONTACT_BUSY
    if late + PUT_OFF_FOR > programme.lateness:
        return Miss(held_by)
    return Hold(held_by, now + PUT_OFF_FOR)
