"""The ladder of cases in words: staff hear of each stage, the customer before a target is missed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.company import Chat, Company
from customers.consent import may_be_told
from customers.desk import Rung
from customers.local_time import moment_in
from customers.phrases import Phrases, listed, phrases
from customers.profile import chat_with
from customers.speaking import company_name, name_for_customers
from customers.staff import reachable_staff
from feedback.assignment import accountable_of
from feedback.business_time import between, calendar_of
from feedback.case_clocks import TOLD_INSTEAD, Climb, Goal
from feedback.complaints import reference
from feedback.escalation import (
    Climbed,
    begin_ladders,
    climb,
    due_cases,
    is_anything_due,
    note_told,
    was_told,
    who_hears,
)
from feedback.understanding import understand
from handlers.matters import about_complaint
from handlers.staff.alerts import refreshed_alert
from handlers.staff.severity_text import severity_in_words
from scheduler.manners import next_allowed, zone_of
from store.outbox import Draft, enqueue
from store.tables.complaints import Complaint
from store.tables.customers import Customer
from store.tables.queues import MessageKind
from store.tables.staff import Staff

MARKS = {Rung.OWNER: "⏳", Rung.LEAD: "⚠️", Rung.MANAGER: "🔴"}


def see_ladders(session: Session, *, company: Company, now: datetime) -> bool:
    """See whether there is anything to do, and load what takes long to load, while nobody waits; only reads.

    The first words that are read take half a second, and so does the first calendar of holidays.
    """
    if not is_anything_due(session, channels=company.channels, now=now):
        return False
    if session.scalar(select(Complaint.id).limit(1)) is not None:  # at the very first start there is none
        understand("Hello")
        between(calendar_of(company.desk.hours, company.timezone), now, now + timedelta(minutes=1))
    return True


def climb_seen(session: Session, seen: bool, *, company: Company, now: datetime) -> int:  # noqa: FBT001 - what ``see_ladders`` gives
    """Climb where something was seen to be due; a planner, does not commit."""
    return climb_ladders(session, company=company, now=now) if seen else 0


def climb_ladders(session: Session, *, company: Company, now: datetime) -> int:
    """Take the stages that have fallen due, and queue what is said of them; a planner, does not commit.

    Returns:
        How many cases were looked at.
    """
    begun = begin_ladders(session, company=company, now=now)
    cases = due_cases(session, channels=company.channels, now=now)
    if not cases:
        return begun
    staff = reachable_staff(session, channels=company.channels)
    drafts: list[Draft] = []
    with session.no_autoflush:  # nothing that is read in between is changed here; it is written at once
        for complaint, customer in cases:
            climbed = _climb(session, complaint, customer, company=company, now=now)
            if climbed.stages:
                drafts += _said(session, complaint, customer, climbed, staff, company=company, now=now)
    enqueue(session, drafts, now=now)
    return begun + len(cases)


def _climb(
    session: Session,
    complaint: Complaint,
    customer: Customer,
    *,
    company: Company,
    now: datetime,
) -> Climbed:
    owner = accountable_of(session, complaint)
    may_warn_at = next_allowed(
        now,
        zone_of(customer, company),
        quiet_from_hour=company.quiet_from_hour,
        quiet_until_hour=company.quiet_until_hour,
    )
    return climb(
        session,
        complaint,
        standing=customer.standing,
        company=company,
        may_warn_at=may_warn_at,
        team=None if owner is None else owner.team,
        now=now,
    )


def _said(
    session: Session,
    complaint: Complaint,
    customer: Customer,
    climbed: Climbed,
    staff: Sequence[Staff],
    *,
    company: Company,
    now: datetime,
) -> Sequence[Draft]:
    """Say what happened: to staff, and to the customer where it was time; each under a key of its own."""
    key, say = _key(complaint, climbed.stages[-1]), phrases(company.language)
    warning, chat = climbed.warning, None
    told: Sequence[Draft] = ()
    notes: list[str] = []
    if warning is not None:
        if may_be_told(session, customer.id):
            chat = chat_with(session, customer.id, Chat(complaint.channel, complaint.address))
        if chat is not None:
            told = (_to_customer(session, complaint, customer, warning, chat, company=company, key=key),)
            note_told(session, complaint, warning, now=now)
        notes.append(_whether_told(warning, company, say, is_told=chat is not None))
    if climbed.severity is not None:
        notes.append(severity_in_words(climbed.severity, complaint.reasons, say))
    highest = climbed.highest
    if (
        highest is not None
        and highest.stage.at >= TOLD_INSTEAD
        and not was_told(session, complaint, highest.goal)
    ):
        notes.insert(0, say("The customer was not told of this time."))
    owner = accountable_of(session, complaint)
    shown = _to_staff(complaint, owner, climbed, notes, staff, company=company, key=key, now=now)
    if warning is None and climbed.severity is None:
        return *told, *shown
    alert = refreshed_alert(session, complaint, customer, company=company, now=now)
    return *told, *shown, *(replace(draft, dedupe_key=f"{key}:alert") for draft in alert)


def _key(complaint: Complaint, last: Climb) -> str:
    """Name the occasion: a case that is open again, or whose clocks stood, has other due times."""
    return f"ladder:{complaint.id}:{last.goal}:{last.stage.at:g}:{int(last.due.timestamp())}"


def _to_staff(
    complaint: Complaint,
    owner: Staff | None,
    climbed: Climbed,
    notes: Sequence[str],
    staff: Sequence[Staff],
    *,
    company: Company,
    key: str,
    now: datetime,
) -> Sequence[Draft]:
    say, highest = phrases(company.language), climbed.highest
    rungs = [climb.stage.tells for climb in climbed.stages if climb.stage.tells is not None]
    people = dict.fromkeys(
        one.name for rung in rungs for one in who_hears(staff, rung, owner_id=complaint.owner_id, now=now)
    )
    if highest is None:
        lines = [reference(complaint.id)]
    else:
        lines = [_stage_in_words(complaint, highest, listed(people, say) or say("Everybody"), company, say)]
        if highest.stage.tells is not Rung.OWNER:
            lines.append(_owner_in_words(owner, say))
    text = "\n".join((*lines, *notes))
    if not rungs and not notes:
        return ()  # nobody is meant to hear of it
    return (
        Draft(
            kind=MessageKind.ALERT,
            channel=company.staff_chat.channel,
            address=company.staff_chat.address,
            text=text,
            dedupe_key=key,
            about=about_complaint(complaint.id),
            reply_to=complaint.alert_key,
            urgent=complaint.urgent,
        ),
    )


def _stage_in_words(complaint: Complaint, climb: Climb, people: str, company: Company, say: Phrases) -> str:
    stage, is_first = climb.stage, climb.goal is Goal.FIRST_RESPONSE
    values = {
        "people": people,
        "reference": reference(complaint.id),
        "due": moment_in(climb.due, company.timezone, say),
        "percent": round(stage.at * 100),
    }
    if stage.at >= TOLD_INSTEAD:
        text = say("{people}: the new time for {reference}, {due}, has passed too.", **values)
    elif stage.is_breach and is_first:
        text = say("{people}: {reference} was to be answered by {due}, and was not.", **values)
    elif stage.is_breach:
        text = say("{people}: {reference} was to be settled by {due}, and is not.", **values)
    elif is_first:
        text = say(
            "{people}: {reference} is to be answered by {due}. {percent} % of the time has passed.", **values
        )
    else:
        text = say(
            "{people}: {reference} is to be settled by {due}. {percent} % of the time has passed.", **values
        )
    return f"{MARKS[stage.tells]} {text}" if stage.tells is not None else text


def _owner_in_words(owner: Staff | None, say: Phrases) -> str:
    if owner is None:
        return say("Nobody is accountable for it.")
    return say("Accountable: {name}", name=owner.name)


def _whether_told(warning: Climb, company: Company, say: Phrases, *, is_told: bool) -> str:
    due = moment_in(warning.next_due, company.timezone, say)
    if is_told:
        return say("The customer has been told that it takes longer, until {due}.", due=due)
    return say("The customer cannot be told that it takes longer. New time: {due}.", due=due)


def _to_customer(
    session: Session,
    complaint: Complaint,
    customer: Customer,
    warning: Climb,
    chat: Chat,
    *,
    company: Company,
    key: str,
) -> Draft:
    say = phrases(customer.language, customer.country)
    values = {
        "reference": reference(complaint.id),
        "who": name_for_customers(session, complaint.owner_id, company)
        or say("{company}'s team", company=company_name(company, say)),
        "due": moment_in(warning.next_due, zone_of(customer, company), say),
    }
    if warning.goal is Goal.FIRST_RESPONSE:
        text = say(
            "{reference}: this takes longer than I said, and I am sorry. {who} will answer you by {due}.",
            **values,
        )
    else:
        text = say(
            "{reference}: this takes longer than I said, and I am sorry. {who} will settle it by {due}.",
            **values,
        )
    return Draft(
        kind=MessageKind.ANSWER,
        channel=chat.channel,
        address=chat.address,
        customer_id=customer.id,
        text=text,
        dedupe_key=f"{key}:customer",
        about=about_complaint(complaint.id),
        expires_at=max(warning.next_due, warning.due),
    )
