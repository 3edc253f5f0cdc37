"""What staff get besides alerts: a customer's further words, and what has no complaint but needs a person."""

from collections.abc import Sequence
from datetime import timedelta

from customers.phrases import Phrases, phrases
from customers.profile import name_for_staff
from feedback.complaints import reference
from feedback.reading.severity_signals import SeveritySignal
from handlers.buttons import button
from handlers.context import CustomerContext
from handlers.customer.attachments import files_in, for_staff, sendable
from handlers.matters import about_complaint, about_customer
from handlers.staff.alert_text import QUOTED_CHARACTERS, shortened
from handlers.staff.severity_text import urgency_in_words
from handlers.staff.standing import standing_of
from store.conversations import attachments_before
from store.new_rows import AnyCase
from store.outbox import ButtonRows, Draft, Enclosure
from store.tables.complaints import Complaint
from store.tables.queues import MessageKind
from store.threads import NEWEST_OF_TALK

PAGE = 1_900
"""Characters of long words in one message: however an app counts, it is one, and can be overwritten."""
MOST_PAGES = 20

JUST_BEFORE = timedelta(minutes=15)
"""Many send a picture first and then say what is wrong with it."""
MOST_BEFORE = 10


def staff_say(context: CustomerContext) -> Phrases:
    """Give the language of the staff chat."""
    return phrases(context.company.language)


def under_alert(
    context: CustomerContext,
    complaint: Complaint,
    text: str,
    *,
    dedupe_key: str = "",
    urgent: Sequence[SeveritySignal] = (),
    files: tuple[Enclosure, ...] = (),
) -> Draft:
    """Show staff something new about a complaint, under its alert; what is urgent in it stands above."""
    heading = f"{reference(complaint.id)} · {name_for_staff(context.customer, staff_say(context))}"
    above = urgency_in_words(urgent, staff_say(context), urgent=bool(urgent))
    return _to_staff(
        context,
        "\n".join(filter(None, [above, staff_say(context)("{what}: {more}", what=heading, more=text)])),
        about=about_complaint(complaint.id),
        reply_to=complaint.alert_key,
        dedupe_key=dedupe_key,
        files=files,
        urgent=bool(urgent),
    )


def words_under_alert(
    context: CustomerContext, complaint: Complaint, words: str, *, urgent: Sequence[SeveritySignal] = ()
) -> Draft:
    """Show staff what a customer wrote on about a complaint, and what came along with it."""
    return under_alert(context, complaint, shortened(words), urgent=urgent, files=_files(context))


def files_under_alert(context: CustomerContext, complaint: AnyCase) -> Sequence[Draft]:
    """Show staff, under a new alert, what came along with the words, and what was sent just before them."""
    files = (*_files_before(context), *_files(context))
    if not files:
        return ()
    heading = f"{reference(complaint.id)} · {name_for_staff(context.customer, staff_say(context))}"
    about, reply_to = about_complaint(complaint.id), complaint.alert_key
    return (_to_staff(context, heading, about=about, reply_to=reply_to, files=files),)


def pass_to_staff(context: CustomerContext, sentence: str, words: str) -> Draft:
    """Hand a customer's words to staff; replying to them writes to the customer.

    Args:
        context: the customer's.
        sentence: what it is, already in staff's language.
        words: what the customer wrote.
    """
    say = staff_say(context)
    customer = context.customer
    standing = standing_of(context.session, customer, say, now=context.now, complaint=context.complaint)
    title = f"{name_for_staff(customer, say)} · {standing}"
    return _to_staff(
        context,
        f"{sentence}\n{title}\n{quoted_to_staff(context, words)}",
        about=about_customer(customer.id),
        reply_to=_earlier_in_talk(context),
        buttons=((button(say("Reply"), "reply", "customer", customer.id),),),
        files=_files(context),
    )


def quoted_to_staff(context: CustomerContext, words: str) -> str:
    """Quote a customer's words as staff read them when they are passed on."""
    return staff_say(context)("“{words}”", words=shortened(words))


def whole_words(
    context: CustomerContext, words: str, *, about: str, reply_to: str | None = None
) -> Sequence[Draft]:
    """Let staff read to the end what was too long to quote; nothing where it was not.

    As text and not as a file: when the customer is erased, text is overwritten in the staff chat, and a file
    that people may have opened is not.

    Args:
        context: the customer's.
        words: all that they wrote.
        about: what it concerns, so that it is found when they are erased.
        reply_to: dedupe key of the alert it is shown under.
    """
    if len(words) <= QUOTED_CHARACTERS:
        return ()
    say = staff_say(context)
    name = name_for_staff(context.customer, say)
    pages = [words[start : start + PAGE] for start in range(0, len(words), PAGE)]
    return tuple(
        _to_staff(
            context,
            say(
                "📄 {name}, in full, {page} of {pages}:\n{words}",
                name=name,
                page=page,
                pages=min(len(pages), MOST_PAGES),
                words=shown,
            ),
            about=about,
            reply_to=reply_to,
        )
        for page, shown in enumerate(pages[:MOST_PAGES], start=1)
    )


def _files(context: CustomerContext) -> tuple[Enclosure, ...]:
    return for_staff(
        files_in(context.incoming),
        staff_say(context),
        came_on=context.incoming.channel,
        staff_channel=context.company.staff_chat.channel,
    )


def _files_before(context: CustomerContext) -> tuple[Enclosure, ...]:
    """Give the pictures that came without words just before, which nobody was shown yet."""
    if context.message is None:
        return ()
    found = attachments_before(
        context.session,
        customer_id=context.customer.id,
        before=context.message.id,
        since=context.now - JUST_BEFORE,
        limit=MOST_BEFORE,
    )
    return tuple(
        file
        for channel, kept in found
        for file in for_staff(
            sendable(kept),
            staff_say(context),
            came_on=channel,
            staff_channel=context.company.staff_chat.channel,
        )
    )


def _earlier_in_talk(context: CustomerContext) -> str | None:
    staff_chat = context.company.staff_chat
    talk = (context.customer.id, staff_chat.channel, staff_chat.address)
    return NEWEST_OF_TALK.answer(context.session, talk)


def _to_staff(
    context: CustomerContext,
    text: str,
    *,
    about: str,
    reply_to: str | None,
    dedupe_key: str = "",
    buttons: ButtonRows = (),
    files: tuple[Enclosure, ...] = (),
    urgent: bool = False,
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
        attachments=files,
        urgent=urgent,
    )
