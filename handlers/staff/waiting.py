"""«Waiting for customer»: the clocks stand still until they answer; and a case that is opened again."""

import re
from collections.abc import Sequence

from customers.phrases import Phrases
from feedback.complaints import (
    MoveError,
    customer_answered,
    reference,
    reopen,
    wait_for_customer,
)
from feedback.corrected_cases import give_case_back, hold_customer
from handlers.buttons import button
from handlers.context import StaffContext
from handlers.matters import about_complaint
from handlers.staff.alerts import refreshed_alert, reopened_by_staff
from handlers.staff.desk import no_more_to_do, stale_button, tapped_case
from handlers.staff.in_place import in_place_of_tapped
from store.outbox import ButtonRows, Draft
from store.tables.complaints import Complaint, ComplaintState

_ASKS = re.compile(r"(?:[?？؟]|[吗呢])[\W_]*$")
"""How words end that ask something, whatever marks, brackets and emoji stand behind it."""


def wait(context: StaffContext) -> Sequence[Draft]:
    """Stop the clocks of a case until its customer answers."""
    complaint, customer = tapped_case(context)
    if complaint is None or customer is None:
        return stale_button(context)
    try:
        wait_for_customer(
            context.session, complaint, staff=context.staff, company=context.company, now=context.now
        )
    except MoveError:
        return (no_more_to_do(context, complaint),)
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
    if complaint is None or customer is None:
        return stale_button(context)
    if hold_customer(context.session, customer.id) is None:
        return stale_button(context)
    try:
        before = reopen(
            context.session,
            complaint,
            text="",
            staff=context.staff,
            company=context.company,
            now=context.now,
        )
    except MoveError:
        return (no_more_to_do(context, complaint),)
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


def asks_something(words: str) -> bool:
    """Tell whether words to a customer end with a question, so that we wait for the answer."""
    return _ASKS.search(words) is not None


def offer(complaint: Complaint, words: str, say: Phrases) -> ButtonRows:
    """Offer to wait for the customer, under the note that words went out, where they end with a question."""
    waits = (ComplaintState.OPEN, ComplaintState.CLAIMED)
    if complaint.state not in waits or not asks_something(words):
        return ()
    return ((button(say("Wait for their answer"), "wait", complaint.id),),)
