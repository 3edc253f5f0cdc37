"""Customers with a new designated contact: the contact introduces themselves, and visits speak in their name.

Of many customers, those who were last in contact are written to at once; to the others the contact speaks
when their next return visit is due, for whose contact one is speaks in it anyway.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import phrases
from customers.speaking import signature, spoken_name
from scheduler.audience import Addressee, may_be_written_to, select_addressees, to_addressee
from scheduler.compose import hello, visit_draft
from scheduler.local_clock import leaves_at
from scheduler.manners import zone_of
from scheduler.return_visits import VISITS
from store.outbox import IS_QUEUED, Body, Draft
from store.tables.customers import Customer, Purpose
from store.tables.queues import MessageKind, OutboxMessage
from store.tables.staff import Staff

MOST_AT_ONCE = 200
"""Introductions that go out for one handover."""
LOOKED_THROUGH = 500


def introductions(
    session: Session,
    customers: Collection[int],
    *,
    contact: Staff,
    before: Staff,
    company: Company,
    now: datetime,
    most: int = MOST_AT_ONCE,
) -> Sequence[Draft]:
    """Compose what a new contact says to those of their customers with whom nothing is open.

    It speaks first, so who said stop hears nothing, and quiet hours hold. Where all staff write under one
    name nobody is introduced.

    Args:
        session: the open transaction, in which they are the contact already.
        customers: numbers of those whom they took over.
        contact: who introduces themselves.
        before: whose customers they were.
        company: who we are.
        now: aware UTC.
        most: how many at most.

    Returns:
        One for each of those who were in contact last.
    """
    if company.desk.speaks_as is not None or not customers:
        return ()
    theirs = set(customers)
    rows = session.execute(
        select_addressees(company.channels)
        .where(
            Customer.contact_id == contact.id,
            *may_be_written_to(Purpose.VISITS, company=company, now=now),
        )
        .order_by(Customer.last_contact_at.desc(), Customer.id)
        .execution_options(yield_per=LOOKED_THROUGH)
    )
    found = islice((row for row in rows if row[0] in theirs), most)
    drafts = [_introduction(to_addressee(row), contact, before, company, now) for row in found]
    rows.close()
    return drafts


def reword_visits(session: Session, *, contact: Staff, company: Company) -> int:
    """Let the visits that are queued for a contact's customers speak in their name; does not commit.

    Returns:
        How many say something else now.
    """
    rows = session.execute(
        select(OutboxMessage, Customer)
        .join(Customer, Customer.id == OutboxMessage.customer_id)
        .where(
            IS_QUEUED, *VISITS, OutboxMessage.about.startswith("visit:"), Customer.contact_id == contact.id
        )
        .with_for_update(of=OutboxMessage, skip_locked=True)
    )
    changed = 0
    for message, customer in rows:
        body = Body.from_json(message.body)
        text = _visit_text(message, customer, contact, company)
        if text != body.text:
            message.body = replace(body, text=text).to_json()
            changed += 1
    session.flush()
    return changed


def _visit_text(message: OutboxMessage, customer: Customer, contact: Staff, company: Company) -> str:
    who = Addressee(
        customer.id,
        customer.display_name,
        customer.language,
        customer.country,
        customer.timezone,
        message.channel,
        message.address,
    )
    return visit_draft(
        who,
        company=company,
        contact=spoken_name(contact, company),
        visit_id=int((message.about or "").partition(":")[2]),
        key=message.dedupe_key,
        leaves=message.not_before,
        expires=message.expires_at or message.not_before,
    ).text


def _introduction(who: Addressee, contact: Staff, before: Staff, company: Company, now: datetime) -> Draft:
    say = phrases(who.language)
    text = say(
        "From now on I look after you instead of {before}. I am {who}. "
        "If there is anything, just write here.",
        before=spoken_name(before, company),
        who=signature(contact, company, say),
    )
    return Draft(
        kind=MessageKind.VISIT,
        channel=who.channel,
        address=who.address,
        customer_id=who.customer_id,
        purpose=Purpose.VISITS,
        text=f"{hello(say, who.name)} {text}",
        dedupe_key=f"introduced:{contact.id}:{who.customer_id}:{now:%Y-%m-%d}",
        about=f"customer:{who.customer_id}",
        not_before=leaves_at(now, zone_of(who, company), company),
    )
