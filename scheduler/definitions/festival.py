"""Festivals as a company keeps them: what is said on which, how long before, to whom, and its own days.

In a file they read so::

    [festivals.spring_festival]
    hour = 9
    [festivals.spring_festival.messages.A]
    en = "Happy Spring Festival, {first_name|friend}!"
    zh = "{first_name|朋友}，春节快乐！"

    [festivals.spring_party]
    festival = "spring_festival"
    what = "invitation"
    lead_days = 14

    [festivals.our_birthday]
    every_year = "09-01"
    title = { en = "Our birthday", zh = "我们的生日" }
    messages.A = { en = "Today we are a year older. Thank you!", zh = "今天我们又长了一岁，谢谢您！" }
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Any, Self

from babel import Locale
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from customers.phrases import SOURCE_LANGUAGE
from scheduler.definitions.template import Text, Variant
from scheduler.festivals.known import BY_KEY
from scheduler.text_languages import LanguageTag
from scheduler.text_length import length
from scheduler.text_rules import LONGEST_TEXT
from store.errors import InputError

BIRTHDAY = "birthday"
ANNIVERSARY = "anniversary"
PERSONAL = (BIRTHDAY, ANNIVERSARY)
"""What each customer has a day of their own for: the birthday that they told, and the day they came to us."""

GREETING_HOUR = 10
"""Local hour at which greetings leave where no plan says another."""

MOST_LEAD_DAYS = 60
DAY_OF_YEAR = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
LEAP_YEAR = 2000


def _check_country(code: str) -> str:
    if len(code) != 2 or code not in Locale.parse(SOURCE_LANGUAGE).territories:  # noqa: PLR2004 - ISO 3166-1
        raise _broken(f"there is no country {code!r}: write two letters, such as GB or CN")
    return code


def _broken(message: str) -> PydanticCustomError:
    return PydanticCustomError("rule", "{message}", {"message": message})


Country = Annotated[str, AfterValidator(_check_country)]
Title = Annotated[str, Field(min_length=1, max_length=60, pattern=r"\S")]


def _meant(festival: str) -> str:
    """Name the festivals that are spelt much like one; else all."""
    known = (*sorted(BY_KEY), *PERSONAL)
    near = get_close_matches(festival, known, n=3, cutoff=0.6)
    return f"Did you mean {' or '.join(near)}?" if near else f"Known are: {', '.join(known)}"


class What(StrEnum):
    """What a festival is the occasion for."""

    GREETING = "greeting"
    INVITATION = "invitation"


class FestivalPlan(BaseModel):
    """What a company does on a festival.

    Attributes:
        name: by which the plan is known.
        festival: which one: a known key (``scheduler.festivals.known``), ``birthday``, ``anniversary``, or a
            day of the company's own; where it is not given, the plan's name.
        what: whether customers are greeted, or an event of that festival sends its invitations then.
        every_year: the month and day (``09-01``) of a day of the company's own.
        dates: its dates, where it has none for every year. Of a known festival they are when it is really
            celebrated, where the calendar is wrong.
        countries: where the plan holds; empty is everywhere.
        segment: whom it is for (``scheduler.segments``).
        lead_days: how many days before the festival it leaves.
        hour: the hour (0–23) at which it leaves, by each customer's clock.
        title: what a day of the company's own is called, by language.
        messages: what is said, by variant and language; our own words where there are none.
        holdout: which part of those who would be greeted gets nothing, for comparison; None is the company's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    festival: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    what: What = What.GREETING
    every_year: str | None = None
    dates: tuple[date, ...] = ()
    countries: tuple[Country, ...] = ()
    segment: Annotated[str, Field(min_length=1, max_length=2000)] = "all"
    lead_days: Annotated[int, Field(ge=0, le=MOST_LEAD_DAYS)] = 0
    hour: Annotated[int, Field(ge=0, le=23)] = GREETING_HOUR
    title: Mapping[LanguageTag, Title] = {}
    messages: Mapping[Variant, Annotated[Mapping[LanguageTag, Text], Field(min_length=1)]] = {}
    holdout: Annotated[float, Field(ge=0, le=0.5)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _named_after(cls, given: Any) -> Any:
        """Let a plan that names no festival be that of its own name."""
        if isinstance(given, Mapping) and "festival" not in given and "name" in given:
            return {**given, "festival": given["name"]}
        return given

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.every_year is not None:
            self._check_every_year()
        if self.festival in PERSONAL and (self.every_year or self.dates or self.what is What.INVITATION):
            raise _broken(
                f"{self.festival} is each customer's own day: it has no date, and nobody is invited"
            )
        if self.is_own_day:
            self._check_own_day()
        for variant, texts in self.messages.items():
            for language, text in texts.items():
                if length(text) > LONGEST_TEXT:
                    taken = f"{length(text)} of at most {LONGEST_TEXT} characters"
                    raise _broken(f"message {variant} in {language} takes {taken}")
        return self

    def _check_every_year(self) -> None:
        if self.dates:
            raise _broken("a day has either every_year or dates, not both")
        if self.festival in BY_KEY:
            raise _broken(f"{self.festival} moves: write its dates, or nothing, for the calendar knows it")
        if month_day(self.every_year or "") is None:
            raise _broken('every_year is a month and a day, like "09-01"')

    def _check_own_day(self) -> None:
        if self.every_year is None and not self.dates:
            raise _broken(
                f"there is no festival {self.festival!r}; a day of your own needs every_year or dates. "
                f"{_meant(self.festival)}"
            )
        if not self.messages and self.what is What.GREETING:
            raise _broken("a day of your own needs messages")

    @property
    def is_own_day(self) -> bool:
        """Whether the festival is a day of the company's own."""
        return self.festival not in BY_KEY and self.festival not in PERSONAL

    @property
    def variants(self) -> Sequence[str]:
        """Name the variants of its words, in an order that stays; without words of its own there is one."""
        return tuple(sorted(self.messages)) or ("A",)

    @property
    def lead(self) -> timedelta:
        """How long before the festival it leaves."""
        return timedelta(days=self.lead_days)

    def holds_in(self, country: str) -> bool:
        """Tell whether it holds in a country."""
        return not self.countries or country in self.countries

    def own_days(self, year: int) -> Sequence[date]:
        """Give its own days in a year, in their order; 29 February is the 28th in a common year."""
        if self.every_year is not None:
            found = month_day(self.every_year)
            return () if found is None else (day_in(year, *found),)
        return sorted({day for day in self.dates if day.year == year})


def month_day(text: str) -> tuple[int, int] | None:
    """Read a day of the year such as ``02-29``; None where there is none like it."""
    match = DAY_OF_YEAR.fullmatch(text)
    if match is None:
        return None
    month, day = int(match[1]), int(match[2])
    try:
        date(LEAP_YEAR, month, day)
    except ValueError:
        return None
    return month, day


def day_in(year: int, month: int, day: int) -> date:
    """Give a day of the year in a year; 29 February is the 28th where there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)


def read_plan(name: str, body: Mapping[str, Any]) -> FestivalPlan:
    """Read a plan as it is kept; its name stands beside it.

    Raises:
        InputError: it breaks a rule; the text says which value, and how to mend it.
    """
    try:
        return FestivalPlan.model_validate({"name": name, **body})
    except ValidationError as error:
        faults = (
            f"{'.'.join(map(str, fault['loc'])) or 'the plan'}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_context=False, include_input=False)
        )
        raise InputError(f"the festival {name!r}: {'; '.join(faults)}") from error


def written_plan(plan: FestivalPlan) -> dict[str, Any]:
    """Write a plan down as it is kept: without its name, and without what is as usual."""
    body = plan.model_dump(mode="json", exclude={"name"}, exclude_defaults=True)
    if plan.festival == plan.name:
        del body["festival"]
    return body
