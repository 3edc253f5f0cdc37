"""A slow and obvious look at what a year brought: who got what when, and whether they should have."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from operator import itemgetter
from zoneinfo import ZoneInfo

from sqlalchemy import select

from scheduler.programmes.coverage import NOT_OURS, By, count_coverage
from store.tables.customers import Purpose
from store.tables.outreach import Suppression, TrialMember, Visit, VisitState
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.year.people import Diary
from tests.year.playing import Year

COUNTED = (MessageKind.VISIT, MessageKind.GREETING, MessageKind.INVITATION, MessageKind.CAMPAIGN)
HELD_OUT = "held out"
SAME_WORDS = timedelta(days=20)
AT_ONCE, REMINDED = timedelta(minutes=5), 3
"""Reminders of an event, a week, a day and two hours before, are worded alike."""
A_WAKING_DAY = timedelta(hours=20)
TOO_LATE_AFTER = timedelta(days=3)
SHORT_LIVED = ("offer:", "reminder:")
WAITED = timedelta(days=1)
COVERED = 0.99
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
    def got(self) -> Mapping[str, Mapping[int, Sequence[datetime]]]:
        """When the app took what each customer heard, by occasion; of a visit both questions."""
        keys = {one.number: one for one in self.messages}
        got: dict[str, dict[int, list[datetime]]] = defaultdict(lambda: defaultdict(list))
        for taken in self.year.taken:
            one = keys.get(taken.message.id)
            if one is not None:
                got[_occasion(one.key)][one.customer].append(taken.at)
        return {occasion: dict(people) for occasion, people in got.items()}

    @cached_property
    def visited(self) -> Mapping[int, Sequence[tuple[str, datetime]]]:
        """In which programme and when the app took each customer's visits: first questions, in order."""
        visited: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
        for occasion, people in self.got.items():
            kind, programme, *rest = occasion.split(":")
            if kind == "visit" and len(rest) == 1:
                for customer, moments in people.items():
                    visited[customer] += [(programme, at) for at in moments]
        return {customer: sorted(visits, key=itemgetter(1)) for customer, visits in visited.items()}

    @cached_property
    def touched(self) -> Mapping[int, Sequence[tuple[str, datetime]]]:
        """The same with what was not asked and why, whom chance held out, and who had just been in touch."""
        touched: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
        for customer, visits in self.visited.items():
            touched[customer] += visits
        for customer, unsaid in self.unsaid_of.items():
            touched[customer] += [
                (one.occasion.split(":")[1], one.at) for one in unsaid if one.purpose is Purpose.VISITS
            ]
        for visit in self.visits:
            if visit.reason == HELD_OUT:
                touched[visit.customer_id].append((visit.programme, visit.created_at))
        return touched

    @cached_property
    def answered(self) -> Mapping[int, Collection[datetime]]:
        """When the visits came that each customer answered."""
        ids: dict[str, datetime] = {one.tap: one.at for one in self.year.taken}
        answered: dict[int, list[datetime]] = defaultdict(list)
        for visit in self.visits:
            if visit.state is VisitState.ANSWERED and f"visit:{visit.id}" in ids:
                answered[visit.customer_id].append(ids[f"visit:{visit.id}"])
        return answered

    @cached_property
    def unsaid_on(self) -> Mapping[str, frozenset[int]]:
        """Who was left out on each occasion."""
        people: dict[str, set[int]] = defaultdict(set)
        for one in self.unsaid:
            people[one.occasion].add(one.customer)
        return {occasion: frozenset(who) for occasion, who in people.items()}

    @cached_property
    def unsaid_of(self) -> Mapping[int, Sequence[Unsaid]]:
        """What each customer did not hear."""
        unsaid: dict[int, list[Unsaid]] = defaultdict(list)
        for one in self.unsaid:
            unsaid[one.customer].append(one)
        return unsaid

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


def _occasion(key: str) -> str:
    """Name what a message is about, without whom it goes to."""
    kind, *parts = key.split(":")
    others = parts[1:] if kind in ("festival", "visit") else parts[:1]
    return ":".join((kind, *others))


_SPOKEN_FIRST = select(
    OutboxMessage.id,
    OutboxMessage.customer_id,
    OutboxMessage.kind,
    OutboxMessage.purpose,
    OutboxMessage.dedupe_key,
    OutboxMessage.state,
    OutboxMessage.reason,
    OutboxMessage.created_at,
    OutboxMessage.sent_at,
).where(OutboxMessage.purpose.is_not(None))


def look(year: Year) -> Found:
    """Read what a year left behind."""
    with year.database.reading() as session:
        messages = [
            Message(row.id, row.customer_id or 0, row.kind, row.purpose or Purpose.OFFERS, *row[4:])
            for row in session.connection().execute(_SPOKEN_FIRST)
        ]
        unsaid = [
            Unsaid(row.customer_id, row.occasion, row.purpose, row.reason, row.at)
            for row in session.scalars(select(Suppression))
        ]
        visits = session.scalars(select(Visit).order_by(Visit.id)).all()
        arms = {(row.trial, row.customer_id): row.arm for row in session.scalars(select(TrialMember))}
    return Found(year, messages, unsaid, visits, arms)


