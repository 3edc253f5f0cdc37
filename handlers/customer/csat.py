"""How well a case was handled: one tap, and one line if the customer likes; a low mark opens it again."""

from collections.abc import Sequence

from customers.speaking import spoken_name
from feedback.assignment import accountable_of
from feedback.csat import MOST_STARS, HandedOn, hand_on, rate_case
from feedback.low_marks import LOW_STARS
from handlers.context import CustomerContext
from handlers.matters import about_complaint
from handlers.staff import alerts
from handlers.staff.follow_ups import staff_say, under_alert
from store.outbox import Draft
from store.tables.complaints import LIVE, Complaint
from store.tables.staff import Staff

STEP = "csat"


def take_mark(context: CustomerContext, complaint: Complaint, stars: int) -> Sequence[Draft]:
    """Enter a mark for a case of the customer's own, and ask for a line; a low one is told to a lead."""
    say, about = context.say, about_complaint(complaint.id)
    before = complaint.csat
    changed = rate_case(context.session, complaint, context.customer, stars=stars, now=context.now)
    if context.message is not None:
        context.message.about = about
    context.expect(STEP, {"complaint": complaint.id, "stars": stars})
    shown = "★" * stars + "☆" * (MOST_STARS - stars)
    if not changed:
        return (context.answer(f"{shown} {say('I have your rating already. Thank you!')}", about=about),)
    if stars > LOW_STARS:
        text = say("Thank you for your rating! If you like, tell us in a line what was good or bad about it.")
        return (context.answer(f"{shown} {text}", about=about),)
    told = _low_mark(context, complaint, stars, before=before)
    text = say("Thank you for being frank. What should we have done better? Just write it.")
    return context.answer(f"{shown} {text}", about=about), *told


def pass_line(context: CustomerContext, complaint: Complaint, words: str, stars: int) -> Sequence[Draft]:
    """Hand the line that goes with a mark to staff: a low one to the lead, whom the customer is told of."""
    say, to_staff = context.say, staff_say(context)
    if stars > LOW_STARS:
        shown = to_staff("⭐ {stars} of 5: “{words}”", stars=stars, words=words)
        answer = say("Thank you, I have passed that on.")
    else:
        lead = accountable_of(context.session, complaint) if complaint.state in LIVE else None
        shown = to_staff(
            "⭐ {stars} of 5, for {name} to answer: “{words}”",
            stars=stars,
            name=lead.name if lead else to_staff("somebody else than before"),
            words=words,
        )
        answer = _who_reads(context, lead)
    return context.answer(answer, about=about_complaint(complaint.id)), under_alert(context, complaint, shown)


def _who_reads(context: CustomerContext, lead: Staff | None) -> str:
    if lead is None:
        return context.say("Thank you, I have passed that on. We want to do better.")
    return context.say(
        "Thank you. I have shown this to {name}, who looks after it in person.",
        name=spoken_name(lead, context.company),
    )


def _low_mark(
    context: CustomerContext, complaint: Complaint, stars: int, *, before: int | None
) -> Sequence[Draft]:
    """Have a lead, and not the owner, go on with the customer; a second low mark changes nobody's part."""
    text = staff_say(context)("⚠️ rated {stars} of 5 how it was handled.", stars=stars)
    key = f"low-rating:{complaint.id}:{stars}"
    if before is not None and before <= LOW_STARS and complaint.state in LIVE:
        return (under_alert(context, complaint, text, dedupe_key=key),)
    session, customer, company = context.session, context.customer, context.company
    handed = hand_on(session, complaint, customer, company=company, now=context.now)
    told = " ".join(filter(None, (text, _whose_turn(context, handed))))
    if not handed.is_reopened:
        return (under_alert(context, complaint, told, dedupe_key=key),)
    return alerts.low_mark_alert(session, complaint, customer, told=told, company=company, now=context.now)


def _whose_turn(context: CustomerContext, handed: HandedOn) -> str:
    say = staff_say(context)
    if handed.to is None:
        return ""
    if handed.before is None:
        return say("{name}, please speak with them.", name=handed.to.name)
    return say(
        "{name}, please speak with them, in place of {owner}.", name=handed.to.name, owner=handed.before.name
    )
