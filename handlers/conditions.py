"""The questions by which the router picks a handler."""

from collections.abc import Callable
from datetime import timedelta
from enum import Enum, auto

from handlers.buttons import parse
from handlers.context import Context
from handlers.incoming import IncomingKind
from store.outbox import find_by_external_id

Condition = Callable[[Context], bool]

ASKED = "asked"
"""In the data of a talk of several steps: the dedupe keys of our questions that are open in it."""


class Came(Enum):
    """What an update is to who answers it."""

    EDIT = auto()
    COMMAND = auto()
    TAP = auto()
    WORDS = auto()
    NOTHING = auto()


def what_came(context: Context) -> Came:
    """Tell what an update is; nothing where nobody said anything."""
    incoming = context.incoming
    if incoming.kind is IncomingKind.MESSAGE:
        return Came.WORDS if incoming.command is None else Came.COMMAND
    return _BESIDE_MESSAGES.get(incoming.kind, Came.NOTHING)


_BESIDE_MESSAGES = {IncomingKind.EDIT: Came.EDIT, IncomingKind.BUTTON: Came.TAP}


def command(*names: str) -> Condition:
    """The message is one of these commands."""
    return lambda context: context.incoming.command in names


def any_command(context: Context) -> bool:
    """The message is a command, known or not."""
    return context.incoming.command is not None


def tapped(*verbs: str) -> Condition:
    """A button with one of these verbs was tapped."""
    return lambda context: context.incoming.button is not None and parse(context.incoming.button)[0] in verbs


def any_tap(context: Context) -> bool:
    """A button was tapped."""
    return context.incoming.kind is IncomingKind.BUTTON


def at_step(*steps: str, within: timedelta | None = None) -> Condition:
    """A message answers one of these steps of a talk that is under way, and was under way ``within``.

    In a group only a reply to the question does: what else is said there is between people.
    """

    def answers(context: Context) -> bool:
        dialogue = context.dialogue
        if dialogue is None or dialogue.step not in steps or not answers_question(context):
            return False
        return within is None or context.now - dialogue.updated_at <= within

    return answers


def answers_question(context: Context) -> bool:
    """A message may answer what is open in a talk of several steps.

    A reply does where it is to a question that was asked in it; plain words do where nobody else listens.
    """
    incoming, dialogue = context.incoming, context.dialogue
    if dialogue is None or not is_message(context):
        return False
    if not is_reply(context):
        return not in_group(context)
    asked = dialogue.data.get(ASKED)
    if asked is None:  # a talk that names no question: alone with us, whatever one replies to
        return not in_group(context)
    above = find_by_external_id(
        context.session,
        channel=incoming.channel,
        address=incoming.address,
        external_id=incoming.reply_to or "",
    )
    return above is not None and above.dedupe_key in asked


def is_message(context: Context) -> bool:
    """Something was written or sent."""
    return context.incoming.kind is IncomingKind.MESSAGE


def is_edit(context: Context) -> bool:
    """An earlier message was corrected."""
    return context.incoming.kind is IncomingKind.EDIT


def is_reply(context: Context) -> bool:
    """A message replies to one of ours."""
    return context.incoming.kind is IncomingKind.MESSAGE and context.incoming.reply_to is not None


def in_group(context: Context) -> bool:
    """People talk among themselves in this chat, on an app where they do so anyway; replies are for us."""
    return not context.incoming.private and context.incoming.channel != "webchat"
