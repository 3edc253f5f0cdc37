"""What happened at the complaint desk in a period, and how it stands: the numbers of a digest.

Only reads; each number is one query, by an index where the period is a small part of all.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, SQLColumnExpression, func, literal_column, select
from sqlalchemy.orm import Session

from feedback.case_clocks import Goal
from feedback.rises import FEWEST, RARE, chance
from store.tables.complaints import Complaint, ComplaintEvent, ComplaintState
from store.tables.desk import Promise, PromiseState
from store.tables.feedback import EntrySource, SatisfactionEntry

AGES_DAYS = (1, 3, 7)
"""Open cases are told apart by whether they are younger than so many days, or older than all."""
CHARTED_DAYS = 14
CAUSES_OVER = timedelta(days=7)
USUAL_WEEKS = 8
DUE_WITHIN = timedelta(days=1)

UNDER_WAY = (ComplaintState.OPEN, ComplaintState.CLAIMED, ComplaintState.WAITING)
_KEPT = (PromiseState.KEPT, PromiseState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many cases were opened, and how many ended, on one day of the company's calendar."""

    day: date
    opened: int
    ended: int


@dataclass(frozen=True, slots=True)
class CauseCount:
    """How often a cause came up.

    Attributes:
        cause: its key.
        count: cases opened in the last week.
        usual: cases a week in the eight weeks before.
    """

    cause: str
    count: int
    usual: float

    @property
    def is_rising(self) -> bool:
        """Whether so many would hardly ever come up in a usual week (``feedback.rises``)."""
        before = round(self.usual * USUAL_WEEKS)
        return self.count >= FEWEST and chance(self.count, before, share=1 / (1 + USUAL_WEEKS)) < RARE


@dataclass(frozen=True, slots=True)
class DeskReport:
    """The desk in a period.

    Attributes:
        since, until: the period, up to but not including ``until``, at which everything stands as told.
        opened: cases that were opened in it.
        ended: cases that ended in it, by how.
        open_by_age: cases that wait for staff or are answered by a customer, by age: younger than each of
            ``AGES_DAYS``, and the rest.
        awaiting: cases that staff call solved and of which the customer has not said so.
        missed: targets that were missed in it, by which.
        promises_due: promises that fall due within a day, or did and are open still.
        promises_kept, promises_broken: those that ended in it, by how.
        csat: how many customers gave each number of stars, 1–5, for cases in it.
        causes: what cases of the last week were about, the most common first.
        days: day by day, the last ``CHARTED_DAYS``.
    """

    since: datetime
    until: datetime
    opened: int
    ended: Mapping[ComplaintState, int]
    open_by_age: tuple[int, ...]
    awaiting: int
    missed: Mapping[Goal, int]
    promises_due: int
    promises_kept: int
    promises_broken: int
    csat: Mapping[int, int]
    causes: Sequence[CauseCount]
    days: Sequence[DayCount]

    @property
    def open_now(self) -> int:
        """Cases that wait for staff, or for a customer's answer."""
        return sum(self.open_by_age)

    @property
    def csat_mean(self) -> float | None:
        """The mean number of stars; None where nobody gave any."""
        marks = sum(self.csat.values())
        return sum(stars * count for stars, count in self.csat.items()) / marks if marks else None

    @property
    def kept_rate(self) -> float | None:
        """Which part of the promises that ended was kept, 0–1; None where none ended."""
        over = self.promises_kept + self.promises_broken
        return self.promises_kept / over if over else None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        told = (self.opened, self.open_now, self.awaiting, self.promises_due, sum(self.csat.values()))
        return not any((*told, *self.ended.values(), *self.missed.values(), self.promises_broken))


def desk_report(session: Session, since: datetime, until: datetime, *, zone: str) -> DeskReport:
    """Count what happened from ``since`` until ``until``, and what stands now.

    Args:
        session: the open transaction.
        since, until: the period; aware. How cases stand is as of now, so ``until`` should be.
        zone: IANA name of the company's, by which days are told apart.
    """
    promises = _promises_ended(session, since, until)
    return DeskReport(
        since=since,
        until=until,
        opened=_count(session, *_within(Complaint.opened_at, since, until)),
        ended=_ended(session, since, until),
        open_by_age=_open_by_age(session, until),
        awaiting=_count(session, Complaint.state == ComplaintState.RESOLVED),
        missed=_missed(session, since, until),
        promises_due=_promises_due(session, until),
        promises_kept=sum(promises[state] for state in _KEPT),
        promises_broken=promises[PromiseState.BROKEN],
        csat=_csat(session, since, until),
        causes=_causes(session, until),
        days=_days(session, until, zone),
    )


def had_cases(session: Session, before: datetime) -> bool:
    """Tell whether there was any case before a moment; until then the desk has nothing to report."""
    return session.scalar(select(Complaint.id).where(Complaint.opened_at < before).limit(1)) is not None


