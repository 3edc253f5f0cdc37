"""Which festivals a customer keeps, where they said nothing about it: those of their country and language.

A country's are those of its own calendar. A language brings its people's festivals along wherever they live
(``OF_LANGUAGE``), each by the calendar of the country where the customer lives, if that has it, else by that
of the festival's home. Every other festival can be added by the customer.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import lru_cache
from types import MappingProxyType

from scheduler.festival_calendar import Occasion, festivals_of
from scheduler.festivals.known import BY_KEY

OF_LANGUAGE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "zh": ("spring_festival", "mid_autumn"),
        "yue": ("spring_festival", "mid_autumn"),
        "vi": ("tet",),
        "ko": ("seollal", "chuseok"),
        "mn": ("lunar_new_year",),
        "ar": ("eid_al_fitr", "eid_al_adha"),
        "ur": ("eid_al_fitr", "eid_al_adha"),
        "ms": ("eid_al_fitr", "eid_al_adha"),
        "id": ("eid_al_fitr", "eid_al_adha"),
        "tr": ("eid_al_fitr", "eid_al_adha"),
        "fa": ("nowruz",),
        "ku": ("nowruz",),
        "kk": ("nowruz",),
        "hi": ("diwali", "holi"),
        "gu": ("diwali", "holi"),
        "mr": ("diwali", "holi"),
        "th": ("songkran",),
        "he": ("rosh_hashanah", "passover"),
    }
)
"""The festivals that nearly all who speak a language keep, whatever their country. A language of many
peoples, such as English, Spanish or Bengali, brings none."""


class Why(IntEnum):
    """Why a festival is a customer's; of two that are one to most, the later reason here wins."""

    COULD_ADD = 0
    COUNTRY = 1
    LANGUAGE = 2
    CHOSEN = 3


@dataclass(frozen=True, slots=True)
class Kept:
    """An occasion as one sort of customer keeps it."""

    occasion: Occasion
    why: Why


def calendars_of(country: str) -> frozenset[str]:
    """Tell by which countries' calendars festivals are kept where somebody lives: its own, and the homes'."""
    return frozenset({country, *(one.home for one in BY_KEY.values() if one.home is not None)})


@lru_cache(maxsize=4096)
def occasions_of(country: str, language: str, year: int) -> tuple[Kept, ...]:
    """Give all festivals of a year on the days on which somebody would keep them, with why they do.

    Args:
        country: ISO 3166 two-letter code of where they live; an unknown one has no festivals of its own.
        language: language tag.
        year: of the festivals' days.

    Returns:
        In the order of days; also those that they do not keep and could add.
    """
    own = festivals_of(country, year)
    here = {occasion.festival for occasion in own}
    brought = frozenset(OF_LANGUAGE.get(language.partition("-")[0].lower(), ()))
    replaced = {family_of(key) for key in brought}
    kept = [Kept(one, _why(one.festival, brought, replaced, Why.COUNTRY)) for one in own]
    for key, festival in BY_KEY.items():
        if key not in here and festival.home is not None:
            why = _why(key, brought, replaced, Why.COULD_ADD)
            kept += [Kept(one, why) for one in festivals_of(festival.home, year) if one.festival == key]
    return tuple(sorted(kept, key=lambda one: (one.occasion.day, -one.why, one.occasion.festival)))


def occasions_between(country: str, language: str, first: date, last: date) -> Sequence[Kept]:
    """Give the festivals of some days, as ``occasions_of`` gives those of a year, in the order of days."""
    found: list[Kept] = []
    for year in range(first.year, last.year + 1):
        yearly = occasions_of(country, language, year)
        begin = bisect_left(yearly, first, key=_day)
        found += yearly[begin : bisect_right(yearly, last, lo=begin, key=_day)]
    return found


def _day(kept: Kept) -> date:
    return kept.occasion.day


def family_of(festival: str) -> str:
    """Tell of which family a festival is; of its own where it is of none."""
    known = BY_KEY.get(festival)
    return (known.family if known else "") or festival


def _why(festival: str, brought: Collection[str], replaced: Collection[str], otherwise: Why) -> Why:
    """Tell why somebody keeps a festival; what their language brings replaces others of its family."""
    if festival in brought:
        return Why.LANGUAGE
    return Why.COULD_ADD if family_of(festival) in replaced else otherwise
