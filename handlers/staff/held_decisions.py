"""What becomes of words to a customer that were held back (``held_words``): their writer's tap decides."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from feedback.case_notes import is_note
from feedback.complaints import MoveError
from handlers.buttons import number, parse
from handlers.context import StaffContext
from handlers.incoming import Attachment, AttachmentKind, IncomingKind
from handlers.matters import complaint_of, customer_of
from handlers.staff import replies, waiting
from handlers.staff.desk import no_more_to_do, stale_button
from handlers.staff.held_words import CANCEL, REOPEN, SEND, VERB
from handlers.staff.in_place import in_place_of_tapped
from store.conversations import message_by_id
from store.new_rows import NewMessage
from store.outbox import Draft, find_by_key
from store.tables.complaints import ENDED
from store.tables.conversations import Message

HELD_FOR = timedelta(days=1)
"""After which nothing is sent any more: by then somebody has written something else."""


def decide(context: StaffContext) -> Sequence[Draft]:
    """Do with held words what their writer says."""
    say = context.say
    message, choice = _tapped(context)
    if message is None or message.about is None:
        return stale_button(context)
    if message.sender != context.incoming.sender.id:
        return (context.answer(say("Only who wrote it can decide that.")),)
    if find_by_key(context.session, _key(message)) is not None:
        return (context.answer(say("That is decided already.")),)
    kept = say("Nothing went out.") if choice == CANCEL else _why_not(context, message)
    if kept:
        return (_decided(context, message, kept),)
    return _send(context, message, message.about, opens=choice == REOPEN)


def _why_not(context: StaffContext, message: Message) -> str:
    """Say why held words no longer go out; "" where they do."""
    say = context.say
    if context.now - message.at > HELD_FOR:
        return say("That took long, so nothing went out. Please write it again.")
    if is_note(message.text) or (message.edited_at is not None and message.text.startswith("/")):
        return say("Those words are a note or a command by now, so nothing went out. Please write it again.")
    return ""


def _send(context: StaffContext, message: Message, about: str, *, opens: bool) -> Sequence[Draft]:
    """Send held words, and open their case again before where that was wanted."""
    customer, complaint = customer_of(context.session, about), complaint_of(context.session, about)
    opened: Sequence[Draft] = ()
    if opens and customer is not None and complaint is not None and complaint.state in ENDED:
        try:
            opened = waiting.opened_again(context, complaint, customer)
        except MoveError:
            return (no_more_to_do(context, complaint),)
    sent = replies.write(_as_if_written_now(context, message), about)
    return (*opened, *sent, _decided(context, message, context.say("Done.")))


def _tapped(context: StaffContext) -> tuple[Message | None, str]:
    """Find the message that a button names, where it is one that staff wrote in this chat."""
    incoming = context.incoming
    match parse(incoming.button or "")[1]:
        case (written, choice) if choice in (SEND, REOPEN, CANCEL) and (found := number(written)):
            message = message_by_id(context.session, found)
        case _:
            return None, CANCEL
    if message is None or message.customer_id is not None:
        return None, choice
    is_here = (message.channel, message.address) == (incoming.channel, incoming.address)
    return (message if is_here else None), choice


def _as_if_written_now(context: StaffContext, message: Message) -> StaffContext:
    """Put held words before the handlers as if they had come just now."""
    attachments = tuple(
        Attachment(**{**one, "kind": AttachmentKind(one["kind"])}) for one in message.attachments
    )
    written = NewMessage(
        id=message.id,
        customer_id=None,
        channel=message.channel,
        address=message.address,
        sender=message.sender,
        external_id=message.external_id,
        text=message.text,
        attachments=message.attachments,
        reply_to=message.reply_to,
        at=message.at,
        about=message.about,
    )
    incoming = replace(
        context.incoming,
        kind=IncomingKind.MESSAGE,
        text=message.text,
        message_id=message.external_id,
        button=None,
        attachments=attachments,
    )
    return replace(context, incoming=incoming, message=written, dialogue=None)


def _decided(context: StaffContext, message: Message, text: str) -> Draft:
    return in_place_of_tapped(context, context.answer(text, dedupe_key=_key(message)))


def _key(message: Message) -> str:
    return f"{VERB}:{message.id}"
