"""The words that a question of ours asked for: what happened, and what should have been better."""

from collections.abc import Sequence

from feedback.small_talk import SmallTalk, small_talk
from feedback.understanding import understand
from handlers.context import CustomerContext
from handlers.customer.complaint import declare
from handlers.customer.consent import stop
from handlers.customer.words import take_words
from handlers.staff.follow_ups import staff_say
from store.outbox import Draft
from store.tables.feedback import FeedbackKind

NO_ANSWER = frozenset({SmallTalk.THANKS, SmallTalk.GOODBYE, SmallTalk.NEVER_MIND, SmallTalk.YES_OR_NO})
"""Who says no more than this has nothing to complain of, or not now."""


def open_asked(context: CustomerContext) -> Sequence[Draft]:
    """Take the answer to "what happened?"; something without words cannot be the whole of it."""
    words = context.incoming.text
    if understand(words).kind is FeedbackKind.OPT_OUT:
        return stop(context)
    if not words.strip():
        return (context.answer(context.say("Thank you. Please say in a few words what happened, too.")),)
    if small_talk(words) in NO_ANSWER and not context.incoming.attachments:
        context.expect_nothing()
        return take_words(context, words)
    return declare(context, words)


def take_reason(context: CustomerContext) -> Sequence[Draft]:
    """Take the answer to "what should we have done better?": whatever it says, somebody reads it."""
    words, dialogue = context.incoming.text, context.dialogue
    if not words.strip() or dialogue is None:
        return take_words(context, words)
    context.expect_nothing()
    stars = dialogue.data.get("stars")
    heading = staff_say(context)("⭐ After {stars} of 5 stars", stars="?" if stars is None else stars)
    return take_words(context, words, heading=heading, stars=stars)
