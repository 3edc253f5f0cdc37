"""Free words: what they are decides what is done with them; whatever they are, they get an answer."""

from collections.abc import Sequence
from dataclasses import replace

from feedback.complaints import needs_case, parse_reference
from feedback.denials import denial_in
from feedback.record import record_feedback
from feedback.second_look.asking import ask
from feedback.small_talk import SmallTalk, asks_for_robot, only_complains, says_solved, small_talk
from feedback.stars import stars_in
from feedback.understanding import Context, Understanding, understand
from handlers.context import CustomerContext
from handlers.customer import consent
from handlers.customer.answers import ANSWERS, Told, pass_on
from handlers.customer.attachments import keep_phone, once_an_album
from handlers.customer.complaint import add_to_case, ask_what_happened, case_of_words, its_case, open_case
from handlers.customer.misread import take_denial
from handlers.customer.ratings import take_stars
from handlers.customer.small_talk import ask_if_solved, tell_who_we_are
from handlers.staff.follow_ups import staff_say
from store.new_rows import AnyMessage
from store.outbox import Draft
from store.tables.complaints import Complaint
from store.tables.feedback import FeedbackKind

NEVER_FOR_A_CASE = frozenset({FeedbackKind.GREETING, FeedbackKind.OPT_OUT})
"""What never joins a complaint that is under way."""
OF_A_CASE = frozenset({FeedbackKind.COMPLAINT, FeedbackKind.QUESTION, FeedbackKind.PERSON_REQUEST})
"""What joins it even where the customer said that they want to tell us what they think."""
MAY_SAY_SOLVED = frozenset({FeedbackKind.PRAISE, FeedbackKind.OTHER, FeedbackKind.SMALL_TALK})
OPINIONS = frozenset({FeedbackKind.PRAISE, FeedbackKind.OTHER})
CONTENT_OR_DONE = frozenset({FeedbackKind.PRAISE, FeedbackKind.OPT_OUT})
"""Of what sounds severe in these no case is made: staff read what thanks them, and a stop is a stop."""
THANKING = ("thank", "谢", "感谢", "多谢", "辛苦")
"""How words begin that thank."""
ANSWERS_A_PERSON = frozenset({SmallTalk.YES_OR_NO, SmallTalk.ACKNOWLEDGED})
"""Small talk that may answer what somebody of the staff asked outside any complaint."""


def understand_words(context: CustomerContext) -> Sequence[Draft]:
    """Answer whatever was written or sent."""
    return take_words(context, context.incoming.text)


def take_words(
    context: CustomerContext,
    words: str,
    *,
    apart: bool = False,
    heading: str = "",
    stars: int | None = None,
) -> Sequence[Draft]:
    """Understand words, record them, and do what fits.

    Args:
        context: the customer's.
        words: what they wrote, without a command.
        apart: whether an opinion stays out of a complaint that is under way.
        heading: under which staff read an opinion that we asked for; "" where we did not ask.
        stars: 1–5 that were given just before; they tell what "great job" means.
    """
    message = context.message
    if message is None:
        return ()
    has_phone = keep_phone(context)
    if not words.strip():
        return _take_without_words(context, message, "", has_phone=has_phone)
    fixed = _fixed_answer(context, message, words)
    if fixed:
        return fixed
    understanding = context.understand(words) if stars is None else understand(words, Context(rating=stars))
    told = _record(context, message, words, understanding)
    if told.feedback.kind is FeedbackKind.SMALL_TALK and context.incoming.attachments:
        return _take_without_words(context, message, words, has_phone=has_phone)
    return _take(context, told, apart=apart, heading=heading)


def _take(context: CustomerContext, told: Told, *, apart: bool, heading: str) -> Sequence[Draft]:
    """Do what fits what was told: see to it, add it to a complaint, hand it on, or just answer."""
    message, words, kind = told.message, told.words, told.feedback.kind
    if told.also_opts_out:
        return stop_and_complain(context, message, words)
    complaint = case_of_words(context, words)
    if complaint is not None and kind in MAY_SAY_SOLVED and says_solved(words):
        return ask_if_solved(context, complaint)
    severe = kind not in CONTENT_OR_DONE and needs_case(told.severity)
    if complaint is not None and (severe or _joins(told, apart=apart)):
        is_question = kind is FeedbackKind.QUESTION
        if severe or kind is FeedbackKind.COMPLAINT:
            complaint = its_case(context, words)
        if complaint is None:
            return open_case(context, message, words)
        return add_to_case(context, complaint, message, words, is_question=is_question)
    if severe:
        return open_case(context, message, words)
    return _answer(context, told, heading=heading)


