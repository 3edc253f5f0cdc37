"""A command that does not exist: perhaps a known one is meant, and what stands behind it is words anyway."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from handlers.context import CustomerContext
from handlers.customer.words import take_words
from handlers.menu import customer_menu
from store.outbox import Draft

ALIKE = 0.75
"""How alike two names must be, 0–1 (``difflib``), for one to be meant by the other."""


def unknown_command(context: CustomerContext) -> Sequence[Draft]:
    """Name the command that may be meant; what follows it is taken as if it had been written freely.

    A command that is like none of ours may be meant for another program, and its words with it.
    """
    say, meant = context.say, _meant(context)
    if meant is None:
        text = say("I do not know this command. /help shows those I know, or just write in your own words.")
        return (context.answer(text),)
    hint = say("I do not know this command. Did you mean /{command}?", command=meant)
    if not context.incoming.argument:
        return (context.answer(hint),)
    answer, *others = take_words(context, context.incoming.argument)
    return replace(answer, text=f"{hint}\n\n{answer.text}"), *others


def _meant(context: CustomerContext) -> str | None:
    known = [*(item.name for item in customer_menu(context.say)), "cancel"]
    return next(iter(get_close_matches(context.incoming.command or "", known, n=1, cutoff=ALIKE)), None)
