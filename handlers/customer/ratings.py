"""Ratings of one to five stars, by buttons."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from feedback.complaints import reference
from feedback.csat import MOST_STARS, may_ask, may_rate, note_asked
from feedback.low_marks import LOW_STARS
from feedback.ratings import find_rated, is_own_feedback
from feedback.record import record_rating
from feedback.second_look.asking import ask_anew
from handlers.buttons import button, number, parse
from handlers.context import CustomerContext
from handlers.customer.csat import take_mark
from handlers.customer.ownership import own_complaint
from handlers.customer.welcome import stale_button
from handlers.matters import about_complaint
from store.outbox import ButtonRows, Draft
from store.tables.complaints import Complaint

ASK_AGAIN_AFTER = timedelta(days=7)
"""Nobody is asked for stars for what they said twice within it."""
STEP = "low_rating"


def rating_buttons(subject: str) -> ButtonRows:
    """Ask for one to five stars for ``f<feedback>`` or ``c<complaint>``."""
    stars = range(1, MOST_STARS + 1)
    return (tuple(button(f"{count} ★", "rate", subject, count) for count in stars),)


def may_ask_rating(context: CustomerContext) -> bool:
    """Tell whether it is long enough ago that this customer was asked to rate."""
    asked = context.customer.rating_asked_at
    return asked is None or context.now - asked >= ASK_AGAIN_AFTER


def rate(context: CustomerContext) -> Sequence[Draft]:
    """Take a rating of the customer's own feedback or complaint."""
    _, arguments = parse(context.incoming.button or "")
    match arguments:
        case (subject, "1" | "2" | "3" | "4" | "5" as written) if subject_id := number(subject[1:]):
            stars = int(written)
        case _:
            return stale_button(context)
    if subject.startswith("f") and is_own_feedback(
        context.session, customer_id=context.customer.id, feedback_id=subject_id
    ):
        if stars <= LOW_STARS and context.company.second_look:
            _have_read_again(context, subject_id, stars)
        return take_stars(context, stars, feedback_id=subject_id)
    complaint = own_complaint(context, subject[1:]) if subject.startswith("c") else None
    if complaint is None or not may_rate(complaint):
        return stale_button(context)
    return take_mark(context, complaint, stars)


def ask_about_case(context: CustomerContext, complaint: Complaint) -> Draft:
    """Say that a case is closed on the customer's word, and ask how well it was handled, where we may."""
    say, name = context.say, reference(complaint.id)
    about = about_complaint(complaint.id)
    if not may_ask(complaint, context.customer, desk=context.company.desk, now=context.now):
        return context.answer(say("Good to hear! {reference} is closed.", reference=name), about=about)
    note_asked(context.session, complaint, context.customer, now=context.now)
    text = say("Good to hear! {reference} is closed. How well did we handle it?", reference=name)
    return context.answer(text, buttons=rating_buttons(f"c{complaint.id}"), about=about)


def take_stars(context: CustomerContext, stars: int, *, feedback_id: int) -> Sequence[Draft]:
    """Enter stars and thank; after few of them the next words tell what should have been better."""
    record_rating(
        context.session,
        customer=context.customer,
        stars=stars,
        now=context.now,
        feedback_id=feedback_id,
    )
    say = context.say
    if stars <= LOW_STARS:
        context.expect(STEP, {"stars": stars})
        text = say("Thank you for being frank. What should we have done better? Just write it.")
    else:
        if context.dialogue is not None and context.dialogue.step == STEP:
            context.expect_nothing()
        text = say("Thank you for your rating!")
    return (context.answer(f"{'★' * stars}{'☆' * (MOST_STARS - stars)} {text}"),)


def _have_read_again(context: CustomerContext, feedback_id: int, stars: int) -> None:
    """Ask for a second look at words that few stars were given for, where they did not sound like it.

    What counts by now stands in the feedback: a second look may have doubted the words already.
    """
    found = find_rated(context.session, feedback_id)
    if found is not None:
        feedback, message = found
        first = context.understand(message.text)
        ask_anew(
            context.session,
            customer=context.customer,
            message=message,
            understanding=replace(first, kind=feedback.kind, polarity=feedback.polarity),
            now=context.now,
            rating=stars,
        )
