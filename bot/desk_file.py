"""The company's own complaint desk, in a TOML file that people edit: read, and every fault of it named."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from bot.config_rules import BROKEN_RULE, broken
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
from customers.desk import LADDER, LIMITS, Desk, Hours, QuickReply, Rung, Step, Target, Team
from store.errors import InputError
from store.tables.complaints import CaseSeverity
from store.tables.desk import ConcessionKind
from store.tables.staff import Role

FAULTS_TOLD = 20
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
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8: save it again as UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is not valid TOML: {error}") from error
    try:
        return _File.model_validate(_with_weeks(content)).as_desk()
    except ValidationError as error:
        faults = _faults(error.errors(include_input=False), text)
        more = f"\n  and {len(faults) - FAULTS_TOLD} more" if len(faults) > FAULTS_TOLD else ""
        lines = "".join(f"\n  {fault}" for fault in faults[:FAULTS_TOLD])
        raise InputError(f"{path} cannot be used:{lines}{more}") from error


def check_desk(path: Path) -> Path:
    """Refuse a file that does not say how complaints are handled; for the setting that names it."""
    try:
        read_desk(path)
    except InputError as error:
        raise broken(f"{error}\n    (docs/desk.md explains every key)") from None
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


def _faults(found: Sequence[ErrorDetails], text: str) -> Sequence[str]:
    """Say what is wrong, in the order of the file; that a list is short of what was refused goes unsaid."""
    told = [
        _fault(one, text)
        for one in found
        if one["type"] != "too_short"
        or not any(other["loc"][: len(one["loc"])] == one["loc"] and other is not one for other in found)
    ]
    return [fault for _, fault in sorted(told)]


def _fault(found: ErrorDetails, text: str) -> tuple[int, str]:
    """Say what is wrong, where: the key as one writes it, and its line; which also goes before."""
    where = [part for part in found["loc"] if part not in ("week", "[key]")]
    line = line_of(text, where)
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in where) or "the file"
    place = f"line {line}, {key}" if line else key
    return line or 0, f"{place}: {_in_words(found)}"


def _in_words(found: ErrorDetails) -> str:
    if found["type"] == BROKEN_RULE:
        return found["msg"]
    if found["type"] == "extra_forbidden":
        return "there is no such key; see `rapport desk show` for those there are"
    if found["type"] == "missing":
        return "it is missing"
    return (
        found["msg"]
        .replace("Input should", "it must")
        .replace("String should", "it must")
        .replace("Value", "it")
    )


def line_of(text: str, where: Sequence[str | int]) -> int | None:
    """Find the line of a file that a place in it was read from, as well as can be told; None for none."""
    names = [part for part in where if isinstance(part, str)]
    index = next((part for part in where if isinstance(part, int)), None)
    best, line = 0, None
    seen: dict[tuple[str, ...], int] = {}
    for number, path, is_list in _places(text):
        if is_list:
            seen[path] = seen.get(path, -1) + 1
        if index is not None and any(
            path[: len(one)] == one and count != index for one, count in seen.items()
        ):
            continue
        shared = min(len(path), len(names))
        if shared > best and list(path[:shared]) == names[:shared]:
            best, line = shared, number
    return line


def _places(text: str) -> Iterator[tuple[int, tuple[str, ...], bool]]:
    """Give, line by line, which key stands there, with the table it is in, and whether it begins an entry."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$", line):
            table = _split(header[2])
            yield number, table, header[1] == "[["
        elif key := re.match(r"\s*([\w\s.\"'-]+?)\s*=", line):
            yield number, (*table, *_split(key[1])), False


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
