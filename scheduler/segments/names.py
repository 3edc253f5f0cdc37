"""Names of saved segments: found whatever the size of their letters, and found in filters."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from scheduler.definitions.kept import KeptDefinition, find_definitions
from scheduler.segments.fields import find_field
from scheduler.segments.mistakes import SegmentError
from scheduler.segments.reading import read_segment
from scheduler.segments.tree import AllOf, AnyOf, Compared, Holds, Named, Not, Tree
from store.tables.definitions import DefinitionKind

SEGMENT = "segment"
"""The word before the name of a saved segment."""
LONGEST_NAME = 40
NEVER_IN_A_NAME = frozenset('"“”「」『』«»=<>:：()（）|')


def as_told_apart(name: str) -> str:
    """Write a name so that two that differ in the size of letters or in blanks are the same."""
    return " ".join(name.casefold().split())


def find_segment(session: Session, name: str) -> KeptDefinition | None:
    """Find a saved segment by its name, in small letters or large, however many blanks are between words."""
    wanted = as_told_apart(name)
    found = find_definitions(session, DefinitionKind.SEGMENT)
    return next((one for one in found if as_told_apart(one.name) == wanted), None)


def is_name(name: str) -> bool:
    """Tell whether a segment can be called so: short, without quotes and signs, and no filter itself."""
    if not 0 < len(name) <= LONGEST_NAME or NEVER_IN_A_NAME & set(name) or not name.isprintable():
        return False
    return as_told_apart(name) != SEGMENT and not is_filter(name)


def is_filter(source: str) -> bool:
    """Tell whether a text says whom it picks by itself, as ``key`` and ``index < 60`` do; a name does not."""
    try:
        tree = read_segment(source)
    except SegmentError:
        return False
    return not isinstance(tree, Holds) or find_field(tree.name.words) is not None


def names_in(source: str) -> frozenset[str]:
    """Name all that may be a saved segment in a text, as they are told apart; the whole of it may be one."""
    try:
        inside = frozenset(_names(read_segment(source)))
    except SegmentError:
        inside = frozenset()
    return inside | {as_told_apart(source)}


def _names(tree: Tree) -> Iterator[str]:
    match tree:
        case Not(part):
            yield from _names(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _names(part)
        case Named(name, value) | Compared(name, _, value) if name.words == SEGMENT:
            yield as_told_apart(str(value.what))
        case Holds(name):
            yield as_told_apart(name.words)
