"""A complaint as the customer sees it: opened, added to, and asked about."""

from collections.abc import Sequence
from dataclasses import replace

from customers.local_time import moment_in
from customers.phrases import Phrases
from customers.profile import staff_name
from customers.speaking import company_name, contact_for_customers, name_for_customers
from feedback.case_clocks import due_of
from feedback.case_severity import REPEATED
from feedback.complaints import (
    add_words,
    complaints_of,
    is_serious,
    open_complaint,
    parse_reference,
    reference,
    urgent_signals,
)
from feedback.record import record_feedback
from feedback.repeats import case_of_matter, parts_of
from handlers.buttons import button
from handlers.context import CustomerContext
from handlers.customer.attachments import described
from handlers.customer.consent import told_with_stop
from handlers.customer.ownership import own_complaint
from handlers.matters import about_complaint
from handlers.staff import alerts
from handlers.staff.alert_text import shortened
from handlers.staff.follow_ups import (
    files_under_alert,
    staff_say,
    under_alert,
    whole_words,
    words_under_alert,
)
from handlers.staff.rises import too_often
from scheduler.manners import zone_of
from store.new_rows import AnyCase, AnyMessage
from store.outbox import ButtonRows, Draft
from store.tables.complaints import ENDED, Complaint, ComplaintState
from store.tables.feedback import FeedbackKind

STEP = "complaint"
LISTED = 5


def ask(context: CustomerContext) -> Sequence[Draft]:
    """Take the complaint that stands behind the command, or ask what happened."""
    words = context.incoming.argument
    if words:
        return declare(context, words)
    return ask_what_happened(context)


def ask_what_happened(context: CustomerContext) -> Sequence[Draft]:
    """Take the next words for a complaint, whatever they sound like."""
    context.expect(STEP)
    say = context.say
    lines = [
        say("What happened? Tell me in your own words, and a person gets it at once. /cancel ends this.")
    ]
    if context.complaint is not None:
        lines.append(
            say(
                "If it is about {reference}, send /cancel and just write: I will add it there.",
                reference=reference(context.complaint.id),
            )
        )
    return (context.answer("\n\n".join(lines)),)


def declare(context: CustomerContext, words: str) -> Sequence[Draft]:
    """Open a complaint on somebody's express word, whatever the words sound like; a stop in them counts."""
    message = context.message
    if message is None:
        return ()
    understood = context.understand(words)
    understanding = replace(understood, kind=FeedbackKind.COMPLAINT)
    context.expect_nothing()
    record_feedback(
        context.session,
        customer=context.customer,
        message=message,
        understanding=understanding,
        now=context.now,
    )
    drafts = open_case(context, message, words)
    return told_with_stop(context, words, drafts) if understood.kind is FeedbackKind.OPT_OUT else drafts


def open_case(context: CustomerContext, message: AnyMessage, words: str) -> Sequence[Draft]:
    """Open a complaint: the customer learns its number and who answers by when, and staff are alerted."""
    understanding = context.understand(words)
    severity = understanding.severity
    complaint = open_complaint(
        context.session,
        customer=context.customer,
        channel=context.incoming.channel,
        address=context.incoming.address,
        text=described(words, context.incoming, staff_say(context)),
        company=context.company,
        now=context.now,
        urgent=bool(urgent_signals(severity)),
        signals=severity,
        parts=parts_of(understanding.aspects),
    )
    message.about = about_complaint(complaint.id)
    alert = alerts.alert_draft(
        context.session,
        complaint,
        context.customer,
        company=context.company,
        now=context.now,
        understand=context.understand,
    )
    text = _received(context, complaint, serious=is_serious(severity))
    rest = whole_words(context, complaint.text, about=message.about, reply_to=complaint.alert_key)
    shown = (alert, *files_under_alert(context, complaint), *rest)
    if REPEATED in complaint.reasons:
        shown += tuple(too_often(context.session, complaint, company=context.company, now=context.now))
    return context.answer(also_settled(context, complaint, text), about=message.about), *shown


def _received(context: CustomerContext, complaint: AnyCase, *, serious: bool) -> str:
    """Tell a customer that their complaint is here; of danger and distress nobody reads a form letter."""
    say = context.say
    values = {
        "reference": reference(complaint.id),
        "who": who_answers(context, complaint),
        "due": due_in_words(context, complaint),
    }
    if serious:
        return say(
            "This sounds serious, and I am sorry. {who} looks at it at once and answers you here, by {due} "
            "at the latest. Your complaint has the number {reference}; if there is more to say, just write. "
            "If somebody is in danger now, please call your local emergency number.",
            **values,
        )
    return say(
        "I am sorry about this. Your complaint has the number {reference}. {who} will answer you here by "
        "{due}. If there is more to say, just write and I will add it.",
        **values,
    )


