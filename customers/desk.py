"""How a company's complaint desk works: data that the company sets in one file, and what holds without it.

Targets, the ladder, teams and their hours, causes, limits: whoever decides by them gets them from here
(``Company.desk``), and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from types import MappingProxyType

from store.tables.complaints import CaseSeverity
from store.tables.desk import ConcessionKind
from store.tables.staff import Role

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Hours:
    """When a team works.

    Attributes:
        week: for Monday to Sunday, from when until when, by the clock of ``timezone``; 00:00 as an end is
            midnight. All empty is around the clock.
        timezone: IANA name; None is the company's.
        country: whose public holidays are free, ISO 3166 with an optional subdivision (``DE-BY``); None for
            none.
    """

    week: tuple[tuple[tuple[time, time], ...], ...] = ((),) * len(WEEK)
    timezone: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """Some of the staff.

    Attributes:
        name: as staff read it.
        hours: when they work.
        languages: which they answer in; none for any.
    """

    name: str
    hours: Hours = Hours()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """How soon a case is answered, and settled, in hours of business time."""

    first_response_hours: float
    resolution_hours: float


class Rung(StrEnum):
    """Who hears at a step of the ladder."""

    OWNER = "owner"
    LEAD = "lead"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the ladder.

    Attributes:
        at: which part of the time to a target has passed, 0–1; 1 is the target itself.
        tells: who hears.
        raises: whether the case becomes more severe.
    """

    at: float
    tells: Rung
    raises: bool = False


@dataclass(frozen=True, slots=True)
class QuickReply:
    """A text that staff send by a word.

    Attributes:
        texts: by language tag; may hold ``{name}``, ``{reference}``, ``{staff}``, ``{company}``, ``{due}``.
    """

    texts: Mapping[str, str]


LADDER = (Step(0.5, Rung.OWNER), Step(0.8, Rung.LEAD), Step(1.0, Rung.MANAGER, raises=True))
CAUSES = ("delivery", "product", "price", "staff", "billing", "app", "waiting", "misunderstanding", "other")
PROMISE_TERMS = (timedelta(hours=4), timedelta(days=1), timedelta(days=2), timedelta(days=7))
LIMITS: Mapping[Role, int] = MappingProxyType(
    {Role.AGENT: 20, Role.MARKETER: 20, Role.LEAD: 200, Role.MANAGER: 2_000, Role.ADMIN: 2_000}
)


@dataclass(frozen=True, slots=True)
class Desk:
    """How complaints are handled.

    Attributes:
        teams: by their key.
        hours: when the company works, for cases that no team has.
        targets: by severity; what is missing follows from the company's hours (``feedback.case_clocks``).
        key_factor: by how much sooner key customers are answered: their targets times this, 0–1.
        ladder: what happens as a target comes nearer, the first step first.
        causes: what a case may end with, as keys.
        quick_replies: by the word that sends them.
        promise_terms: offered as buttons.
        limits: up to which value somebody of a role may give without asking, in whole units of ``currency``.
        currency: ISO 4217.
        silence_days: after so many days without a word the customer is reminded, twice; then the case ends.
        repeat_days: within so many days a second message on the same matter joins its case.
        csat_every_days: nobody is asked for CSAT again within so many days.
        speaks_as: the name under which all staff write; None is each one's own.
        concessions: the kinds that may be given.
    """

    teams: Mapping[str, Team] = field(default_factory=lambda: MappingProxyType({}))
    hours: Hours = Hours()
    targets: Mapping[CaseSeverity, Target] = field(default_factory=lambda: MappingProxyType({}))
    key_factor: float = 0.5
    ladder: Sequence[Step] = LADDER
    causes: Sequence[str] = CAUSES
    quick_replies: Mapping[str, QuickReply] = field(default_factory=lambda: MappingProxyType({}))
    promise_terms: Sequence[timedelta] = PROMISE_TERMS
    limits: Mapping[Role, int] = field(default_factory=lambda: LIMITS)
    currency: str = "USD"
    silence_days: float = 3.0
    repeat_days: float = 14.0
    csat_every_days: float = 7.0
    speaks_as: str | None = None
    concessions: Sequence[ConcessionKind] = tuple(ConcessionKind)
