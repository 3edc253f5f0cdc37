"""Who is next for places that came free: strictly in order, and in time to answer. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

SHORTEST = timedelta(minutes=15)
"""No place is offered for less, nor so late that less is left until the start."""

PART_OF_REST = 4
"""Near the start a place is offered for a quarter of the time that is left, so that others can follow."""


class Waits(Protocol):
    """Somebody who waits."""

    @property
    def size(self) -> int:
        """How many people come with them, themselves counted."""


W = TypeVar("W", bound=Waits)


def next_up(line: Iterable[W], *, free: int, capacity: int) -> Sequence[W]:
    """Choose who of a line gets places now; reads no further than it must.

    Nobody is overtaken: who needs more places than are free holds up those behind, who would else take the
    places for ever. A party that never fits, since it is larger than the whole event, holds up nobody.

    Args:
        line: who waits and could be told, in order.
        free: places that nobody has.
        capacity: places of the event.
    """
    chosen: list[W] = []
    if free <= 0:
        return chosen
    for party in line:
        if party.size > capacity:
            continue
        if party.size > free:
            break
        chosen.append(party)
        free -= party.size
        if not free:
            break
    return chosen


def offered_until(leaves: datetime, *, starts_at: datetime, offer_minutes: int) -> datetime | None:
    """Tell until when a place is offered by a message that may leave at a moment.

    Returns:
        The deadline, a whole minute; None where too little time is left before the start.
    """
    left = starts_at - leaves
    if left < SHORTEST:
        return None
    lasts = max(SHORTEST, min(timedelta(minutes=offer_minutes), left / PART_OF_REST))
    return (leaves + lasts).replace(second=0, microsecond=0)


def joins_at(now: datetime, last: datetime | None) -> datetime:
    """Tell since when somebody waits who joins a line now: after everybody in it, whatever the clock says."""
    if last is None or last < now:
        return now
    return last + timedelta(microseconds=1)
