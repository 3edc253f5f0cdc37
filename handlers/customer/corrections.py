"""A corrected message: whatever was made of it is brought up to date."""

from collections.abc import Sequence

from feedback.complaints import add_words, needs_case
from feedback.record import revise_feedback
from feedback.second_look.asking import ask_anew
from handlers.context import CustomerContext
from handlers.customer import consent
from handlers.customer.complaint import add_to_case, its_case, open_case
from handlers.customer.words import stop_and_complain
from handlers.matters import about_customer, complaint_of
from handlers.staff.follow_ups import pass_to_staff, staff_say, words_under_alert
from store.conversations import find_message
from store.new_rows import AnyMessage
from store.outbox import Draft
from store.tables.complaints import ENDED
from store.tables.feedback import FeedbackKind


def correct(context: CustomerContext) -> Sequence[Draft]:
    """Bring a corrected message up to date, and whatever was made of it; answered only where it matters."""
    incoming = context.incoming
    message = find_message(
        context.session,
        channel=incoming.channel,
        address=incoming.address,
        external_id=incoming.message_id or "",
    )
    if message is None or message.customer_id != context.customer.id or message.text == incoming.text:
        return ()
    was_command = message.text.startswith("/")
    message.text, message.edited_at = incoming.text, context.now
    if incoming.text.split(maxsplit=1)[:1] == ["/stop"]:
        return consent.stop(context)
    if incoming.text.startswith("/"):
        return _show_correction(context, message, incoming.argument)
    return _understand_anew(context, message, was_command=was_command)


def _understand_anew(context: CustomerContext, message: AnyMessage, *, was_command: bool) -> Sequence[Draft]:
    """Understand corrected words; that we shall write no more holds whatever they were before."""
    words = context.incoming.text
    understanding = context.understand(words)
    case = complaint_of(context.session, message.about or "")
    is_known = case is not None and case.state not in ENDED
    if understanding.kind is FeedbackKind.OPT_OUT:
        revise_feedback(
            context.session, customer=context.customer, message=message, understanding=understanding
        )
        if understanding.also_complains and not is_known:
            return stop_and_complain(context, message, words)
        return *consent.opt_out(context, words), *_show_correction(context, message, words)
    if was_command:
        return _show_correction(context, message, words)
    revise_feedback(context.session, customer=context.customer, message=message, understanding=understanding)
    if context.company.second_look:
        ask_anew(
            context.session,
            customer=context.customer,
            message=message,
            understanding=understanding,
            now=context.now,
        )
    severe = understanding.kind is not FeedbackKind.PRAISE and needs_case(understanding.severity)
    if (understanding.kind is FeedbackKind.COMPLAINT or severe) and not is_known:
        return _became_complaint(context, message)
    return _show_correction(context, message, words)


def _became_complaint(context: CustomerContext, message: AnyMessage) -> Sequence[Draft]:
    words = context.incoming.text
    case = its_case(context, words)
    return open_case(context, message, words) if case is None else add_to_case(context, case, message, words)


def _show_correction(context: CustomerContext, message: AnyMessage, words: str) -> Sequence[Draft]:
    """Show staff a corrected message that they have seen before."""
    if not words.strip() or message.about is None:
        return ()
    say = staff_say(context)
    if message.about == about_customer(context.customer.id):
        return (pass_to_staff(context, say("✏️ Corrected"), words),)
    complaint = complaint_of(context.session, message.about)
    if complaint is None or complaint.state in ENDED:
        return ()
    add_words(context.session, complaint, text=words, company=context.company, now=context.now)
    return (words_under_alert(context, complaint, say("✏️ corrected: {words}", words=words)),)
