"""The rules of complaints, without a database: references, due times, and which move is allowed when."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from customers.company import Company
from feedback.reading.severity_signals import Severity, SeveritySignal
from store.errors import InputError
from store.tables.complaints import ENDED, ComplaintState

FIRST_NUMBER = 1000
"""References begin above it, so that nobody is complaint number 1."""
REOPEN_WITHIN = timedelta(days=30)
"""For how long after the customer confirmed a solution the same case can be opened again."""

_REFERENCE = re.compile(r"(?<![A-Za-z0-9-])c-?([0-9]{4,18})(?![A-Za-z0-9])", re.IGNORECASE)


class Move(StrEnum):
    """What can be done with a complaint."""

    ADD_WORDS = "add words to"
    TAKE = "take"
    RESPOND = "respond to"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    DISMISS = "call no complaint"


_OPEN, _CLAIMED = ComplaintState.OPEN, ComplaintState.CLAIMED
_RESOLVED, _CONFIRMED = ComplaintState.RESOLVED, ComplaintState.CONFIRMED
_DISMISSED = ComplaintState.DISMISSED

MOVES: Mapping[Move, Mapping[ComplaintState, ComplaintState]] = {
    Move.ADD_WORDS: {_OPEN: _OPEN, _CLAIMED: _CLAIMED, _RESOLVED: _RESOLVED},
    Move.TAKE: {_OPEN: _CLAIMED},
    # Who responds to a complaint that nobody took has taken it; a kind word after the end changes nothing.
    Move.RESPOND: {
        _OPEN: _CLAIMED,
        _CLAIMED: _CLAIMED,
        _RESOLVED: _RESOLVED,
        _CONFIRMED: _CONFIRMED,
        _DISMISSED: _DISMISSED,
    },
    Move.RESOLVE: {_OPEN: _RESOLVED, _CLAIMED: _RESOLVED},
    # The customer's word ends a case whatever we think of it: "no" tapped by mistake, then "yes".
    Move.CONFIRM: {_OPEN: _CONFIRMED, _CLAIMED: _CONFIRMED, _RESOLVED: _CONFIRMED},
    Move.REOPEN: {_RESOLVED: _OPEN, _CONFIRMED: _OPEN, _DISMISSED: _OPEN},
    # Not once the customer was asked whether it is solved: then it is theirs to say.
    Move.DISMISS: {_OPEN: _DISMISSED, _CLAIMED: _DISMISSED},
}
"""For each move: the states it is allowed in, and the state it leads to."""


class EventKind(StrEnum):
    """What happened in a case; the ``what`` of a ``ComplaintEvent``."""

    OPENED = "opened"
    WORDS_ADDED = "words_added"
    TAKEN = "taken"
    RESPONDED = "responded"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    REOPENED = "reopened"
    DISMISSED = "dismissed"
    ESCALATED = "escalated"
    BREACHED = "breached"
    RAISED = "raised"
    DELAYED = "delayed"


class MoveError(InputError):
    """A complaint cannot be moved in this way from where it stands.

    Attributes:
        complaint_id: which complaint.
        move: what was tried.
        state: where the complaint stands.
    """

    def __init__(self, complaint_id: int, move: Move, state: ComplaintState) -> None:
        super().__init__(f"{reference(complaint_id)} is {state}: nobody can {move} it now")
        self.complaint_id = complaint_id
        self.move = move
        self.state = state


class TakenError(InputError):
    """Somebody else of the staff has the complaint.

    Attributes:
        owner_name: who has it.
    """

    def __init__(self, complaint_id: int, owner_name: str) -> None:
        super().__init__(f"{reference(complaint_id)} is already taken by {owner_name}")
        self.owner_name = owner_name


URGENT = frozenset({Severity.SAFETY, Severity.DISTRESS, Severity.LEGAL})
"""What somebody must see before all else: harm to a person, and what a lawyer will ask about later."""


def urgent_signals(severity: Sequence[SeveritySignal]) -> Sequence[SeveritySignal]:
    """Pick the signals that make a complaint urgent at once."""
    return [signal for signal in severity if signal.severity in URGENT]


def needs_case(severity: Sequence[SeveritySignal]) -> bool:
    """Tell whether somebody must see to a message whatever kind it is: what is urgent, and discrimination."""
    return any(signal.severity in URGENT | {Severity.DISCRIMINATION} for signal in severity)


@dataclass(frozen=True, slots=True)
class DueTimes:
    """By when a complaint is first answered, and by when it is settled."""

    first_response_at: datetime
    resolution_at: datetime


def reference(complaint_id: int) -> str:
    """Name a complaint as customers and staff do, e.g. ``C-1042``."""
    return f"C-{FIRST_NUMBER + complaint_id}"


def parse_reference(text: str) -> int | None:
    """Find the first complaint reference in a text and give the complaint's id; None where there is none."""
    found = _REFERENCE.search(unicodedata.normalize("NFKC", text))
    if found is None:
        return None
    complaint_id = int(found[1]) - FIRST_NUMBER
    return complaint_id if complaint_id > 0 else None


def due_times(start: datetime, company: Company) -> DueTimes:
    """Work out by when a complaint of ``start`` is due, by the clock on the wall."""
    return DueTimes(
        first_response_at=start + timedelta(hours=company.first_response_hours),
        resolution_at=start + timedelta(hours=company.resolution_hours),
    )


def next_state(
    complaint_id: int, move: Move, state: ComplaintState, *, closed_at: datetime | None, now: datetime
) -> ComplaintState:
    """Tell where a move leads.

    Raises:
        MoveError: it is not allowed in this state, or the case was closed too long ago to be reopened.
    """
    target = MOVES[move].get(state)
    long_closed = closed_at is not None and now - closed_at > REOPEN_WITHIN
    if target is None or (move is Move.REOPEN and state in ENDED and long_closed):
        raise MoveError(complaint_id, move, state)
    return target
