"""Whether we may write first."""

from collections.abc import Sequence

from customers.consent import set_consent, withdraw_first_spoken
from handlers.context import CustomerContext
from store.outbox import Draft


def stop(context: CustomerContext) -> Sequence[Draft]:
    """Write first no more, and hold back what is already queued."""
    changed = set_consent(context.session, context.customer.id, granted=False, now=context.now)
    withdraw_first_spoken(context.session, context.customer.id)
    context.expect_nothing()
    say = context.say
    if changed:
        return (
            context.answer(
                say(
                    "Done: we will not write to you first any more. When you write, you still get an answer. "
                    "/resume turns it on again."
                )
            ),
        )
    return (context.answer(say("We already do not write to you first. /resume turns it on again.")),)


def resume(context: CustomerContext) -> Sequence[Draft]:
    """Allow that we write first again."""
    changed = set_consent(context.session, context.customer.id, granted=True, now=context.now)
    say = context.say
    if changed:
        return (
            context.answer(
                say("Welcome back: now and then we may write to you first again. /stop ends it at any time.")
            ),
        )
    return (context.answer(say("We may write to you first, as before. /stop ends it at any time.")),)
