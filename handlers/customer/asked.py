"""The words that a question of ours asked for: what happened, and what should have been better."""

from collections.abc import Sequence

from feedback.complaints import needs_case
from feedback.csat import MOST_STARS
from feedback.denials import denial_in
from feedback.low_marks import LOW_STARS
from feedback.record import record_feedback
from feedback.small_talk import SmallTalk, small_talk
from feedback.understanding import Context, Understanding, understand
from handlers.context import CustomerContext
from handlers.customer.attachments import described
from handlers.customer.complaint import declare
from handlers.customer.consent import opt_out
from handlers.customer.csat import pass_line
from handlers.customer.ownership import own_complaint
from handlers.customer.words import take_words
from handlers.matters import about_complaint
from handlers.staff.follow_ups import staff_say
from store.outbox import Draft
from store.tables.feedback import FeedbackKind

NO_ANSWER = frozenset({SmallTalk.THANKS, SmallTalk.GOODBYE, SmallTalk.NEVER_MIND, SmallTalk.YES_OR_NO})
"""Who says no more than this has nothing to complain of, or not now."""


def open_asked(context: CustomerContext) -> Sequence[Draft]:
    """Take the answer to "what happened?"; something without words cannot be the whole of it."""
    words = context.incoming.text
    understanding = understand(words)
    if understanding.kind is FeedbackKind.OPT_OUT and not understanding.also_complains:
        return opt_out(context, words)
    if not words.strip():
        return (context.answer(context.say("Thank you. Please say in a few words what happened, too.")),)
    denial = denial_in(words)
    if denial is not None and denial.rest == "" and not context.incoming.attachments:
        context.expect_nothing()
        never_mind = context.answer(context.say("All right, never mind. Just write when you need us."))
        return take_words(context, words) if context.pending else (never_mind,)
    if small_talk(words) in NO_ANSWER and not context.incoming.attachments:
        context.expect_nothing()
        return take_words(context, words)
    return declare(context, words)


def take_line(context: CustomerContext) -> Sequence[Draft]:
    """Take the line that goes with a mark for a case; what is no opinion on it is taken for what it is."""
    words, dialogue = context.incoming.text, context.dialogue
    if dialogue is None:
        return take_words(context, words)
    context.expect_nothing()
    stars = int(dialogue.data.get("stars", MOST_STARS))
    complaint = own_complaint(context, str(dialogue.data.get("complaint")))
    is_low = (
        stars <= LOW_STARS
    )  # which says what kind words mean; beside a good mark words mean what they say
    understanding = understand(words, Context(rating=stars)) if is_low else context.understand(words)
    if complaint is None or context.message is None or not _is_line(words, understanding, is_low=is_low):
        return take_words(context, words)
    record_feedback(
        context.session,
        customer=context.customer,
        message=context.message,
        understanding=understanding,
        now=context.now,
    )
    context.message.about = about_complaint(complaint.id)
    return pass_line(context, complaint, described(words, context.incoming, staff_say(context)), stars)


def _is_line(words: str, understanding: Understanding, *, is_low: bool) -> bool:
    """Tell whether words say why a mark was given; with a low one, even where they complain or ask."""
    if not words.strip() or small_talk(words) in NO_ANSWER or needs_case(understanding.severity):
        return False
    if understanding.kind in (FeedbackKind.PRAISE, FeedbackKind.OTHER, FeedbackKind.SUGGESTION):
        return True
    return is_low and understanding.kind in (FeedbackKind.COMPLAINT, FeedbackKind.QUESTION)


def take_reason(context: CustomerContext) -> Sequence[Draft]:
    """Take the answer to "what should we have done better?": whatever it says, somebody reads it."""
    words, dialogue = context.incoming.text, context.dialogue
    if not words.strip() or dialogue is None:
        return take_words(context, words)
    context.expect_nothing()
    stars = dialogue.data.get("stars")
    heading = staff_say(context)("⭐ After {stars} of 5 stars", stars="?" if stars is None else stars)
    return take_words(context, words, heading=heading, stars=stars)
