"""The rules of complaints, without a database: references, due times, and which move is allowed when."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from feedback.reading.severity_signals import Severity, SeveritySignal
from store.errors import InputError
from store.kept_back import KEPT_BACK
from store.tables.complaints import ENDED, ComplaintState

FIRST_NUMBER = 1000
"""References begin above it, so that nobody is complaint number 1."""
REOPEN_WITHIN = timedelta(days=30)
"""For how long after the customer confirmed a solution the same case can be opened again."""
UNDISMISS_WITHIN = timedelta(minutes=10)
"""For how long «this was no complaint» can be taken back, as if it had not been said."""

LONGEST_WAIT = timedelta(days=1)
"""The wait between alerts that nobody takes doubles up to this one, and then stays."""

LONGEST_REMEDY = 300
"""Characters of the line that says what was done about a complaint."""

# The letter is looked for first, and only then what stands before it: so a text is gone through in no time.
_REFERENCE = re.compile(r"[Cc](?<![A-Za-z0-9-].)-?([0-9]{4,18})(?![A-Za-z0-9])")


class Move(StrEnum):
    """What can be done with a complaint."""

    ADD_WORDS = "add words to"
    TAKE = "take"
    RESPOND = "respond to"
    WAIT = "wait for the customer in"
    ANSWER = "go on with"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    END_UNCONFIRMED = "end without the customer's word"
    FILE = "say the cause of"
    REOPEN = "reopen"
    DISMISS = "call no complaint"
    UNDISMISS = "take back the dismissal of"


_OPEN, _CLAIMED, _WAITING = ComplaintState.OPEN, ComplaintState.CLAIMED, ComplaintState.WAITING
_RESOLVED, _CONFIRMED = ComplaintState.RESOLVED, ComplaintState.CONFIRMED
_UNCONFIRMED, _DISMISSED = ComplaintState.UNCONFIRMED, ComplaintState.DISMISSED

MOVES: Mapping[Move, Mapping[ComplaintState, ComplaintState]] = {
    # Where we wait for the customer, their words are the answer: ``Move.ANSWER`` comes first.
    Move.ADD_WORDS: {_OPEN: _OPEN, _CLAIMED: _CLAIMED, _RESOLVED: _RESOLVED},
    Move.TAKE: {_OPEN: _CLAIMED},
    # Who responds to a complaint that nobody took has taken it; a kind word after the end changes nothing.
    Move.RESPOND: {
        _OPEN: _CLAIMED,
        _CLAIMED: _CLAIMED,
        _WAITING: _WAITING,
        _RESOLVED: _RESOLVED,
        _CONFIRMED: _CONFIRMED,
        _UNCONFIRMED: _UNCONFIRMED,
        _DISMISSED: _DISMISSED,
    },
    Move.WAIT: {_OPEN: _WAITING, _CLAIMED: _WAITING},
    Move.ANSWER: {_WAITING: _CLAIMED},
    Move.RESOLVE: {_OPEN: _RESOLVED, _CLAIMED: _RESOLVED, _WAITING: _RESOLVED},
    # The customer's word ends a case whatever we think of it: "no" tapped by mistake, then "yes".
    Move.CONFIRM: {
        _OPEN: _CONFIRMED,
        _CLAIMED: _CONFIRMED,
        _WAITING: _CONFIRMED,
        _RESOLVED: _CONFIRMED,
        _UNCONFIRMED: _CONFIRMED,
    },
    Move.END_UNCONFIRMED: {_WAITING: _UNCONFIRMED, _RESOLVED: _UNCONFIRMED},
    # A case that ended before staff said of what and how; it is closed only then.
    Move.FILE: {_CONFIRMED: _CONFIRMED, _UNCONFIRMED: _UNCONFIRMED},
    Move.REOPEN: {_RESOLVED: _OPEN, _CONFIRMED: _OPEN, _UNCONFIRMED: _OPEN, _DISMISSED: _OPEN},
    # Not once the customer was asked whether it is solved: then it is theirs to say.
    Move.DISMISS: {_OPEN: _DISMISSED, _CLAIMED: _DISMISSED, _WAITING: _DISMISSED},
    # A slip of the finger; later it is opened again, and its clocks begin anew.
    Move.UNDISMISS: {_DISMISSED: _OPEN},
}
"""For each move: the states it is allowed in, and the state it leads to."""


class EventKind(StrEnum):
    """What happened in a case; the ``what`` of a ``ComplaintEvent``."""

    OPENED = "opened"
    WORDS_ADDED = "words_added"
    TAKEN = "taken"
    ASSIGNED = "assigned"
    RESPONDED = "responded"
    WAITING = "waiting"
    ANSWERED = "answered"
    REMINDED = "reminded"
    ASKED_TO_FILE = "asked_to_file"
    NOT_ASKED = "not_asked"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    FILED = "filed"
    REOPENED = "reopened"
    RATED = "rated"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    UNDISMISSED = "undismissed"
    ESCALATED = "escalated"
    BREACHED = "breached"
    RAISED = "raised"
    DELAYED = "delayed"
    PROMISED = "promised"
    PROMISE_KEPT = "promise_kept"
    PROMISE_CONFIRMED = "promise_confirmed"
    PROMISE_BROKEN = "promise_broken"
    PROMISE_WITHDRAWN = "promise_withdrawn"
    CONCESSION_PROPOSED = "concession_proposed"
    CONCESSION_GIVEN = "concession_given"
    CONCESSION_REFUSED = "concession_refused"
    NOTED = "noted"
    UNDELIVERED = "undelivered"
    KEPT_BACK = KEPT_BACK


class MoveError(InputError):
    """A complaint cannot be moved in this way from where it stands.

    Attributes:
        complaint_id: which complaint.
        move: what was tried.
        state: where the complaint stands.
        by: who brought it there; None for the customer, for nobody, or where nobody looked.
        at: when that was; None where nobody looked.
    """

    def __init__(
        self,
        complaint_id: int,
        move: Move,
        state: ComplaintState,
        *,
        by: str | None = None,
        at: datetime | None = None,
    ) -> None:
        who = f" by {by}" if by else ""
        since = f" since {at:%Y-%m-%d %H:%M} UTC" if at else ""
        super().__init__(f"{reference(complaint_id)} is {state}{who}{since}: nobody can {move} it now")
        self.complaint_id = complaint_id
        self.move = move
        self.state = state
        self.by = by
        self.at = at


class TakenError(InputError):
    """Somebody else of the staff has the complaint.

    Attributes:
        owner_name: who has it.
    """

    def __init__(self, complaint_id: int, owner_name: str) -> None:
        super().__init__(f"{reference(complaint_id)} is already taken by {owner_name}")
        self.owner_name = owner_name


class CauseError(InputError):
    """A cause is not among those that the company knows.

    Attributes:
        cause: what was given.
        known: what there is.
    """

    def __init__(self, cause: str, known: Sequence[str]) -> None:
        super().__init__(f"{cause!r} is no cause: choose one of {', '.join(known)}")
        self.cause = cause
        self.known = tuple(known)


class UnansweredError(InputError):
    """Nobody of the staff has written to the customer since they last did, so we cannot wait for them."""

    def __init__(self, complaint_id: int) -> None:
        super().__init__(
            f"nobody has answered {reference(complaint_id)} since its customer wrote: write to them first"
        )


class RemedyError(InputError):
    """It was not said what was done about a complaint, or at too great length."""


URGENT = frozenset({Severity.SAFETY, Severity.DISTRESS, Severity.LEGAL})
"""What somebody must see before all else: harm to a person, and what a lawyer will ask about later."""


def urgent_signals(severity: Sequence[SeveritySignal]) -> Sequence[SeveritySignal]:
    """Pick the signals that make a complaint urgent at once."""
    return [signal for signal in severity if signal.severity in URGENT]


def needs_case(severity: Sequence[SeveritySignal]) -> bool:
    """Tell whether somebody must see to a message whatever kind it is: what is urgent, and discrimination."""
    return any(signal.severity in URGENT | {Severity.DISCRIMINATION} for signal in severity)


SERIOUS = frozenset({Severity.SAFETY, Severity.DISTRESS})
"""Harm to a person, done or threatening."""


def is_serious(severity: Sequence[SeveritySignal]) -> bool:
    """Tell whether somebody may be harmed, so that the customer is answered accordingly."""
    return any(signal.severity in SERIOUS for signal in severity)


def checked_outcome(cause: str, remedy: str, causes: Sequence[str]) -> tuple[str, str]:
    """Check what a case ends with.

    Args:
        cause: one of ``causes``, however it is capitalised.
        remedy: what was done about it, in a line.
        causes: those that the company knows (``Desk.causes``).

    Returns:
        The cause as the company writes it, and the remedy on one line.

    Raises:
        CauseError: there is no such cause.
        RemedyError: the remedy is empty, or longer than ``LONGEST_REMEDY``.
    """
    found = next((one for one in causes if one.casefold() == cause.strip().casefold()), None)
    if found is None:
        raise CauseError(cause, causes)
    line = " ".join(remedy.split())
    if not line:
        raise RemedyError("a case closes only with a remedy: say in a line what was done")
    if len(line) > LONGEST_REMEDY:
        raise RemedyError(f"a remedy is one line of at most {LONGEST_REMEDY} characters, not {len(line)}")
    return found, line


def reference(complaint_id: int) -> str:
    """Name a complaint as customers and staff do, e.g. ``C-1042``."""
    return f"C-{FIRST_NUMBER + complaint_id}"


def parse_reference(text: str) -> int | None:
    """Find the first complaint reference in a text and give the complaint's id; None where there is none."""
    found = _REFERENCE.search(text if text.isascii() else unicodedata.normalize("NFKC", text))
    if found is None:
        return None
    complaint_id = int(found[1]) - FIRST_NUMBER
    return complaint_id if complaint_id > 0 else None


