"""Who is accountable for a case: the rule, without a database.

The customer's designated contact, or whoever covers them; else, of those on duty, whoever can answer and
has the least to do. Where nobody is on duty it is somebody all the same: the case must not be nobody's.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from store.tables.complaints import CaseSeverity
from store.tables.staff import Role

WEIGHTS: Mapping[CaseSeverity, int] = MappingProxyType(
    {CaseSeverity.NORMAL: 1, CaseSeverity.HIGH: 2, CaseSeverity.CRITICAL: 4}
)
"""How many ordinary cases one of a severity weighs."""
NEW_CASE_HOURS = 1.0
"""Every case counts as this much older than it is: one that has just come weighs something, too."""

ON_DUTY_ORDER: Sequence[frozenset[Role]] = (
    frozenset({Role.AGENT}),
    frozenset({Role.LEAD}),
    frozenset({Role.MANAGER, Role.ADMIN}),
    frozenset({Role.MARKETER}),
)
"""Of those on duty, who is asked first; marketers only where there is nobody else."""
OFF_DUTY_ORDER: Sequence[frozenset[Role]] = (
    frozenset({Role.LEAD, Role.MANAGER, Role.ADMIN}),
    frozenset(Role),
)
"""Where nobody is on duty: who is in charge answers for it, else anybody who works here."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """An active member of staff, as the rule sees them.

    Attributes:
        id: their number.
        role: what they may do.
        on_duty: whether they are on duty, and not away.
        cover_id: who stands in for them when they are not.
        at_work: whether their team works at this hour.
        languages: primary tags of what they answer in, their team's where they name none; none for any.
        skills: what they know best, as keys; none for nothing in particular.
        load: of their open cases, severity times hours of age.
        cases: how many of these there are.
    """

    id: int
    role: Role
    on_duty: bool = True
    cover_id: int | None = None
    at_work: bool = True
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    load: float = 0.0
    cases: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a case asks of its owner.

    Attributes:
        contact_id: the customer's designated contact.
        language: primary tag of the customer's language.
        skills: what the case is about, as keys.
    """

    contact_id: int | None = None
    language: str = ""
    skills: frozenset[str] = frozenset()


def choose(
    colleagues: Mapping[int, Colleague], wanted: Wanted, *, not_to: Collection[int] = ()
) -> int | None:
    """Choose who is accountable for a case.

    Args:
        colleagues: everybody who works here, by number.
        wanted: what the case asks for.
        not_to: numbers of those it must not be.

    Returns:
        The number of one of ``colleagues``; None only where nobody but those in ``not_to`` works here.
    """
    allowed = [one for one in colleagues.values() if one.id not in not_to]
    contact = standing_in(colleagues, wanted.contact_id, not_to=not_to)
    if contact is not None:
        return contact
    for roles in ON_DUTY_ORDER:
        if there := [one for one in allowed if one.on_duty and one.role in roles]:
            return _best(there, wanted)
    for roles in OFF_DUTY_ORDER:
        if there := [one for one in allowed if one.role in roles]:
            return _best(there, wanted)
    return None


def standing_in(
    colleagues: Mapping[int, Colleague], staff_id: int | None, *, not_to: Collection[int] = ()
) -> int | None:
    """Follow from somebody to whoever covers them, until one is on duty; None where nobody is."""
    seen: set[int] = set()
    while staff_id is not None and staff_id in colleagues and staff_id not in seen:
        if colleagues[staff_id].on_duty and staff_id not in not_to:
            return staff_id
        seen.add(staff_id)
        staff_id = colleagues[staff_id].cover_id
    return None


def load_of(weight: float, opened: float, now: datetime) -> float:
    """Say how much cases are to their owner: severity times hours of age, each a little older than it is.

    Args:
        weight: of the cases together.
        opened: of each, its weight times the moment of its opening in seconds since 1970, added up.
        now: aware.
    """
    return (weight * now.timestamp() - opened) / 3600 + weight * NEW_CASE_HOURS


def _best(there: Collection[Colleague], wanted: Wanted) -> int:
    """Choose among those who may have it: who knows the language, is at work, and knows the matter; then who
    has the least to do; of equals the one who has been here longest."""
    return min(there, key=lambda one: (*_unfit(one, wanted), one.load, one.id)).id


def _unfit(one: Colleague, wanted: Wanted) -> tuple[bool, bool, int]:
    speaks = not (one.languages and wanted.language) or wanted.language in one.languages
    knows = bool(one.skills & wanted.skills)
    return not speaks, not one.at_work, 0 if knows else 2 if one.skills and wanted.skills else 1
