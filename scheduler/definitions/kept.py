"""Definitions in their table: found, written and taken away by kind and name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from store.errors import NotFoundError
from store.tables.definitions import Definition, DefinitionKind


@dataclass(frozen=True, slots=True)
class KeptDefinition:
    """A definition as it was read; whoever changes it finds its row (``find_definition``)."""

    kind: DefinitionKind
    name: str
    body: Mapping[str, Any]
    active: bool


def find_definitions(session: Session, kind: DefinitionKind) -> Sequence[KeptDefinition]:
    """Find all definitions of a kind, by name."""
    return [KeptDefinition(*row) for row in session.connection().execute(_OF_KIND, {"kind": kind})]


_OF_KIND = (
    select(Definition.kind, Definition.name, Definition.body, Definition.active)
    .where(Definition.kind == bindparam("kind"))
    .order_by(Definition.name)
)


def find_definition(session: Session, kind: DefinitionKind, name: str) -> Definition | None:
    """Find the definition of a kind that has a name."""
    return session.get(Definition, (kind, name))


def find_by_any_case(session: Session, kind: DefinitionKind, name: str) -> Definition | None:
    """Find the definition of a kind that has a name, in small letters or large; one written just so wins."""
    found = find_definition(session, kind, name)
    if found is not None:
        return found
    wanted = name.casefold()
    kept = next((one.name for one in find_definitions(session, kind) if one.name.casefold() == wanted), None)
    return None if kept is None else find_definition(session, kind, kept)


def write_definition(
    session: Session,
    kind: DefinitionKind,
    name: str,
    body: Mapping[str, Any],
    *,
    staff_id: int | None,
    now: datetime,
    active: bool = True,
) -> Definition:
    """Write a definition down, in place of one of the same name; what ``body`` holds was looked at before."""
    found = find_definition(session, kind, name)
    if found is None:
        found = Definition(kind=kind, name=name)
        session.add(found)
    found.body, found.active = dict(body), active
    found.changed_at, found.changed_by = now, staff_id
    session.flush()
    return found


def remove_definition(session: Session, kind: DefinitionKind, name: str) -> None:
    """Take a definition away.

    Raises:
        NotFoundError: there is none of that name.
    """
    found = find_definition(session, kind, name)
    if found is None:
        raise NotFoundError(f"there is no {kind} {name!r}")
    session.delete(found)
    session.flush()
