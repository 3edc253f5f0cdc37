"""Segments that are kept by name: found, and told apart whatever the size of their letters."""

from sqlalchemy.orm import Session

from scheduler.definitions.kept import find_definitions
from store.tables.definitions import Definition, DefinitionKind


def find_segment(session: Session, name: str) -> Definition | None:
    """Find a saved segment by its name, in small letters or large, however many blanks are between words."""
    wanted = _as_told_apart(name)
    found = find_definitions(session, DefinitionKind.SEGMENT)
    return next((one for one in found if _as_told_apart(one.name) == wanted), None)


def _as_told_apart(name: str) -> str:
    return " ".join(name.casefold().split())
