"""«Resolved»: a case ends with a cause and a remedy, both by a tap, before its customer is asked.

The buttons carry all that was chosen so far, so that nothing is half-done whoever taps when: what they name
is looked up anew, and the case moves once.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial

from customers.company import Chat
from customers.phrases import Phrases, phrases
from customers.profile import find_by_id
from customers.speaking import signature
from feedback.complaint_rules import LONGEST_REMEDY
from feedback.complaints import CauseError, MoveError, RemedyError, file, reference
from feedback.complaints import resolve as resolve_complaint
from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.customer.complaint import solved_buttons
from handlers.matters import about_complaint, complaint_of
from handlers.staff import questions
from handlers.staff.alerts import refreshed_alert
from handlers.staff.causes import causes_in_words
from handlers.staff.desk import no_more_to_do, stale_button, tapped_case
from handlers.staff.in_place import in_place_of_tapped
from handlers.staff.rises import too_often
from handlers.staff.telling import where_told, why_not_told
from store.errors import NotFoundError
from store.outbox import Button, ButtonRows, Draft
from store.tables.complaints import ENDED, Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.queues import MessageKind

STEP = "remedy"
OWN_WORDS = "own"
IN_A_ROW = 3
LONGEST_CODE = 24
"""Bytes of a cause in a button, beside the verb, the case's number and the remedy."""


def remedies(say: Phrases) -> Mapping[str, str]:
    """Name the usual remedies, by what their buttons carry."""
    return {
        "replaced": say("Replaced"),
        "refunded": say("Refunded"),
        "repaired": say("Repaired"),
        "delivered": say("Delivered"),
        "explained": say("Explained"),
        "apologised": say("Apologised"),
    }


def ask_cause(context: StaffContext) -> Sequence[Draft]:
    """Ask what a case came from; what it seems to come from stands first."""
    complaint, customer = tapped_case(context)
    if complaint is None or customer is None:
        return stale_button(context)
    if not can_be_settled(complaint):
        return (no_more_to_do(context, complaint),)
    text = context.say("What did {reference} come from?", reference=reference(complaint.id))
    return (context.answer(text, buttons=_cause_buttons(context, complaint)),)


def take_cause(context: StaffContext) -> Sequence[Draft]:
    """Take the cause, and ask what was done."""
    _, arguments = parse(context.incoming.button or "")
    match arguments:
        case (written, code):
            complaint, cause = _case(context, written), cause_of(code, context.company.desk.causes)
        case _:
            complaint, cause = None, None
    if complaint is None:
        return stale_button(context)
    if cause is None:
        return (_no_such_cause(context, complaint),)
    if not can_be_settled(complaint):
        return (no_more_to_do(context, complaint),)
    say = context.say
    text = say(
        "{reference} · {cause}. What was done about it?",
        reference=reference(complaint.id),
        cause=causes_in_words([cause], say)[cause],
    )
    question = context.answer(text, buttons=_remedy_buttons(complaint, cause, say))
    return (in_place_of_tapped(context, question),)


def take_remedy(context: StaffContext) -> Sequence[Draft]:
    """Take the remedy by its button: the case is resolved; or ask for one in words."""
    _, arguments = parse(context.incoming.button or "")
    match arguments:
        case (written, code, choice):
            complaint, cause = _case(context, written), cause_of(code, context.company.desk.causes)
        case _:
            complaint, cause, choice = None, None, ""
    if complaint is None:
        return stale_button(context)
    if cause is None:
        return (_no_such_cause(context, complaint),)
    if not can_be_settled(complaint):
        return (no_more_to_do(context, complaint),)
    if choice == OWN_WORDS:
        question = context.say(
            "What was done about {reference}? One line, for us only. /cancel ends this.",
            reference=reference(complaint.id),
        )
        return (
            questions.ask(context, question, step=STEP, data={"complaint": complaint.id, "cause": cause}),
        )
    remedy = remedies(context.say).get(choice)
    if remedy is None:
        return stale_button(context)
    return _settle(context, complaint, cause, remedy)


def take_remedy_words(context: StaffContext) -> Sequence[Draft]:
    """Take the remedy in words: the case is resolved."""
    data = {} if context.dialogue is None else context.dialogue.data
    complaint = _case(context, str(data.get("complaint", "")))
    if complaint is None:
        context.expect_nothing()
        return stale_button(context)
    if context.message is not None:
        context.message.about = about_complaint(complaint.id)
    return _settle(context, complaint, str(data.get("cause", "")), context.incoming.text)


def can_be_settled(complaint: Complaint) -> bool:
    """Tell whether cause and remedy of a case can still be said: it is open, or they are missing."""
    if complaint.state in ENDED:
        return complaint.closed_at is None
    return complaint.state is not ComplaintState.RESOLVED


def filing_buttons(complaint: Complaint, say: Phrases) -> ButtonRows:
    """Ask for cause and remedy of a case that ended without."""
    return ((button(say("Cause and remedy"), "resolve", complaint.id),),)


