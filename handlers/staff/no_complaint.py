"""«This was no complaint», in one tap: the case is closed, the record corrected, and the program learns."""

from collections.abc import Sequence

from customers.consent import may_be_told
from customers.phrases import phrases
from customers.profile import name_for_staff
from customers.speaking import signature
from feedback.complaints import MoveError, dismiss, reference
from feedback.corrected_cases import hold_customer, take_back_case
from feedback.learning.labels import note_correction
from handlers.context import StaffContext
from handlers.matters import about_complaint
from handlers.staff.alerts import refreshed_alert
from handlers.staff.desk import no_more_to_do, stale_button, tapped_case
from store.feedback_kinds import FeedbackKind
from store.outbox import Draft
from store.tables.complaints import Complaint
from store.tables.customers import Customer
from store.tables.queues import MessageKind


def call_no_complaint(context: StaffContext) -> Sequence[Draft]:
    """Close a case that was none, correct the customer's record, and note what the message was not.

    The customer was promised an answer, so they are told that none comes, and that they need only write;
    unless they said stop (``may_be_told``): then staff learn that they were not told.
    """
    session = context.session
    complaint, customer = tapped_case(context)
    if complaint is None or customer is None or hold_customer(session, customer.id) is None:
        return stale_button(context)
    try:
        dismiss(session, complaint, staff=context.staff, now=context.now)
    except MoveError:
        return (no_more_to_do(context, complaint),)
    about = about_complaint(complaint.id)
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
        _told(context, complaint, customer) if may_hear else _not_told(context, complaint, customer),
        *refreshed_alert(session, complaint, customer, company=context.company, now=context.now),
    )


def _not_told(context: StaffContext, complaint: Complaint, customer: Customer) -> Draft:
    text = context.say(
        "{reference} is closed. {name} said stop, so they were not told.",
        reference=reference(complaint.id),
        name=name_for_staff(customer, context.say),
    )
    return context.answer(text, about=about_complaint(complaint.id))


def _told(context: StaffContext, complaint: Complaint, customer: Customer) -> Draft:
    say = phrases(customer.language)
    return Draft(
        kind=MessageKind.ANSWER,
        channel=complaint.channel,
        address=complaint.address,
        customer_id=customer.id,
        text=say(
            "I took what you wrote for a complaint. {who} has read it and closed "
            "{reference}. If something is wrong after all, just write it.",
            who=signature(context.staff, context.company, say),
            reference=reference(complaint.id),
        ),
        about=about_complaint(complaint.id),
    )
