"""Customers with a new designated contact: the contact introduces themselves, and visits speak in their name.

Of many customers, those who were last in contact are written to at once; to the others the contact speaks
when their next return visit is due, for whose contact one is speaks in it anyway.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from sqlalchemy import String, cast, literal, select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import phrases
from customers.speaking import signature, spoken_name
from scheduler.audience import Addressee, may_be_written_to, select_addressees, to_addressee
from scheduler.compose import greeted
from scheduler.local_clock import leaves_at
from scheduler.manners import zone_of
from scheduler.programmes.answers import programme_of
from scheduler.programmes.asking import AGAIN, Asked, visit_text
from scheduler.programmes.overtaken import VISITS
from store.outbox import IS_QUEUED, Body, Draft
from store.tables.customers import Customer, Purpose
from store.tables.outreach import Visit
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
        select(OutboxMessage, Customer, Visit)
        .join(Customer, Customer.id == OutboxMessage.customer_id)
        .join(Visit, OutboxMessage.about == literal("visit:").concat(cast(Visit.id, String)))
        .where(
            IS_QUEUED,
            *VISITS,
            OutboxMessage.about.startswith("visit:"),
            Visit.customer_id == Customer.id,
            Customer.contact_id == contact.id,
        )
        .with_for_update(of=OutboxMessage, skip_locked=True)
    )
    changed = 0
    for message, customer, visit in rows:
        programme = programme_of(session, visit, company=company)
        if programme is None:
            continue
        body = Body.from_json(message.body)
        who = _as_addressee(customer, message)
        asked = Asked(who, spoken_name(contact, company), programme, company)
        text = visit_text(asked, again=message.dedupe_key.endswith(AGAIN))
        if text != body.text:
            message.body = replace(body, text=text).to_json()
            changed += 1
    session.flush()
    return changed


def _as_addressee(customer: Customer, message: OutboxMessage) -> Addressee:
    return Addressee(
        customer.id,
        customer.display_name,
        customer.language,
        customer.country,
        customer.timezone,
        message.channel,
        message.address,
    )


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
        text=greeted(say, who.name, text),
        dedupe_key=f"introduced:{contact.id}:{who.customer_id}:{now:%Y-%m-%d}",
        about=f"customer:{who.customer_id}",
        not_before=leaves_at(now, zone_of(who, company), company),
    )
