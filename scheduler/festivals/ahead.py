"""What festivals bring in the next days: who celebrates when, and how many are greeted; only reads."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, not_, select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.definitions.festival import PERSONAL, FestivalPlan
from scheduler.festivals.habits import Kept, Why
from scheduler.festivals.personal_days import count_birthdays, count_on
from scheduler.festivals.plans import Plans, find_usable
from store.tables.customers import Customer, FestivalChoice

Home = tuple[str, str | None]
"""The language and country of customers; in which zone they live moves a festival by hours, not by days."""

People = Mapping[Home, int]


@dataclass(frozen=True, slots=True)
class FestivalAhead:
    """A festival on a day.

    Attributes:
        festival: its key.
        title: what the company calls a day of its own, by language; empty for a known festival.
        estimated: whether the day may still change, at least for some.
        people: how many customers keep it on that day.
    """

    festival: str
    title: Mapping[str, str]
    estimated: bool
    people: int


def festivals_ahead(
    session: Session, dates: Sequence[date], *, company: Company, now: datetime
) -> Mapping[date, Sequence[FestivalAhead]]:
    """Tell which festivals customers keep on some days that follow one another."""
    plans = find_usable(session, company=company, now=now)
    people, said = _people(session), _said(session)
    found: dict[date, dict[str, FestivalAhead]] = defaultdict(dict)
    for home in people:
        country = _country(home, company)
        for kept in plans.between(country, home[0], dates[0], dates[-1]):
            occasion = kept.occasion
            number = _keepers(kept, home, people, said)
            before = found[occasion.day].get(occasion.festival)
            if number > 0:
                found[occasion.day][occasion.festival] = FestivalAhead(
                    occasion.festival,
                    _title(plans, occasion.festival),
                    occasion.estimated or (before is not None and before.estimated),
                    number + (before.people if before else 0),
                )
    return {
        day: sorted(each.values(), key=lambda one: (-one.people, one.festival)) for day, each in found.items()
    }


def greetings_ahead(
    session: Session, dates: Sequence[date], *, company: Company, now: datetime
) -> Counter[date]:
    """Count who is greeted on each day: for a festival, a birthday, or the day they came to us."""
    plans = find_usable(session, company=company, now=now)
    people, said = _people(session), _said(session)
    found: Counter[date] = Counter()
    parts: dict[tuple[str, ...], People] = {}
    for home in people:
        country = _country(home, company)
        for kept in plans.between(country, home[0], dates[0], dates[-1] + plans.longest_lead):
            ways = [way for way in plans.ways(kept.occasion.festival) if way.holds_in(country)]
            for number, way in enumerate(ways):
                key = tuple(one.name for one in ways[: number + 1])
                if key not in parts:
                    parts[key] = _part(session, plans, ways[: number + 1], people)
                day = kept.occasion.day - way.lead
                if dates[0] <= day <= dates[-1]:
                    found[day] += _share(_keepers(kept, home, people, said), parts[key], people, home)
    found.update(_personal(session, plans, dates))
    return found


def _share(keepers: int, meant: People, people: People, home: Home) -> int:
    """Tell how many of those who keep a festival are meant; who chose otherwise is taken as the others."""
    everybody = people.get(home, 0)
    return round(keepers * meant.get(home, 0) / everybody) if everybody else 0


def _keepers(kept: Kept, home: Home, people: People, said: Mapping[tuple[str, Home], tuple[int, int]]) -> int:
    wanted, not_wanted = said.get((kept.occasion.festival, home), (0, 0))
    return wanted if kept.why is Why.COULD_ADD else people[home] - not_wanted


def _country(home: Home, company: Company) -> str:
    """Tell by which country's calendar people live: the company's where theirs is unknown."""
    return (home[1] or company.country).upper()


def _people(session: Session, *where: ColumnElement[bool]) -> People:
    """Count customers by their homes."""
    columns = (Customer.language, Customer.country)
    rows = session.execute(select(*columns, func.count()).where(*where).group_by(*columns))
    return {(row[0], row[1]): row[2] for row in rows}


def _part(session: Session, plans: Plans, ways: Sequence[FestivalPlan], people: People) -> People:
    """Count whom the last of some plans means: those in its segment and in none of the plans before it."""
    *before, last = ways
    if any(way.name not in plans.segments for way in before):
        return {}
    if last.name not in plans.segments and not before:
        return people
    others = [not_(plans.segments[way.name]) for way in before]
    own = [plans.segments[last.name]] if last.name in plans.segments else []
    return _people(session, and_(*own, *others))


def _said(session: Session) -> Mapping[tuple[str, Home], tuple[int, int]]:
    """Count who wants a festival and who does not, by festival and home."""
    columns = (FestivalChoice.festival, FestivalChoice.wanted, Customer.language, Customer.country)
    rows = session.execute(
        select(*columns, func.count())
        .join(Customer, Customer.id == FestivalChoice.customer_id)
        .group_by(*columns)
    )
    found: dict[tuple[str, Home], tuple[int, int]] = {}
    for festival, wanted, language, country, count in rows:
        key = (festival, (language, country))
        yes, no = found.get(key, (0, 0))
        found[key] = (yes + count, no) if wanted else (yes, no + count)
    return found


def _title(plans: Plans, festival: str) -> Mapping[str, str]:
    return next((plan.title for plan in plans.dated if plan.festival == festival and plan.title), {})


def _personal(session: Session, plans: Plans, dates: Sequence[date]) -> Counter[date]:
    """Count who has a day of their own, where that is greeted; segments and countries are not looked at."""
    birthdays = count_birthdays(session)
    found: Counter[date] = Counter()
    for festival in PERSONAL:
        leads = {way.lead for way in plans.ways(festival)}
        for day in dates:
            for lead in leads:
                found[day] += count_on(session, festival, day + lead, birthdays)
    return found
