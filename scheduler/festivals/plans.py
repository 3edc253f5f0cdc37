"""What a company plans for its festivals, put together with the calendar: which greeting leaves on which day.

Where nothing is defined, every festival that a customer keeps is greeted on its day at ten, and so are
birthdays that they told. As soon as a festival has a plan of its own, that alone says what happens.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import EVERYBODY
from scheduler.definitions.festival import BIRTHDAY, FestivalPlan, What, read_plan
from scheduler.definitions.kept import KeptDefinition, find_definitions
from scheduler.festival_calendar import SAME_OCCASION, Occasion, numbered
from scheduler.festivals.habits import Kept, Why, family_of, occasions_between, occasions_of
from scheduler.festivals.known import BY_KEY
from scheduler.segments.conditions import condition_of
from store.errors import InputError
from store.tables.definitions import DefinitionKind

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """An occasion at one place whose greeting may leave today, or could leave then.

    Attributes:
        kept: the occasion, and why customers there keep it.
        ways: the plans by which somebody is greeted there: each by the first whose segment they are in.
        today: the date there.
    """

    kept: Kept
    ways: Sequence[FestivalPlan]
    today: date

    @property
    def occasion(self) -> Occasion:
        """The occasion."""
        return self.kept.occasion

    def leaves_on(self, way: FestivalPlan) -> date:
        """Tell on which day a greeting leaves."""
        return self.occasion.day - way.lead

    def is_open(self, way: FestivalPlan) -> bool:
        """Tell whether a greeting may leave today: on its day, or late but not after the festival's."""
        return self.leaves_on(way) <= self.today <= self.occasion.day


@dataclass(frozen=True, slots=True)
class Greeting:
    """What one customer is greeted for, and by which plan."""

    occasion: Occasion
    way: FestivalPlan


@dataclass(frozen=True, slots=True)
class Plans:
    """All plans that hold.

    Attributes:
        greetings: by festival; none where all of a festival's are switched off.
        invitations: by festival, the first by name of those that hold in the company's country.
        dated: plans with days of their own, whatever they are for.
        segments: by plan, the condition that picks its customers, where it is not for everybody.
    """

    greetings: Mapping[str, Sequence[FestivalPlan]] = field(default_factory=dict)
    invitations: Mapping[str, FestivalPlan] = field(default_factory=dict)
    dated: Sequence[FestivalPlan] = ()
    segments: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)

    @property
    def longest_lead(self) -> timedelta:
        """How long before its festival the earliest greeting leaves."""
        return max((way.lead for ways in self.greetings.values() for way in ways), default=timedelta())

    def ways(self, festival: str) -> Sequence[FestivalPlan]:
        """Give the plans by which a festival is greeted, in the order in which they are looked at."""
        if festival in self.greetings:
            return self.greetings[festival]
        usual = FestivalPlan(name=festival, festival=festival, holdout=0.0)
        return (usual,) if festival in BY_KEY or festival == BIRTHDAY else ()

    def between(self, country: str, language: str, first: date, last: date) -> Sequence[Kept]:
        """Give all occasions of some days where somebody lives, with why they keep them, in order of days."""
        found: Iterable[Kept]
        if any(plan.dates and not plan.is_own_day for plan in self.dated):
            found = (
                self._moved(one, country)
                for one in self._by_calendar(country, language, first.year - 1, last.year + 1)
            )
        else:
            found = occasions_between(country, language, first, last)
        days = [*found, *self._own(country, range(first.year, last.year + 1))]
        chosen = [one for one in days if first <= one.occasion.day <= last]
        return sorted(chosen, key=lambda one: (one.occasion.day, -one.why, one.occasion.festival))

    @staticmethod
    def _by_calendar(country: str, language: str, first: int, last: int) -> Iterator[Kept]:
        for year in range(first, last + 1):
            yield from occasions_of(country, language, year)

    def _moved(self, kept: Kept, country: str) -> Kept:
        """Put an occasion on the day that the company says, where it says one."""
        for plan in self.dated:
            if plan.festival == kept.occasion.festival and plan.holds_in(country):
                for day in plan.dates:
                    if abs(day - kept.occasion.day) < SAME_OCCASION:
                        return replace(kept, occasion=replace(kept.occasion, day=day, estimated=False))
        return kept

    def _own(self, country: str, years: range) -> Iterator[Kept]:
        """Give the company's own days; what several plans say of one is put together.

        A date has it in its name: counted, it would become another one as soon as a past one is tidied away.
        """
        own = [plan for plan in self.dated if plan.is_own_day and plan.holds_in(country)]
        for festival in dict.fromkeys(plan.festival for plan in own):
            ways = [plan for plan in own if plan.festival == festival]
            for year in years:
                yearly = {day for plan in ways if plan.every_year for day in plan.own_days(year)}
                names = {day: f"{festival}:{day}" for plan in ways for day in plan.own_days(year)}
                for number, day in enumerate(sorted(yearly), start=1):
                    names[day] = numbered(festival, year, number)
                for day, name in names.items():
                    yield Kept(Occasion(festival, day, name), Why.COUNTRY)

    def due_on(self, country: str, language: str, today: date) -> Sequence[Due]:
        """Give the occasions whose greetings may leave today, also of festivals that somebody could add."""
        found = []
        for kept in self.between(country, language, today, today + self.longest_lead):
            ways = [way for way in self.ways(kept.occasion.festival) if way.holds_in(country)]
            due = Due(kept, ways, today)
            if any(due.is_open(way) for way in ways):
                found.append(due)
        return found

    def over_between(self, country: str, language: str, first: date, last: date) -> Sequence[Due]:
        """Give the occasions of some days, each as it was on its day, when its greetings could leave last."""
        found = []
        for kept in self.between(country, language, first, last):
            ways = [way for way in self.ways(kept.occasion.festival) if way.holds_in(country)]
            if ways:
                found.append(Due(kept, ways, kept.occasion.day))
        return found


