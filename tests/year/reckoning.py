"""Who should have heard of what, reckoned from diaries and almanacs, and whether each was dealt with once.

Nothing here asks the program whom it meant: it may have forgotten them.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from scheduler.programmes.asking import AGAIN
from store.tables.outreach import Campaign
from tests.year.calendar import AFTER_CASE, AFTER_PURCHASE, AUDIENCES, BEGINS, CORRECTED, FESTIVALS, LAUNCHES
from tests.year.looking import HELD_OUT, Found
from tests.year.people import LEAP_YEAR, Diary

A_DAY = timedelta(days=1)
MADE_UP = timedelta(days=11)
"""How much later than its time a visit may come: a week late, two days until it is stale, and up to 28 hours
until its beat comes, in which a night may fall."""
AFTERWARDS = f":{LEAP_YEAR + 1}"
"""The year ends on the next one's first days."""
_, _NAME, SAID_BEFORE, CORRECTED_AT = CORRECTED
MOVED = f"festival:{_NAME}"
"""Who was left out on the day that it was not may be greeted on the day that it is."""
ASIDE = timedelta(days=25)
"""So far apart, two things that happened to a customer have each a visit of their own."""


@dataclass(frozen=True)
class Meant:
    """An occasion, and whom we had to deal with then.

    Attributes:
        occasion: as what is not said is noted.
        trial: of those who get nothing by chance.
        days: who was meant, with the local day, first and last, on which they may hear of it.
        doubtful: who travelled then, or whose day it was as the year began, somewhere: they may fall between
            two days, and hear once at most.
    """

    occasion: str
    trial: str
    days: Mapping[int, tuple[date, date]]
    doubtful: frozenset[int] = frozenset()


@dataclass
class Account:
    """How many heard what they were meant to hear, and what is wrong."""

    said: int = 0
    wrong: list[str] = field(default_factory=list)


def account_of(found: Found) -> Account:
    """Look for everybody who was meant, on each occasion: they heard, were left out, or were held out."""
    account = Account()
    reckoned = [*_festivals(found), *_own_days(found), *_campaigns(found)]
    for meant in reckoned:
        _settle(found, meant, account)
    named = {one.occasion for one in reckoned}
    account.wrong += [
        f"nobody reckoned with {occasion}"
        for occasion in found.got
        if occasion.startswith(("festival:", "campaign:", "invite:"))
        and occasion not in named
        and not occasion.endswith(AFTERWARDS)
    ]
    bought: dict[int, list[datetime]] = defaultdict(list)
    for customer, at in found.year.bought:
        bought[customer].append(at)
    solved = {
        diary.number: [case.confirmed for case in diary.cases if case.confirmed is not None]
        for diary in found.year.diaries
    }
    _settle_visits(found, "after-a-purchase", bought, timedelta(days=AFTER_PURCHASE), account)
    _settle_visits(found, "after-a-case", solved, timedelta(days=AFTER_CASE), account)
    return account


def _settle(found: Found, meant: Meant, account: Account) -> None:
    got, unsaid = found.got.get(meant.occasion, {}), found.unsaid_on.get(meant.occasion, frozenset())
    for customer, (first, last) in meant.days.items():
        heard = got.get(customer, ())
        held = found.arms.get((meant.trial, customer)) == HELD_OUT
        unheard = customer in unsaid and not (heard and meant.occasion == MOVED)
        ways = len(heard) + unheard + held
        doubtful = customer in meant.doubtful
        if ways != 1 and not (doubtful and ways == 0):
            account.wrong.append(f"customer {customer}, {meant.occasion}: dealt with {ways} times")
        for at in heard:
            account.said += 1
            day = at.astimezone(ZoneInfo(found.diary(customer).zone(at))).date()
            was_right = meant.occasion == MOVED and day == SAID_BEFORE and at < CORRECTED_AT
            if not first <= day <= last and not doubtful and not was_right:
                account.wrong.append(f"customer {customer}, {meant.occasion}: on {day}")
    account.wrong += [
        f"customer {customer} was not meant by {meant.occasion}"
        for customer in got.keys() - meant.days.keys()
    ]


def _festivals(found: Found) -> Iterator[Meant]:
    for name, day, where in FESTIVALS:
        people = [diary for diary in found.year.diaries if (diary.home.country or "") in where]
        plan = name.partition(":")[0]
        yield _on_days(f"festival:{name}", f"festival:{plan}@{day.year}", dict.fromkeys(people, day))


