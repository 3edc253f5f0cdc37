"""«More…» under an alert: all that can be done with a case besides what the alert itself offers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from customers.phrases import Phrases
from feedback.complaint_rules import MOVES, Move
from feedback.complaints import is_answered, reference
from handlers.buttons import button
from handlers.context import StaffContext
from handlers.staff.desk import stale_button, tapped_case
from store.outbox import Button, ButtonRows, Draft
from store.tables.complaints import ENDED, Complaint

VERB = "more"
IN_A_ROW = 2


@dataclass(frozen=True, slots=True)
class Action:
    """One line of the menu.

    Attributes:
        shown: whether it makes sense for a case as it stands, and for who asks.
        label: on its button, in the language of staff.
        verb: of its button; the case's number follows. Its handler checks everything again.
    """

    shown: Callable[[Complaint, StaffContext], bool]
    label: Callable[[Phrases], str]
    verb: str


def _can_wait(complaint: Complaint, context: StaffContext) -> bool:
    return complaint.state in MOVES[Move.WAIT] and is_answered(context.session, complaint)


def _goes_on(complaint: Complaint, _context: StaffContext) -> bool:
    return complaint.state in MOVES[Move.ANSWER]


def _is_open(complaint: Complaint, _context: StaffContext) -> bool:
    return complaint.state not in ENDED


def _always(_complaint: Complaint, _context: StaffContext) -> bool:
    return True


def _has_ended(complaint: Complaint, _context: StaffContext) -> bool:
    return complaint.state in ENDED


ACTIONS: tuple[Action, ...] = (
    Action(_can_wait, lambda say: say("Waiting for customer"), "wait"),
    Action(_goes_on, lambda say: say("They have answered"), "goon"),
    Action(_is_open, lambda say: say("Quick reply"), "quick"),
    Action(_is_open, lambda say: say("Promise something"), "promise"),
    Action(_is_open, lambda say: say("Make good"), "concede"),
    Action(_has_ended, lambda say: say("Open it again"), "reopen"),
    Action(_always, lambda say: say("History"), "history"),
)
"""In the order in which they are shown; each area adds its own lines."""


def show(context: StaffContext) -> Sequence[Draft]:
    """Show what else can be done with a case."""
    complaint, customer = tapped_case(context)
    if complaint is None or customer is None:
        return stale_button(context)
    buttons = menu_of(complaint, context)
    text = context.say("What next with {reference}?", reference=reference(complaint.id))
    return (context.answer(text, buttons=buttons),)


def menu_of(complaint: Complaint, context: StaffContext) -> ButtonRows:
    """Give the buttons of all actions that make sense now."""
    buttons: list[Button] = [
        button(action.label(context.say), action.verb, complaint.id)
        for action in ACTIONS
        if action.shown(complaint, context)
    ]
    return tuple(tuple(buttons[start : start + IN_A_ROW]) for start in range(0, len(buttons), IN_A_ROW))
