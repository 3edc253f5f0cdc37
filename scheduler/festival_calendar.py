"""Which festivals deserve a greeting, and on which day: read from the public ``holidays`` calendars.

Only what is listed here is greeted. Days of mourning and remembrance (Good Friday, Memorial Day, Tomb
Sweeping), days off in lieu and purely civic days are not listed, so nobody is congratulated on them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

SAME_OCCASION = timedelta(days=30)
"""Days of one festival that are nearer than this are one occasion; Eid can come twice in one year."""

LABELS = re.compile(r" \(estimated\)$")
SUBSTITUTES = re.compile(
    r"\((observed|in lieu|substitute|additional)|substitut|compensatory|alternative", re.IGNORECASE
)

SUBDIVISIONS: Mapping[str, str] = {"GB": "ENG"}
"""Where a country's own calendar leaves out Easter, because its parts differ in the days around it."""

MORE_CATEGORIES: Mapping[str, tuple[str, ...]] = {"US": ("public", "unofficial")}


@dataclass(frozen=True, slots=True)
class Festival:
    """A festival that we greet.

    Attributes:
        key: names it in dedupe keys.
        greeting: the English sentence; the catalogues translate it.
        names: what calendars call it in English, in small letters, with the days from that entry to the
            festival's first day (Easter Sunday is the day before "easter monday").
        countries: the only calendars in which the names mean it; empty is all.
    """

    key: str
    greeting: str
    names: Mapping[str, int]
    countries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Occasion:
    """A festival on its day; ``name`` is the same for everybody, wherever the day falls."""

    festival: Festival
    day: date
    name: str


def _named(*names: str) -> dict[str, int]:
    return dict.fromkeys(names, 0)


FESTIVALS: tuple[Festival, ...] = (
    Festival(
        "new_year",
        "Happy New Year! May it be a good one for you.",
        _named(
            "new year's day",
            "new year holidays",
            "international new year day",
            "universal fraternization day",
        ),
    ),
    Festival(
        "spring_festival",
        "Happy Spring Festival! May the new year bring you health and good fortune.",
        _named(
            "chinese new year (spring festival)",
            "chinese new year",
            "chinese new year's day",
            "chinese spring festival",
        )
        | {"the second day of chinese new year": -1, "the third day of chinese new year": -2},
    ),
    Festival(
        "lunar_new_year",
        "Happy Lunar New Year! May it bring you health and good fortune.",
        _named("lunar new year"),
        frozenset({"BN", "ID", "MN"}),
    ),
    Festival(
        "tet",
        "Happy Tết! May the new year bring you and your family joy.",
        _named("lunar new year"),
        frozenset({"VN"}),
    ),
    Festival("seollal", "Happy Seollal! May the new year bring you much luck.", _named("korean new year")),
    Festival("chuseok", "Happy Chuseok! Have a good time with your family.", _named("chuseok")),
    Festival(
        "mid_autumn",
        "Happy Mid-Autumn Festival! May the moon be bright and your family together.",
        _named("mid-autumn festival")
        | {
            "the day following mid-autumn festival": -1,
            "the second day following mid-autumn festival": -2,
        },
    ),
    Festival(
        "dragon_boat",
        "Wishing you health and peace this Dragon Boat Festival.",
        _named("dragon boat festival") | {"the day following dragon boat festival": -1},
    ),
    Festival(
        "eid_al_fitr",
        "Eid Mubarak! May this Eid al-Fitr bring you joy and peace.",
        _named("eid al-fitr", "eid-ul-fitr") | {"eid al-fitr holiday": 1},
    ),
    Festival(
        "eid_al_adha",
        "Eid Mubarak! May this Eid al-Adha bring you joy and peace.",
        _named("eid al-adha", "eid-ul-adha", "eid al-adha holiday"),
    ),
    Festival("diwali", "Happy Diwali! May it bring you light and joy.", _named("diwali", "laxmi pooja")),
    Festival("holi", "Happy Holi! May your days be full of colour.", _named("holi", "fagu poornima")),
    Festival(
        "nowruz",
        "Happy Nowruz! May the new year bring you joy.",
        _named("nowruz", "nowruz day", "international nowruz day", "nowruz holiday"),
    ),
    Festival("songkran", "Happy Songkran! May the new year bring you joy.", _named("songkran festival")),
    Festival(
        "traditional_new_year",
        "Happy New Year! May it bring you joy and health.",
        _named(
            "sinhala and tamil new year",
            "nepali new year",
            "ethiopian new year",
            "khmer new year's day",
            "lao new year's day",
            "myanmar new year",
            "bengali new year's day",
        ),
    ),
    Festival("passover", "Happy Passover to you and your family!", _named("pesach")),
    Festival("rosh_hashanah", "Shana Tova! May you have a good and sweet new year.", _named("rosh hashanah")),
    Festival(
        "easter",
        "Happy Easter! Have a lovely spring day.",
        _named("easter sunday", "easter", "catholic easter", "catholic easter sunday")
        | {"easter monday": -1},
    ),
    Festival(
        "orthodox_easter",
        "Happy Easter to you and your family!",
        _named("orthodox easter", "orthodox easter sunday", "coptic easter", "julian easter sunday"),
    ),
    Festival("thanksgiving", "Happy Thanksgiving! We are thankful for you.", _named("thanksgiving day")),
    Festival(
        "christmas",
        "Merry Christmas! Have a peaceful and joyful time.",
        _named(
            "christmas day",
            "christmas",
            "catholic christmas day",
            "christmas day (by new style)",
            "christmas and family day",
            "christmas and epiphany",
        ),
    ),
    Festival(
        "orthodox_christmas",
        "Merry Christmas to you and your family!",
        _named(
            "orthodox christmas day",
            "orthodox christmas",
            "coptic christmas day",
            "christmas day (by old style)",
        ),
    ),
)


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
    entries = _entries(country, year)
    found = [
        occasion
        for festival in FESTIVALS
        if not festival.countries or country in festival.countries
        for occasion in _occasions(festival, entries, year)
    ]
    return tuple(sorted(found, key=lambda occasion: occasion.day))


def _occasions(festival: Festival, entries: Mapping[str, list[date]], year: int) -> list[Occasion]:
    """Find the first day of each occasion of a festival; a second one in the year is numbered."""
    days = sorted(
        day + timedelta(days=offset)
        for name, offset in festival.names.items()
        for day in entries.get(name, ())
    )
    firsts = [day for place, day in enumerate(days) if place == 0 or day - days[place - 1] > SAME_OCCASION]
    own = [day for day in firsts if day.year == year]
    return [
        Occasion(festival, day, f"{festival.key}:{year}" + (f":{number}" if number > 1 else ""))
        for number, day in enumerate(own, start=1)
    ]


def _entries(country: str, year: int) -> dict[str, list[date]]:
    """Read a calendar from the December before, so that a festival over New Year's Eve begins but once."""
    entries: dict[str, list[date]] = {}
    for day, title in _calendar(country, year):
        for name in title.split("; "):
            if not SUBSTITUTES.search(name):
                entries.setdefault(LABELS.sub("", name).lower(), []).append(day)
    return entries


def _calendar(country: str, year: int) -> Iterable[tuple[date, str]]:
    import holidays  # 0.5 s and 30 MB: only where greetings are planned

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
