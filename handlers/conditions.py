"""The questions by which the router picks a handler."""

from collections.abc import Callable
from datetime import timedelta

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


def at_step(*steps: str, within: timedelta | None = None) -> Condition:
    """A message answers one of these steps of a talk that is under way, and was under way ``within``.

    In a group only a reply does: what else is said there is between people.
    """

    def answers(context: Context) -> bool:
        dialogue = context.dialogue
        if context.incoming.kind is not IncomingKind.MESSAGE or dialogue is None:
            return False
        if in_group(context) and not is_reply(context):
            return False
        return dialogue.step in steps and (within is None or context.now - dialogue.updated_at <= within)

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


def in_group(context: Context) -> bool:
    """People talk among themselves in this chat, on an app where they do so anyway; replies are for us."""
    return not context.incoming.private and context.incoming.channel != "webchat"
