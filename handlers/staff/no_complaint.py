"""«This was no complaint»: the case is closed, the record corrected, and the program learns.

An urgent case is closed by a second tap only; and for some minutes each can be had back as it was.
"""

from collections.abc import Sequence

from customers.consent import may_be_told
from customers.local_time import moment_in
from customers.phrases import phrases
from customers.profile import name_for_staff
from customers.speaking import signature
from feedback.case_clocks import due_of
from feedback.complaint_rules import MOVES, UNDISMISS_WITHIN, Move
from feedback.complaints import MoveError, dismiss, reference, undismiss
from feedback.corrected_cases import give_case_back, hold_customer, take_back_case
from feedback.learning.labels import note_correction
from feedback.promises import restore_with_case, withdraw_with_case
from handlers.buttons import button, parse
from handlers.context import StaffContext
from handlers.matters import about_complaint
from handlers.staff.alerts import refreshed_alert
from handlers.staff.desk import no_more_to_do, stale_button, tapped_case
from handlers.staff.in_place import in_place_of_tapped
from handlers.staff.promise_text import changed_card, withdrawn_with_case
from scheduler.manners import zone_of
from store.feedback_kinds import FeedbackKind
from store.outbox import Draft
from store.tables.complaints import CaseSeverity, Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.queues import MessageKind

SURE, NOT_SURE, TAKE_BACK = "nocaseyes", "nocaseno", "undismiss"
"""Verbs of buttons: two under the question whether an urgent case was none, and one under a closed alert."""


def call_no_complaint(context: StaffContext) -> Sequence[Draft]:
    """Close a case that was none; whether one that is urgent was none is asked once more."""
    complaint, customer = tapped_case(context)
    if complaint is None or customer is None:
        return stale_button(context)
    if complaint.state not in MOVES[Move.DISMISS]:
        return (no_more_to_do(context, complaint),)
    if complaint.urgent or complaint.severity is CaseSeverity.CRITICAL:
        return (_are_you_sure(context, complaint),)
    return _close(context, complaint, customer)


def answer_whether_sure(context: StaffContext) -> Sequence[Draft]:
    """Take the answer to whether an urgent case was none."""
    complaint, customer = tapped_case(context)
    if complaint is None or customer is None:
        return stale_button(context)
    verb, _ = parse(context.incoming.button or "")
    name = reference(complaint.id)
    if verb == NOT_SURE:
        text = context.say("{reference} stays as it is.", reference=name)
        return (in_place_of_tapped(context, context.answer(text, about=about_complaint(complaint.id))),)
    return _close(context, complaint, customer, text=context.say("{reference} is closed.", reference=name))


def take_back(context: StaffContext) -> Sequence[Draft]:
    """Open a case again, as it was, that was called none some minutes ago; its customer is told."""
    session, now = context.session, context.now
    complaint, customer = tapped_case(context)
    if complaint is None or customer is None or hold_customer(session, customer.id) is None:
        return stale_button(context)
    dismissed_at = complaint.closed_at
    try:
        undismiss(session, complaint, staff=context.staff, company=context.company, now=now)
    except MoveError:
        return (_too_late(context, complaint),)
    give_case_back(
        session,
        customer=customer,
        complaint=complaint,
        about=about_complaint(complaint.id),
        understanding=context.understand(complaint.text),
    )
    promised = (
        restore_with_case(session, complaint, dismissed_at=dismissed_at, staff=context.staff, now=now)
        if dismissed_at is not None
        else ()
    )
    told = _told_after_all(context, complaint, customer)
    return (
        told if may_be_told(session, customer.id) else _not_told_after_all(context, complaint, customer),
        *refreshed_alert(session, complaint, customer, company=context.company, now=now),
        *(changed_card(session, made, customer, company=context.company) for made in promised),
    )


