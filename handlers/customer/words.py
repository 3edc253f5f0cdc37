"""Free words: what they are decides what is done with them; whatever they are, they get an answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from customers.profile import contact_name
from feedback.complaints import add_words, reference
from feedback.ratings import feedback_number
from feedback.record import record_feedback, revise_feedback
from feedback.understanding import understand
from handlers.context import CustomerContext
from handlers.customer import consent
from handlers.customer.attachments import described, keep_phone
from handlers.customer.complaint import add_to_case, case_of_words, open_case, who_answers
from handlers.customer.ratings import may_ask_rating, rating_buttons
from handlers.customer.welcome import greeting
from handlers.matters import about_customer, complaint_of, concerns_complaint
from handlers.staff.follow_ups import (
    pass_to_staff,
    staff_say,
    words_under_alert,
)
from store.conversations import find_message
from store.outbox import Draft
from store.tables.complaints import ComplaintState
from store.tables.conversations import Message
from store.tables.feedback import Feedback, FeedbackKind

NOT_FOR_A_CASE = frozenset({FeedbackKind.GREETING, FeedbackKind.OPT_OUT})
"""What does not join a complaint that is under way; anything else that is written then belongs to it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a customer told us: the stored message, its words, and the feedback that was made of it."""

    message: Message
    words: str
    feedback: Feedback


def understand_words(context: CustomerContext) -> Sequence[Draft]:
    """Answer whatever was written or sent."""
    return take_words(context, context.incoming.text)


def take_words(context: CustomerContext, words: str) -> Sequence[Draft]:
    """Understand words, record them, and do what fits."""
    message = context.message
    if message is None:
        return ()
    has_phone = keep_phone(context)
    if not words.strip():
        return _take_without_words(context, message, has_phone=has_phone)
    understanding = understand(words)
    feedback = record_feedback(
        context.session,
        customer=context.customer,
        message=message,
        understanding=understanding,
        now=context.now,
    )
    told = Told(message, words, feedback)
    complaint = case_of_words(context, words)
    if complaint is not None and understanding.kind not in NOT_FOR_A_CASE:
        is_question = understanding.kind is FeedbackKind.QUESTION
        return add_to_case(context, complaint, message, words, is_question=is_question)
    if context.in_talk and understanding.kind not in (FeedbackKind.COMPLAINT, FeedbackKind.OPT_OUT):
        return _carry_on(context, message, words)
    return ANSWERS[understanding.kind](context, told)


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
    if incoming.text.startswith("/") or was_command:
        words = incoming.argument if incoming.text.startswith("/") else incoming.text
        return _show_correction(context, message, words)
    understanding = understand(incoming.text)
    revise_feedback(context.session, customer=context.customer, message=message, understanding=understanding)
    if understanding.kind is FeedbackKind.COMPLAINT and not concerns_complaint(message.about):
        return _became_complaint(context, message)
    return _show_correction(context, message, incoming.text)


def _became_complaint(context: CustomerContext, message: Message) -> Sequence[Draft]:
    if context.complaint is None:
        return open_case(context, message, context.incoming.text)
    return add_to_case(context, context.complaint, message, context.incoming.text)


def _show_correction(context: CustomerContext, message: Message, words: str) -> Sequence[Draft]:
    """Show staff a corrected message that they have seen before."""
    if not words.strip() or message.about is None:
        return ()
    say = staff_say(context)
    if message.about == about_customer(context.customer.id):
        return (pass_to_staff(context, say("✏️ Corrected"), words),)
    complaint = complaint_of(context.session, message.about)
    if complaint is None or complaint.state is ComplaintState.CONFIRMED:
        return ()
    add_words(context.session, complaint, text=words, now=context.now)
    return (words_under_alert(context, complaint, say("✏️ corrected: {words}", words=words)),)


def _take_without_words(context: CustomerContext, message: Message, *, has_phone: bool) -> Sequence[Draft]:
    """Answer something that has no text: a picture, a place, a contact, or nothing at all."""
    say = context.say
    if not context.incoming.attachments:
        return (context.answer(say("That message came without words. What can I do for you?")),)
    if context.complaint is not None:
        return add_to_case(context, context.complaint, message, "")
    if context.in_talk:
        return _carry_on(context, message, "")
    if has_phone:
        return (context.answer(say("Thank you, I have noted your phone number.")),)
    return (context.answer(say("Thank you, I have it. Please say in a few words what it is about.")),)


def _carry_on(context: CustomerContext, message: Message, words: str) -> Sequence[Draft]:
    """Let the words go to the person whom the customer is talking with."""
    heading, answer = staff_say(context)("💬 Answer"), context.say("I have passed it on.")
    return _pass_on(context, message, words, heading=heading, answer=answer)


def _pass_on(
    context: CustomerContext, message: Message, words: str, *, heading: str, answer: str
) -> Sequence[Draft]:
    """Hand words to staff under a heading, and tell the customer so."""
    message.about = about_customer(context.customer.id)
    words = described(words, context.incoming, staff_say(context))
    return context.answer(answer), pass_to_staff(context, heading, words)


def _praise(context: CustomerContext, told: Told) -> Sequence[Draft]:
    say = context.say
    if not may_ask_rating(context):
        return (context.answer(say("Thank you, that makes our day!")),)
    context.customer.rating_asked_at = context.now
    number = feedback_number(context.session, told.feedback)
    text = say("Thank you, that makes our day! How many stars would you give us?")
    return (context.answer(text, buttons=rating_buttons(f"f{number}")),)


def _complaint(context: CustomerContext, told: Told) -> Sequence[Draft]:
    return open_case(context, told.message, told.words)


def _suggestion(context: CustomerContext, told: Told) -> Sequence[Draft]:
    answer = context.say("Thank you for the idea! I have passed it on.")
    heading = staff_say(context)("💡 Suggestion")
    return _pass_on(context, told.message, told.words, heading=heading, answer=answer)


def _question(context: CustomerContext, told: Told) -> Sequence[Draft]:
    answer = context.say(
        "I cannot answer that myself, so I have passed your question on. {who} will answer you here.",
        who=_who(context),
    )
    heading = staff_say(context)("❓ Question")
    return _pass_on(context, told.message, told.words, heading=heading, answer=answer)


def _person_request(context: CustomerContext, told: Told) -> Sequence[Draft]:
    answer = context.say("Of course. {who} will write to you here.", who=_who(context))
    heading = staff_say(context)("🙋 Asks for a person")
    return _pass_on(context, told.message, told.words, heading=heading, answer=answer)


def _opt_out(context: CustomerContext, told: Told) -> Sequence[Draft]:
    del told
    return consent.stop(context)


def _greeting(context: CustomerContext, told: Told) -> Sequence[Draft]:
    del told
    say, complaint = context.say, context.complaint
    if complaint is None:
        invitation = say("What can I do for you? Just write it in your own words.")
    else:
        invitation = say(
            "{reference} is with {who}; if there is more to say, just write it. /status tells how it stands.",
            reference=reference(complaint.id),
            who=who_answers(context, complaint),
        )
    return (context.answer(f"{greeting(context)} {invitation}"),)


def _other(context: CustomerContext, told: Told) -> Sequence[Draft]:
    del told
    return (
        context.answer(
            context.say(
                "Thank you, I have noted that. Is something wrong, or do you have a question? Tell me a "
                "little more, or say that you would like to talk to a person."
            )
        ),
    )


def _who(context: CustomerContext) -> str:
    """Name who answers what is no complaint: the customer's contact, else the team."""
    contact = contact_name(context.session, context.customer)
    return contact or context.say("{company}'s team", company=context.company.name)


ANSWERS: Mapping[FeedbackKind, Callable[[CustomerContext, Told], Sequence[Draft]]] = {
    FeedbackKind.PRAISE: _praise,
    FeedbackKind.COMPLAINT: _complaint,
    FeedbackKind.SUGGESTION: _suggestion,
    FeedbackKind.QUESTION: _question,
    FeedbackKind.PERSON_REQUEST: _person_request,
    FeedbackKind.OPT_OUT: _opt_out,
    FeedbackKind.GREETING: _greeting,
    FeedbackKind.OTHER: _other,
}
"""What is done with each kind of words."""