def _answer(context: CustomerContext, told: Told, *, heading: str) -> Sequence[Draft]:
    """Answer what belongs to no case."""
    if heading and told.feedback.kind in OPINIONS:
        answer = context.say("Thank you, I have passed that on. We want to do better.")
        return pass_on(context, told.message, told.words, heading=heading, answer=answer)
    if context.in_talk and _answers_a_person(told):
        return _carry_on(context, told.message, told.words)
    return ANSWERS[told.feedback.kind](context, told)


def stop_and_complain(context: CustomerContext, message: AnyMessage, words: str) -> Sequence[Draft]:
    """Write first no more, and look after the problem that was reported in the same breath; one answer."""
    current: Complaint | None = its_case(context, words)
    if current is None:
        drafts = open_case(context, message, words)
    else:
        drafts = add_to_case(context, current, message, words)
    return consent.told_with_stop(context, words, drafts)


def _record(context: CustomerContext, message: AnyMessage, words: str, understanding: Understanding) -> Told:
    also = understanding.also_complains
    if also:
        understanding = replace(understanding, kind=FeedbackKind.COMPLAINT)
    feedback = record_feedback(
        context.session,
        customer=context.customer,
        message=message,
        understanding=understanding,
        now=context.now,
    )
    if context.company.second_look:
        ask(
            context.session,
            customer=context.customer,
            feedback_id=feedback.id,
            understanding=understanding,
            now=context.now,
        )
    return Told(
        message,
        words,
        feedback,
        also_opts_out=also,
        severity=understanding.severity,
        language=understanding.language,
    )


def _fixed_answer(context: CustomerContext, message: AnyMessage, words: str) -> Sequence[Draft]:
    """Answer what has a meaning of its own and tells nothing else; nothing where it is none of this."""
    denial = None if context.incoming.attachments else denial_in(words)
    if denial is not None and (drafts := take_denial(context, message, words, denial, go_on=take_words)):
        return drafts
    if asks_for_robot(words):
        return tell_who_we_are(context)
    if only_complains(words) and not context.incoming.attachments:
        return ask_what_happened(context)
    stars = stars_in(words, asked=False)
    if stars is None:
        return ()
    told = _record(context, message, words, Understanding(FeedbackKind.OTHER, 0.0, ()))
    return take_stars(context, stars, feedback_id=told.feedback.id)


def _joins(told: Told, *, apart: bool) -> bool:
    """Decide whether words join the complaint that is under way; politeness and praise do not."""
    kind = told.feedback.kind
    if kind in NEVER_FOR_A_CASE:
        return False
    if parse_reference(told.words) is not None or kind in OF_A_CASE:
        return True
    if kind is FeedbackKind.SMALL_TALK:
        return small_talk(told.words) is SmallTalk.YES_OR_NO
    return not (apart or (kind is FeedbackKind.PRAISE and _is_more_than_thanks(told)))


def _is_more_than_thanks(told: Told) -> bool:
    """Tell praise from words that only thank in passing: "thank you, I will wait for it"."""
    others = [one for one in told.feedback.why if not one["words"].startswith(THANKING)]
    return any(one["weight"] > 0 for one in others)


def _answers_a_person(told: Told) -> bool:
    kind = told.feedback.kind
    if kind is FeedbackKind.SMALL_TALK:
        return small_talk(told.words) in ANSWERS_A_PERSON
    return kind not in (FeedbackKind.COMPLAINT, FeedbackKind.OPT_OUT)


def _take_without_words(
    context: CustomerContext, message: AnyMessage, words: str, *, has_phone: bool
) -> Sequence[Draft]:
    """Answer a picture, a place, a contact or nothing at all, with no words or none that say what it is."""
    say = context.say
    if not context.incoming.attachments:
        return (context.answer(say("That message came without words. What can I do for you?")),)
    if context.complaint is not None:
        drafts = add_to_case(context, context.complaint, message, words)
    elif context.in_talk:
        drafts = _carry_on(context, message, words)
    elif has_phone:
        drafts = (context.answer(say("Thank you, I have noted your phone number.")),)
    else:
        drafts = (context.answer(say("Thank you, I have it. Please say in a few words what it is about.")),)
    return once_an_album(drafts, context.incoming)


def _carry_on(context: CustomerContext, message: AnyMessage, words: str) -> Sequence[Draft]:
    """Let the words go to the person whom the customer is talking with."""
    heading, answer = staff_say(context)("💬 Answer"), context.say("I have passed it on.")
    return pass_on(context, message, words, heading=heading, answer=answer)
