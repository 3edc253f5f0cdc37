"""Quick replies: a text by a word, as a reply to a case, or chosen and looked at by buttons."""

from collections.abc import Sequence
from dataclasses import replace

from customers.profile import name_for_staff
from feedback.quick_replies import QuickReplyError
from handlers.buttons import MAX_BYTES, button, number, parse
from handlers.context import StaffContext
from handlers.incoming import IncomingKind
from handlers.matters import about_complaint, complaint_of, customer_of
from handlers.staff import held_words, replies
from handlers.staff.desk import stale_button
from handlers.staff.in_place import in_place_of_tapped
from handlers.staff.quick_words import COMMAND, compose, list_in_words, texts_for, trouble_in_words
from store.conversations import find_message
from store.new_rows import NewMessage, put
from store.numbering import next_number
from store.outbox import Button, Draft, find_by_key
from store.tables.complaints import Complaint
from store.tables.conversations import Message
from store.tables.customers import Customer

VERB = "quick"
SEND = "quicksend"
IN_A_ROW = 2


def send(context: StaffContext) -> Sequence[Draft]:
    """Send the text of a word to the customer whom the message above, or the question before, concerns."""
    word, say = context.incoming.argument, context.say
    if not word:
        return (context.answer(list_in_words(context)),)
    about = replies.matter_of(context)
    customer = customer_of(context.session, about)
    if customer is None:
        text = say("Whom shall it go to? Reply to a case with /r and the word. Nothing went out.")
        return (context.answer(text),)
    try:
        found = compose(context, customer, complaint_of(context.session, about), word)
    except QuickReplyError as error:
        return (context.answer(trouble_in_words(error, word, say)),)
    if found is None:
        unknown = say("There is no quick reply “{word}”, so nothing went out.", word=word)
        return (context.answer(f"{unknown}\n\n{list_in_words(context)}"),)
    return replies.answer_matter(context)


def choose(context: StaffContext) -> Sequence[Draft]:
    """Offer the quick replies of a case, or show what the customer would read."""
    case, customer, word = _tapped(context)
    if case is None or customer is None:
        return stale_button(context)
    if not word:
        return (in_place_of_tapped(context, _menu(context, case)),)
    say = context.say
    try:
        text = compose(context, customer, case, word)
    except QuickReplyError as error:
        return (context.answer(trouble_in_words(error, word, say), about=about_complaint(case.id)),)
    if text is None:
        return stale_button(context)
    rows = ((button(say("Send"), SEND, case.id, word), button(say("Another one"), VERB, case.id)),)
    shown = say("{name} would read:\n{words}", name=name_for_staff(customer, say), words=text)
    return (in_place_of_tapped(context, context.answer(shown, buttons=rows, about=about_complaint(case.id))),)


def send_chosen(context: StaffContext) -> Sequence[Draft]:
    """Send the quick reply that was looked at; once, however often it is tapped."""
    case, customer, word = _tapped(context)
    if case is None or customer is None:
        return stale_button(context)
    try:
        text = compose(context, customer, case, word)
    except QuickReplyError as error:
        return (context.answer(trouble_in_words(error, word, context.say), about=about_complaint(case.id)),)
    if text is None:
        return stale_button(context)
    name = f"{VERB}:{case.id}:{context.incoming.message_id}:{word}"
    chat = {"channel": context.incoming.channel, "address": context.incoming.address}
    before = find_message(context.session, **chat, external_id=name)
    if before is not None and (told := _why_not_again(context, before)):
        return (context.answer(told, about=about_complaint(case.id)),)
    return replies.answer_about(_as_if_written(context, word, name, before), about_complaint(case.id))


def _why_not_again(context: StaffContext, before: Message) -> str:
    """Tell why a quick reply that was tapped before does not go out now; "" where it may."""
    if find_by_key(context.session, f"{replies.KEY}{before.id}") is not None:
        return context.say("That went out already.")
    if before.sender != context.incoming.sender.id:
        return context.say("Only who wrote it can decide that.")
    if find_by_key(context.session, f"{held_words.VERB}:{before.id}") is not None:
        return context.say("That is decided already.")
    return ""


def _as_if_written(context: StaffContext, word: str, name: str, before: Message | None) -> StaffContext:
    """Put a tapped quick reply before the handlers as if its writer had sent ``/r`` and the word.

    Args:
        context: of who tapped.
        word: of the quick reply.
        name: of the tap, the same however often it is made: there is one message for all of them.
        before: that message, where it was tapped before.
    """
    incoming = replace(
        context.incoming,
        kind=IncomingKind.MESSAGE,
        text=f"/{COMMAND} {word}",
        message_id=name,
        button=None,
    )
    message = NewMessage(
        id=next_number(context.session, Message) if before is None else before.id,
        customer_id=None,
        channel=incoming.channel,
        address=incoming.address,
        sender=incoming.sender.id,
        external_id=name,
        text=incoming.text,
        attachments=[],
        reply_to=None,
        at=context.now,
    )
    if before is None:
        put(context.session, message)
    return replace(context, incoming=incoming, message=message, dialogue=None)


def _menu(context: StaffContext, case: Complaint) -> Draft:
    """Offer all words that fit on a button; the others are sent by ``/r``."""
    say, buttons = context.say, list[Button]()
    for word in texts_for(context.company, context.company.language):
        if len(f"{SEND}:{case.id}:{word}".encode()) <= MAX_BYTES and ":" not in word:
            buttons.append(button(word, VERB, case.id, word))
    rows = tuple(tuple(buttons[start : start + IN_A_ROW]) for start in range(0, len(buttons), IN_A_ROW))
    text = say("Which quick reply? You see it before it goes out.")
    return context.answer(text, buttons=rows)


def _tapped(context: StaffContext) -> tuple[Complaint | None, Customer | None, str]:
    """Find the case that a button names, whose it is, and the word; nothing for what is gone or never was."""
    _, arguments = parse(context.incoming.button or "")
    match arguments:
        case (written,):
            word = ""
        case (written, word):
            pass
        case _:
            return None, None, ""
    found = number(written)
    about = "" if found is None else about_complaint(found)
    return complaint_of(context.session, about), customer_of(context.session, about), word
