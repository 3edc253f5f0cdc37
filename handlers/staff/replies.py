"""From staff to a customer: replying to what the bot showed of them writes to them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from customers.company import Chat
from customers.phrases import phrases
from customers.profile import chat_with, name_for_staff
from customers.speaking import signature
from feedback.complaints import reference, respond
from handlers.buttons import number, parse
from handlers.conditions import in_group, is_reply
from handlers.context import Context, StaffContext
from handlers.matters import about_complaint, about_customer, complaint_of, concerns_customer, customer_of
from handlers.staff.alerts import refreshed_alert
from handlers.staff.held_words import ask_first
from handlers.staff.waiting_offer import offer
from store.conversations import find_message
from store.new_rows import AnyMessage
from store.outbox import Draft, find_by_external_id, find_by_key
from store.tables.complaints import ENDED, Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.queues import MessageKind, OutboxMessage

STEP = "reply"
PATIENCE = timedelta(minutes=10)
"""After which the next words are no longer sent: in a group they may well be meant for a colleague."""


def replies_to_customer(context: Context) -> bool:
    """The message replies to one of ours that concerns a customer."""
    return is_reply(context) and _matter(context) is not None


def reply_to_alert(context: StaffContext) -> Sequence[Draft]:
    """Send the words of a reply to the customer whom the message above it concerns."""
    above = _above(context)
    about = "" if above is None else above.about or ""
    asked = _ask_first(context, about, above)
    return asked or write(context, about)


def ask_reply(context: StaffContext) -> Sequence[Draft]:
    """Ask for the words that shall go to the customer."""
    _, arguments = parse(context.incoming.button or "")
    match arguments:
        case (written,) if (found := number(written)) is not None:
            about = about_complaint(found)
        case ("customer", written) if (found := number(written)) is not None:
            about = about_customer(found)
        case _:
            about = ""
    customer = customer_of(context.session, about)
    if customer is None:
        return (_gone(context),)
    context.expect(STEP, {"about": about})
    say, name = context.say, name_for_staff(customer, context.say)
    if in_group(context):
        text = say("Reply to this message with what {name} should read. /cancel ends this.", name=name)
    else:
        text = say("Your next message here goes to {name}. /cancel ends this.", name=name)
    return (context.answer(text, about=about),)


def send_reply(context: StaffContext) -> Sequence[Draft]:
    """Send the words that were asked for; a reply to anything but the question may be for another."""
    if is_reply(context):
        return cannot_tell(context)
    dialogue = context.dialogue
    if dialogue is None:
        return ()
    about = str(dialogue.data.get("about", ""))
    asked = _ask_first(context, about, None)
    if asked:
        context.expect_nothing()
    return asked or write(context, about)


def cannot_tell(context: StaffContext) -> Sequence[Draft]:
    """Say that a reply went nowhere: what it replies to concerns no customer, or is not known to us."""
    text = context.say(
        "Nothing went out: I cannot tell which customer that message is about. Reply to another message "
        "about them, or tap Reply under the alert."
    )
    return (context.answer(text),)


def correct(context: StaffContext) -> Sequence[Draft]:
    """Let the customer see the corrected words of a reply that went to them."""
    incoming = context.incoming
    message = find_message(
        context.session,
        channel=incoming.channel,
        address=incoming.address,
        external_id=incoming.message_id or "",
    )
    if message is None or message.text == incoming.text or not incoming.text.strip():
        return ()
    message.text, message.edited_at = incoming.text, context.now
    customer = customer_of(context.session, message.about or "")
    sent = find_by_key(context.session, _key(message))
    if customer is None or sent is None:
        return ()
    chat = Chat(sent.channel, sent.address)
    words = _to_customer(context, customer, chat, incoming.text, about=message.about or "")
    return (replace(words, edits=sent.dedupe_key),)


def _ask_first(context: StaffContext, about: str, above: OutboxMessage | None) -> Sequence[Draft]:
    """Hold the words back where it is not plain that they shall go out; else nothing."""
    asked = ask_first(context, complaint_of(context.session, about), above)
    if asked and context.message is not None:
        context.message.about = about  # so that it is found when the customer is erased
    return asked


def write(context: StaffContext, about: str) -> Sequence[Draft]:
    """Send words to the customer whom a matter concerns, or say why they cannot be sent.

    Args:
        context: of who wrote them.
        about: the matter.
    """
    say, words = context.say, context.incoming.text
    customer = customer_of(context.session, about)
    if customer is None:
        _end_question(context)
        return (_gone(context),)
    if context.message is not None:
        context.message.about = about  # so that it is found when the customer is erased
    if not words.strip():
        return (
            context.answer(
                say("I can only send words so far, so nothing went out. Please write it instead.")
            ),
        )
    complaint = complaint_of(context.session, about)
    preferred = None if complaint is None else Chat(complaint.channel, complaint.address)
    chat = chat_with(context.session, customer.id, preferred)
    _end_question(context)
    if chat is None:
        text = say(
            "{name} cannot be reached: they blocked us or left. Nothing went out.",
            name=name_for_staff(customer, say),
        )
        return (context.answer(text, about=about),)
    return _send(context, customer, complaint, chat, words)


def _end_question(context: StaffContext) -> None:
    """End the question for words to a customer; another talk of several steps goes on after an answer."""
    if context.dialogue is not None and context.dialogue.step == STEP:
        context.expect_nothing()


def _send(
    context: StaffContext, customer: Customer, complaint: Complaint | None, chat: Chat, words: str
) -> Sequence[Draft]:
    """Queue the words, note them in the case, and tell staff that they went out."""
    was_open = complaint is not None and complaint.state is ComplaintState.OPEN
    about = _note(context, customer, complaint, words)
    sent = _to_customer(context, customer, chat, words, about=about)
    key = ""
    if context.message is not None:
        context.message.about = about
        key = _key(context.message)
    buttons = () if complaint is None else offer(complaint, words, context.say)
    confirmation = context.answer(_confirmation(context, customer, complaint), buttons=buttons, about=about)
    if complaint is None or not was_open:
        return replace(sent, dedupe_key=key), confirmation
    return (
        replace(sent, dedupe_key=key),
        confirmation,
        *refreshed_alert(context.session, complaint, customer, company=context.company, now=context.now),
    )


def _note(context: StaffContext, customer: Customer, complaint: Complaint | None, words: str) -> str:
    """Note an answer in its case; a closed one stays closed, so what follows concerns the customer alone.

    Returns:
        What the words concern.
    """
    if complaint is None:
        return about_customer(customer.id)
    respond(
        context.session,
        complaint,
        staff=context.staff,
        text=words,
        company=context.company,
        now=context.now,
    )
    closed = complaint.state in ENDED
    return about_customer(customer.id) if closed else about_complaint(complaint.id)


def _to_customer(context: StaffContext, customer: Customer, chat: Chat, words: str, *, about: str) -> Draft:
    say = phrases(customer.language)
    return Draft(
        kind=MessageKind.ANSWER,
        channel=chat.channel,
        address=chat.address,
        customer_id=customer.id,
        text=say(
            "{who}: {words}",
            who=signature(context.staff, context.company, say),
            words=words,
        ),
        about=about,
    )


def _confirmation(context: StaffContext, customer: Customer, complaint: Complaint | None) -> str:
    say = context.say
    name = name_for_staff(customer, say)
    if complaint is None:
        return say("✓ Sent to {name}.", name=name)
    values = {"name": name, "reference": reference(complaint.id)}
    if complaint.state in ENDED:
        return say("✓ Sent to {name}. {reference} is closed, and stays so.", **values)
    return say("✓ Sent to {name} ({reference}).", **values)


def _key(message: AnyMessage) -> str:
    """Name the words that went out because of a message of staff."""
    return f"reply:{message.id}"


def _matter(context: Context) -> str | None:
    """Find what customer's matter the message above this one concerns."""
    above = _above(context)
    return None if above is None else above.about


def _above(context: Context) -> OutboxMessage | None:
    """Find the message above this one, where it concerns a customer."""
    incoming = context.incoming
    above = find_by_external_id(
        context.session,
        channel=incoming.channel,
        address=incoming.address,
        external_id=incoming.reply_to or "",
    )
    return above if above is not None and concerns_customer(above.about) else None


def _gone(context: StaffContext) -> Draft:
    return context.answer(context.say("There is no such customer any more: nothing went out."))
