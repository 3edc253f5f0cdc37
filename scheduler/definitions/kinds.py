"""The kinds of definitions, each with its model: read from plain values, and written as it is kept."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from scheduler.definitions.festival import FestivalPlan, written_plan
from scheduler.definitions.kept import KeptDefinition
from scheduler.definitions.programme import Programme, written
from scheduler.definitions.segment import Segment
from scheduler.definitions.template import Template
from scheduler.segments.names import LONGEST_NAME as LONGEST_SEGMENT_NAME
from scheduler.segments.names import is_name
from store.tables.definitions import DefinitionKind

ACTIVE = "active"
"""The key by which a definition says whether it is switched on; the kinds have none of that name."""

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Defined:
    """A definition as it is kept."""

    kind: DefinitionKind
    name: str
    body: Mapping[str, Any]
    active: bool = True


@dataclass(frozen=True, slots=True)
class Faulty:
    """A value that breaks a rule: where it is, from the name of the definition on, and what pydantic says."""

    where: tuple[str | int, ...]
    error: ErrorDetails


@dataclass(frozen=True, slots=True)
class _Form:
    """How one kind is read and written; ``has_name`` tells whether its model knows its name."""

    model: type[BaseModel]
    write: Callable[[Any], dict[str, Any]]
    has_name: bool


_EXAMPLES: Mapping[DefinitionKind, str] = MappingProxyType(
    {
        DefinitionKind.SEGMENT: 'filter = "standing = key"',
        DefinitionKind.PROGRAMME: "period_days = 30",
        DefinitionKind.FESTIVAL: "hour = 10",
        DefinitionKind.TEMPLATE: 'messages.A = { en = "Hello!" }',
    }
)
"""A key of each kind, as a file has it below a heading."""


def _without_defaults(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_defaults=True)


_FORMS: Mapping[DefinitionKind, _Form] = MappingProxyType(
    {
        DefinitionKind.SEGMENT: _Form(Segment, _without_defaults, has_name=False),
        DefinitionKind.PROGRAMME: _Form(Programme, written, has_name=True),
        DefinitionKind.FESTIVAL: _Form(FestivalPlan, written_plan, has_name=True),
        DefinitionKind.TEMPLATE: _Form(Template, Template.to_json, has_name=False),
    }
)


def plural_of(kind: DefinitionKind) -> str:
    """Give the word for several of a kind, as files and commands say it."""
    return f"{kind}s"


def kind_of(plural: str) -> DefinitionKind:
    """Give the kind that a word for several of it means."""
    return next(kind for kind in DefinitionKind if plural_of(kind) == plural)


def fields_of(kind: DefinitionKind) -> tuple[str, ...]:
    """Name what a definition of a kind may hold."""
    return tuple(name for name in _FORMS[kind].model.model_fields if name != "name")


def read_definition(kind: DefinitionKind, name: str, values: object) -> Defined | list[Faulty]:
    """Read a definition from plain values, such as those of a file.

    Returns:
        The definition as it is kept, its keys always in the same order; or all that is wrong with it.
    """
    form = _FORMS[kind]
    if not isinstance(values, Mapping):
        return _rule((name,), _as_table(kind, name, values))
    if broken := _broken_rule(kind, name, values):
        return broken
    active = values.get(ACTIVE, True) is True
    content = {key: _in_order(value) for key, value in values.items() if key != ACTIVE}
    try:
        model = form.model.model_validate(content | ({"name": name} if form.has_name else {}))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return [Faulty((name, *(() if one["loc"] == ("name",) else one["loc"])), one) for one in found]
    return Defined(kind, name, form.write(model), active)


def _as_table(kind: DefinitionKind, name: str, value: object) -> str:
    """Say how a definition is written that is no table; a filter alone is put where it belongs."""
    heading = name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)
    example = _EXAMPLES[kind]
    if kind is DefinitionKind.SEGMENT and isinstance(value, str) and value.strip():
        example = f"filter = {json.dumps(value, ensure_ascii=False)}"
    return f"it must be a table: write [{plural_of(kind)}.{heading}], and its keys below, such as {example}"


def _broken_rule(kind: DefinitionKind, name: str, values: Mapping[Any, object]) -> list[Faulty]:
    """Give the rule that a definition breaks by its name, or by what its model does not know; [] for none."""
    is_named = _FORMS[kind].has_name
    if not is_named and (not name or name != " ".join(name.split()) or len(name) > LONGEST_NAME):
        return _rule((name,), f"a name has 1 to {LONGEST_NAME} characters, and single blanks between words")
    if kind is DefinitionKind.SEGMENT and not is_name(name):
        longest = LONGEST_SEGMENT_NAME
        rule = f"a segment's name has up to {longest} letters, digits and blanks, and is no filter itself"
        return _rule((name,), rule)
    if is_named and "name" in values:
        return _rule((name, "name"), "its name stands in its heading")
    is_switch = isinstance(values.get(ACTIVE, True), bool)
    return [] if is_switch else _rule((name, ACTIVE), "it must be true or false")


def kept_definition(row: KeptDefinition) -> Defined | list[Faulty]:
    """Read a definition from its row, its keys in the order of its kind; or all that is wrong with it."""
    return read_definition(row.kind, row.name, {**row.body, ACTIVE: row.active})


def _in_order(value: Any) -> Any:
    """Put the keys of all tables in order: a database may have kept them in another."""
    if isinstance(value, Mapping):
        return {key: _in_order(value[key]) for key in sorted(value)}
    return [_in_order(one) for one in value] if isinstance(value, list) else value


def _rule(where: tuple[str | int, ...], message: str) -> list[Faulty]:
    return [Faulty(where, {"type": "rule", "loc": where, "msg": message, "input": None})]
