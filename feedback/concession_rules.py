"""The rules of concessions, without a database: who may give how much alone, and who approves the rest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from customers.roles import RIGHTS, Right
from feedback.money import units
from store.errors import InputError
from store.tables.desk import ConcessionState
from store.tables.staff import Role

LONGEST_REASON = 300


class ReasonError(InputError):
    """It was not said why something is given, or at too great length."""


class WhyNot(StrEnum):
    """Why somebody may not decide on a concession."""

    OWN = "own"
    ROLE = "role"
    LIMIT = "limit"


class NotAllowedError(InputError):
    """Somebody may not decide on a concession.

    Attributes:
        why: which rule it is.
    """

    def __init__(self, why: WhyNot) -> None:
        super().__init__(
            {
                WhyNot.OWN: "nobody approves what they proposed themselves",
                WhyNot.ROLE: "only leads, managers and admins approve",
                WhyNot.LIMIT: "it is above your own limit as well",
            }[why]
        )
        self.why = why


class DecidedError(InputError):
    """Somebody has decided on a concession before.

    Attributes:
        state: what they decided.
        by_id: who; None for somebody who was deleted.
    """

    def __init__(self, state: ConcessionState, by_id: int | None) -> None:
        super().__init__(f"this concession is {state} already")
        self.state = state
        self.by_id = by_id


class NobodyApprovesError(InputError):
    """A concession is above the limit of everybody who could approve it."""


class KindError(InputError):
    """The company gives nothing of this kind."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the staff, as far as limits need to know them."""

    id: int
    role: Role


def limit_of(role: Role, limits: Mapping[Role, int], currency: str) -> int:
    """Tell up to which value somebody gives alone in one case, in the smallest units; 0 where none is set."""
    return units(limits.get(role, 0), currency)


def state_of_new(amount: int, *, given_before: int, limit: int) -> ConcessionState:
    """Tell whether somebody gives an amount alone: all that they gave alone in a case is within their limit.

    Args:
        amount: what they want to give now.
        given_before: what they gave alone in the same case; several small gifts are one great one.
        limit: theirs; all in the smallest units.
    """
    if amount == 0 or given_before + amount <= limit:
        return ConcessionState.GIVEN
    return ConcessionState.PROPOSED


def check_decider(
    person: Person, *, proposer_id: int | None, amount: int, limits: Mapping[Role, int], currency: str
) -> None:
    """Check that somebody may approve or refuse an amount.

    Raises:
        NotAllowedError: they proposed it, their role approves nothing, or it is above their own limit.
    """
    if person.role not in RIGHTS[Right.APPROVE]:
        raise NotAllowedError(WhyNot.ROLE)
    if person.id == proposer_id:
        raise NotAllowedError(WhyNot.OWN)
    if amount > limit_of(person.role, limits, currency):
        raise NotAllowedError(WhyNot.LIMIT)


def approvers(
    people: Iterable[Person],
    *,
    proposer_id: int | None,
    amount: int,
    limits: Mapping[Role, int],
    currency: str,
) -> list[int]:
    """Give the numbers of those who may approve an amount, in the order in which they are given."""
    allowed = []
    for person in people:
        try:
            check_decider(person, proposer_id=proposer_id, amount=amount, limits=limits, currency=currency)
        except NotAllowedError:
            continue
        allowed.append(person.id)
    return allowed


def checked_reason(text: str) -> str:
    """Give a reason in one line.

    Raises:
        ReasonError: it is empty, or longer than ``LONGEST_REASON``.
    """
    line = " ".join(text.split())
    if not line:
        raise ReasonError("say why it is given: /concession C-1042 refund 15 Late delivery")
    if len(line) > LONGEST_REASON:
        raise ReasonError(f"a reason has at most {LONGEST_REASON} characters, this has {len(line)}")
    return line