def find_usable(session: Session, *, company: Company, now: datetime) -> Plans:
    """Find the plans that are switched on; one that cannot be used is passed over with a line in the log.

    Its festival is not greeted then: whoever wrote the plan wanted something else than what is usual.
    """
    greetings: dict[str, list[FestivalPlan]] = {}
    invitations: dict[str, FestivalPlan] = {}
    dated: list[FestivalPlan] = []
    segments: dict[str, ColumnElement[bool]] = {}
    for kept in find_definitions(session, DefinitionKind.FESTIVAL):
        try:
            plan = read_plan(kept.name, kept.body)
            if plan.segment != EVERYBODY:
                segments[plan.name] = condition_of(session, plan.segment, company=company, now=now)
        except InputError as error:
            log.warning("the festival plan %s is passed over: %s", kept.name, error)
            if kept.body.get("what") != What.INVITATION:
                greetings.setdefault(str(kept.body.get("festival", kept.name)), [])
            continue
        if plan.what is What.GREETING:
            greetings.setdefault(plan.festival, []).extend([plan] if kept.active else [])
        elif kept.active and plan.holds_in(company.country):
            invitations.setdefault(plan.festival, plan)
        if kept.active and (plan.every_year or plan.dates):
            dated.append(plan)
    return Plans(greetings, invitations, dated, segments)


def find_overruled(session: Session, *, company: Company) -> Sequence[tuple[str, str]]:
    """Find invitation plans that are not used, because another of their festival comes first by name.

    Returns:
        The name of each, and that of the plan that is used.
    """
    first: dict[str, str] = {}
    found = []
    for kept in find_definitions(session, DefinitionKind.FESTIVAL):
        is_meant = kept.active and kept.body.get("what") == What.INVITATION
        plan = _readable(kept) if is_meant else None
        if plan is not None and plan.holds_in(company.country):
            used = first.setdefault(plan.festival, plan.name)
            found += [(plan.name, used)] if used != plan.name else []
    return found


def _readable(kept: KeptDefinition) -> FestivalPlan | None:
    try:
        return read_plan(kept.name, kept.body)
    except InputError:
        return None


def greetings_due(
    due: Sequence[Due],
    *,
    greeted_on: date | None,
    choices: Mapping[str, bool],
    is_meant: Mapping[str, bool],
) -> Sequence[Greeting]:
    """Decide for what one customer is greeted today. Pure.

    Args:
        due: what is due where they are.
        greeted_on: the day on which they were dealt with last; what was due by then is over.
        choices: what they said of festivals: wanted or not.
        is_meant: whether they are in the segment of each plan that has one.
    """
    wanted = [(why, one) for one in due if (why := _why(one, choices)) is not Why.COULD_ADD]
    found: list[Greeting] = []
    families: set[tuple[str, date]] = set()
    for _, one in sorted(wanted, key=lambda pair: -pair[0]):
        family = (family_of(one.occasion.festival), one.occasion.day)
        way = next((way for way in one.ways if is_meant.get(way.name, True)), None)
        if way is None or not one.is_open(way) or family in families:
            continue
        if greeted_on is None or greeted_on < one.leaves_on(way):
            families.add(family)
            found.append(Greeting(one.occasion, way))
    return found


def _why(due: Due, choices: Mapping[str, bool]) -> Why:
    said = choices.get(due.occasion.festival)
    if said is None:
        return due.kept.why
    return Why.CHOSEN if said else Why.COULD_ADD
