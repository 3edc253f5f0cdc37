"""From staff to a customer: replying to what the bot showed of them writes to them."""

from collections.abc import Sequence
from dataclasses import replace

from customers.company import Chat
from customers.profile import name_for_staff
from feedback.case_notes import is_note
from handlers.buttons import number, parse
from handlers.conditions import in_group, is_reply
from handlers.context import Context, StaffContext
from handlers.matters import about_complaint, about_customer, complaint_of, concerns_customer, customer_of
from handlers.staff import albums, notes, presence
from handlers.staff.answering import Letter, corrected, send_written
from handlers.staff.held_words import ask_first, hold
from scheduler.campaigns.samples import SAMPLE
from store.conversations import find_message
from store.new_rows import AnyMessage
from store.outbox import Body, Draft, find_by_external_id, find_by_key
from store.tables.conversations import Message
from store.tables.queues import OutboxMessage

STEP, PATIENCE = presence.STEP, presence.PATIENCE
DECISIONS = frozenset({"approve", "quicksend"})
"""Buttons under questions to staff that name a customer: an erasure finds them by what they concern."""
KEY = "reply:"
"""Begins the dedupe key of all that a person wrote to a customer."""
ALBUM = "album"
"""In the data of the step: whose other pictures still belong to the answer."""


def replies_to_customer(context: Context) -> bool:
    """The message replies to one of ours that concerns a customer."""
    return is_reply(context) and _above(context) is not None


def reply_to_alert(context: StaffContext) -> Sequence[Draft]:
    """Send the words of a reply to the customer whom the message above it concerns."""
    above = _above(context)
    return _answer(context, "" if above is None else above.about or "", above)


def matter_of(context: StaffContext) -> str:
    """Tell what words concern: what they reply to, else what their writer was asked for; "" for nothing."""
    if is_reply(context):
        above = _above(context)
        return "" if above is None else above.about or ""
    dialogue = context.dialogue
    asked = dialogue is not None and dialogue.step == STEP and context.now - dialogue.updated_at <= PATIENCE
    return str(dialogue.data.get("about", "")) if dialogue is not None and asked else ""


def answer_matter(context: StaffContext) -> Sequence[Draft]:
    """Send words to the customer whom they concern (``matter_of``)."""
    return _answer(context, matter_of(context), _above(context) if is_reply(context) else None)


def answer_about(context: StaffContext, about: str) -> Sequence[Draft]:
    """Send words to the customer whom a matter concerns, or ask first as with all that is written to them."""
    return _answer(context, about, None)


def ask_reply(context: StaffContext) -> Sequence[Draft]:
    """Ask for the words that shall go to the customer; who else writes to them is told."""
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
    others = presence.others_at_it(context, customer, about)
    context.expect(STEP, {"about": about})
    say, name = context.say, name_for_staff(customer, context.say)
    if in_group(context):
        text = say("Reply to this message with what {name} should read. /cancel ends this.", name=name)
    else:
        text = say("Your next message here goes to {name}. /cancel ends this.", name=name)
    return (context.answer("\n".join([*others, text]), about=about),)


def send_reply(context: StaffContext) -> Sequence[Draft]:
    """Send the words that were asked for; a reply to anything but the question may be for another."""
    dialogue = context.dialogue
    if dialogue is None:
        return ()
    if is_reply(context) or dialogue.data.get(ALBUM, context.incoming.album) != context.incoming.album:
        return cannot_tell(context)
    return _answer(context, str(dialogue.data.get("about", "")), None)


def cannot_tell(context: StaffContext) -> Sequence[Draft]:
    """Say that a reply went nowhere: what it replies to concerns no customer, or is not known to us."""
    text = context.say(
        "Nothing went out: I cannot tell which customer that message is about. Reply to another message "
        "about them, or tap Reply under the alert."
    )
    return (context.answer(text),)


def correct(context: StaffContext) -> Sequence[Draft]:
    """Let the customer see the corrected words of a reply to them; a note never takes their place."""
    incoming = context.incoming
    message = find_message(
        context.session,
        channel=incoming.channel,
        address=incoming.address,
        external_id=incoming.message_id or "",
    )
    if message is None or message.text == incoming.text or not incoming.text.strip():
        return ()
    customer = customer_of(context.session, message.about or "")
    sent = find_by_key(context.session, _key(message)) or find_by_key(
        context.session, albums.picture_key(replace(incoming, text=""), message.id)
    )
    if customer is None or sent is None:
        return _correct_unsent(context, message)
    was_command = message.text.startswith("/")
    message.text, message.edited_at = incoming.text, context.now
    if was_command or incoming.text.startswith("/") or is_note(incoming.text):
        text = context.say("What went out stays as it is: write a new message instead.")
        return (context.answer(text, about=message.about),)
    complaint = complaint_of(context.session, message.about or "")
    letter = Letter(customer, complaint, incoming.text, incoming, sent.dedupe_key)
    return (corrected(context, letter, Chat(sent.channel, sent.address)),)