def provisional_cause(parts: Sequence[str], causes: Sequence[str]) -> str | None:
    """Tell of what a case seems to have come, before staff say it.

    Args:
        parts: of the service, which its words speak of, the worst first.
        causes: those that the company knows.

    Returns:
        The first part that is a cause as well; None where none is.
    """
    known = {cause.casefold(): cause for cause in causes}
    return next((known[part.casefold()] for part in parts if part.casefold() in known), None)


def repeat_wait(first: timedelta, alerts: int) -> timedelta:
    """Tell how long to wait for somebody after the alert with this number (1 is the first).

    >>> repeat_wait(timedelta(minutes=15), 3)
    datetime.timedelta(seconds=3600)
    """
    doublings = min(max(alerts, 1) - 1, 20)
    return max(first, min(first * (1 << doublings), LONGEST_WAIT))


def repeat_waits(first: timedelta) -> Sequence[timedelta]:
    """Give the waits after the first alert, the second, and so on, up to the one that stays."""
    waits = [repeat_wait(first, 1)]
    while (longer := repeat_wait(first, len(waits) + 1)) != waits[-1]:
        waits.append(longer)
    return waits


def next_state(
    complaint_id: int,
    move: Move,
    state: ComplaintState,
    *,
    closed_at: datetime | None,
    now: datetime,
    ended_at: datetime | None = None,
) -> ComplaintState:
    """Tell where a move leads.

    Args:
        complaint_id: which complaint.
        move: what shall be done.
        state: where it stands.
        closed_at: when it was closed, with all that it needs; None where it was not.
        now: aware UTC.
        ended_at: when it ended, closed or not; None is when it was closed.

    Raises:
        MoveError: it is not allowed in this state, or the case was closed too long ago to be reopened, or for
            its dismissal to be taken back.
    """
    target = MOVES[move].get(state)
    ended_at = closed_at or ended_at
    long_closed = ended_at is not None and now - ended_at > REOPEN_WITHIN
    too_late = move is Move.REOPEN and state in ENDED and long_closed
    if move is Move.UNDISMISS:
        too_late = closed_at is not None and now - closed_at > UNDISMISS_WITHIN
    if target is None or too_late or (move is Move.FILE and closed_at is not None):
        raise MoveError(complaint_id, move, state)
    return target
