"""A command that does not exist: perhaps a known one is meant, and what stands behind it is words anyway."""

from collections.abc import Sequence
from dataclasses import replace

from handlers.context import CustomerContext
from handlers.customer.words import take_words
from handlers.menu import customer_menu, meant
from store.outbox import Draft


def unknown_command(context: CustomerContext) -> Sequence[Draft]:
    """Name the command that may be meant; what follows it is taken as if it had been written freely.

    A command that is like none of ours may be meant for another program, and its words with it.
    """
    say = context.say
    command = meant(context.incoming.command or "", customer_menu(say))
    if command is None:
        text = say("I do not know this command. /help shows those I know, or just write in your own words.")
        return (context.answer(text),)
    hint = say("I do not know this command. Did you mean /{command}?", command=command)
    if not context.incoming.argument:
        return (context.answer(hint),)
    answer, *others = take_words(context, context.incoming.argument)
    return replace(answer, text=f"{hint}\n\n{answer.text}"), *others