def add_to_case(
    context: CustomerContext,
    complaint: Complaint,
    message: AnyMessage,
    words: str,
    *,
    is_question: bool = False,
) -> Sequence[Draft]:
    """Add a message to the complaint it belongs to, and show it to staff under the alert.

    Who asks something learns at once how the complaint stands: that is what most ask. So does who writes what
    makes it more severe: then the times are new.
    """
    was_waiting = complaint.state is ComplaintState.WAITING
    severity, before = context.understand(words).severity, complaint.severity
    urgent = urgent_signals(severity)
    words = described(words, context.incoming, staff_say(context))
    add_words(
        context.session,
        complaint,
        text=words,
        company=context.company,
        now=context.now,
        signals=severity,
    )
    if urgent:
        complaint.urgent = True
    message.about = about_complaint(complaint.id)
    rest = whole_words(context, words, about=message.about, reply_to=complaint.alert_key)
    goes_on = tell_it_goes_on(context, complaint) if was_waiting else ()
    shown = (words_under_alert(context, complaint, words, urgent=urgent), *rest, *goes_on)
    say, who = context.say, who_answers(context, complaint)
    name = reference(complaint.id)
    if complaint.state is ComplaintState.RESOLVED:
        text = say(
            "I have added this to {reference} and shown it to {who}. Is it solved?", reference=name, who=who
        )
        return context.answer(text, buttons=solved_buttons(complaint, say), about=message.about), *shown
    text = say("I have added this to {reference}. {who} sees it at once.", reference=name, who=who)
    if is_question or complaint.severity is not before:
        text = f"{text}\n\n{_line(context, complaint)}"
    return context.answer(text, about=message.about), *shown


def its_case(context: CustomerContext, words: str) -> Complaint | None:
    """Find the complaint that words which complain belong to; None where they are a matter of their own."""
    complaint = case_of_words(context, words)
    if complaint is None or parse_reference(words) is not None:
        return complaint
    return case_of_matter(
        context.session,
        cases=context.pending,
        current=complaint,
        words=words,
        understand=context.understand,
        company=context.company,
        now=context.now,
    )


def tell_it_goes_on(context: CustomerContext, complaint: Complaint) -> Sequence[Draft]:
    """Tell the owner that what they waited for has come, and let the alert show it."""
    say = staff_say(context)
    text = say(
        "▶️ {name}: the customer has answered, and the clock goes on.",
        name=staff_name(context.session, complaint.owner_id) or say("Everybody"),
    )
    return (
        under_alert(context, complaint, text),
        *alerts.refreshed_alert(
            context.session, complaint, context.customer, company=context.company, now=context.now
        ),
    )


def case_of_words(context: CustomerContext, words: str) -> Complaint | None:
    """Find the complaint that words belong to: the one they name, else the newest that is not ended."""
    named = parse_reference(words)
    complaint = None if named is None else own_complaint(context, str(named))
    if complaint is not None and complaint.state not in ENDED:
        return complaint
    return context.complaint


def status(context: CustomerContext) -> Sequence[Draft]:
    """Tell how the customer's complaints stand, the newest first."""
    say = context.say
    complaints = complaints_of(context.session, context.customer.id)[:LISTED]
    if not complaints:
        return (context.answer(say("You have no complaints with us. If something is wrong, just write it.")),)
    lines = [_line(context, complaint) for complaint in complaints]
    waiting = next((one for one in complaints if one.state is ComplaintState.RESOLVED), None)
    if waiting is None:
        return (context.answer("\n\n".join(lines)),)
    lines.append(say("Is {reference} solved?", reference=reference(waiting.id)))
    return (context.answer("\n\n".join(lines), buttons=solved_buttons(waiting, say)),)


def who_answers(context: CustomerContext, complaint: AnyCase) -> str:
    """Name who answers: who has the complaint, else the customer's contact, else the team."""
    owner = name_for_customers(context.session, complaint.owner_id, context.company)
    return (
        owner
        or contact_for_customers(context.session, context.customer, context.company)
        or context.say("{company}'s team", company=company_name(context.company, context.say))
    )


def due_in_words(context: CustomerContext, complaint: AnyCase) -> str:
    """Say by when the complaint is answered, or settled once it was answered, where the customer is."""
    due = due_of(complaint)
    return moment_in(due, zone_of(context.customer, context.company), context.say)


def also_settled(context: CustomerContext, complaint: AnyCase, text: str) -> str:
    """Add by when the complaint is settled to words that say by when it is answered."""
    due = moment_in(complaint.resolution_due_at, zone_of(context.customer, context.company), context.say)
    return f"{text}\n{context.say('It is to be settled by {due}.', due=due)}"


def solved_buttons(complaint: Complaint, say: Phrases) -> ButtonRows:
    """Ask whether a complaint is solved."""
    return (
        (
            button(say("Yes, it is solved"), "solved", complaint.id, "yes"),
            button(say("No, not yet"), "solved", complaint.id, "no"),
        ),
    )


def _line(context: CustomerContext, complaint: Complaint) -> str:
    say = context.say
    values = {
        "reference": reference(complaint.id),
        "words": shortened(complaint.text, 80),
        "who": who_answers(context, complaint),
        "due": due_in_words(context, complaint),
    }
    if complaint.first_response_at is None:
        claimed = say("{reference} “{words}”: {who} is on it and will answer by {due}.", **values)
    else:
        claimed = say("{reference} “{words}”: {who} is on it; to be settled by {due}.", **values)
    lines = {
        ComplaintState.OPEN: say("{reference} “{words}”: received. {who} will answer by {due}.", **values),
        ComplaintState.CLAIMED: claimed,
        ComplaintState.WAITING: say(
            "{reference} “{words}”: {who} waits for your answer. Just write it here.", **values
        ),
        ComplaintState.RESOLVED: say(
            "{reference} “{words}”: {who} says it is solved, and waits for your word.", **values
        ),
        ComplaintState.CONFIRMED: say("{reference} “{words}”: solved.", **values),
        ComplaintState.UNCONFIRMED: say(
            "{reference} “{words}”: closed. If it is not solved, just write it.", **values
        ),
        ComplaintState.DISMISSED: say("{reference} “{words}”: closed, for it was no complaint.", **values),
    }
    return lines[complaint.state]
