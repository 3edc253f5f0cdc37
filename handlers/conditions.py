"""The questions by which the router picks a handler."""

from collections.abc import Callable

from handlers.buttons import parse
from handlers.context import Context
from handlers.incoming import IncomingKind

Condition = Callable[[Context], bool]


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


def at_step(*steps: str) -> Condition:
    """A message answers one of these steps of a talk that is under way."""

    def answers(context: Context) -> bool:
        dialogue = context.dialogue
        return (
            context.incoming.kind is IncomingKind.MESSAGE and dialogue is not None and dialogue.step in steps
        )

    return answers


def is_message(context: Context) -> bool:
    """Something was written or sent."""
    return context.incoming.kind is IncomingKind.MESSAGE


def is_edit(context: Context) -> bool:
    """An earlier message was corrected."""
    return context.incoming.kind is IncomingKind.EDIT


def is_reply(context: Context) -> bool:
    """A message replies to one of ours."""
    return context.incoming.kind is IncomingKind.MESSAGE and context.incoming.reply_to is not None
