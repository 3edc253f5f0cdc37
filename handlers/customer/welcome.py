"""First words, help, and an answer to whatever cannot be understood as a command or a button."""

from collections.abc import Sequence
from datetime import timedelta

from customers.phrases import Phrases
from customers.profile import note_source
from customers.speaking import company_name
from handlers.context import CustomerContext
from handlers.customer.friends import invite_friend, source_of
from store.conversations import has_written
from store.outbox import Draft

INTRODUCED_FOR = timedelta(minutes=10)
"""Whom /start greeted so lately is not greeted once more: apps say it for who then says hello."""


def start(context: CustomerContext) -> Sequence[Draft]:
    """Greet somebody, and note by which link they came."""
    note_source(context.customer, source_of(context.incoming.argument))
    context.expect_nothing()
    say, company = context.say, company_name(context.company, context.say)
    text = "\n\n".join(
        (
            *(() if is_introduced(context) else (greeting(context),)),
            say(
                "Just write in your own words: tell us what you liked, what went wrong, what we could do "
                "better, or ask a question. When something is wrong, a person gets it at once."
            ),
            say(
                "Now and then {company} may write to you first, for example to ask how things are or to "
                "invite you. /stop ends that at any time. /help shows everything you can do here.",
                company=company,
            ),
        )
    )
    return context.answer(text), *invite_friend(context)


def greeting(context: CustomerContext) -> str:
    """Say hello, by name where we know it."""
    say, company, name = context.say, context.company.name, context.customer.display_name
    if not context.company.is_named:
        return say("Hello {name}!", name=name) if name else say("Hello!")
    if name:
        return say("Hello {name}, this is {company}.", name=name, company=company)
    return say("Hello, this is {company}.", company=company)


def is_introduced(context: CustomerContext) -> bool:
    """Tell whether this customer said /start here a moment ago, and was greeted."""
    incoming, message = context.incoming, context.message
    return message is not None and has_written(
        context.session,
        "/start",
        customer_id=context.customer.id,
        channel=incoming.channel,
        address=incoming.address,
        before=message.id,
        since=context.now - INTRODUCED_FOR,
    )


def help_(context: CustomerContext) -> Sequence[Draft]:
    """Tell what can be done here."""
    say = context.say
    return (
        context.answer(
            "\n".join(
                (
                    say(
                        "You can write at any time in your own words; no command is needed. If you like "
                        "commands:"
                    ),
                    "",
                    say("/complaint – tell us what went wrong"),
                    say("/feedback – tell us what you think"),
                    say("/status – how your complaints stand"),
                    say("/events – what is coming up"),
                    say("/festivals – on which festivals we greet you"),
                    say("/birthday – tell us yours"),
                    say("/language – choose your language"),
                    say("/stop – we no longer write first"),
                    say("/consent – choose what we may write to you about"),
                    say("/resume – we may write first again"),
                    say("/mydata – everything we hold on you"),
                    say("/forget – erase everything we hold on you"),
                )
            )
        ),
    )


def cancel(context: CustomerContext) -> Sequence[Draft]:
    """End a talk of several steps."""
    if context.dialogue is None:
        return (context.answer(context.say("There is nothing to cancel. Just write when you need us.")),)
    context.expect_nothing()
    return (context.answer(context.say("All right, never mind. Just write when you need us.")),)


def stale_button(context: CustomerContext) -> Sequence[Draft]:
    """Answer a button that is out of date, or that was never ours to tap; it changes nothing."""
    return (context.answer(stale_button_text(context.say)),)


def stale_button_text(say: Phrases) -> str:
    """Say that a button is out of date, to whomever."""
    return say("This button no longer does anything. Just write what you need.")
