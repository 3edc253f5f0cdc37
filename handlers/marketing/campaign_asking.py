"""How ``/campaign`` asks: what was said so far is kept in the talk, beside the question that is open."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from handlers.buttons import button
from handlers.context import StaffContext
from handlers.staff.questions import ask as ask_staff
from scheduler.definitions.template import VARIANTS
from store.outbox import ButtonRows, Draft

STEP = "campaign"
VERB = "plan"
"""What the buttons under our questions carry first; the step and the choice follow."""

CHOICES: Mapping[str, Sequence[str]] = {
    "languages": ("skip", "version"),
    "picture": ("skip",),
    "buttons": ("skip",),
    "labels": ("skip",),
    "everybody": ("yes",),
    "nobody": ("keep",),
    "when": ("now", "best", "tomorrow"),
    "retime": ("now", "tomorrow"),
}
"""What can be tapped at each step."""

TOO_SOON = frozenset({"now", "best"})
"""What is not offered where nobody would get it so soon."""

Data = dict[str, Any]
Step = Callable[[StaffContext, Data, str], Sequence[Draft]]
"""Takes an answer beside what was said so far, and asks what comes next; ``InputError`` asks again."""


def ask(context: StaffContext, data: Data, question: str) -> Draft:
    """Ask the question of the step that ``data`` is at, with its choices."""
    return ask_staff(context, question, step=STEP, data=data, buttons=_buttons_at(context, data))


def _buttons_at(context: StaffContext, data: Data) -> ButtonRows:
    """Make the buttons under the question of a step, one in a row: a phone is narrow."""
    say, at = context.say, str(data["at"])
    labels = {
        "skip": say("Go on") if at == "languages" else say("Skip"),
        "version": say("Another version to compare"),
        "yes": say("Yes, everybody"),
        "keep": say("Keep it for later"),
        "now": say("Now"),
        "best": say("At each one's best hour"),
        "tomorrow": say("Tomorrow 10:00 on their clock"),
    }
    choices = list(CHOICES.get(at, ()))
    if "version" in choices and len(data["messages"]) == len(VARIANTS):
        choices.remove("version")
    if data.get("too_soon"):
        choices = [choice for choice in choices if choice not in TOO_SOON]
    return tuple((button(labels[choice], VERB, at, choice),) for choice in choices)
