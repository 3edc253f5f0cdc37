"""The end of a complaint is the customer's word: solved, or not."""

from collections.abc import Sequence

from feedback.complaints import MoveError, confirm, customer_answered, reference, reopen
from feedback.corrected_cases import give_case_back
from feedback.record import record_complaint_outcome
from handlers.context import CustomerContext
from handlers.customer.complaint import add_to_case, also_settled, due_in_words, tell_it_goes_on, who_answers
from handlers.customer.ownership import tapped_yes_or_no
from handlers.customer.ratings import ask_about_case
from handlers.customer.short_answers import read_yes_no
from handlers.customer.welcome import stale_button
from handlers.matters import about_complaint
from handlers.staff import alerts
from handlers.staff.follow_ups import staff_say, under_alert, words_under_alert
from store.outbox import Draft
from store.tables.complaints import ENDED, Complaint, ComplaintState


def solved(context: CustomerContext) -> Sequence[Draft]:
    """Take the customer's word on whether their complaint is solved."""
    tapped = tapped_yes_or_no(context)
    if tapped is None:
        return stale_button(context)
    complaint, is_solved = tapped
    if is_solved:
        return _settle(context, complaint)
    return _open_again(context, complaint, _beside_no(context))


def _beside_no(context: CustomerContext) -> str:
    """Give what was written, where it says more than no."""
    words = context.incoming.text
    return "" if read_yes_no(words) is not None else words


def _settle(context: CustomerContext, complaint: Complaint) -> Sequence[Draft]:
    say, name = context.say, reference(complaint.id)
    try:
        confirm(context.session, complaint, now=context.now)
    except MoveError:
        text = say("{reference} is solved and closed already. Thank you!", reference=name)
        if complaint.state is ComplaintState.DISMISSED:
            text = say("{reference} is closed already. If something is wrong, just write it.", reference=name)
        return (context.answer(text),)
    _record_outcome(context, complaint, solved=True)
    told = under_alert(context, complaint, staff_say(context)("✅ The customer says it is solved."))
    return (
        ask_about_case(context, complaint),
        told,
        *alerts.refreshed_alert(
            context.session, complaint, context.customer, company=context.company, now=context.now
        ),
    )


def _open_again(context: CustomerContext, complaint: Complaint, words: str) -> Sequence[Draft]:
    """Open a case again; ``words`` are what the customer wrote besides "no", "" where they tapped."""
    say, name = context.say, reference(complaint.id)
    try:
        before = reopen(context.session, complaint, text=words, company=context.company, now=context.now)
    except MoveError:
        return _not_reopened(context, complaint, words)
    if before is ComplaintState.DISMISSED:
        give_case_back(
            context.session,
            customer=context.customer,
            complaint=complaint,
            about=about_complaint(complaint.id),
            understanding=context.understand(complaint.text),
        )
    _record_outcome(context, complaint, solved=False)
    values = {
        "reference": name,
        "who": who_answers(context, complaint),
        "due": due_in_words(context, complaint),
    }
    if words:
        text = say(
            "I am sorry. {reference} is open again with what you wrote, and {who} will answer you here by "
            "{due}. If there is more to say, just write and I will add it.",
            **values,
        )
    else:
        text = say(
            "I am sorry. {reference} is open again, and {who} will answer you here by {due}. "
            "What is still wrong? Just write and I will add it.",
            **values,
        )
    alert = alerts.reopened_alert(
        context.session, complaint, context.customer, company=context.company, now=context.now
    )
    shown = (words_under_alert(context, complaint, words),) if words else ()
    text = also_settled(context, complaint, text)
    return context.answer(text, about=about_complaint(complaint.id)), *alert, *shown


def _not_reopened(context: CustomerContext, complaint: Complaint, words: str) -> Sequence[Draft]:
    say, name = context.say, reference(complaint.id)
    if complaint.state is ComplaintState.WAITING and not words:
        return _not_yet(context, complaint)
    if complaint.state in ENDED:
        text = say("{reference} was closed long ago. If something is wrong, just write it.", reference=name)
    elif words and context.message is not None:
        return add_to_case(context, complaint, context.message, context.incoming.text)
    else:
        text = say(
            "{reference} is open, and {who} is on it. Just write what is still wrong and I will add it.",
            reference=name,
            who=who_answers(context, complaint),
        )
    return (context.answer(text, about=about_complaint(complaint.id)),)


def _not_yet(context: CustomerContext, complaint: Complaint) -> Sequence[Draft]:
    """Take a tapped "no" for an answer to what we asked: the case goes on."""
    customer_answered(context.session, complaint, company=context.company, now=context.now)
    text = context.say(
        "Thank you. {who} goes on with {reference}. Just write what is still wrong and I will add it.",
        who=who_answers(context, complaint),
        reference=reference(complaint.id),
    )
    about = about_complaint(complaint.id)
    return context.answer(text, about=about), *tell_it_goes_on(context, complaint)


def _record_outcome(context: CustomerContext, complaint: Complaint, *, solved: bool) -> None:
    record_complaint_outcome(
        context.session, customer=context.customer, complaint=complaint, solved=solved, now=context.now
    )
