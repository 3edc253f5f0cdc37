"""Who is accountable for a case: the rule, without a database.

The customer's designated contact, or whoever covers them; else, of those on duty, whoever can answer and
has the least to do. Where nobody is on duty it is somebody all the same: the case must not be nobody's. Who
was taken in but has not joined yet hears nothing, and gets nothing while anybody works here who does.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType

from customers.roles import IN_CHARGE
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


@dataclass(frozen=True, slots=True)
class Colleague:
    """An active member of staff, as the rule sees them.

    Attributes:
        id: their number.
        role: what they may do.
        on_duty: whether they are on duty, and not away.
        away: whether they are away until a moment to come.
        cover_id: who stands in for them when they are not.
        at_work: whether their team works at this hour.
        languages: primary tags of what they answer in, their team's where they name none; none for any.
        skills: what they know best, as keys; none for nothing in particular.
        load: of their open cases, severity times hours of age.
        cases: how many of these there are.
        reachable: whether they have joined on an app that is switched on, and so hear what they are told.
    """

    id: int
    role: Role
    on_duty: bool = True
    away: bool = False
    cover_id: int | None = None
    at_work: bool = True
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    load: float = 0.0
    cases: int = 0
    reachable: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a case asks of its owner.

    Attributes:
        people: numbers of those who come before all others, in this order, or whoever covers them: the
            customer's designated contact, or who had it.
        language: primary tag of the customer's language.
        skills: what the case is about, as keys.
    """

    people: Sequence[int] = ()
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
        The number of one of ``colleagues``; None only where nobody but those in ``not_to`` works here, or
        nobody but them can be reached.
    """
    for person in wanted.people:
        there = standing_in(colleagues, person, not_to=not_to)
        if there is not None:
            return there
    answerable = next(_tiers([one for one in who_hear(colleagues) if one.id not in not_to]), ())
    return _best(answerable, wanted) if answerable else None


def who_hear(colleagues: Mapping[int, Colleague]) -> Collection[Colleague]:
    """Give those who can be reached; everybody, where nobody can."""
    return [one for one in colleagues.values() if one.reachable] or colleagues.values()


def may_have(colleagues: Mapping[int, Colleague], *, taken: bool) -> Collection[int]:
    """Give the numbers of those who may go on having a case.

    Args:
        colleagues: everybody who works here, by number.
        taken: whether it is theirs by their own doing; then it stays theirs overnight, and only from who is
            away it goes to another.
    """
    there = who_hear(colleagues)
    on_duty = {one.id for one in there if one.on_duty}
    here = {one.id for one in there if not one.away} if taken else on_duty
    return here or {one.id for one in next(_tiers(there), ())}


def standing_in(
    colleagues: Mapping[int, Colleague], staff_id: int, *, not_to: Collection[int] = ()
) -> int | None:
    """Follow from somebody to whoever covers them, until one is on duty and hears it; None where none is."""
    seen: set[int] = set()
    hear = {one.id for one in who_hear(colleagues)}
    person: int | None = staff_id
    while person is not None and person in colleagues and person not in seen:
        if colleagues[person].on_duty and person in hear and person not in not_to:
            return person
        seen.add(person)
        person = colleagues[person].cover_id
    return None


def load_of(weight: float, opened: float, now: datetime) -> float:
    """Say how much cases are to their owner: severity times hours of age, each a little older than it is.

    Args:
        weight: of the cases together.
        opened: of each, its weight times the moment of its opening in seconds since 1970, added up.
        now: aware.
    """
    return (weight * now.timestamp() - opened) / 3600 + weight * NEW_CASE_HOURS


def _tiers(there: Collection[Colleague]) -> Iterator[Collection[Colleague]]:
    """Give those who are asked first, then those who are asked where these are missing, and so on."""
    tiers = ([one for one in there if is_asked(one)] for is_asked in _ASKED)
    return filter(None, tiers)


def _is_on_duty_as(roles: Collection[Role], one: Colleague) -> bool:
    return one.on_duty and one.role in roles


_ASKED: Sequence[Callable[[Colleague], bool]] = (
    *(partial(_is_on_duty_as, roles) for roles in ON_DUTY_ORDER),
    lambda one: one.role in IN_CHARGE and not one.away,
    lambda one: not one.away,
    lambda one: one.role in IN_CHARGE,
    lambda _: True,
)


def _best(there: Collection[Colleague], wanted: Wanted) -> int:
    """Choose among those who may have it: who knows the language, is at work, and knows the matter; then who
    has the least to do; of equals the one who has been here longest."""
    return min(there, key=lambda one: (*_unfit(one, wanted), one.load, one.id)).id


def _unfit(one: Colleague, wanted: Wanted) -> tuple[bool, bool, int]:
    speaks = not (one.languages and wanted.language) or wanted.language in one.languages
    knows = bool(one.skills & wanted.skills)
    return not speaks, not one.at_work, 0 if knows else 2 if one.skills and wanted.skills else 1
