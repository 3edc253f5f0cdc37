"""The company's own complaint desk, in a TOML file that people edit: read, and every fault of it named."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from bot.config_rules import broken
from bot.desk_rules import (
    Cause,
    Country,
    Currency,
    LanguageTag,
    Line,
    ReplyText,
    Term,
    Timezone,
    Word,
    expand_week,
)
from bot.toml_faults import read_checked
from customers.desk import LADDER, LIMITS, Desk, Hours, QuickReply, Rung, Step, Target, Team
from store.errors import InputError
from store.tables.complaints import CaseSeverity
from store.tables.desk import ConcessionKind
from store.tables.staff import Role

MOST = 50
"""Teams, causes or quick replies; more could be chosen from by no one."""
MOST_STEPS = 10
MOST_TERMS = 8
DEFAULT = Desk()

Days = Annotated[float, Field(gt=0, le=365)]
TargetHours = Annotated[float, Field(gt=0, le=24 * 365)]


class _Part(BaseModel):
    """A table of the file; a key that is none is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _Hours(_Part):
    week: Annotated[Any, BeforeValidator(expand_week)] = DEFAULT.hours.week
    timezone: Timezone | None = None
    country: Country | None = None

    def as_hours(self) -> Hours:
        return Hours(self.week, self.timezone, self.country)


class _Team(_Part):
    name: Line
    hours: _Hours | None = None
    languages: tuple[LanguageTag, ...] = ()


class _Target(_Part):
    first_response_hours: TargetHours
    resolution_hours: TargetHours


class _Step(_Part):
    at: Annotated[float, Field(gt=0, le=1)]
    tells: Rung
    raises: bool = False


def _in_order(steps: Sequence[_Step]) -> Sequence[_Step]:
    if any(one.at >= other.at for one, other in pairwise(steps)):
        raise broken("the steps must stand in order, each with a greater `at` than the one before")
    return steps


def _settled_later(targets: dict[CaseSeverity, _Target]) -> dict[CaseSeverity, _Target]:
    for severity, target in targets.items():
        if target.resolution_hours < target.first_response_hours:
            raise broken(f"{severity}: nothing is settled before it is answered; raise resolution_hours")
    return targets


def _once(values: Sequence[str]) -> Sequence[str]:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise broken(f"it has {', '.join(twice)} twice")
    return values


class _File(_Part):
    teams: Annotated[dict[Word, _Team], Field(max_length=MOST)] = {}
    hours: _Hours = _Hours()
    targets: Annotated[dict[CaseSeverity, _Target], AfterValidator(_settled_later)] = {}
    key_factor: Annotated[float, Field(gt=0, le=1)] = DEFAULT.key_factor
    ladder: Annotated[tuple[_Step, ...], Field(max_length=MOST_STEPS), AfterValidator(_in_order)] = tuple(
        _Step(at=one.at, tells=one.tells, raises=one.raises) for one in LADDER
    )
    causes: Annotated[tuple[Cause, ...], Field(min_length=1, max_length=MOST), AfterValidator(_once)] = tuple(
        DEFAULT.causes
    )
    quick_replies: Annotated[
        dict[Word, Annotated[dict[LanguageTag, ReplyText], Field(min_length=1)]], Field(max_length=MOST)
    ] = {}
    promise_terms: Annotated[tuple[Term, ...], Field(min_length=1, max_length=MOST_TERMS)] = tuple(
        DEFAULT.promise_terms
    )
    limits: dict[Role, Annotated[int, Field(ge=0, le=10**9)]] = {}
    currency: Currency = DEFAULT.currency
    silence_days: Days = DEFAULT.silence_days
    repeat_days: Days = DEFAULT.repeat_days
    csat_every_days: Days = DEFAULT.csat_every_days
    speaks_as: Line | None = None
    concessions: Annotated[tuple[ConcessionKind, ...], Field(min_length=1), AfterValidator(_once)] = tuple(
        DEFAULT.concessions
    )

    def as_desk(self) -> Desk:
        hours = self.hours.as_hours()
        return Desk(
            teams=MappingProxyType(
                {
                    key: Team(one.name, one.hours.as_hours() if one.hours else hours, one.languages)
                    for key, one in self.teams.items()
                }
            ),
            hours=hours,
            targets=MappingProxyType(
                {
                    key: Target(one.first_response_hours, one.resolution_hours)
                    for key, one in self.targets.items()
                }
            ),
            key_factor=self.key_factor,
            ladder=tuple(Step(one.at, one.tells, one.raises) for one in self.ladder),
            causes=self.causes,
            quick_replies=MappingProxyType(
                {word: QuickReply(MappingProxyType(texts)) for word, texts in self.quick_replies.items()}
            ),
            promise_terms=self.promise_terms,
            limits=MappingProxyType({**LIMITS, **self.limits}),
            currency=self.currency,
            silence_days=self.silence_days,
            repeat_days=self.repeat_days,
            csat_every_days=self.csat_every_days,
            speaks_as=self.speaks_as,
            concessions=self.concessions,
        )


def read_desk(path: Path) -> Desk:
    """Read a company's desk from a file; what it leaves out is as it is without one.

    Raises:
        InputError: it cannot be read or used; every fault is told with its key, and its line where known.
    """
    return read_checked(path, _File, prepare=_with_weeks, shown_by="rapport desk show").as_desk()


def check_desk(path: Path) -> Path:
    """Refuse a file that does not say how complaints are handled; for the setting that names it."""
    try:
        read_desk(path)
    except InputError as error:
        raise broken(f"{error}\n    (docs/desk-file.md explains every key)") from None
    return path


def _with_weeks(content: dict[str, Any]) -> dict[str, Any]:
    """Put the days of all hours into one value, ``week``, so that they are looked at together."""

    def gathered(table: object) -> object:
        if not isinstance(table, dict):
            return table
        apart = {"timezone", "country"}
        week = {key: value for key, value in table.items() if key not in apart}
        rest = {key: value for key, value in table.items() if key in apart}
        return rest | ({"week": week} if week else {})

    found = dict(content)
    if "hours" in found:
        found["hours"] = gathered(found["hours"])
    if isinstance(teams := found.get("teams"), dict):
        found["teams"] = {
            key: {**team, "hours": gathered(team["hours"])}
            if isinstance(team, dict) and "hours" in team
            else team
            for key, team in teams.items()
        }
    return found
