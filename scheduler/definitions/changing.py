"""What a company defines, taken over as a whole: what that changes, and whether it holds together."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import SOURCE_LANGUAGE
from scheduler.definitions.kept import KeptDefinition, find_definitions, remove_definition, write_definition
from scheduler.definitions.kinds import ACTIVE, Defined, fields_of, kept_definition
from scheduler.segments.conditions import condition_of
from scheduler.segments.saved import Use, find_uses
from store.errors import InputError
from store.tables.definitions import DefinitionKind


class Change(StrEnum):
    """What becomes of a definition."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"
    UNCHANGED = "unchanged"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Changed:
    """What becomes of one definition; ``keys`` are those that differ.

    One that is ``missing`` stays though it is not given.
    """

    kind: DefinitionKind
    name: str
    change: Change
    keys: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Unmet:
    """What picks customers by a segment that cannot be used.

    Attributes:
        use: what it is: a definition, a campaign that is not over, or an event to come.
        source: the text of its segment.
        text: why that cannot be used.
    """

    use: Use
    source: str
    text: str

    @property
    def kind(self) -> DefinitionKind | None:
        """Which kind of definition it is; None where it is none."""
        return next((kind for kind in DefinitionKind if kind == self.use.by.value), None)


def compare(
    session: Session, given: Sequence[Defined], kinds: Collection[DefinitionKind], *, prune: bool
) -> Sequence[Changed]:
    """Tell what taking definitions over would change, in their order; only reads.

    Args:
        session: the open transaction.
        given: the definitions.
        kinds: of which kinds they are all there are to be.
        prune: whether others of these kinds are removed.
    """
    kept = {(row.kind, row.name): row for kind in kinds for row in find_definitions(session, kind)}
    changes = [_changed(one, kept.pop((one.kind, one.name), None)) for one in given]
    left = Change.REMOVED if prune else Change.MISSING
    return [*changes, *(Changed(kind, name, left) for kind, name in kept)]


def _changed(given: Defined, row: KeptDefinition | None) -> Changed:
    if row is None:
        return Changed(given.kind, given.name, Change.NEW)
    kept = kept_definition(row)
    before = kept if isinstance(kept, Defined) else Defined(row.kind, row.name, row.body, row.active)
    keys = [
        key
        for key in (*fields_of(given.kind), *sorted(before.body.keys() - set(fields_of(given.kind))))
        if before.body.get(key) != given.body.get(key)
    ]
    keys += [ACTIVE] if before.active is not given.active else []
    return Changed(given.kind, given.name, Change.CHANGED if keys else Change.UNCHANGED, keys)


def take_over(
    session: Session,
    given: Sequence[Defined],
    changes: Sequence[Changed],
    *,
    staff_id: int | None,
    now: datetime,
) -> None:
    """Carry out what ``compare`` told; does not commit."""
    by_name = {(one.kind, one.name): one for one in given}
    for changed in changes:
        if changed.change in (Change.NEW, Change.CHANGED):
            one = by_name[changed.kind, changed.name]
            write_definition(
                session, one.kind, one.name, one.body, staff_id=staff_id, now=now, active=one.active
            )
        elif changed.change is Change.REMOVED:
            remove_definition(session, changed.kind, changed.name)


def find_unmet(session: Session, *, company: Company, now: datetime) -> Sequence[Unmet]:
    """Find what has a segment that cannot be used, such as one that names another that is gone.

    Only reads.
    """
    return list(_unmet(session, replace(company, language=SOURCE_LANGUAGE), now))


def _unmet(session: Session, company: Company, now: datetime) -> Iterator[Unmet]:
    for use, source in find_uses(session, now=now):
        try:
            condition_of(session, source, company=company, now=now)
        except InputError as error:
            yield Unmet(use, source, str(error))
