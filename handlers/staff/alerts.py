"""The alert of a complaint in the staff chat: changed as it moves on, repeated while nobody takes it.

Alerts of one complaint are a series: ``alert:7``, then ``alert:7:2`` and so on, where it is repeated or the
customer opens it again. Only the newest carries buttons.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from customers.company import Company
from customers.local_time import moment_in
from customers.phrases import Phrases, phrases
from customers.profile import contact_name, customers_by_id, name_for_staff, staff_name
from feedback.case_clocks import due_of
from feedback.case_queries import is_withdrawn, last_move
from feedback.case_readings import find_case_reading
from feedback.complaint_rules import EventKind
from feedback.complaints import due_for_repeat, history, note_alerted, reference
from feedback.record import satisfaction_of
from feedback.understanding import Understand, understand
from handlers.buttons import button
from handlers.matters import about_complaint
from handlers.staff.alert_text import Case, compose
from handlers.staff.satisfaction_text import risk_in_words
from handlers.staff.standing import is_new
from store.new_rows import AnyCase
from store.outbox import ButtonRows, Draft, enqueue
from store.tables.complaints import ENDED, Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.queues import MessageKind
from store.tables.staff import Staff

URGENT_SOONER = 3
"""So many times sooner is an urgent alert repeated."""


def alert_draft(
    session: Session,
    complaint: AnyCase,
    customer: Customer,
    *,
    company: Company,
    now: datetime,
    head: str = "",
    understand: Understand = understand,
) -> Draft:
    """Compose the next alert of a complaint and count it; does not commit.

    Args:
        session: the open transaction.
        complaint: what it is about.
        customer: whose complaint it is.
        company: whose staff chat it goes to, in its language and on its clock.
        now: aware UTC.
        head: a line above all else, where this is not the first alert.
        understand: what a text means.
    """
    key = _next_key(complaint)
    note_alerted(complaint, key=key, now=now)
    return Draft(
        kind=MessageKind.ALERT,
        channel=company.staff_chat.channel,
        address=company.staff_chat.address,
        text=compose(
            # What has just been opened is read as whoever opens it does; its feedback may still be unwritten.
            _case_by_now(session, complaint, customer, company=company, now=now, head=head)
            if head
            else _case(session, complaint, customer, company=company, now=now, understand=understand),
            phrases(company.language),
        ),
        buttons=_buttons(complaint, phrases(company.language)),
        dedupe_key=key,
        about=about_complaint(complaint.id),
        urgent=complaint.urgent,
    )


def refreshed_alert(
    session: Session, complaint: Complaint, customer: Customer, *, company: Company, now: datetime
) -> Sequence[Draft]:
    """Compose the change that brings the newest alert up to date; none where there is no alert."""
    key = complaint.alert_key
    if key is None:
        return ()
    case = _case_by_now(session, complaint, customer, company=company, now=now, head="")
    return (
        _change(complaint, company, case, key=key, buttons=_buttons(complaint, phrases(company.language))),
    )


def case_card(
    session: Session, complaint: Complaint, customer: Customer, *, company: Company, now: datetime
) -> tuple[str, ButtonRows]:
    """Say how a case stands now, as its alert does, and what can be done with it."""
    say = phrases(company.language)
    case = _case_by_now(session, complaint, customer, company=company, now=now, head="")
    return compose(case, say), _buttons(complaint, say)


def reopened_alert(
    session: Session, complaint: Complaint, customer: Customer, *, company: Company, now: datetime
) -> Sequence[Draft]:
    """Compose a new, louder alert for a complaint that the customer says is not solved."""
    say = phrases(company.language)
    head = say("‼️ Not solved: {reference} is open again", reference=reference(complaint.id))
    return _louder(session, complaint, customer, company=company, now=now, head=head)


def reopened_by_staff(
    session: Session,
    complaint: Complaint,
    customer: Customer,
    *,
    staff: Staff,
    company: Company,
    now: datetime,
) -> Sequence[Draft]:
    """Compose a new alert for a complaint that a member of staff opened again."""
    say = phrases(company.language)
    head = say("🔄 {name} opened {reference} again", name=staff.name, reference=reference(complaint.id))
    return _louder(session, complaint, customer, company=company, now=now, head=head)


def low_mark_alert(
    session: Session,
    complaint: Complaint,
    customer: Customer,
    *,
    told: str,
    company: Company,
    now: datetime,
) -> Sequence[Draft]:
    """Compose a new alert for a complaint that a low mark opened again; ``told`` says whose turn it is."""
    say = phrases(company.language)
    head = say("🔄 {reference} is open again: {told}", reference=reference(complaint.id), told=told)
    return _louder(session, complaint, customer, company=company, now=now, head=head)


def repeat_alerts(session: Session, *, company: Company, now: datetime) -> int:
    """Queue a louder alert for each complaint that nobody took in time; a planner, does not commit.

    The first repeat comes ``company.realert_minutes`` after the alert, of an urgent one in a third of that;
    further ones by ``feedback.complaint_rules.repeat_wait``, and there is no last one.

    Returns:
        How many complaints were repeated.
    """
    first_wait = timedelta(minutes=company.realert_minutes)
    due = due_for_repeat(
        session,
        now=now,
        after=first_wait,
        urgent_after=first_wait / URGENT_SOONER,
        channels=company.channels,
    )
    owners = customers_by_id(session, [complaint.customer_id for complaint in due])
    for complaint in due:
        head = _still_nobody(session, complaint, company, now)
        customer = owners[complaint.customer_id]
        enqueue(session, _louder(session, complaint, customer, company=company, now=now, head=head), now=now)
    return len(due)


def _louder(
    session: Session, complaint: Complaint, customer: Customer, *, company: Company, now: datetime, head: str
) -> Sequence[Draft]:
    """Compose a further alert, and the change that takes the buttons from the one before."""
    before = complaint.alert_key
    alert = alert_draft(session, complaint, customer, company=company, now=now, head=head)
    if before is None:
        return (alert,)
    say = phrases(company.language)
    case = _case_by_now(session, complaint, customer, company=company, now=now, head=say("⤵️ Repeated below"))
    return (alert, _change(complaint, company, case, key=before, dedupe_key=f"{alert.dedupe_key}:before"))


def _change(
    complaint: Complaint,
    company: Company,
    case: Case,
    *,
    key: str,
    buttons: ButtonRows = (),
    dedupe_key: str = "",
) -> Draft:
    return Draft(
        kind=MessageKind.ALERT,
        channel=company.staff_chat.channel,
        address=company.staff_chat.address,
        text=compose(case, phrases(company.language)),
        buttons=buttons,
        dedupe_key=dedupe_key,
        about=about_complaint(complaint.id),
        edits=key,
    )


def _next_key(complaint: AnyCase) -> str:
    first, newest = f"alert:{complaint.id}", complaint.alert_key
    if newest is None:
        return first
    return f"{first}:{int(newest.rpartition(':')[2]) + 1 if newest != first else 2}"


def _still_nobody(session: Session, complaint: Complaint, company: Company, now: datetime) -> str:
    begun = (EventKind.OPENED, EventKind.REOPENED)
    since = max(
        (event.at for event in history(session, complaint.id) if event.what in begun),
        default=complaint.opened_at,
    )
    return phrases(company.language).count(
        "⏰ Still nobody has taken {reference} ({number} minute)",
        "⏰ Still nobody has taken {reference} ({number} minutes)",
        int((now - since).total_seconds() // 60),
        reference=reference(complaint.id),
    )


def _buttons(complaint: AnyCase, say: Phrases) -> ButtonRows:
    reply = button(say("Reply"), "reply", complaint.id)
    resolved = button(say("Resolved"), "resolve", complaint.id)
    none = button(say("This was no complaint"), "nocase", complaint.id)
    more = button(say("More…"), "more", complaint.id)
    if complaint.state is ComplaintState.OPEN:
        return ((button(say("Take it"), "take", complaint.id), reply, resolved), (none, more))
    if complaint.state in ENDED:
        file = button(say("Cause and remedy"), "resolve", complaint.id)
        undo = button(say("Undo (for 10 minutes)"), "undismiss", complaint.id)
        if complaint.state is ComplaintState.DISMISSED:
            return ((undo, more),)
        return ((file, more),) if complaint.closed_at is None else ((more,),)
    if complaint.state is ComplaintState.RESOLVED:
        return ((reply, more),)
    return ((reply, resolved), (none, more))


def second_look_head(say: Phrases) -> str:
    """Say above an alert that a second look opened the case."""
    return say("🔎 Found on a second look")


def _whose_word(session: Session, complaint: AnyCase) -> str | None:
    """Name who said that a case is settled, or none: that may be another than who has it by now."""
    if complaint.state not in (ComplaintState.RESOLVED, ComplaintState.DISMISSED):
        return None
    return last_move(session, complaint)[0]


def _case_by_now(
    session: Session, complaint: AnyCase, customer: Customer, *, company: Company, now: datetime, head: str
) -> Case:
    """Give a case with its words read as they count by now, unless they were no complaint."""
    case = _case(session, complaint, customer, company=company, now=now, head=head)
    about = about_complaint(complaint.id)
    reading = find_case_reading(session, customer_id=customer.id, about=about)
    if reading is None:
        return case
    heads = [head, second_look_head(phrases(company.language))] if reading.on_second_look else [head]
    case = replace(case, head="\n".join(filter(None, heads)))
    if complaint.state is ComplaintState.DISMISSED:
        return case  # by then the feedback says that it was none, and not how it was read
    understanding = replace(case.understanding, polarity=reading.polarity)
    return replace(case, understanding=understanding, read_twice=reading.refined)


def _case(
    session: Session,
    complaint: AnyCase,
    customer: Customer,
    *,
    company: Company,
    now: datetime,
    head: str = "",
    understand: Understand = understand,
) -> Case:
    say = phrases(company.language)
    satisfaction = satisfaction_of(session, customer, now)
    is_answered = complaint.first_response_at is not None
    due = due_of(complaint)
    return Case(
        head=head,
        reference=reference(complaint.id),
        name=name_for_staff(customer, say),
        standing=customer.standing,
        is_new=is_new(session, customer, now=now, complaint=complaint),
        words=complaint.text,
        understanding=understand(complaint.text),
        index=satisfaction.index,
        confidence=satisfaction.confidence,
        trend=satisfaction.trend,
        due=moment_in(due, company.timezone, say),
        is_answered=is_answered,
        contact=contact_name(session, customer),
        owner=_whose_word(session, complaint) or staff_name(session, complaint.owner_id),
        state=complaint.state,
        is_withdrawn=is_withdrawn(session, complaint),
        unfiled=complaint.state in ENDED and complaint.closed_at is None,
        urgent=complaint.urgent,
        risk=risk_in_words(satisfaction.turned, say, now) if satisfaction.turned else "",
        severity=complaint.severity,
        reasons=complaint.reasons,
    )
