"""Feedback that is asked for."""

from collections.abc import Sequence

from handlers.context import CustomerContext
from handlers.customer.words import take_words
from store.outbox import Draft

STEP = "feedback"


def ask(context: CustomerContext) -> Sequence[Draft]:
    """Take the feedback that stands behind the command, or ask for it."""
    words = context.incoming.argument
    if words:
        context.expect_nothing()
        return take_words(context, words, apart=True)
    context.expect(STEP)
    return (
        context.answer(
            context.say("What do you think of us? Good or bad, in your own words. /cancel ends this.")
        ),
    )


def take_asked(context: CustomerContext) -> Sequence[Draft]:
    """Take the answer to "what do you think of us?"."""
    if context.incoming.text.strip():
        context.expect_nothing()
    return take_words(context, context.incoming.text, apart=True)