def _within(
    column: SQLColumnExpression[datetime], since: datetime, until: datetime
) -> Sequence[ColumnElement[bool]]:
    return column >= since, column < until


def _count(session: Session, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Complaint).where(_OF_ANY_STATE, *where)) or 0


_OF_ANY_STATE = Complaint.state.in_(list(ComplaintState))
"""Holds always; with it, an index of states and moments serves a period."""


def _ended(session: Session, since: datetime, until: datetime) -> Mapping[ComplaintState, int]:
    """Count the cases that ended by how; one that was not filed yet ended when its customer said so."""
    ended_at = func.coalesce(Complaint.closed_at, Complaint.resolved_at, type_=Complaint.opened_at.type)
    rows = session.execute(
        select(Complaint.state, func.count())
        .where(Complaint.state.in_(_ENDS), *_within(ended_at, since, until))
        .group_by(Complaint.state)
    )
    counts = dict(rows.all())
    return {state: counts.get(state, 0) for state in _ENDS}


_ENDS = (ComplaintState.CONFIRMED, ComplaintState.UNCONFIRMED, ComplaintState.DISMISSED)


def _open_by_age(session: Session, now: datetime) -> tuple[int, ...]:
    edges = [now - timedelta(days=days) for days in AGES_DAYS]
    older = [_count(session, Complaint.state.in_(UNDER_WAY), Complaint.opened_at <= edge) for edge in edges]
    cumulative = [_count(session, Complaint.state.in_(UNDER_WAY)), *older]
    return (*(more - less for more, less in zip(cumulative, older, strict=False)), older[-1])


def _missed(session: Session, since: datetime, until: datetime) -> Mapping[Goal, int]:
    texts = session.scalars(
        select(ComplaintEvent.text).where(
            ComplaintEvent.what == literal_column("'breached'"), *_within(ComplaintEvent.at, since, until)
        )
    )
    counts = Counter(text.partition(" ")[0] for text in texts)
    return {goal: counts[str(goal)] for goal in Goal}


def _promises_due(session: Session, now: datetime) -> int:
    is_due = (Promise.state == PromiseState.OPEN, Promise.due_at <= now + DUE_WITHIN)
    return session.scalar(select(func.count()).select_from(Promise).where(*is_due)) or 0


def _promises_ended(session: Session, since: datetime, until: datetime) -> Counter[PromiseState]:
    rows = session.execute(
        select(Promise.state, func.count())
        .where(Promise.closed_at.is_not(None), Promise.closed_at >= since, Promise.closed_at < until)
        .group_by(Promise.state)
    )
    return Counter(dict(rows.all()))


def _csat(session: Session, since: datetime, until: datetime) -> Mapping[int, int]:
    given = session.scalars(
        select(SatisfactionEntry.evidence).where(
            *_within(SatisfactionEntry.at, since, until),
            SatisfactionEntry.source == EntrySource.RATING,
            SatisfactionEntry.complaint_id.is_not(None),
        )
    )
    counts = Counter(int(evidence["stars"]) for evidence in given)
    return {stars: counts[stars] for stars in range(1, 6)}


def _causes(session: Session, until: datetime) -> Sequence[CauseCount]:
    begun = until - CAUSES_OVER
    lately = _by_cause(session, begun, until)
    before = _by_cause(session, begun - USUAL_WEEKS * CAUSES_OVER, begun)
    found = [CauseCount(cause, count, before[cause] / USUAL_WEEKS) for cause, count in lately.items()]
    return sorted(found, key=lambda one: (-one.count, one.cause))


def _by_cause(session: Session, since: datetime, until: datetime) -> Counter[str]:
    rows = session.execute(
        select(Complaint.cause, func.count())
        .where(
            Complaint.cause.is_not(None),
            Complaint.state != ComplaintState.DISMISSED,
            *_within(Complaint.opened_at, since, until),
        )
        .group_by(Complaint.cause)
    )
    return Counter({cause: count for cause, count in rows if cause is not None})


def _days(session: Session, until: datetime, zone: str) -> Sequence[DayCount]:
    """Count day by day, by the company's clock; the last is the day before ``until`` begins, or its own."""
    place = ZoneInfo(zone)
    last = (until - timedelta(microseconds=1)).astimezone(place).date()
    days = [last - timedelta(days=back) for back in reversed(range(CHARTED_DAYS))]
    begun = datetime.combine(days[0], time.min, place)
    opened = session.scalars(
        select(Complaint.opened_at).where(_OF_ANY_STATE, *_within(Complaint.opened_at, begun, until))
    )
    ended_at = func.coalesce(Complaint.closed_at, Complaint.resolved_at, type_=Complaint.opened_at.type)
    ended = session.scalars(
        select(ended_at).where(Complaint.state.in_(_ENDS), *_within(ended_at, begun, until))
    )
    opened_on = Counter(moment.astimezone(place).date() for moment in opened)
    ended_on = Counter(moment.astimezone(place).date() for moment in ended)
    return [DayCount(day, opened_on[day], ended_on[day]) for day in days]
