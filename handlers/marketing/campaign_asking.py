"""How ``/campaign`` asks: what was said so far is kept in the talk, beside the question that is open."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from handlers.buttons import button
from handlers.context import StaffContext
from handlers.drafts import CAMPAIGN, REPLACES
from handlers.staff.questions import ask as ask_staff
from scheduler.definitions.template import VARIANTS
from store.outbox import ButtonRows, Draft

STEP = CAMPAIGN
"""The talk in which a campaign is written, or changed before it is confirmed."""

LATER = "planned"
"""The talk about a campaign that there is already: another time, or a name under which its words are kept."""

CHANGE = "rework"
"""What the buttons of «Change …» carry first; the campaign's number and what to change follow."""

VERB = "plan"
"""What the buttons under our questions carry first; the step and the choice follow."""

CHOICES: Mapping[str, Sequence[str]] = {
    "languages": ("skip", "version"),
    "words": VARIANTS,
    "picture": ("skip", "none"),
    "buttons": ("skip", "none"),
    "labels": ("skip",),
    "everybody": ("yes",),
    "nobody": ("keep",),
    "when": ("now", "best", "tomorrow"),
    "retime": ("now", "tomorrow"),
}
"""What can be tapped at each step."""

ONLY_CHANGING = frozenset({"none"})
"""What is only offered where something is changed that was there before."""

TOO_SOON = frozenset({"now", "best"})
"""What is not offered where nobody would get it so soon."""

Data = dict[str, Any]
Step = Callable[[StaffContext, Data, str], Sequence[Draft]]
"""Takes an answer beside what was said so far, and asks what comes next; ``InputError`` asks again."""


def ask(context: StaffContext, data: Data, question: str) -> Draft:
    """Ask the question of the step that ``data`` is at, with its choices."""
    step = STEP if "messages" in data else LATER
    return ask_staff(context, question, step=step, data=data, buttons=_buttons_at(context, data))


def _buttons_at(context: StaffContext, data: Data) -> ButtonRows:
    """Make the buttons under the question of a step, one in a row: a phone is narrow."""
    say, at, is_changing = context.say, str(data["at"]), REPLACES in data
    skip = say("Leave it as it is") if is_changing else say("Skip")
    labels = {
        "skip": say("Go on") if at == "languages" else skip,
        "none": say("Without buttons") if at == "buttons" else say("Without a picture"),
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
    if at == "words":
        labels = {one: say("Version {variant}", variant=one) for one in VARIANTS}
        choices = [one for one in choices if one in data["messages"] and one != data["variant"]]
    if data.get("too_soon"):
        choices = [choice for choice in choices if choice not in TOO_SOON]
    if not is_changing or not data.get(at):
        choices = [choice for choice in choices if choice not in ONLY_CHANGING]
    return tuple((button(labels[choice], VERB, at, choice),) for choice in choices)