def sent_twice(found: Found) -> Iterator[str]:
    """Find what came twice: a message, the same words within three weeks, or two visits within a day.

    It goes by what the app took. A visit's and an event's words are told apart by what their buttons do.
    """
    numbers = Counter(one.message.id for one in found.year.taken if one.message.speaks_first)
    yield from (f"message {number} was taken {times} times" for number, times in numbers.items() if times > 1)
    noted = {one.number for one in found.sent}
    yield from (f"message {number} is noted wrongly" for number in noted ^ numbers.keys())
    reminders = {one.number for one in found.sent if one.key.startswith("reminder:")}
    reminded = Counter(
        (one.message.address, one.tap) for one in found.year.taken if one.message.id in reminders
    )
    yield from (f"{whom} was reminded {times} times" for whom, times in reminded.items() if times > REMINDED)
    said: dict[tuple[str, str, str], datetime] = {}
    for one in found.year.taken:
        if one.message.speaks_first:
            words = (one.message.address, one.message.text, one.tap)
            apart = AT_ONCE if one.message.id in reminders else SAME_WORDS
            if words in said and one.at - said[words] < apart:
                yield f"{words} at {said[words]} and at {one.at}"
            said[words] = one.at
    for customer, visits in found.visited.items():
        for (_, first), (_, second) in pairwise(visits):
            if second - first < A_WAKING_DAY:
                yield f"customer {customer} was visited at {first} and at {second}"


def wrote_to_held_out(found: Found) -> Iterator[str]:
    """Find messages to whom chance had held out, of the same trial."""
    for (trial, customer), arm in found.arms.items():
        kind, _, rest = trial.partition(":")
        name, _, round_ = rest.partition("@")
        if arm != HELD_OUT:
            continue
        if kind == "visits":
            wrong = [
                at for what, at in found.visited.get(customer, ()) if what == name and f"{at.year}" == round_
            ]
        elif kind == "festival":
            wrong = list(found.got.get(f"festival:{name}:{round_}", {}).get(customer, ()))
        else:
            wrong = list(found.got.get(trial, {}).get(customer, ()))
        yield from (f"customer {customer} is held out of {trial}, and heard at {at}" for at in wrong)


def sent_in_quiet_hours(found: Found) -> Iterator[str]:
    """Find messages that left between 21:00 and 9:00, by the clock where the customer is."""
    for one in found.sent:
        at = one.sent or one.created
        local = at.astimezone(ZoneInfo(found.diary(one.customer).zone(at)))
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
        if not is_right(found, one):
            yield f"customer {one.customer}, {one.occasion}: {one.reason} at {one.at} is not so"


def is_right(found: Found, one: Unsaid) -> bool:
    """Tell whether the diary confirms why something was not said."""
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
            return _is_full(found, one)
        case _:
            return one.reason == "too late" and _is_late(found, one)


def _is_late(found: Found, one: Unsaid) -> bool:
    """Tell whether the program was off, the customer moved on, or it waited for room for too long.

    What guests are reminded of and offered is worth it for fewer hours than a step of the year has.
    """
    if one.occasion.startswith(SHORT_LIVED):
        return True
    was_off = any(begins < one.at < ends + TOO_LATE_AFTER for begins, ends in found.year.off)
    moved_on = found.diary(one.customer).is_travelling(one.at)
    return was_off or moved_on or _is_full(found, replace(one, at=one.at - WAITED))


def _is_full(found: Found, one: Unsaid) -> bool:
    """Tell whether somebody had their share; what is more important may have come just after."""
    week, times, at = timedelta(days=7), found.counted_of.get(one.customer, ()), one.at
    first = bisect_left(times, at - week)
    return any(last - early < week for early, last in pairwise(times[first:]) if early < at + week)


def never_visited(found: Found, *, period: timedelta, slack: timedelta, longest: float) -> Iterator[str]:
    """Find customers who were silent for longer than a period, without a visit or a reason why not.

    A visit that was not answered makes the next period longer, up to ``longest`` times.
    """
    for diary in found.year.diaries:
        touched = [at for _, at in found.touched.get(diary.number, ())]
        answered = found.answered.get(diary.number, ())
        touches = sorted([*diary.contacts, *touched, found.year.now])
        for before, after in pairwise(touches):
            in_vain = any(at <= before and at not in answered for at in touched)
            stretch = longest if in_vain else 1.0
            if after - before > period * stretch + slack and after > found.year.begins + slack:
                yield f"customer {diary.number} heard nothing from {before} to {after}"


def miscounted(found: Found) -> Iterator[str]:
    """Find what the program's own count of its visits has otherwise than the app and the diaries."""
    with found.year.database.reading() as session:
        counted = count_coverage(session, since=date.min, until=date.max, by=By.PROGRAMME)
    made = Counter(programme for visits in found.visited.values() for programme, _ in visits)
    explained = Counter(
        one.occasion.split(":")[1]
        for one in found.unsaid
        if one.purpose is Purpose.VISITS and is_right(found, one)
    )
    for one in counted:
        missed = sum(number for reason, number in one.missed.items() if reason not in NOT_OURS)
        if not one.made <= made[one.name] <= one.made + one.waiting:  # one that left now is noted soon
            yield f"{one.name}: {one.made} visits are counted, {made[one.name]} came"
        if one.due != one.made + one.waiting + sum(one.missed.values()):
            yield f"{one.name}: {one.due} are due, which is not the sum of what became of them"
        possible = one.made + max(0, missed - explained[one.name])
        if one.made < COVERED * possible:
            yield f"{one.name}: {one.made} of {possible} that were possible"
