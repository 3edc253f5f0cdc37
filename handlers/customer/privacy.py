"""What we hold on a customer: shown, or erased, when they ask."""

from collections.abc import Sequence

from customers.erasure import FAREWELL, Overwrite, erase
from customers.phrases import phrases
from customers.privacy import everything_on, to_document
from handlers.buttons import button, parse
from handlers.context import CustomerContext
from handlers.customer.welcome import stale_button
from store.outbox import Document, Draft
from store.tables.queues import MessageKind


def my_data(context: CustomerContext) -> Sequence[Draft]:
    """Give the customer all that is held on them."""
    document = Document(
        name="my-data.json",
        media_type="application/json",
        text=to_document(
            everything_on(context.session, context.customer, speaks_as=context.company.desk.speaks_as)
        ),
    )
    return (context.answer(context.say("This is everything we hold on you."), document=document),)


def ask_to_forget(context: CustomerContext) -> Sequence[Draft]:
    """Ask once before everything is erased."""
    say = context.say
    buttons = (
        (button(say("Yes, erase everything"), "forget", "yes"), button(say("No, keep it"), "forget", "no")),
    )
    text = say(
        "This erases everything we hold on you: your messages, ratings, complaints and invitations. It "
        "cannot be undone, and open complaints end unanswered. Are you sure?"
    )
    return (context.answer(text, buttons=buttons),)


def forget(context: CustomerContext) -> Sequence[Draft]:
    """Erase the customer, or leave everything as it is."""
    _, arguments = parse(context.incoming.button or "")
    if arguments == ("no",):
        return (context.answer(context.say("All right, nothing was erased.")),)
    if arguments != ("yes",):
        return stale_button(context)
    customer_id = context.customer.id
    shown = erase(context.session, context.customer, now=context.now)
    return (_farewell(context, customer_id), *(_overwritten(context, one) for one in shown))


def _farewell(context: CustomerContext, customer_id: int) -> Draft:
    """Compose the last answer; it belongs to nobody any more."""
    return Draft(
        kind=MessageKind.ANSWER,
        channel=context.incoming.channel,
        address=context.incoming.address,
        text=context.say(
            "Done: everything we held on you is erased. If you write again, we start anew. Farewell!"
        ),
        about=FAREWELL,
        dedupe_key=f"{FAREWELL}:{customer_id}",
    )


def _overwritten(context: CustomerContext, shown: Overwrite) -> Draft:
    """Compose the change that hides from staff what they were sent about an erased customer."""
    message = shown.message
    return Draft(
        kind=MessageKind.ALERT,
        channel=message.channel,
        address=message.address,
        text=phrases(context.company.language)(
            "🗑 This customer was erased at their wish, and so were their words."
        ),
        takes_back=shown.had_files,
        edits=message.dedupe_key,
        dedupe_key=f"erased:{message.id}",
    )
