"""What everybody is told of a handover: the receivers, and the customers with whom something is open."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Chat, Company
from customers.consent import may_be_told
from customers.local_time import moment_in
from customers.phrases import Phrases, listed, phrases
from customers.profile import chat_with, customers_by_id, name_for_staff
from customers.speaking import signature, spoken_name
from feedback.case_clocks import due_of
from feedback.case_history import customer_timeline
from feedback.complaints import reference
from feedback.handover import Received
from feedback.owners import Given
from feedback.record import satisfaction_of
from handlers.buttons import button
from handlers.matters import about_complaint, about_customer
from handlers.staff.alert_text import shortened
from handlers.staff.history_text import entry_in_words
from handlers.staff.owners import new_owners_told
from handlers.staff.satisfaction_text import satisfaction_in_words
from handlers.staff.standing import standing_of
from scheduler.local_clock import leaves_at
from scheduler.manners import zone_of
from scheduler.new_contacts import MOST_AT_ONCE, introductions, reword_visits
from store.outbox import Button, ButtonRows, Draft
from store.tables.customers import Customer, Purpose
from store.tables.desk import Promise
from store.tables.queues import MessageKind
from store.tables.staff import Staff

HISTORY_LINES = 5
QUOTED = 200
MOST_BRIEFS = 30
"""Customers without anything open of whom a receiver gets a brief; of all others /customer tells."""
MOST_OPEN_BRIEFS, FEWEST_OPEN_BRIEFS = 150, 10
"""Briefs of customers with something open, over all receivers, and for each: nobody reads more at once, a
chat is not flooded for hours, and the database is not held for seconds."""


def handover_told(
    session: Session, giver: Staff, received: Sequence[Received], *, company: Company, now: datetime
) -> Sequence[Draft]:
    """Compose what all concerned are told, with dedupe keys of their own; rewords queued visits.

    Each receiver gets a heading and a brief of each customer with something open; these customers are
    written to at once, each once. Customers with nothing open hear from their new contact as
    ``scheduler.new_contacts`` says.
    """
    receivers = max(1, len(received))
    introduced = max(1, MOST_AT_ONCE // receivers)
    briefs = max(FEWEST_OPEN_BRIEFS, MOST_OPEN_BRIEFS // receivers)
    return [
        draft
        for one in received
        for draft in _told(
            session, giver, one, company=company, now=now, introduced=introduced, briefs=briefs
        )
    ]


def _told(
    session: Session,
    giver: Staff,
    one: Received,
    *,
    company: Company,
    now: datetime,
    introduced: int,
    briefs: int,
) -> Iterator[Draft]:
    if not (one.contacts or one.cases or one.unfiled or one.promises):
        return
    occasion = f"handover:{giver.id}:{one.to.id}:{now.isoformat()}"
    yield _heading(giver, one, company, occasion)
    yield from new_owners_told(session, one.cases, company=company, now=now)
    concerned = one.with_something_open
    others = set(one.contacts) - set(concerned)
    first_spoken = introductions(
        session, others, contact=one.to, before=giver, company=company, now=now, most=introduced
    )
    reword_visits(session, contact=one.to, company=company)
    known = [draft.customer_id for draft in first_spoken if draft.customer_id]
    briefed = [*concerned[:briefs], *known[:MOST_BRIEFS]]
    customers = customers_by_id(session, dict.fromkeys([*briefed, *concerned]))
    for number in briefed:
        yield _brief(session, customers[number], one, company=company, now=now, occasion=occasion)
    for number in concerned:
        told = _to_customer(
            session, customers[number], giver, one, company=company, now=now, occasion=occasion
        )
        if told is not None:
            yield told
    yield from first_spoken


def _heading(giver: Staff, one: Received, company: Company, occasion: str) -> Draft:
    """Say how much it is; no customer is named, for a list is not found when one of them is erased."""
    say = phrases(company.language)
    lines = [
        say("📥 {name}, {giver} hands over to you:", name=one.to.name, giver=giver.name),
        *_counts(one, say),
    ]
    if one.contacts or one.promises:
        lines.append(say("Briefs follow. /customer NUMBER tells of everybody else."))
    return _to_staff(company, "\n".join(lines), MessageKind.ALERT, key=occasion)


def _counts(one: Received, say: Phrases) -> Iterator[str]:
    if one.contacts:
        yield say.count("• {number} customer", "• {number} customers", len(one.contacts))
    if one.cases:
        yield say.count("• {number} open case", "• {number} open cases", len(one.cases))
    if one.unfiled:
        yield say.count(
            "• {number} ended case without cause and remedy",
            "• {number} ended cases without cause and remedy",
            len(one.unfiled),
        )
    if one.promises:
        yield say.count("• {number} open promise", "• {number} open promises", len(one.promises))


def _brief(
    session: Session, customer: Customer, one: Received, *, company: Company, now: datetime, occasion: str
) -> Draft:
    """Tell who a customer is, what happened lately, and what is open."""
    say = phrases(company.language)
    satisfaction = satisfaction_of(session, customer, now)
    history = customer_timeline(session, customer, limit=HISTORY_LINES)
    cases = [given for given in one.cases if given.customer.id == customer.id]
    lines = [
        say("For {name}:", name=one.to.name),
        f"{name_for_staff(customer, say)} · {standing_of(session, customer, say, now=now)}",
        satisfaction_in_words(satisfaction.index, satisfaction.confidence, satisfaction.trend, say),
        *(_case_line(given, company, say) for given in cases),
        *(_promise_line(made, company, say) for made in one.promises if made.customer_id == customer.id),
        *([say("What happened, the newest first:")] if history else []),
        *(entry_in_words(entry, say, company.timezone, with_case=True) for entry in reversed(history)),
    ]
    return _to_staff(
        company,
        "\n".join(lines),
        MessageKind.PROGRESS,
        key=f"{occasion}:{customer.id}",
        about=about_complaint(cases[0].complaint.id) if len(cases) == 1 else about_customer(customer.id),
        buttons=((_reply(customer, cases, say),),),
    )


def _reply(customer: Customer, cases: Sequence[Given], say: Phrases) -> Button:
    """Let staff write on in the one case that there is, else to the customer."""
    if len(cases) == 1:
        return button(say("Reply"), "reply", cases[0].complaint.id)
    return button(say("Reply"), "reply", "customer", customer.id)


def _case_line(given: Given, company: Company, say: Phrases) -> str:
    complaint = given.complaint
    due = due_of(complaint)
    return say(
        "Open: {reference}, due {due}: “{words}”",
        reference=reference(complaint.id),
        due=moment_in(due, company.timezone, say),
        words=shortened(complaint.text, QUOTED),
    )


def _promise_line(made: Promise, company: Company, say: Phrases) -> str:
    return say(
        "Promised by {due}: “{words}”",
        due=moment_in(made.due_at, company.timezone, say),
        words=shortened(made.text, QUOTED),
    )


def _to_customer(
    session: Session,
    customer: Customer,
    giver: Staff,
    one: Received,
    *,
    company: Company,
    now: datetime,
    occasion: str,
) -> Draft | None:
    """Let the new person introduce themselves in the matter that is open; None where nobody is to hear it.

    Nobody asked them to, so quiet hours hold; and who says stop meanwhile hears nothing (``purpose``).
    """
    cases = [given.complaint for given in one.cases if given.customer.id == customer.id]
    if company.desk.speaks_as is not None or not may_be_told(session, customer.id):
        return None
    chat = chat_with(session, customer.id, Chat(cases[0].channel, cases[0].address) if cases else None)
    if chat is None or chat.channel not in company.channels:
        return None
    say = phrases(customer.language)
    values = {"before": spoken_name(giver, company), "who": signature(one.to, company, say)}
    if cases:
        names = listed((reference(complaint.id) for complaint in cases), say)
        text = say(
            "{before} has handed {reference} over to me. I am {who}, and I see to it from now on. "
            "Just write here.",
            reference=names,
            **values,
        )
    else:
        text = say(
            "{before} has handed over to me what you were promised. I am {who}, and I see to it from now on. "
            "Just write here.",
            **values,
        )
    about = about_complaint(cases[0].id) if cases else about_customer(customer.id)
    return Draft(
        kind=MessageKind.ANSWER,
        channel=chat.channel,
        address=chat.address,
        customer_id=customer.id,
        text=text,
        dedupe_key=f"{occasion}:{customer.id}:told",
        about=about,
        not_before=leaves_at(now, zone_of(customer, company), company),
        purpose=Purpose.VISITS,
    )


def _to_staff(
    company: Company,
    text: str,
    kind: MessageKind,
    *,
    key: str,
    about: str | None = None,
    buttons: ButtonRows = (),
) -> Draft:
    chat = company.staff_chat
    return Draft(kind, chat.channel, chat.address, text, buttons=buttons, dedupe_key=key, about=about)