def _own_days(found: Found) -> Iterator[Meant]:
    birthdays, anniversaries = {}, {}
    year, begins, ends = LEAP_YEAR, found.year.begins.date(), found.year.now.date()
    for diary in found.year.diaries:
        if diary.birthday is not None:
            month, number = (int(part) for part in diary.birthday.split("-"))
            birthdays[diary] = date(year, month, number)
        met = diary.contacts[0]
        came = met.astimezone(ZoneInfo(diary.zone(met + 366 * A_DAY))).date()
        if came.year < year:
            anniversaries[diary] = came.replace(year=year)
    for name, days in (("birthday", birthdays), ("anniversary", anniversaries)):
        within = {one: day for one, day in days.items() if begins <= day < ends}
        yield _on_days(f"festival:{name}:{year}", f"festival:{name}@{year}", within)


def _on_days(occasion: str, trial: str, days: Mapping[Diary, date]) -> Meant:
    noon = {one: datetime.combine(day, time(12), ZoneInfo(one.home.zone)) for one, day in days.items()}
    doubtful = frozenset(
        one.number for one, at in noon.items() if one.is_travelling(at) or days[one] == BEGINS.date()
    )
    return Meant(occasion, trial, {one.number: (day, day) for one, day in days.items()}, doubtful)


def _campaigns(found: Found) -> Iterator[Meant]:
    """Give each campaign that was launched; one that never ran, or ran more often, is no occasion at all."""
    with found.year.database.reading() as session:
        ran = [
            (row.id, row.event_id, row.parent_id, row.text, row.started_at)
            for row in session.scalars(
                select(Campaign).where(Campaign.started_at.is_not(None)).order_by(Campaign.started_at)
            )
        ]
    launches = sorted(LAUNCHES)
    assert [row[3] for row in ran] == [text for _, text, _ in launches], ran
    for (number, event_id, parent_id, _, at), (day, _, audience) in zip(ran, launches, strict=True):
        planned = found.year.begins + timedelta(days=day)
        assert at is not None
        assert planned - A_DAY <= at <= planned + 2 * A_DAY, (number, at)
        first, last = at.date() - A_DAY, at.date() + 12 * A_DAY
        belongs = AUDIENCES[audience]
        days = {one.number: (first, last) for one in found.year.diaries if belongs(one, at)}
        trial = f"campaign:{number}" if parent_id is None else f"campaign:{parent_id}@{at.year}"
        yield Meant(f"campaign:{number}" if event_id is None else f"invite:{event_id}", trial, days)


def _settle_visits(
    found: Found,
    programme: str,
    happened: Mapping[int, Sequence[datetime]],
    period: timedelta,
    account: Account,
) -> None:
    """Look whether there was one visit after each thing that happened, where nothing came in between."""
    for customer, moments in happened.items():
        diary = found.diary(customer)
        for at in moments:
            until = at + period + MADE_UP
            alone = all(other == at or abs(other - at) > ASIDE for other in moments)
            spoke = any(at < touch <= until for touch in diary.contacts[1:])
            others = any(
                name != programme and at - period <= touch <= until
                for name, touch in found.touched.get(customer, ())
            )
            if not alone or spoke or others or until > found.year.now:
                continue
            heard = [
                touch
                for name, touch in found.visited.get(customer, ())
                if name == programme and at < touch <= until
            ]
            account.said += len(heard)
            unsaid = [
                one
                for one in found.unsaid_of.get(customer, ())
                if one.occasion.startswith(f"visit:{programme}:")
                and not one.occasion.endswith(AGAIN)  # the visit itself was made
                and at + period <= one.at <= until
            ]
            held = found.arms.get((f"visits:{programme}@{at.year}", customer)) == HELD_OUT
            ways = len(heard) + (len(unsaid) or held)  # who was left out may have been drawn for it later
            if ways != 1:
                account.wrong.append(f"customer {customer} after {at}, {programme}: dealt with {ways} times")


def visited_too_early(found: Found, periods: Mapping[str, timedelta]) -> Iterator[str]:
    """Find visits that came before their time, by what the app took."""
    for customer, visits in found.visited.items():
        diary = found.diary(customer)
        contacts = sorted(diary.contacts)
        causes = {
            "after-a-purchase": [at for who, at in found.year.bought if who == customer],
            "after-a-case": [case.confirmed for case in diary.cases if case.confirmed is not None],
        }
        for programme, at in visits:
            period = periods[programme]
            place = bisect_left(contacts, at)
            if place and at - contacts[place - 1] < period:
                yield f"customer {customer}, {programme}: at {at}, though in contact at {contacts[place - 1]}"
            if programme in causes and not any(
                period <= at - cause <= 4 * period + MADE_UP for cause in causes[programme]
            ):
                yield f"customer {customer}, {programme}: at {at}, after nothing"
