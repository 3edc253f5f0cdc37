"""The rules of promises, without a database: what leads where, who is reminded when, who may say what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from customers.desk import Rung
from customers.roles import IN_CHARGE
from feedback.natural_times import MOST_AHEAD, DistantTimeError, PastTimeError
from store.errors import InputError
from store.tables.desk import PromiseState
from store.tables.staff import Role

LONGEST_PROMISE = 300
"""Characters of what is promised: one line, that is read out again when it is due."""


class PromiseMove(StrEnum):
    """What can be done with a promise."""

    KEEP = "call kept"
    CONFIRM = "confirm"
    DENY = "deny"
    BREAK = "break"
    WITHDRAW = "withdraw"


_OPEN, _KEPT, _CONFIRMED = PromiseState.OPEN, PromiseState.KEPT, PromiseState.CONFIRMED
_BROKEN, _WITHDRAWN = PromiseState.BROKEN, PromiseState.WITHDRAWN

MOVES: Mapping[PromiseMove, Mapping[PromiseState, PromiseState]] = {
    PromiseMove.KEEP: {_OPEN: _KEPT},
    # The customer has the last word on what staff call kept: "no" tapped by mistake, then "yes".
    PromiseMove.CONFIRM: {_KEPT: _CONFIRMED, _BROKEN: _CONFIRMED},
    PromiseMove.DENY: {_KEPT: _BROKEN, _CONFIRMED: _BROKEN},
    PromiseMove.BREAK: {_OPEN: _BROKEN},
    PromiseMove.WITHDRAW: {_OPEN: _WITHDRAWN},
}
"""For each move: the states it is allowed in, and the state it leads to."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A step on the way to the moment by which something was promised.

    Attributes:
        at: which part of the time has passed, 0–1.
        tells: who is reminded; the owner is whoever has to keep it.
        within: not sooner than so long before it is due; None is whenever ``at`` is.
    """

    at: float
    tells: Rung
    within: timedelta | None = None


REMINDERS: Sequence[Reminder] = (
    Reminder(0.5, Rung.OWNER),
    Reminder(0.8, Rung.LEAD),
    Reminder(0.9, Rung.OWNER, within=timedelta(hours=1)),
)
"""In the order in which they fall due."""

DUE = len(REMINDERS)
"""The number of the step at which a promise is broken."""
OWNED_UP = DUE + 1
"""The number of the step at which its customer is told so."""


class PromiseError(InputError):
    """A promise cannot be moved in this way from where it stands.

    Attributes:
        move: what was tried.
        state: where the promise stands.
    """

    def __init__(self, promise_id: int, move: PromiseMove, state: PromiseState) -> None:
        super().__init__(f"promise {promise_id} is {state}: nobody can {move} it now")
        self.move = move
        self.state = state


class NotYoursError(InputError):
    """Only who promised, who is accountable for the case, and leads may say what became of a promise."""


class PromiseTextError(InputError):
    """It was not said what is promised, or at too great length."""


class EndedCaseError(InputError):
    """Nothing more is promised or given in a case that has ended."""


def next_state(promise_id: int, move: PromiseMove, state: PromiseState) -> PromiseState:
    """Tell where a move leads.

    Raises:
        PromiseError: it is not allowed in this state.
    """
    target = MOVES[move].get(state)
    if target is None:
        raise PromiseError(promise_id, move, state)
    return target


def checked_text(text: str) -> str:
    """Give what is promised, in one line.

    Raises:
        PromiseTextError: it is empty, or longer than ``LONGEST_PROMISE``.
    """
    line = " ".join(text.split())
    if not line:
        raise PromiseTextError("say what is promised: /promise C-1042 2d Replacement arrives")
    if len(line) > LONGEST_PROMISE:
        raise PromiseTextError(f"a promise has at most {LONGEST_PROMISE} characters, this has {len(line)}")
    return line


def check_due(due_at: datetime, now: datetime) -> None:
    """Check by when something is promised.

    Raises:
        PastTimeError: the moment is over.
        DistantTimeError: it is more than a year away.
    """
    if due_at <= now:
        raise PastTimeError("a promise is for a time to come")
    if due_at - now > MOST_AHEAD:
        raise DistantTimeError(f"nothing is promised for more than {MOST_AHEAD.days} days ahead")


def step_at(step: int, *, made_at: datetime, due_at: datetime) -> datetime:
    """Tell when a step falls due, ``due_at`` at the latest.

    Args:
        step: its number, 0 for the first reminder.
        made_at, due_at: of the promise; aware.
    """
    if step >= len(REMINDERS):
        return due_at
    reminder = REMINDERS[step]
    at = made_at + (due_at - made_at) * reminder.at
    return at if reminder.within is None else max(at, due_at - reminder.within)


def last_step(step: int, *, made_at: datetime, due_at: datetime, now: datetime) -> int:
    """Tell which step is to be taken where this one and perhaps later ones have fallen due.

    Of several reminders that were slept through only the last is said; who has them all hears it once.
    """
    passed = [one for one in range(step, DUE + 1) if step_at(one, made_at=made_at, due_at=due_at) <= now]
    return passed[-1] if passed else step


def may_settle(*, staff_id: int, role: Role, maker_id: int | None, owner_id: int | None) -> bool:
    """Tell whether somebody may say what became of a promise: its maker, the case's owner, or a lead."""
    return role in IN_CHARGE or staff_id in (maker_id, owner_id)
