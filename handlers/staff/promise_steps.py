"""The steps of promises as they fall due: reminders, and what is owned up to when one is broken."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Company
from customers.desk import Rung
from customers.phrases import phrases
from customers.profile import customers_by_id
from customers.staff import reachable_staff
from feedback.escalation import who_hears
from feedback.promise_rules import DUE, REMINDERS
from feedback.promises import due_promises, keeper_of, own_up_at, take_step
from handlers.staff.promise_text import (
    about_promise,
    card_key,
    changed_card,
    people_in_words,
    settling_buttons,
    to_customer,
    values_for_customer,
    values_for_staff,
    where_to_tell,
    who_sees_to_it,
)
from handlers.staff.telling import why_not_told
from scheduler.manners import next_allowed, zone_of
from store.outbox import Draft, enqueue
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.desk import Promise, PromiseState
from store.tables.queues import MessageKind
from store.tables.staff import Staff


def see_to_promises(session: Session, *, company: Company, now: datetime) -> int:
    """Take the steps of promises that have fallen due, and queue what is said; a planner, does not commit.

    Who has to keep a promise is reminded, then a lead; one that is broken goes to the managers, and its
    customer is told at the next hour at which we may speak.

    Returns:
        How many promises were looked at.
    """
    due = due_promises(session, now=now)
    if not due:
        return 0
    customers = customers_by_id(session, [made.customer_id for made in due])
    staff = reachable_staff(session, channels=company.channels)
    drafts: list[Draft] = []
    for made in due:
        step = take_step(session, made, now=now)
        customer = customers[made.customer_id]
        if step < DUE:
            drafts += _reminder(session, made, customer, step, staff, company=company, now=now)
        elif step == DUE:
            own_up_at(made, _may_speak_at(customer, company, now))
            drafts += _broken(session, made, customer, staff, company=company, now=now)
        else:
            drafts += _owned_up(session, made, customer, company=company)
    enqueue(session, drafts, now=now)
    return len(due)


def _reminder(
    session: Session,
    made: Promise,
    customer: Customer,
    step: int,
    staff: Sequence[Staff],
    *,
    company: Company,
    now: datetime,
) -> Sequence[Draft]:
    say, rung = phrases(company.language), REMINDERS[step].tells
    values = values_for_staff(session, made, customer, company)
    people = _people(session, made, rung, staff, company=company, now=now)
    if rung is Rung.OWNER:
        text = say(
            "⏳ {people}: “{words}” is promised to {name} by {due} ({reference}).", people=people, **values
        )
    else:
        text = say(
            "⚠️ {people}: “{words}” is promised to {name} by {due} ({reference}), and {maker} has not called "
            "it kept.",
            people=people,
            **values,
        )
    return (_to_staff(made, company, text, occasion=f"step:{step}"),)


def _broken(
    session: Session,
    made: Promise,
    customer: Customer,
    staff: Sequence[Staff],
    *,
    company: Company,
    now: datetime,
) -> Sequence[Draft]:
    """Tell the managers, and say whether the customer hears it from us."""
    say = phrases(company.language)
    text = say(
        "🔴 {people}: a promise is broken. {maker} promised {name} “{words}” by {due} ({reference}).",
        people=_people(session, made, Rung.MANAGER, staff, company=company, now=now),
        **values_for_staff(session, made, customer, company),
    )
    if where_to_tell(session, made, customer) is None:
        note = why_not_told(session, customer, say)
    else:
        note = say("I tell the customer that I am sorry, and that somebody writes to them: please do.")
    change = changed_card(session, made, customer, company=company)
    told = _to_staff(made, company, f"{text}\n{note}", occasion="broken")
    return replace(told, urgent=True), replace(change, dedupe_key=f"{card_key(made)}:broken:card")


def _owned_up(session: Session, made: Promise, customer: Customer, *, company: Company) -> Sequence[Draft]:
    """Own up to the customer, unless they said stop or told us, or their case was no complaint, meanwhile."""
    chat = where_to_tell(session, made, customer)
    complaint = None if made.complaint_id is None else session.get(Complaint, made.complaint_id)
    if complaint is not None and complaint.state is ComplaintState.DISMISSED:
        return ()
    if made.state is not PromiseState.BROKEN or chat is None:
        return ()
    say = phrases(customer.language, customer.country)
    text = say(
        "We promised you by {due}: “{words}”. That did not happen, and I am sorry. {who} knows and will "
        "write to you here.",
        who=who_sees_to_it(session, made, customer, company),
        **values_for_customer(made, customer, company),
    )
    return (to_customer(made, customer, chat, text, occasion="owned-up"),)


def _people(
    session: Session,
    made: Promise,
    rung: Rung,
    staff: Sequence[Staff],
    *,
    company: Company,
    now: datetime,
) -> str:
    """Name who is reminded: who has to keep the promise, or who sees to what others promised."""
    keeper = keeper_of(session, made)
    keeper_id = None if keeper is None else keeper.id
    hear = who_hears(staff, rung, owner_id=keeper_id, now=now)
    return people_in_words([one.name for one in hear], phrases(company.language))


def _to_staff(made: Promise, company: Company, text: str, *, occasion: str) -> Draft:
    return Draft(
        kind=MessageKind.ALERT,
        channel=company.staff_chat.channel,
        address=company.staff_chat.address,
        text=text,
        buttons=settling_buttons(made, phrases(company.language)),
        dedupe_key=f"{card_key(made)}:{occasion}",
        about=about_promise(made),
        reply_to=card_key(made),
    )


def _may_speak_at(customer: Customer, company: Company, now: datetime) -> datetime:
    return next_allowed(
        now,
        zone_of(customer, company),
        quiet_from_hour=company.quiet_from_hour,
        quiet_until_hour=company.quiet_until_hour,
    )