def _correct_unsent(context: StaffContext, message: Message) -> Sequence[Draft]:
    """Take the corrected words of what has not gone out: it may wait for a tap, or be for no customer.

    A command is not read again, so it stays as it was.
    """
    words = context.incoming.text
    if notes.was_note(context, message.text):
        return notes.correct(context, message)
    if message.text.startswith("/"):
        return (_command_stays(context, message),)
    message.text, message.edited_at = words, context.now
    stays_here = message.about is not None and (words.startswith("/") or is_note(words))
    return (notes.nothing_changed(context),) if stays_here else ()


def _command_stays(context: StaffContext, message: Message) -> Draft:
    """Say that a corrected command is not done again; a promise or a gift has its own way back."""
    say, about = context.say, message.about
    command = message.text[1:].partition(" ")[0].partition("@")[0].lower()
    if about is not None and command == "promise":
        return context.answer(
            say("The promise stays as it was made. Tap Withdraw it on its card, and promise anew."),
            about=about,
        )
    if about is not None and command == "concession":
        return context.answer(
            say("What was given stays as it was. Give the difference, or tell them."), about=about
        )
    return notes.nothing_changed(context)


def write(context: StaffContext, about: str) -> Sequence[Draft]:
    """Send words to the customer whom a matter concerns, or say why they cannot be sent.

    Args:
        context: of who wrote them.
        about: the matter.
    """
    customer, message = customer_of(context.session, about), context.message
    _end_question(context, about)
    if customer is None or message is None:
        return (_gone(context),)
    message.about = about  # so that it is found when the customer is erased
    key = albums.picture_key(context.incoming, message.id) or _key(message)
    drafts = albums.after_a_while(context, send_written(context, customer, about, key=key))
    message.about = next((draft.about for draft in drafts if draft.customer_id is not None), about)
    return drafts


def _answer(context: StaffContext, about: str, above: OutboxMessage | None) -> Sequence[Draft]:
    """Send words, or hold them back where it is not plain that they shall go out."""
    asked = ask_first(context, complaint_of(context.session, about), above)
    if not asked:
        asked = _ask_as_others_are_at_it(context, about, above)
    if not asked:
        return write(context, about)
    if context.message is not None:
        context.message.about = about  # so that it is found when the customer is erased
    _end_question(context, about)
    return asked


def _ask_as_others_are_at_it(
    context: StaffContext, about: str, above: OutboxMessage | None
) -> Sequence[Draft]:
    customer, message = customer_of(context.session, about), context.message
    if customer is None or message is None:
        return ()
    told = presence.in_the_way(context, customer, about, above)
    if not told:
        return ()
    question = context.say("Your words have not gone out. What shall I do?")
    return (hold(context, message, f"{told}\n{question}"),)


def _end_question(context: StaffContext, about: str) -> None:
    """End the question for words to a customer; another talk of several steps goes on after an answer.

    The other pictures of an album still belong to it.
    """
    if context.dialogue is None or context.dialogue.step != STEP:
        return
    album = context.incoming.album
    if album is None:
        context.expect_nothing()
    else:
        context.expect(STEP, {"about": about, ALBUM: album})


def _key(message: AnyMessage) -> str:
    """Name the words that went out because of a message of staff."""
    return f"{KEY}{message.id}"


def _above(context: Context) -> OutboxMessage | None:
    """Find the message above this one, where it concerns a customer."""
    incoming = context.incoming
    above = find_by_external_id(
        context.session,
        channel=incoming.channel,
        address=incoming.address,
        external_id=incoming.reply_to or "",
    )
    if above is None or not concerns_customer(above.about) or _is_for_us(above):
        return None
    return above


def _is_for_us(above: OutboxMessage) -> bool:
    """Tell whether a message asks staff to decide something, so that a reply to it is meant for them."""
    if above.dedupe_key.startswith(SAMPLE):
        return True
    rows = Body.from_json(above.body).buttons
    return any(parse(asked.data)[0] in DECISIONS for row in rows for asked in row)


def _gone(context: StaffContext) -> Draft:
    return context.answer(context.say("There is no such customer any more: nothing went out."))
