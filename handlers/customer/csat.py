"""How well a case was handled: one tap, then one line if the customer likes; a low mark goes to a lead."""

from collections.abc import Sequence

from customers.profile import staff_name
from customers.speaking import spoken_name
from feedback.csat import LOW_STARS, MOST_STARS, rate_case, who_listens
from handlers.context import CustomerContext
from handlers.matters import about_complaint
from handlers.staff.follow_ups import staff_say, under_alert
from store.outbox import Draft
from store.tables.complaints import Complaint
from store.tables.staff import Staff

STEP = "csat"


def take_mark(context: CustomerContext, complaint: Complaint, stars: int) -> Sequence[Draft]:
    """Enter a mark for a case of the customer's own, and ask for a line; a low one is told to a lead."""
    say, about = context.say, about_complaint(complaint.id)
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
    text = say("Thank you for being frank. What should we have done better? Just write it.")
    return context.answer(f"{shown} {text}", about=about), _low_mark(context, complaint, stars)


def pass_line(context: CustomerContext, complaint: Complaint, words: str, stars: int) -> Sequence[Draft]:
    """Hand the line that goes with a mark to staff: a low one to the lead, whom the customer is told of."""
    say, to_staff = context.say, staff_say(context)
    if stars > LOW_STARS:
        shown = to_staff("⭐ {stars} of 5: “{words}”", stars=stars, words=words)
        answer = say("Thank you, I have passed that on.")
    else:
        lead = who_listens(context.session, complaint, now=context.now)
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


def _low_mark(context: CustomerContext, complaint: Complaint, stars: int) -> Draft:
    """Ask a lead, and not the owner, to speak with the customer; once for each number of stars."""
    say = staff_say(context)
    lead = who_listens(context.session, complaint, now=context.now)
    owner = staff_name(context.session, complaint.owner_id)
    text = say("⚠️ rated {stars} of 5 how it was handled.", stars=stars)
    if lead is not None and owner is not None:
        text += " " + say("{name}, please speak with them, in place of {owner}.", name=lead.name, owner=owner)
    elif lead is not None:
        text += " " + say("{name}, please speak with them.", name=lead.name)
    return under_alert(context, complaint, text, dedupe_key=f"low-rating:{complaint.id}:{stars}")
