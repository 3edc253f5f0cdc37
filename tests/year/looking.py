"""A slow and obvious look at what a year brought: who got what when, and whether they should have."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import select

from store.tables.customers import Purpose
from store.tables.outreach import Suppression, TrialMember, Visit, VisitState
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.year.people import Diary
from tests.year.playing import Year

COUNTED = (MessageKind.VISIT, MessageKind.GREETING, MessageKind.INVITATION, MessageKind.CAMPAIGN)
EXPECTED = (MessageKind.REMINDER,)
"""Kinds that reach also whom something speaks against: they said that they will come."""


@dataclass(frozen=True)
class Message:
    """A first-spoken message, sent or not."""

    number: int
    customer: int
    kind: MessageKind
    purpose: Purpose
    key: str
    state: OutboxState
    reason: str | None
    created: datetime
    sent: datetime | None


@dataclass(frozen=True)
class Unsaid:
    """Something that was not said, and why."""

    customer: int
    occasion: str
    purpose: Purpose
    reason: str
    at: datetime


@dataclass
class Found:
    """All that a year left behind."""

    year: Year
    messages: Sequence[Message] = ()
    unsaid: Sequence[Unsaid] = ()
    visits: Sequence[Visit] = ()
    arms: Mapping[tuple[str, int], str] = field(default_factory=dict)

    @cached_property
    def sent(self) -> Sequence[Message]:
        """What was sent."""
        return [one for one in self.messages if one.sent is not None]

    @cached_property
    def counted_of(self) -> Mapping[int, Sequence[datetime]]:
        """When each customer got messages that count, in order."""
        moments: dict[int, list[datetime]] = defaultdict(list)
        for one in self.sent:
            if one.kind in COUNTED and one.sent is not None:
                moments[one.customer].append(one.sent)
        return {customer: sorted(times) for customer, times in moments.items()}

    def diary(self, customer: int) -> Diary:
        """Give the diary of a customer."""
        return self.year.diaries[customer - 1]


def look(year: Year) -> Found:
    """Read what a year left behind."""
    with year.database.reading() as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.purpose.is_not(None)))
        messages = [
            Message(
                row.id,
                row.customer_id or 0,
                row.kind,
                row.purpose or Purpose.OFFERS,
                row.dedupe_key,
                row.state,
                row.reason,
                row.created_at,
                row.sent_at,
            )
            for row in rows
        ]
        unsaid = [
            Unsaid(row.customer_id, row.occasion, row.purpose, row.reason, row.at)
            for row in session.scalars(select(Suppression))
        ]
        visits = session.scalars(select(Visit).order_by(Visit.id)).all()
        arms = {(row.trial, row.customer_id): row.arm for row in session.scalars(select(TrialMember))}
    return Found(year, messages, unsaid, visits, arms)


def sent_twice(found: Found) -> Iterator[str]:
    """Find messages that the app took twice, or that are noted wrongly, and occasions that came twice."""
    taken = Counter(one.message.id for one in found.year.taken if one.message.speaks_first)
    yield from (f"message {number} was taken {times} times" for number, times in taken.items() if times > 1)
    noted = {one.number for one in found.sent}
    yield from (f"message {number} is noted wrongly" for number in noted ^ taken.keys())
    occasions = Counter((one.customer, one.key) for one in found.messages)
    yield from (f"{occasion} came {times} times" for occasion, times in occasions.items() if times > 1)


def sent_in_quiet_hours(found: Found) -> Iterator[str]:
    """Find messages that left between 21:00 and 9:00, by the clock where the customer is."""
    for one in found.sent:
        local = (one.sent or one.created).astimezone(ZoneInfo(found.diary(one.customer).home.zone))
        if not 9 <= local.hour < 21:
            yield f"{one.key} left at {local}"


def sent_beyond_the_cap(found: Found, *, most: int, within: timedelta) -> Iterator[str]:
    """Find customers who got more in a time than they may."""
    for customer, times in found.counted_of.items():
        for first, last in zip(times, times[most:], strict=False):
            if last - first < within:
                yield f"customer {customer} got {most + 1} messages between {first} and {last}"


def sent_in_spite(found: Found) -> Iterator[str]:
    """Find messages to customers who had said stop, or against whom a case, our word or a rating spoke."""
    for one in found.sent:
        diary, at = found.diary(one.customer), one.sent or one.created
        if one.kind in EXPECTED:
            fine = diary.allows(one.purpose, at) and diary.is_reachable(at)
        else:
            fine = diary.may_hear(one.purpose, at)
        if not fine:
            yield f"{one.key} left at {at}, though something spoke against it"


def unexplained(found: Found) -> Iterator[str]:
    """Find what was not said without a reason that the diary confirms."""
    for one in found.unsaid:
        if not _is_right(found, one):
            yield f"customer {one.customer}, {one.occasion}: {one.reason} at {one.at} is not so"


def _is_right(found: Found, one: Unsaid) -> bool:
    diary = found.diary(one.customer)
    match one.reason:
        case "stopped":
            return not diary.allows(one.purpose, one.at)
        case "unreachable":
            return not diary.is_reachable(one.at)
        case "complaint":
            return diary.has_case(one.at)
        case "promise" | "rating":
            return diary.is_cross(one.at)
        case "too many":
            return _is_full(found.counted_of.get(one.customer, ()), one.at)
        case _:
            return False


def _is_full(times: Sequence[datetime], at: datetime) -> bool:
    """Tell whether somebody had their share; what is more important may have come just after."""
    week = timedelta(days=7)
    first = bisect_left(times, at - week)
    return any(last - early < week for early, last in pairwise(times[first:]) if early < at + week)


def not_greeted(found: Found, occasion: str, countries: Sequence[str]) -> Iterator[str]:
    """Find customers of some countries who got no greeting, and no reason why not."""
    greeted = {one.customer for one in found.messages if one.key.endswith(f":{occasion}")}
    left_out = {one.customer for one in found.unsaid if one.occasion == f"festival:{occasion}"}
    name, _, round_ = occasion.partition(":")
    held_out = {
        customer for (trial, customer), arm in found.arms.items() if _is_held_out(trial, arm, name, round_)
    }
    for diary in found.year.diaries:
        if diary.home.country in countries and diary.number not in greeted | left_out | held_out:
            yield f"customer {diary.number} was not greeted at {occasion}"


def _is_held_out(trial: str, arm: str, name: str, round_: str) -> bool:
    return arm == "held out" and trial == f"festival:{name}@{round_}"


def never_visited(found: Found, *, period: timedelta, slack: timedelta, longest: float) -> Iterator[str]:
    """Find customers who were silent for longer than a period, and whose visit did not even fall due.

    A visit that was not answered makes the next period longer, up to ``longest`` times.
    """
    rows: dict[int, list[Visit]] = defaultdict(list)
    for visit in found.visits:
        rows[visit.customer_id].append(visit)
    for diary in found.year.diaries:
        visits = rows[diary.number]
        in_vain = [visit.created_at for visit in visits if visit.state is not VisitState.ANSWERED]
        touches = sorted([*diary.contacts, *(visit.created_at for visit in visits), found.year.now])
        for before, after in pairwise(touches):
            stretch = longest if any(moment <= before for moment in in_vain) else 1.0
            if after - before > period * stretch + slack and after > found.year.begins + slack:
                yield f"customer {diary.number} heard nothing from {before} to {after}"
