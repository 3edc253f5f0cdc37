"""What is answered to each kind of words, and who else gets to read them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from customers.speaking import company_name, contact_for_customers
from feedback.complaints import needs_case, reference
from feedback.reading.language import Language
from feedback.reading.severity_signals import SeveritySignal
from feedback.requests import needs_reader
from feedback.small_talk import SmallTalk, small_talk
from feedback.understanding import NEUTRAL_BELOW
from handlers.context import CustomerContext
from handlers.customer import consent
from handlers.customer.attachments import described
from handlers.customer.complaint import open_case, who_answers
from handlers.customer.ratings import may_ask_rating, rating_buttons
from handlers.customer.small_talk import chat
from handlers.customer.welcome import greeting, is_introduced
from handlers.matters import about_customer
from handlers.staff.follow_ups import pass_to_staff, staff_say, whole_words
from handlers.staff.severity_text import signals_in_words
from store.customer_changes import change_customer
from store.new_rows import AnyMessage, NewFeedback
from store.outbox import Draft
from store.tables.feedback import FeedbackKind


@dataclass(frozen=True, slots=True)
class Told:
    """What a customer told us: the stored message, its words, and the feedback that was made of it.

    ``also_opts_out``: a complaint in which they say, too, that we shall not write any more.
    ``severity``: why somebody should look at it at once, whatever kind it is. ``language``: of the words.
    """

    message: AnyMessage
    words: str
    feedback: NewFeedback
    also_opts_out: bool = False
    severity: Sequence[SeveritySignal] = ()
    language: Language = Language.UNKNOWN


def pass_on(
    context: CustomerContext, message: AnyMessage, words: str, *, heading: str, answer: str
) -> Sequence[Draft]:
    """Hand words to staff under a heading, and tell the customer so."""
    message.about = about_customer(context.customer.id)
    words = described(words, context.incoming, staff_say(context))
    rest = whole_words(context, words, about=message.about)
    return context.answer(answer), pass_to_staff(context, heading, words), *rest


def pass_on_message(context: CustomerContext, message: AnyMessage, words: str) -> Sequence[Draft]:
    """Hand words of no clear kind to staff, who will answer them, and tell the customer so."""
    answer = context.say("I have passed this on. {who} will answer you here.", who=_who(context))
    return pass_on(context, message, words, heading=staff_say(context)("📨 Message"), answer=answer)


def _praise(context: CustomerContext, told: Told) -> Sequence[Draft]:
    say = context.say
    if needs_case(told.severity):
        signals = signals_in_words(told.severity, staff_say(context))
        heading, answer = (
            staff_say(context)("Signs: {signals}", signals=signals),
            say("Thank you, that makes our day!"),
        )
        return pass_on(context, told.message, told.words, heading=heading, answer=answer)
    if context.complaint is not None or not may_ask_rating(context):
        return (context.answer(say("Thank you, that makes our day!")),)
    change_customer(context.session, context.customer, rating_asked_at=context.now)
    text = say("Thank you, that makes our day! How many stars would you give us?")
    return (context.answer(text, buttons=rating_buttons(f"f{told.feedback.id}")),)


def _complaint(context: CustomerContext, told: Told) -> Sequence[Draft]:
    return open_case(context, told.message, told.words)


def _suggestion(context: CustomerContext, told: Told) -> Sequence[Draft]:
    answer = context.say("Thank you for the idea! I have passed it on.")
    heading = staff_say(context)("💡 Suggestion")
    return pass_on(context, told.message, told.words, heading=heading, answer=answer)


def _question(context: CustomerContext, told: Told) -> Sequence[Draft]:
    answer = context.say(
        "I cannot answer that myself, so I have passed your question on. {who} will answer you here.",
        who=_who(context),
    )
    heading = staff_say(context)("❓ Question")
    return pass_on(context, told.message, told.words, heading=heading, answer=answer)


def _person_request(context: CustomerContext, told: Told) -> Sequence[Draft]:
    answer = context.say("Of course. {who} will write to you here.", who=_who(context))
    heading = staff_say(context)("🙋 Asks for a person")
    return pass_on(context, told.message, told.words, heading=heading, answer=answer)


def _opt_out(context: CustomerContext, told: Told) -> Sequence[Draft]:
    return consent.opt_out(context, told.words)


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
    if is_introduced(context):
        return (context.answer(invitation),)
    return (context.answer(say("{hello} {text}", hello=greeting(context), text=invitation)),)


def _small_talk(context: CustomerContext, told: Told) -> Sequence[Draft]:
    return chat(context, told.words)


def _other(context: CustomerContext, told: Told) -> Sequence[Draft]:
    """Answer what has no clear kind; whatever may need a person goes to one."""
    say = context.say
    if small_talk(told.words) is SmallTalk.LUKEWARM:
        text = say("Thank you for telling us. What could we do better? Just write it whenever you like.")
        return (context.answer(text),)
    felt = told.severity or told.feedback.polarity <= -NEUTRAL_BELOW
    if felt or needs_reader(told.words, told.language) or context.incoming.attachments:
        return pass_on_message(context, told.message, told.words)
    return (
        context.answer(
            say(
                "Thank you, I have noted that. Is something wrong, or do you have a question? Tell me a "
                "little more, or say that you would like to talk to a person."
            )
        ),
    )


def _who(context: CustomerContext) -> str:
    """Name who answers what is no complaint: the customer's contact, else the team."""
    contact = contact_for_customers(context.session, context.customer, context.company)
    return contact or context.say("{company}'s team", company=company_name(context.company, context.say))


ANSWERS: Mapping[FeedbackKind, Callable[[CustomerContext, Told], Sequence[Draft]]] = {
    FeedbackKind.PRAISE: _praise,
    FeedbackKind.COMPLAINT: _complaint,
    FeedbackKind.SUGGESTION: _suggestion,
    FeedbackKind.QUESTION: _question,
    FeedbackKind.PERSON_REQUEST: _person_request,
    FeedbackKind.OPT_OUT: _opt_out,
    FeedbackKind.GREETING: _greeting,
    FeedbackKind.SMALL_TALK: _small_talk,
    FeedbackKind.OTHER: _other,
}
"""What is done with each kind of words."""