def _close(
    context: StaffContext, complaint: Complaint, customer: Customer, *, text: str = ""
) -> Sequence[Draft]:
    """Close a case, correct the customer's record, and note what the message was not.

    The customer was promised an answer, so they are told that none comes, and that they need only write;
    unless they said stop (``may_be_told``): then staff learn that they were not told.

    Args:
        context: of who tapped.
        complaint: the case.
        customer: whose it is.
        text: what stands in place of the question that was answered; "" where none was asked.
    """
    session = context.session
    if hold_customer(session, customer.id) is None:
        return stale_button(context)
    try:
        dismiss(session, complaint, staff=context.staff, now=context.now)
    except MoveError:
        return (no_more_to_do(context, complaint),)
    about = about_complaint(complaint.id)
    promised = withdraw_with_case(session, complaint, staff=context.staff, now=context.now)
    feedback_id = take_back_case(session, customer=customer, complaint=complaint, about=about)
    if feedback_id is not None:
        note_correction(
            session,
            feedback_id=feedback_id,
            kind=FeedbackKind.OTHER,
            staff_id=context.staff.id,
            now=context.now,
        )
    may_hear = may_be_told(session, customer.id)
    return (
        *([in_place_of_tapped(context, context.answer(text, about=about))] if text else ()),
        _told(context, complaint, customer) if may_hear else _not_told(context, complaint, customer),
        *refreshed_alert(session, complaint, customer, company=context.company, now=context.now),
        *withdrawn_with_case(session, promised, customer, company=context.company),
    )


def _are_you_sure(context: StaffContext, complaint: Complaint) -> Draft:
    say, name = context.say, reference(complaint.id)
    buttons = (
        (
            button(say("Yes, no complaint"), SURE, complaint.id),
            button(say("Cancel"), NOT_SURE, complaint.id),
        ),
    )
    text = say(
        "{reference} is urgent. Was it really no complaint? If so, it is closed and the customer hears that.",
        reference=name,
    )
    return context.answer(text, buttons=buttons)


def _too_late(context: StaffContext, complaint: Complaint) -> Draft:
    """Say why a dismissal cannot be taken back, and what can be done instead."""
    say, name = context.say, reference(complaint.id)
    if complaint.state is not ComplaintState.DISMISSED:
        text = say("{reference} is not closed as no complaint, so it stays as it is.", reference=name)
    else:
        text = say(
            "{reference} was closed more than {number} minutes ago. To go on with it, tap «More…» and open "
            "it again.",
            reference=name,
            number=UNDISMISS_WITHIN.seconds // 60,
        )
    return context.answer(text, about=about_complaint(complaint.id))


def _not_told(context: StaffContext, complaint: Complaint, customer: Customer) -> Draft:
    text = context.say(
        "{reference} is closed. {name} said stop, so they were not told.",
        reference=reference(complaint.id),
        name=name_for_staff(customer, context.say),
    )
    return context.answer(text, about=about_complaint(complaint.id))


def _not_told_after_all(context: StaffContext, complaint: Complaint, customer: Customer) -> Draft:
    text = context.say(
        "{reference} is open again. {name} said stop, so they were not told.",
        reference=reference(complaint.id),
        name=name_for_staff(customer, context.say),
    )
    return context.answer(text, about=about_complaint(complaint.id))


def _told(context: StaffContext, complaint: Complaint, customer: Customer) -> Draft:
    say = phrases(customer.language, customer.country)
    text = say(
        "I took what you wrote for a complaint. {who} has read it and closed {reference}. If something is "
        "wrong after all, just write it.",
        who=signature(context.staff, context.company, say),
        reference=reference(complaint.id),
    )
    return _to_customer(complaint, customer, text)


def _told_after_all(context: StaffContext, complaint: Complaint, customer: Customer) -> Draft:
    say = phrases(customer.language, customer.country)
    is_answered = complaint.first_response_at is not None
    due = due_of(complaint)
    values = {
        "reference": reference(complaint.id),
        "who": signature(context.staff, context.company, say),
        "due": moment_in(due, zone_of(customer, context.company), say),
    }
    if is_answered:
        text = say(
            "{reference} was closed by mistake, and is open again. {who} sees to it, by {due}.", **values
        )
    else:
        text = say(
            "{reference} was closed by mistake, and is open again. {who} will answer you here by {due}.",
            **values,
        )
    return _to_customer(complaint, customer, text)


def _to_customer(complaint: Complaint, customer: Customer, text: str) -> Draft:
    return Draft(
        kind=MessageKind.ANSWER,
        channel=complaint.channel,
        address=complaint.address,
        customer_id=customer.id,
        text=text,
        about=about_complaint(complaint.id),
    )
