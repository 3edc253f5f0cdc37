"""What staff send to a customer: their words, or a quick reply, and the files that go along."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from customers.company import Chat
from customers.phrases import phrases
from customers.profile import chat_with, name_for_staff
from customers.speaking import signature
from feedback.complaints import reference, respond
from feedback.quick_replies import QuickReplyError
from handlers.context import StaffContext
from handlers.customer.attachments import (
    FETCHED_AT_MOST,
    described,
    files_in,
    for_customer,
    in_words,
    once_an_album,
    too_large,
)
from handlers.incoming import Incoming
from handlers.matters import about_complaint, about_customer, complaint_of
from handlers.staff.alerts import refreshed_alert
from handlers.staff.quick_words import COMMAND, compose, trouble_in_words
from handlers.staff.waiting_offer import offer
from scheduler.programmes.spoken import note_spoken_with
from store.outbox import Draft
from store.tables.complaints import ENDED, Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.queues import MessageKind


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes to a customer.

    Attributes:
        customer: who reads it.
        complaint: the case that it belongs to; None outside any.
        words: as staff wrote them; "" where only files go.
        along: what came with the words.
        key: dedupe key, which begins with ``replies.KEY``.
    """

    customer: Customer
    complaint: Complaint | None
    words: str
    along: Incoming
    key: str

    @property
    def about(self) -> str:
        """What it concerns; after the end of a case what follows concerns the customer alone."""
        if self.complaint is None or self.complaint.state in ENDED:
            return about_customer(self.customer.id)
        return about_complaint(self.complaint.id)


def words_of(context: StaffContext, customer: Customer, complaint: Complaint | None) -> str | None:
    """Give the words that shall go out: those that were written, or the text of a quick reply.

    Returns:
        None where a quick reply was asked for that there is not.

    Raises:
        QuickReplyError: a quick reply has a variable without a value.
    """
    incoming = context.incoming
    if incoming.command != COMMAND:
        return incoming.text if incoming.text.strip() else ""
    return compose(context, customer, complaint, incoming.argument)


def send_written(context: StaffContext, customer: Customer, about: str, *, key: str) -> Sequence[Draft]:
    """Send what was written to a customer, and what came along with it, or say why it cannot be sent."""
    complaint, word = complaint_of(context.session, about), context.incoming.argument
    try:
        words = words_of(context, customer, complaint)
    except QuickReplyError as error:
        return (context.answer(trouble_in_words(error, word, context.say), about=about),)
    if words is None:
        text = context.say("There is no quick reply “{word}”, so nothing went out.", word=word)
        return (context.answer(text, about=about),)
    letter = Letter(customer, complaint, words, context.incoming, key)
    return once_an_album(send(context, letter), context.incoming)


def send(context: StaffContext, letter: Letter) -> Sequence[Draft]:
    """Queue a letter, note it in its case, and tell staff that it went out, or why it did not."""
    customer, complaint = letter.customer, letter.complaint
    preferred = None if complaint is None else Chat(complaint.channel, complaint.address)
    chat = chat_with(context.session, customer.id, preferred)
    trouble = _why_not(context, letter, chat)
    if trouble or chat is None:
        return (context.answer(trouble, about=letter.about),)
    note_spoken_with(customer, now=context.now)
    shown_otherwise = complaint is not None and is_unanswered(complaint)
    if complaint is not None:
        respond(
            context.session,
            complaint,
            staff=context.staff,
            text=described(letter.words, letter.along, context.say),
            company=context.company,
            now=context.now,
        )
    buttons = () if complaint is None else offer(complaint, letter.words, context.say)
    drafts = [
        to_customer(context, letter, chat),
        context.answer(_confirmation(context, letter), buttons=buttons, about=letter.about),
    ]
    if complaint is not None and shown_otherwise:
        drafts += refreshed_alert(
            context.session, complaint, customer, company=context.company, now=context.now
        )
    return drafts


def is_unanswered(complaint: Complaint) -> bool:
    """Tell whether an answer changes what the alert of a case shows: whose it is, or what is due."""
    return complaint.state is ComplaintState.OPEN or complaint.first_response_at is None


def to_customer(context: StaffContext, letter: Letter, chat: Chat) -> Draft:
    """Write a letter as its customer reads it, in their language, with who speaks."""
    say = phrases(letter.customer.language)
    who, files = signature(context.staff, context.company, say), files_in(letter.along)
    text = say("{who}: {words}", who=who, words=letter.words) if letter.words else ""
    return Draft(
        kind=MessageKind.ANSWER,
        channel=chat.channel,
        address=chat.address,
        customer_id=letter.customer.id,
        text=text or say("{who} sends you this.", who=who),
        attachments=for_customer(files, say, came_on=letter.along.channel),
        about=letter.about,
        dedupe_key=letter.key,
    )


def corrected(context: StaffContext, letter: Letter, chat: Chat) -> Draft:
    """Write the change that lets a customer read corrected words."""
    words = to_customer(context, letter, chat)
    return replace(words, attachments=(), edits=letter.key, dedupe_key="")


def _why_not(context: StaffContext, letter: Letter, chat: Chat | None) -> str:
    """Say why a letter cannot be sent; "" where it can."""
    say, files = context.say, files_in(letter.along)
    if not letter.words and not files:
        return say("I cannot send this on, so nothing went out. Write it, or send it as a photo or a file.")
    if chat is None:
        return say(
            "{name} cannot be reached: they blocked us or left. Nothing went out.",
            name=name_for_staff(letter.customer, say),
        )
    large = [one for one in files if too_large(one, came_on=letter.along.channel, goes_to=chat.channel)]
    if not large:
        return ""
    return say(
        "{what} is larger than {limit} MB and cannot be brought to the app that {name} uses. Nothing went "
        "out.",
        what=in_words(large[0], say),
        limit=FETCHED_AT_MOST // 1_000_000,
        name=name_for_staff(letter.customer, say),
    )


def _confirmation(context: StaffContext, letter: Letter) -> str:
    say, complaint = context.say, letter.complaint
    name = name_for_staff(letter.customer, say)
    if complaint is None:
        return say("✓ Sent to {name}.", name=name)
    values = {"name": name, "reference": reference(complaint.id)}
    if complaint.state in ENDED:
        return say("✓ Sent to {name}. {reference} is closed, and stays so.", **values)
    return say("✓ Sent to {name} ({reference}).", **values)
