"""``/promise``: made in one line, or by taps and a line; staff see it on a card, the customer reads it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from customers.local_time import moment_in
from customers.phrases import Phrases, phrases
from customers.profile import find_by_id
from customers.speaking import signature
from feedback.complaint_rules import reference
from feedback.natural_times import DistantTimeError, PastTimeError, Place, UnreadableTimeError, read_moment
from feedback.promise_rules import LONGEST_PROMISE, EndedCaseError, PromiseTextError
from feedback.promises import promise
from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.matters import about_complaint, complaint_of
from handlers.staff import desk
from handlers.staff.alerts import refreshed_alert
from handlers.staff.answering import is_unanswered
from handlers.staff.named_case import named_case
from handlers.staff.promise_text import (
    card,
    reference_of,
    to_customer,
    values_for_customer,
    where_to_tell,
)
from handlers.staff.questions import ask, end, say_wrong
from handlers.staff.telling import where_told, why_not_told
from store.outbox import ButtonRows, Draft
from store.tables.complaints import Complaint
from store.tables.customers import Customer
from store.tables.desk import Promise

STEP = "promise"
PATIENCE = timedelta(minutes=10)
"""After which the next words are no longer taken for a promise: they may well be meant otherwise."""
MOST_TERM_S = 366 * 24 * 3600


def start(context: StaffContext) -> Sequence[Draft]:
    """Make a promise from one line: ``/promise C-1042 2d Replacement arrives``."""
    named = named_case(context)
    if named.complaint is None:
        return (no_such_case(context, is_named=named.is_named),)
    return _make_from_line(context, named.complaint, named.rest)


def offer_terms(context: StaffContext) -> Sequence[Draft]:
    """Ask by when, with the usual terms as buttons; or, once one is tapped, ask what."""
    say = context.say
    _, arguments = parse(context.incoming.button or "")
    written, *terms = arguments or ("",)
    found = number(written)
    complaint = None if found is None else complaint_of(context.session, about_complaint(found))
    term_s = number(terms[0]) if len(terms) == 1 else None
    if complaint is None or len(terms) > 1 or (terms and not _is_term(term_s)):
        return desk.stale_button(context)
    name = reference(complaint.id)
    if term_s is not None:
        due = moment_in(context.now + timedelta(seconds=term_s), context.company.timezone, say)
        question = say(
            "What happens by {due}? The customer of {reference} reads it as you write it. /cancel ends this.",
            due=due,
            reference=name,
        )
        return (ask(context, question, step=STEP, data={"complaint": complaint.id, "term_s": term_s}),)
    question = say(
        "By when, and what? The customer of {reference} reads it as you write it, for example: "
        "Friday 17:00 The replacement arrives. /cancel ends this.",
        reference=name,
    )
    buttons = _term_buttons(context, complaint)
    return (ask(context, question, step=STEP, data={"complaint": complaint.id}, buttons=buttons),)


def take_words(context: StaffContext) -> Sequence[Draft]:
    """Take what is promised, and by when where no term was tapped."""
    data: dict[str, Any] = {} if context.dialogue is None else dict(context.dialogue.data)
    complaint = complaint_of(context.session, about_complaint(int(data.get("complaint", 0))))
    if complaint is None:
        context.expect_nothing()
        return (no_such_case(context, is_named=True),)
    if context.message is not None:
        context.message.about = about_complaint(complaint.id)
    term_s = data.get("term_s")
    if term_s is None:
        return _make_from_line(context, complaint, context.incoming.text)
    return _make(context, complaint, context.incoming.text, context.now + timedelta(seconds=int(term_s)))


def no_such_case(context: StaffContext, *, is_named: bool) -> Draft:
    """Say that a command names no case, or one that is not there, and how it is written."""
    say = context.say
    if is_named:
        return context.answer(say("There is no such case. /open shows what waits for us."))
    return context.answer(
        say(
            "Name the case, or reply to its alert: /promise C-1042 2d Replacement arrives, or "
            "/concession C-1042 refund 15 Late delivery."
        )
    )


def _make_from_line(context: StaffContext, complaint: Complaint, line: str) -> Sequence[Draft]:
    company = context.company
    place = Place(company.timezone, company.language, company.country)
    try:
        moment = read_moment(line, place, now=context.now)
    except UnreadableTimeError:
        return (say_wrong(context, _unreadable(context.say), step=STEP),)
    except PastTimeError:
        return (
            say_wrong(
                context, context.say("That time is over. Write one that is to come, e.g. 2d."), step=STEP
            ),
        )
    except DistantTimeError:
        return (say_wrong(context, _too_far(context.say), step=STEP),)
    return _make(context, complaint, moment.rest, moment.at)


def _make(context: StaffContext, complaint: Complaint, words: str, due_at: datetime) -> Sequence[Draft]:
    """Record a promise; show it to staff, and tell the customer."""
    session, company = context.session, context.company
    shown_otherwise = is_unanswered(complaint)
    customer = find_by_id(session, complaint.customer_id)
    if customer is None:
        return (no_such_case(context, is_named=True),)
    try:
        made = promise(
            session,
            complaint,
            staff=context.staff,
            text=words,
            due_at=due_at,
            company=company,
            now=context.now,
            is_told=where_told(session, customer, complaint) is not None,
        )
    except PromiseTextError:
        return (say_wrong(context, one_line(context.say), step=STEP),)
    except EndedCaseError:
        end(context, step=STEP)
        text = context.say(
            "{reference} is closed, so nothing is promised in it.", reference=reference(complaint.id)
        )
        return (context.answer(text, about=about_complaint(complaint.id)),)
    end(context, step=STEP)
    told = _told(context, made, customer)
    if not shown_otherwise:
        return told
    return *told, *refreshed_alert(session, complaint, customer, company=company, now=context.now)


def _told(context: StaffContext, made: Promise, customer: Customer) -> Sequence[Draft]:
    session, company = context.session, context.company
    chat = where_to_tell(session, made, customer)
    note = "" if chat is not None else why_not_told(session, customer, context.say)
    shown = card(session, made, customer, company=company, note=note)
    drafts = [shown]
    if context.chat != company.staff_chat:
        drafts.append(context.answer(shown.text, about=shown.about))
    if chat is None:
        return drafts
    say = phrases(customer.language, customer.country)
    text = say(
        "{who} has promised you, by {due}:\n“{words}”\nIf it does not happen, we tell you ({reference}).",
        who=signature(context.staff, company, say),
        reference=reference_of(made, say),
        **values_for_customer(made, customer, company),
    )
    return to_customer(made, customer, chat, text, occasion="made"), *drafts


def one_line(say: Phrases) -> str:
    """Say how what is promised, and why it is withdrawn, is written."""
    return say("Nothing was noted: write it in one line of 1 to {most} characters.", most=LONGEST_PROMISE)


def _unreadable(say: Phrases) -> str:
    return say(
        "I cannot read a time there, so nothing is promised. First the time, then what: "
        "2d Replacement arrives; Friday 17:00 The courier comes; 31.12. You have your refund."
    )


def _too_far(say: Phrases) -> str:
    return say("That is more than a year ahead, so nothing is promised. Write a nearer time, e.g. 31.12.")


def _term_buttons(context: StaffContext, complaint: Complaint) -> ButtonRows:
    terms = context.company.desk.promise_terms
    return (
        tuple(
            button(_term_in_words(term, context.say), "promise", complaint.id, int(term.total_seconds()))
            for term in terms
        ),
    )


def _term_in_words(term: timedelta, say: Phrases) -> str:
    hours = round(term.total_seconds() / 3600)
    if hours >= 24 and hours % 24 == 0:  # noqa: PLR2004 - hours of a day
        return say.count("{number} day", "{number} days", hours // 24)
    return say.count("{number} hour", "{number} hours", hours)


def _is_term(term_s: int | None) -> bool:
    return term_s is not None and 0 < term_s < MOST_TERM_S
