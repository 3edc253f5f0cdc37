"""A customer's silence in words: they are reminded twice, politely, and staff see how the case ended."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from customers.company import Chat, Company
from customers.local_time import moment_in
from customers.phrases import Phrases, phrases
from customers.profile import customers_by_id
from customers.speaking import company_name, name_for_customers
from feedback.complaints import reference
from feedback.silence import Step, due_silences, take_step, times_reminded, watch_resolved
from handlers.customer.complaint import solved_buttons
from handlers.matters import about_complaint
from handlers.staff.alerts import refreshed_alert
from handlers.staff.resolving import filing_buttons
from handlers.staff.telling import where_told, who_sees_to, why_not_told
from scheduler.manners import next_allowed, zone_of
from store.outbox import ButtonRows, Draft, enqueue
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.queues import MessageKind

TO_CUSTOMER = frozenset({Step.REMIND, Step.REMIND_LAST})


def break_silences(session: Session, *, company: Company, now: datetime) -> int:
    """Remind whoever is due to be reminded, and end what was asked often enough; a planner, does not commit.

    Returns:
        How many cases were looked at.
    """
    watch_resolved(session, company=company, now=now)
    cases = due_silences(session, channels=company.channels, now=now)
    customers = customers_by_id(session, [complaint.customer_id for complaint in cases]) if cases else {}
    drafts: list[Draft] = []
    for complaint in cases:
        customer = customers[complaint.customer_id]
        quiet_until = _quiet_until(complaint, customer, company, now)
        if quiet_until is None:
            drafts += _break(session, complaint, customer, company=company, now=now)
        else:
            complaint.remind_at = quiet_until
    enqueue(session, drafts, now=now)
    return len(cases)


def _quiet_until(
    complaint: Complaint, customer: Customer, company: Company, now: datetime
) -> datetime | None:
    """Tell until when it would be impolite to remind a customer; None where it would not."""
    if complaint.state not in (ComplaintState.WAITING, ComplaintState.RESOLVED):
        return None
    allowed_at = next_allowed(
        now,
        zone_of(customer, company),
        quiet_from_hour=company.quiet_from_hour,
        quiet_until_hour=company.quiet_until_hour,
    )
    return allowed_at if allowed_at > now else None


def _break(
    session: Session, complaint: Complaint, customer: Customer, *, company: Company, now: datetime
) -> Sequence[Draft]:
    """Take the step that is due, and say what is to be said; each under a key of its own."""
    key = f"silence:{complaint.id}:{int((complaint.remind_at or now).timestamp())}"
    chat = where_told(session, customer, complaint)
    step = take_step(session, complaint, company=company, now=now, can_be_asked=chat is not None)
    if step is Step.NOT_ASKED:  # who said stop, or left, hears nothing; their silence counts all the same
        return (_not_asked(session, complaint, customer, company, key=key),)
    if step in TO_CUSTOMER and chat is not None:
        return (_reminder(session, complaint, customer, chat, step, company=company, key=key, now=now),)
    if step is Step.END:
        alert = refreshed_alert(session, complaint, customer, company=company, now=now)
        return (
            _ended(complaint, company, times_reminded(session, complaint), key=key),
            *(replace(draft, dedupe_key=f"{key}:alert") for draft in alert),
        )
    return (_unfiled(session, complaint, company, key=key),) if step is Step.FILE else ()


def _reminder(
    session: Session,
    complaint: Complaint,
    customer: Customer,
    chat: Chat,
    step: Step,
    *,
    company: Company,
    key: str,
    now: datetime,
) -> Draft:
    say = phrases(customer.language, customer.country)
    text, buttons = _reminder_in_words(session, complaint, step, company=company, say=say)
    if step is Step.REMIND_LAST:
        closing_at = complaint.remind_at or now + timedelta(days=company.desk.silence_days)
        text = "\n".join(
            (
                text,
                say(
                    "If I hear nothing by {due}, I will close it. You can always write again.",
                    due=moment_in(closing_at, zone_of(customer, company), say),
                ),
            )
        )
    return Draft(
        kind=MessageKind.ANSWER,
        channel=chat.channel,
        address=chat.address,
        customer_id=customer.id,
        text=text,
        buttons=buttons,
        dedupe_key=key,
        about=about_complaint(complaint.id),
    )


def _reminder_in_words(
    session: Session, complaint: Complaint, step: Step, *, company: Company, say: Phrases
) -> tuple[str, ButtonRows]:
    name = reference(complaint.id)
    if complaint.state is ComplaintState.RESOLVED and step is Step.REMIND:
        text = say("Is {reference} solved? If not, just write what is still wrong.", reference=name)
        return text, solved_buttons(complaint, say)
    if complaint.state is ComplaintState.RESOLVED:
        text = say("I have not heard from you about {reference}. Is it solved?", reference=name)
        return text, solved_buttons(complaint, say)
    who = name_for_customers(session, complaint.owner_id, company) or say(
        "{company}'s team", company=company_name(company, say)
    )
    if step is Step.REMIND:
        text = say(
            "{who} asked you something about {reference}. Could you answer? Just write it here.",
            who=who,
            reference=name,
        )
        return text, ()
    text = say(
        "{who} still waits for your answer about {reference}. Or is it solved?", who=who, reference=name
    )
    return text, solved_buttons(complaint, say)


def _not_asked(
    session: Session, complaint: Complaint, customer: Customer, company: Company, *, key: str
) -> Draft:
    say = phrases(company.language)
    text = say(
        "🔕 {name}: {reference} waits for the customer's word, but I cannot remind them.",
        name=who_sees_to(session, complaint, say),
        reference=reference(complaint.id),
    )
    return _to_staff(complaint, company, f"{text}\n{why_not_told(session, customer, say)}", key=key)


def _ended(complaint: Complaint, company: Company, reminded: int, *, key: str) -> Draft:
    say, name = phrases(company.language), reference(complaint.id)
    if reminded == 0:
        text = say("🕰 {reference} has ended unconfirmed: the customer could not be asked.", reference=name)
    elif reminded == 1:
        text = say(
            "🕰 {reference} has ended unconfirmed: the customer was reminded once and did not answer.",
            reference=name,
        )
    else:
        text = say(
            "🕰 {reference} has ended unconfirmed: the customer was reminded twice and did not answer.",
            reference=name,
        )
    if complaint.closed_at is None:
        text = "\n".join((text, say("Cause and remedy are missing.")))
        return _to_staff(complaint, company, text, buttons=filing_buttons(complaint, say), key=key)
    return _to_staff(complaint, company, text, key=key)


def _unfiled(session: Session, complaint: Complaint, company: Company, *, key: str) -> Draft:
    say = phrases(company.language)
    text = say(
        "📁 {name}: {reference} has ended, but is not closed. What did it come from, and what was done?",
        name=who_sees_to(session, complaint, say),
        reference=reference(complaint.id),
    )
    return _to_staff(complaint, company, text, buttons=filing_buttons(complaint, say), key=key)


def _to_staff(
    complaint: Complaint, company: Company, text: str, *, key: str, buttons: ButtonRows = ()
) -> Draft:
    """Tell staff; what asks them something concerns nobody, else a reply to it would go to the customer."""
    return Draft(
        kind=MessageKind.ALERT,
        channel=company.staff_chat.channel,
        address=company.staff_chat.address,
        text=text,
        buttons=buttons,
        dedupe_key=key,
        about=None if buttons else about_complaint(complaint.id),
        reply_to=complaint.alert_key,
    )
