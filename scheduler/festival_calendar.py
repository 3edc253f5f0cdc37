"""On which day a country begins to celebrate each festival: read from the public ``holidays`` calendars.

Which festivals these are says ``scheduler.festivals.known``. A later release of ``holidays`` may correct a
day that was estimated; the name of an occasion does not change with that, so that nobody is greeted twice.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from scheduler.festivals.known import FESTIVALS, Festival

SAME_OCCASION = timedelta(days=30)
"""Days of one festival that are nearer than this are one occasion; Eid can come twice in one year."""

LUNAR_YEAR_DAYS = 354.36707
"""Mean length of twelve months of the moon (https://en.wikipedia.org/wiki/Islamic_calendar)."""

ESTIMATED = re.compile(r" \(estimated\)$")
SUBSTITUTES = re.compile(
    r"\((observed|in lieu|substitute|additional)|substitut|compensatory|alternative", re.IGNORECASE
)

SUBDIVISIONS: Mapping[str, str] = {"GB": "ENG"}
"""Where a country's own calendar leaves out Easter, because its parts differ in the days around it."""

MORE_CATEGORIES: Mapping[str, tuple[str, ...]] = {"US": ("public", "unofficial")}


@dataclass(frozen=True, slots=True)
class Occasion:
    """A festival on its day.

    Attributes:
        festival: its key.
        day: its first day.
        name: the same for everybody, wherever the day falls, and whatever corrects it: ``diwali:2026``;
            a date of the company's own has it in its name: ``sale:2027-06-01``.
        estimated: whether the calendar says that the day may still change.
    """

    festival: str
    day: date
    name: str
    estimated: bool = False


def festivals_on(country: str, day: date) -> list[Occasion]:
    """Tell which festivals a country begins to celebrate on a day.

    Args:
        country: ISO 3166 two-letter code; one without a known calendar has no festivals.
        day: the date there.
    """
    return [occasion for occasion in festivals_of(country, day.year) if occasion.day == day]


@lru_cache(maxsize=1024)
def festivals_of(country: str, year: int) -> tuple[Occasion, ...]:
    """Give the festivals that begin in a country in a year, in the order of their days."""
    read = _read_ahead.get((country, year))
    return _festivals(country, year) if read is None else read


Calendars = Mapping[tuple[str, int], tuple[Occasion, ...]]
"""The festivals of countries in years."""

_read_ahead: dict[tuple[str, int], tuple[Occasion, ...]] = {}
"""What another process has read for this one. Customers are in few countries: it need not shrink."""


def not_read_ahead(wanted: Iterable[tuple[str, int]]) -> Sequence[tuple[str, int]]:
    """Tell which of some countries and years nobody has read ahead."""
    return sorted(set(wanted) - _read_ahead.keys())


def read_calendars(wanted: Sequence[tuple[str, int]]) -> Calendars:
    """Read calendars for another process, which need not load the library for it then."""
    return {key: _festivals(*key) for key in wanted}


def keep_calendars(read: Calendars) -> None:
    """Keep what another process has read."""
    _read_ahead.update(read)


def _festivals(country: str, year: int) -> tuple[Occasion, ...]:
    entries = _entries(country, year)
    found = [
        occasion
        for festival in FESTIVALS
        if not festival.countries or country in festival.countries
        for occasion in _occasions(festival, country, entries, year)
    ]
    return tuple(sorted(found, key=lambda occasion: occasion.day))


def _occasions(
    festival: Festival, country: str, entries: Mapping[str, Mapping[date, bool]], year: int
) -> list[Occasion]:
    """Find the first day of each occasion of a festival in a country's calendar."""
    local = {name: 0 for name, countries in festival.local_names.items() if country in countries}
    days = {
        day + timedelta(days=offset): estimated
        for name, offset in {**festival.names, **local}.items()
        for day, estimated in entries.get(name, {}).items()
    }
    ordered = sorted(days)
    firsts = [
        day for place, day in enumerate(ordered) if place == 0 or day - ordered[place - 1] > SAME_OCCASION
    ]
    own = [day for day in firsts if day.year == year]
    return [
        Occasion(festival.key, day, _name(festival, day, number), days[day])
        for number, day in enumerate(own, start=1)
    ]


def _name(festival: Festival, day: date, number: int) -> str:
    """Name an occasion after its year; a second one in the year is numbered.

    One that moves through the year could fall in another year when its day is corrected. It is named after
    the year and number by reckoning with the mean lunar year, from which no real day is far away.
    """
    year = day.year
    if festival.lunar_from is not None:
        rounds = round((day - festival.lunar_from).days / LUNAR_YEAR_DAYS)
        reckoned, before = (_reckoned(festival.lunar_from, one).year for one in (rounds, rounds - 1))
        year, number = reckoned, 1 + (before == reckoned)
    return numbered(festival.key, year, number)


def _reckoned(lunar_from: date, rounds: int) -> date:
    return lunar_from + timedelta(days=round(rounds * LUNAR_YEAR_DAYS))


def numbered(key: str, year: int, number: int) -> str:
    """Name an occasion: the first of a year ``diwali:2026``, another ``diwali:2026:2``."""
    return f"{key}:{year}" + (f":{number}" if number > 1 else "")


def _entries(country: str, year: int) -> dict[str, dict[date, bool]]:
    """Read a calendar from the December before, so that a festival over New Year's Eve begins but once.

    Returns:
        The days of each name, each with whether it is estimated.
    """
    entries: dict[str, dict[date, bool]] = {}
    for day, title in _calendar(country, year):
        for name in title.split("; "):
            if not SUBSTITUTES.search(name):
                found = entries.setdefault(ESTIMATED.sub("", name).lower(), {})
                found[day] = ESTIMATED.search(name) is not None
    return entries


def _calendar(country: str, year: int) -> Iterable[tuple[date, str]]:
    import holidays  # 0.5 s and 17 MB: only where greetings are planned

    options: dict[str, Any] = {"years": (year - 1, year), "observed": False}
    if country in SUBDIVISIONS:
        options["subdiv"] = SUBDIVISIONS[country]
    if country in MORE_CATEGORIES:
        options["categories"] = MORE_CATEGORIES[country]
    try:
        languages = holidays.country_holidays(country).supported_languages
        if "en_US" in languages:
            options["language"] = "en_US"
        return sorted(holidays.country_holidays(country, **options).items())
    except NotImplementedError:
        return ()