def code_of(cause: str) -> str:
    """Write a cause so that it fits into a button."""
    plain = cause.isascii() and ":" not in cause and len(cause) <= LONGEST_CODE
    return cause if plain else hashlib.sha256(cause.encode()).hexdigest()[:LONGEST_CODE]


def cause_of(code: str, causes: Sequence[str]) -> str | None:
    """Find the cause that a button names; None where the company knows none such."""
    return next((cause for cause in causes if code_of(cause) == code), None)


def _settle(context: StaffContext, complaint: Complaint, cause: str, remedy: str) -> Sequence[Draft]:
    """Resolve a case, or close one that has ended already."""
    session, company = context.session, context.company
    has_ended = complaint.state in ENDED
    customer = find_by_id(session, complaint.customer_id)
    if customer is None:
        return stale_button(context)
    chat = where_told(session, customer, complaint)
    move = file if has_ended else partial(resolve_complaint, is_told=chat is not None)
    try:
        move(
            session,
            complaint,
            staff=context.staff,
            cause=cause,
            remedy=remedy,
            company=company,
            now=context.now,
        )
    except CauseError:
        return (_no_such_cause(context, complaint),)
    except RemedyError:
        return (_no_such_remedy(context, complaint),)
    except NotFoundError:  # its customer was erased meanwhile
        return stale_button(context)
    except MoveError:
        context.expect_nothing()
        return (no_more_to_do(context, complaint),)
    if context.incoming.button is None:
        context.expect_nothing()
    return (
        _settled(context, complaint, customer, is_told=chat is not None),
        *(() if has_ended or chat is None else (_is_it_solved(context, complaint, customer, chat),)),
        *refreshed_alert(session, complaint, customer, company=company, now=context.now),
        *too_often(session, complaint, company=company, now=context.now),
    )


def _settled(context: StaffContext, complaint: Complaint, customer: Customer, *, is_told: bool) -> Draft:
    say, cause = context.say, complaint.cause or ""
    values = {
        "reference": reference(complaint.id),
        "name": context.staff.name,
        "cause": causes_in_words([cause], say)[cause],
        "remedy": complaint.remedy,
    }
    if complaint.state in ENDED:
        text = say("✅ {reference} is closed. {cause}: {remedy} ({name})", **values)
    elif not is_told:
        text = say("☑️ {reference} is resolved. {cause}: {remedy} ({name}).", **values)
        text = f"{text}\n{why_not_told(context.session, customer, say)}"
    else:
        text = say("☑️ {reference} is resolved. {cause}: {remedy} ({name}). The customer is asked.", **values)
    return in_place_of_tapped(context, context.answer(text, about=about_complaint(complaint.id)))


def _is_it_solved(context: StaffContext, complaint: Complaint, customer: Customer, chat: Chat) -> Draft:
    say = phrases(customer.language, customer.country)
    return Draft(
        kind=MessageKind.ANSWER,
        channel=chat.channel,
        address=chat.address,
        customer_id=customer.id,
        text=say(
            "{who} says that {reference} is solved. Is it?",
            who=signature(context.staff, context.company, say),
            reference=reference(complaint.id),
        ),
        buttons=solved_buttons(complaint, say),
        about=about_complaint(complaint.id),
        dedupe_key=f"solved:{complaint.id}:{context.incoming.channel}:{context.incoming.update_id}",
    )


def _cause_buttons(context: StaffContext, complaint: Complaint) -> ButtonRows:
    causes = context.company.desk.causes
    first = [cause for cause in causes if cause == complaint.cause]
    named = causes_in_words([*first, *(cause for cause in causes if cause not in first)], context.say)
    return _rows([button(label, "cause", complaint.id, code_of(cause)) for cause, label in named.items()])


def _remedy_buttons(complaint: Complaint, cause: str, say: Phrases) -> ButtonRows:
    code = code_of(cause)
    usual = [button(label, "remedy", complaint.id, code, key) for key, label in remedies(say).items()]
    own = button(say("In my own words"), "remedy", complaint.id, code, OWN_WORDS)
    return (*_rows(usual), (own,))


def _rows(buttons: Sequence[Button]) -> ButtonRows:
    return tuple(tuple(buttons[start : start + IN_A_ROW]) for start in range(0, len(buttons), IN_A_ROW))


def _no_such_cause(context: StaffContext, complaint: Complaint) -> Draft:
    say = context.say
    text = say(
        "This cause is no longer in our list, so {reference} stays as it is. Which is it?",
        reference=reference(complaint.id),
    )
    return context.answer(text, buttons=_cause_buttons(context, complaint))


def _no_such_remedy(context: StaffContext, complaint: Complaint) -> Draft:
    text = context.say(
        "Please say in one line of at most {number} characters what was done, so {reference} stays as it is.",
        number=LONGEST_REMEDY,
        reference=reference(complaint.id),
    )
    return questions.ask_again(context, text)


def _case(context: StaffContext, written: str) -> Complaint | None:
    complaint_id = number(written)
    return None if complaint_id is None else complaint_of(context.session, about_complaint(complaint_id))
