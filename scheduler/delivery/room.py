"""Whether a customer has room for one more message that they did not ask for. Pure.

Of all that is sent to a customer first, over all programmes, ``Outreach.most`` messages may leave within any
``Outreach.within``. Counted are visits, greetings, invitations and campaigns. What a guest said they come to
(reminders, changes and offers of a place) and what follows what they took part in (thanks) is not counted,
and always has room: it is expected.

Where there is room for fewer than wait, the purpose that the company names last in ``Outreach.yielding`` goes
first: what is less important waits, and is given up where its lifetime ends before there is room.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from customers.outreach import Outreach
from store.tables.customers import Purpose
from store.tables.queues import MessageKind

COUNTED = frozenset({MessageKind.VISIT, MessageKind.GREETING, MessageKind.INVITATION, MessageKind.CAMPAIGN})
"""Kinds of messages that a customer gets only so many of."""

LOOK_AGAIN = timedelta(minutes=10)
"""How soon it is looked again whether a more important message has left, or will not."""

NOBODY_ELSE = timedelta(seconds=1)
"""How soon it is looked again where another lane is just deciding on the same customer."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits for its turn: what for, and from when on it may leave."""

    purpose: Purpose
    from_: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """What counts for one customer.

    Attributes:
        taken: when the messages left that count, or would have; in any order.
        waiting: what else waits for this customer.
    """

    taken: tuple[datetime, ...] = ()
    waiting: tuple[Waiting, ...] = ()

    def with_one_more(self, at: datetime) -> "Room":
        """Give what counts once another message leaves."""
        return Room((*self.taken, at), self.waiting)


EMPTY = Room()


@dataclass(frozen=True, slots=True)
class Full:
    """There is no room.

    Attributes:
        again_at: when to look again.
        is_final: whether there will surely be none before.
    """

    again_at: datetime
    is_final: bool


def rank_of(purpose: Purpose | None, outreach: Outreach) -> int:
    """Tell how important what is sent for a purpose is; a greater number goes first."""
    return -1 if purpose is None else list(outreach.yielding).index(purpose)


def no_room(room: Room, purpose: Purpose | None, outreach: Outreach, *, now: datetime) -> Full | None:
    """Tell whether a message has to wait for room; None where it may leave.

    Args:
        room: what counts for its customer.
        purpose: what it is for.
        outreach: how much a customer gets at most, and what yields.
        now: the moment; aware UTC.
    """
    taken = sorted(at for at in room.taken if _counts(at, outreach, now))
    free = outreach.most - len(taken)
    if free <= 0:
        return Full(taken[-free] + outreach.within, is_final=True)
    mine = rank_of(purpose, outreach)
    ahead = [
        one.from_
        for one in room.waiting
        if rank_of(one.purpose, outreach) > mine and one.from_ < now + outreach.within
    ]
    if len(ahead) < free:
        return None
    return Full(max(min(ahead), now) + LOOK_AGAIN, is_final=False)


def room_at(room: Room, purpose: Purpose | None, outreach: Outreach, *, at: datetime) -> Room:
    """Foresee what counts for a message that is to leave at a moment, if nothing else comes until then.

    What may leave by then has left, but for what is less important: that yields.
    """
    mine = rank_of(purpose, outreach)
    left = [one for one in room.waiting if one.from_ <= at and rank_of(one.purpose, outreach) >= mine]
    waiting = tuple(one for one in room.waiting if one not in left)
    return Room((*room.taken, *(one.from_ for one in left)), waiting)


def _counts(at: datetime, outreach: Outreach, now: datetime) -> bool:
    """Tell whether what left then counts now.

    What seems to have left in the future did so by a clock that was put back since, and counts, unless it is
    further ahead than we look back: a clock that was wrong by years would else silence us for years.
    """
    return now - outreach.within < at <= now + outreach.within


def when_it_left(sent_at: datetime | None, expires_at: datetime | None, *, now: datetime) -> datetime:
    """Tell when a message counts as having left; of one that may or may not have, the latest that can be."""
    if sent_at is not None:
        return sent_at
    return now if expires_at is None else min(expires_at, now)
