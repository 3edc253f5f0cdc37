"""From a greeting and its customers to the outbox: who is held back or held out, and the words of each."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import Addressee, to_addressee
from scheduler.festival_calendar import Occasion
from scheduler.festivals.plans import Due, Greeting, Plans
from scheduler.festivals.wording import greeting_draft, known_of
from scheduler.left_out import LeftOut
from scheduler.local_clock import leaves_at, local_date, moment_on
from scheduler.suppressions import Suppressed, note_suppressed
from scheduler.trials.members import TrialKind, split, trial_name, written_to
from scheduler.variables import NOTHING_KNOWN
from store.outbox import Draft, enqueue
from store.tables.customers import Purpose

Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Ground:
    """What planning stands on, and what was found on the way: the same holds for all places of a country.

    Attributes:
        session: the open transaction.
        company: who we are.
        now: aware UTC.
        channels: names of the messaging apps that are switched on.
        plans: all that hold.
        off_since: since when nobody looked, where greetings may have been missed (``missed.off_since``).
    """

    session: Session
    company: Company
    now: datetime
    channels: Collection[str]
    plans: Plans
    off_since: datetime | None = None
    _due: dict[tuple[str, str, date], Sequence[Due]] = field(default_factory=dict)
    _over: dict[tuple[str, str, date, date], Sequence[Due]] = field(default_factory=dict)

    def due_on(self, country: str, language: str, today: date) -> Sequence[Due]:
        """Give the occasions whose greetings may leave today (``Plans.due_on``)."""
        key = (country, language, today)
        if key not in self._due:
            self._due[key] = self.plans.due_on(*key)
        return self._due[key]

    def missed_at(self, country: str, language: str, zone: str) -> Sequence[Due]:
        """Give the occasions whose greetings could leave last while nobody looked."""
        if self.off_since is None:
            return ()
        first, last = local_date(self.off_since, zone), local_date(self.now, zone)
        key = (country, language, first, last)
        if key not in self._over:
            self._over[key] = self.plans.over_between(*key)
        return [one for one in self._over[key] if self.closed_unseen(one.occasion.day, zone)]

    def closed_unseen(self, day: date, zone: str) -> bool:
        """Tell whether greetings of a day could leave last while nobody looked."""
        return self.off_since is not None and self.off_since < closes_at(day, zone, self.company) <= self.now


def key_of(customer_id: int, occasion: Occasion) -> str:
    """Name the greeting of a customer on an occasion, for ever."""
    return f"festival:{customer_id}:{occasion.name}"


def occasion_key(name: str) -> str:
    """Name an occasion for everybody, as what is not said is noted, after its own name."""
    return f"festival:{name}"


def trial_round(name: str) -> str:
    """Name the round of a trial after an occasion's year, and its number in that year: ``2033-2``."""
    return name.partition(":")[2].replace(":", "-")


def window_on(day: date, hour: int, zone: str, company: Company, now: datetime) -> Window | None:
    """Tell from when until when greetings may leave on a day; None where it has no room left.

    An hour that the clock skips on that day is that much later, one that comes twice is the first. One in the
    quiet hours of the morning becomes their end, one in those of the evening the last hour before them.
    """
    latest = company.quiet_from_hour - 1 if company.quiet_until_hour < company.quiet_from_hour else hour
    wished = moment_on(day, min(hour, latest), zone).astimezone(UTC)
    leaves, expires = leaves_at(max(now, wished), zone, company), moment_on(day, 24, zone).astimezone(UTC)
    return (leaves, expires) if leaves < expires else None


def closes_at(day: date, zone: str, company: Company) -> datetime:
    """Tell from when on no greeting can leave on a day any more; aware UTC.

    That is as quiet hours begin that last through the night, else the end of the day.
    """
    through_the_night = company.quiet_until_hour < company.quiet_from_hour
    return moment_on(day, company.quiet_from_hour if through_the_night else 24, zone).astimezone(UTC)


def note_missed(ground: Ground, one: Greeting, rows: Sequence[Row[Any]]) -> None:
    """Note who is not greeted because nobody looked until it was too late; does not commit.

    Args:
        ground: what planning stands on.
        one: for what, and by which plan.
        rows: of ``select_everybody``, with the column ``reason``: what holds a customer back anyway.
    """
    occasion = occasion_key(one.occasion.name)
    unsaid = (Suppressed(row[0], occasion, Purpose.GREETINGS, row.reason or LeftOut.TOO_LATE) for row in rows)
    note_suppressed(ground.session, unsaid, now=ground.now)


def queue_greeting(ground: Ground, one: Greeting, rows: Sequence[tuple[Row[Any], Window]]) -> None:
    """Queue a greeting to those who may be written to, and note why others get none; does not commit.

    Args:
        ground: what planning stands on.
        one: for what, and by which plan.
        rows: of ``select_everybody``, with the column ``reason``; each with the window of its customer.
    """
    session, now = ground.session, ground.now
    occasion = occasion_key(one.occasion.name)
    held_back = (
        Suppressed(row[0], occasion, Purpose.GREETINGS, row.reason)
        for row, _ in rows
        if row.reason is not None
    )
    note_suppressed(session, held_back, now=now)
    people = [(to_addressee(row), window) for row, window in rows if row.reason is None]
    arms = written_to(
        split(
            session,
            [who.customer_id for who, _ in people],
            trial=trial_name(TrialKind.FESTIVAL, one.way.name),
            company=ground.company,
            now=now,
            variants=one.way.variants,
            holdout=one.way.holdout,
            occasion=trial_round(one.occasion.name),
        )
    )
    written = [(who, window) for who, window in people if who.customer_id in arms]
    enqueue(session, _drafts(ground, one, written, arms), now=now)


def _drafts(
    ground: Ground, one: Greeting, people: Sequence[tuple[Addressee, Window]], arms: Mapping[int, str]
) -> Iterator[Draft]:
    addressees = [who for who, _ in people]
    known = known_of(ground.session, addressees, one.way, company=ground.company, now=ground.now)
    for who, window in people:
        yield greeting_draft(
            who,
            one.way,
            arms[who.customer_id],
            company=ground.company,
            key=key_of(who.customer_id, one.occasion),
            window=window,
            known=known.get(who.customer_id, NOTHING_KNOWN),
        )
