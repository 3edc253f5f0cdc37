"""Programmes, festivals, templates and segments as files: written out to be read and edited, and taken back.

One file may hold several kinds: ``[programmes.key-customers]`` is the programme of that name. A file is taken
over as a whole or not at all.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from pydantic_core import ErrorDetails
from sqlalchemy.orm import Session

from bot.config_rules import BROKEN_RULE
from bot.toml_faults import cannot_be_used, read_toml
from customers.company import Company
from scheduler.audience import EVERYBODY
from scheduler.definitions.changing import Change, Changed, Unmet, compare, find_unmet, take_over
from scheduler.definitions.kinds import (
    LONGEST_NAME,
    Defined,
    Faulty,
    plural_of,
    read_definition,
)
from scheduler.segments.names import as_told_apart, is_name, names_in
from scheduler.segments.saved import SEGMENT_IN
from store.tables.definitions import DefinitionKind

SHOWN_BY = "rapport outreach export"
BY_PLURAL: Mapping[str, DefinitionKind] = MappingProxyType({plural_of(kind): kind for kind in DefinitionKind})


@dataclass(frozen=True, slots=True)
class DefinitionFile:
    """What a file defines, and of which kinds it is all there is to be.

    Attributes:
        path: where it is.
        text: what stands there.
        kinds: of which it has a heading.
        given: what can be used.
        errors: what is wrong with the rest; with any, nothing of the file is taken over.
        stand_ins: for the rest, so that what names it is looked at as if it were there.
    """

    path: Path
    text: str
    kinds: Collection[DefinitionKind]
    given: Sequence[Defined]
    errors: Sequence[ErrorDetails] = ()
    stand_ins: Sequence[Defined] = ()


def holds_definitions(path: Path) -> bool:
    """Tell whether a file is one of definitions, rather than one of settings.

    Raises:
        InputError: it cannot be read, or is no TOML.
    """
    _, content = read_toml(path)
    return any(plural in content for plural in BY_PLURAL)


def read_file(path: Path) -> DefinitionFile:
    """Read a file of definitions; what is wrong with some is kept beside the others.

    Raises:
        InputError: it cannot be read, or is no TOML.
    """
    text, content = read_toml(path)
    given: list[Defined] = []
    stand_ins: list[Defined] = []
    errors: list[ErrorDetails] = []
    tables = {
        plural: table for plural, table in content.items() if plural in BY_PLURAL and isinstance(table, dict)
    }
    errors += [_error((plural,), _wanted(plural)) for plural in content.keys() - tables.keys()]
    for plural, table in tables.items():
        for name, values in table.items():
            read = read_definition(BY_PLURAL[plural], name, values)
            if isinstance(read, Defined):
                given.append(read)
            else:
                errors += [_faulty(plural, fault) for fault in read]
                stand_ins += _stand_in(BY_PLURAL[plural], name, values, read)
    if not content:
        errors.append(_error((), f"it defines nothing; there are {_kinds()}"))
    errors += _twice(given)
    kinds = tuple(BY_PLURAL[plural] for plural in tables)
    return DefinitionFile(path, text, kinds, given, errors, stand_ins)


def take_file(
    session: Session,
    file: DefinitionFile,
    *,
    prune: bool,
    company: Company,
    now: datetime,
) -> Sequence[Changed]:
    """Take over what a file defines, as a whole; does not commit.

    Args:
        session: an open write transaction; roll it back to have seen what would change, or after an error.
        file: what was read.
        prune: whether what it has not, of the kinds that it has, is removed.
        company: who we are.
        now: aware UTC.

    Raises:
        InputError: a definition breaks a rule or names a segment that is not there, or one that would be
            removed is named by another that stays, by a campaign that is not over or by an event to come.
            Every fault is told with its key, and its line where known.
    """
    before = {(one.use, one.source) for one in find_unmet(session, company=company, now=now)}
    defined = [*file.given, *file.stand_ins]
    changes = compare(session, defined, file.kinds, prune=prune)
    take_over(session, defined, changes, staff_id=None, now=now)
    given = {(one.kind, one.name) for one in defined}
    unmet = [
        one
        for one in find_unmet(session, company=company, now=now)
        if (one.kind, one.use.name) in given or (one.use, one.source) not in before
    ]
    removed = [one.name for one in changes if one.change is Change.REMOVED]
    errors = [
        *file.errors,
        *(_unmet(one, removed, is_given=(one.kind, one.use.name) in given) for one in unmet),
    ]
    if errors:
        raise cannot_be_used(file.path, file.text, errors, shown_by=SHOWN_BY)
    return changes


def said(changes: Sequence[Changed], *, is_done: bool) -> Iterator[str]:
    """Say what a file changed, or would change, a line for each definition that it does not leave alone."""
    verbs = _DONE if is_done else _WOULD
    for one in changes:
        if one.change is not Change.UNCHANGED:
            keys = f" ({', '.join(one.keys)})" if one.keys else ""
            yield f"{one.kind} {one.name}: {verbs[one.change]}{keys}"
    unchanged = sum(one.change is Change.UNCHANGED for one in changes)
    if unchanged:
        yield f"Unchanged: {unchanged} of {len(changes)}."
    elif not changes:
        yield "It defines nothing, so there is nothing to change."


_DONE: Mapping[Change, str] = {
    Change.NEW: "added",
    Change.CHANGED: "changed",
    Change.REMOVED: "removed",
    Change.MISSING: "not in the file, and kept; --prune removes it",
}
_WOULD: Mapping[Change, str] = {
    Change.NEW: "would be added",
    Change.CHANGED: "would be changed",
    Change.REMOVED: "would be removed",
    Change.MISSING: "not in the file, and would be kept; --prune removes it",
}


def _unmet(one: Unmet, removed: Collection[str], *, is_given: bool) -> ErrorDetails:
    if is_given and one.kind is not None:
        return _error((plural_of(one.kind), one.use.name, SEGMENT_IN[one.kind]), one.text)
    gone = [name for name in removed if as_told_apart(name) in names_in(one.source)]
    why = f"--prune would remove the segment {gone[0]!r}, which it needs" if gone else one.text
    return _error((), f"the {one.use.by} {one.use.name!r}, which stays, could not be used any more: {why}")


def _wanted(heading: str) -> str:
    """Say what is wanted in place of a heading, or of a key, that holds no definitions."""
    if heading in BY_PLURAL:
        return f"write a heading for each of them, such as [{heading}.name]"
    if meant := get_close_matches(heading.lower(), BY_PLURAL, n=1):
        return f"there is no such heading; did you mean [{meant[0]}.…]?"
    return f"write [programmes.{heading}] for a programme; there are {_kinds()}"


def _stand_in(kind: DefinitionKind, name: str, values: object, faults: Sequence[Faulty]) -> Iterator[Defined]:
    """Give what stands for a definition with faults: by its name, for whom it says, else for everybody."""
    key = SEGMENT_IN.get(kind)
    if key is None or not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        return
    if kind is DefinitionKind.SEGMENT and not is_name(name):
        return
    source = values.get(key) if isinstance(values, Mapping) else None
    is_faulty = any(fault.where[:2] == (name, key) for fault in faults)
    yield Defined(kind, name, {key: source if isinstance(source, str) and not is_faulty else EVERYBODY})


def _twice(given: Sequence[Defined]) -> Iterator[ErrorDetails]:
    """Find segments whose names differ in the size of their letters alone: they are not told apart."""
    met: dict[str, str] = {}
    for one in given:
        if one.kind is DefinitionKind.SEGMENT:
            first = met.setdefault(one.name.casefold(), one.name)
            if first != one.name:
                where = (plural_of(one.kind), one.name)
                yield _error(where, f"it has the same name as {first!r}; small and large letters are alike")


def _faulty(plural: str, fault: Faulty) -> ErrorDetails:
    return {**fault.error, "loc": (plural, *fault.where)}


def _error(where: tuple[str | int, ...], message: str) -> ErrorDetails:
    return {"type": BROKEN_RULE, "loc": where, "msg": message, "input": None}


def _kinds() -> str:
    return ", ".join(f"[{plural}.…]" for plural in BY_PLURAL)
