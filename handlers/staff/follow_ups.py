"""What staff get besides alerts: a customer's further words, and what has no complaint but needs a person."""

from customers.phrases import Phrases, phrases
from customers.profile import name_for_staff
from feedback.complaints import reference
from handlers.buttons import button
from handlers.context import CustomerContext
from handlers.matters import about_complaint, about_customer
from handlers.staff.alert_text import shortened, standing_in_words
from store.outbox import ButtonRows, Draft
from store.tables.complaints import Complaint
from store.tables.queues import MessageKind
from store.threads import newest_about


def staff_say(context: CustomerContext) -> Phrases:
    """Give the language of the staff chat."""
    return phrases(context.company.language)


def under_alert(context: CustomerContext, complaint: Complaint, text: str, *, dedupe_key: str = "") -> Draft:
    """Show staff something new about a complaint, under its alert."""
    heading = f"{reference(complaint.id)} · {name_for_staff(context.customer, staff_say(context))}"
    return _to_staff(
        context,
        f"{heading}: {text}",
        about=about_complaint(complaint.id),
        reply_to=complaint.alert_key,
        dedupe_key=dedupe_key,
    )


def words_under_alert(context: CustomerContext, complaint: Complaint, words: str) -> Draft:
    """Show staff what a customer wrote on about a complaint."""
    return under_alert(context, complaint, shortened(words))


def pass_to_staff(context: CustomerContext, sentence: str, words: str) -> Draft:
    """Hand a customer's words to staff; replying to them writes to the customer.

    Args:
        context: the customer's.
        sentence: what it is, already in staff's language.
        words: what the customer wrote.
    """
    say = staff_say(context)
    customer = context.customer
    title = f"{name_for_staff(customer, say)} · {standing_in_words(customer.standing, say)}"
    return _to_staff(
        context,
        f"{sentence}\n{title}\n{say('“{words}”', words=shortened(words))}",
        about=about_customer(customer.id),
        reply_to=_earlier_in_talk(context),
        buttons=((button(say("Reply"), "reply", "customer", customer.id),),),
    )


def _earlier_in_talk(context: CustomerContext) -> str | None:
    staff_chat = context.company.staff_chat
    return newest_about(
        context.session,
        about_customer(context.customer.id),
        channel=staff_chat.channel,
        address=staff_chat.address,
    )


def _to_staff(
    context: CustomerContext,
    text: str,
    *,
    about: str,
    reply_to: str | None,
    dedupe_key: str = "",
    buttons: ButtonRows = (),
) -> Draft:
    staff_chat = context.company.staff_chat
    return Draft(
        kind=MessageKind.ALERT,
        channel=staff_chat.channel,
        address=staff_chat.address,
        text=text,
        about=about,
        reply_to=reply_to,
        buttons=buttons,
        dedupe_key=dedupe_key,
    )
