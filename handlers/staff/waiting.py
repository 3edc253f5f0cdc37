"""«Waiting for customer»: the clocks stand still until they answer; and a case that is opened again."""

from collections.abc import Sequence

from feedback.complaints import (
    MoveError,
    UnansweredError,
    customer_answered,
    reference,
    reopen,
    wait_for_customer,
)
from feedback.corrected_cases import give_case_back, hold_customer
from handlers.context import StaffContext
from handlers.matters import about_complaint
from handlers.staff.alerts import refreshed_alert, reopened_by_staff
from handlers.staff.desk import no_more_to_do, stale_button, tapped_case
from handlers.staff.in_place import in_place_of_tapped
from store.errors import NotFoundError
from store.outbox import Draft
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer


def wait(context: StaffContext) -> Sequence[Draft]:
    """Stop the clocks of a case until its customer answers."""
    complaint, customer = tapped_case(context)
    if complaint is None or customer is None:
        return stale_button(context)
    try:
        wait_for_customer(
            context.session, complaint, staff=context.staff, company=context.company, now=context.now
        )
    except NotFoundError:  # its customer was erased meanwhile
        return stale_button(context)
    except MoveError:
        return (no_more_to_do(context, complaint),)
    except UnansweredError:
        text = context.say(
            "Nobody has written to the customer of {reference} since they last did, so its clock goes on. "
            "Write to them first.",
            reference=reference(complaint.id),
        )
        return (context.answer(text, about=about_complaint(complaint.id)),)
    text = context.say(
        "⏳ {reference} waits for the customer. The clock stands still until they answer; "
        "if they do not, they are reminded twice.",
        reference=reference(complaint.id),
    )
    return (
        in_place_of_tapped(context, context.answer(text, about=about_complaint(complaint.id))),
        *refreshed_alert(context.session, complaint, customer, company=context.company, now=context.now),
    )


def go_on(context: StaffContext) -> Sequence[Draft]:
    """Let the clocks of a case go on: its customer has answered, on the telephone perhaps."""
    complaint, customer = tapped_case(context)
    if complaint is None or customer is None:
        return stale_button(context)
    try:
        customer_answered(
            context.session, complaint, staff=context.staff, company=context.company, now=context.now
        )
    except NotFoundError:  # its customer was erased meanwhile
        return stale_button(context)
    except MoveError:
        return (no_more_to_do(context, complaint),)
    text = context.say("▶️ {reference} goes on, and so does its clock.", reference=reference(complaint.id))
    return (
        in_place_of_tapped(context, context.answer(text, about=about_complaint(complaint.id))),
        *refreshed_alert(context.session, complaint, customer, company=context.company, now=context.now),
    )


def open_again(context: StaffContext) -> Sequence[Draft]:
    """Open a case again that has ended, on the word of staff."""
    complaint, customer = tapped_case(context)
    if complaint is None or customer is None or hold_customer(context.session, customer.id) is None:
        return stale_button(context)
    try:
        return opened_again(context, complaint, customer)
    except NotFoundError:  # its customer was erased meanwhile
        return stale_button(context)
    except MoveError:
        return (no_more_to_do(context, complaint),)


def opened_again(context: StaffContext, complaint: Complaint, customer: Customer) -> Sequence[Draft]:
    """Open a case again and tell staff; what was called no complaint is one again.

    Raises:
        MoveError: it is open, or was closed too long ago.
    """
    before = reopen(
        context.session,
        complaint,
        text="",
        staff=context.staff,
        company=context.company,
        now=context.now,
    )
    if before is ComplaintState.DISMISSED:
        give_case_back(
            context.session,
            customer=customer,
            complaint=complaint,
            about=about_complaint(complaint.id),
            understanding=context.understand(complaint.text),
        )
    return reopened_by_staff(
        context.session,
        complaint,
        customer,
        staff=context.staff,
        company=context.company,
        now=context.now,
    )
