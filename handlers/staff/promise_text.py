"""Promises in words: the card that staff see, and what both sides are told of one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Chat, Company
from customers.local_time import moment_in
from customers.phrases import Phrases, phrases
from customers.profile import name_for_staff
from customers.speaking import company_name, name_for_customers
from feedback.complaint_rules import reference
from feedback.promises import keeper_of
from handlers.buttons import button
from handlers.matters import about_complaint, about_customer
from handlers.staff.telling import where_told
from scheduler.manners import zone_of
from store.outbox import ButtonRows, Draft
from store.tables.complaints import Complaint
from store.tables.customers import Customer
from store.tables.desk import Promise, PromiseState
from store.tables.queues import MessageKind
from store.tables.staff import Staff

Words = dict[str, str]


def about_promise(made: Promise) -> str:
    """Name the matter of a promise: its case, so that replies reach the customer and erasure finds it."""
    if made.complaint_id is None:
        return about_customer(made.customer_id)
    return about_complaint(made.complaint_id)


def card_key(made: Promise) -> str:
    """Name the message in the staff chat that shows a promise, and is changed as it moves on."""
    return f"promise:{made.id}"


def card(session: Session, made: Promise, customer: Customer, *, company: Company, note: str = "") -> Draft:
    """Compose the card of a promise for the staff chat; ``note`` is a line about what happened last."""
    say = phrases(company.language)
    text = say(
        "🤝 {reference}: {maker} promised {name}, by {due}: “{words}”",
        **values_for_staff(session, made, customer, company),
    )
    complaint = None if made.complaint_id is None else session.get(Complaint, made.complaint_id)
    return Draft(
        kind=MessageKind.ALERT,
        channel=company.staff_chat.channel,
        address=company.staff_chat.address,
        text="\n".join(filter(None, [text, state_in_words(made, say), note])),
        buttons=settling_buttons(made, say),
        dedupe_key=card_key(made),
        about=about_promise(made),
        reply_to=None if complaint is None else complaint.alert_key,
    )


def changed_card(
    session: Session, made: Promise, customer: Customer, *, company: Company, note: str = ""
) -> Draft:
    """Compose the change of a promise's card; whoever queues it outside a conversation names the occasion."""
    shown = card(session, made, customer, company=company, note=note)
    return replace(shown, edits=card_key(made), dedupe_key="", reply_to=None)


def withdrawn_with_case(
    session: Session, taken: Sequence[Promise], customer: Customer, *, company: Company
) -> Sequence[Draft]:
    """Tell who promised something in what was no complaint that it is withdrawn, and change its card."""
    say = phrases(company.language)
    drafts: list[Draft] = []
    for made in taken:
        text = say(
            "{maker}: {reference} was no complaint, so your promise “{words}” is withdrawn. The customer "
            "hears nothing more of it.",
            maker=maker_of(session, made, say),
            reference=reference_of(made, say),
            words=made.text,
        )
        change = changed_card(session, made, customer, company=company)
        drafts += (change, replace(change, text=text, buttons=(), edits=None, reply_to=card_key(made)))
    return drafts


def values_for_staff(session: Session, made: Promise, customer: Customer, company: Company) -> Words:
    """Give what sentences to staff put in: reference, maker, name, due and words."""
    say = phrases(company.language)
    return {
        "reference": reference_of(made, say),
        "maker": maker_of(session, made, say),
        "name": name_for_staff(customer, say),
        "due": moment_in(made.due_at, company.timezone, say),
        "words": made.text,
    }


def maker_of(session: Session, made: Promise, say: Phrases) -> str:
    """Name to staff who made a promise; who does so for many reads the staff once."""
    maker = None if made.staff_id is None else session.get(Staff, made.staff_id)
    return say("Somebody who has left") if maker is None else maker.name


def reference_of(made: Promise, say: Phrases) -> str:
    """Name the case of a promise; one without is named by its own number."""
    if made.complaint_id is None:
        return say("Promise no. {number}", number=made.id)
    return reference(made.complaint_id)


def state_in_words(made: Promise, say: Phrases) -> str:
    """Say where a promise stands; "" while it is open."""
    return {
        PromiseState.OPEN: "",
        PromiseState.KEPT: say("☑️ It was kept, staff say; the customer has been asked."),
        PromiseState.CONFIRMED: say("✅ It was kept, by the customer's word."),
        PromiseState.BROKEN: say("🔴 It is broken."),
        PromiseState.WITHDRAWN: say("↩️ It was withdrawn."),
    }[made.state]


def settling_buttons(made: Promise, say: Phrases) -> ButtonRows:
    """Let staff say what became of an open promise; of a broken one they write to the customer."""
    reply = (
        (button(say("Reply"), "reply", made.complaint_id),)
        if made.complaint_id is not None
        else (button(say("Reply"), "reply", "customer", made.customer_id),)
    )
    if made.state is PromiseState.OPEN:
        return (
            (
                button(say("It is kept"), "kept", made.id),
                button(say("Withdraw it"), "withdraw", made.id),
                *reply,
            ),
        )
    return (reply,) if made.state is PromiseState.BROKEN else ()


def where_to_tell(session: Session, made: Promise, customer: Customer) -> Chat | None:
    """Tell where a customer hears of a promise; None where they said stop, or can be reached nowhere."""
    complaint = None if made.complaint_id is None else session.get(Complaint, made.complaint_id)
    return where_told(session, customer, complaint)


def to_customer(
    made: Promise,
    customer: Customer,
    chat: Chat,
    text: str,
    *,
    occasion: str,
    buttons: ButtonRows = (),
    not_before: datetime | None = None,
) -> Draft:
    """Address what a customer reads of a promise; ``occasion`` names it, once for ever."""
    return Draft(
        kind=MessageKind.ANSWER,
        channel=chat.channel,
        address=chat.address,
        customer_id=customer.id,
        text=text,
        buttons=buttons,
        dedupe_key=f"{card_key(made)}:{occasion}",
        about=about_promise(made),
        not_before=not_before,
    )


def values_for_customer(made: Promise, customer: Customer, company: Company) -> Words:
    """Give what sentences to the customer put in: due, by the clock where they are, and the words."""
    due = moment_in(made.due_at, zone_of(customer, company), phrases(customer.language, customer.country))
    return {"due": due, "words": made.text}


def who_sees_to_it(session: Session, made: Promise, customer: Customer, company: Company) -> str:
    """Name to the customer who will see to a promise: who has to keep it, else the team."""
    keeper = keeper_of(session, made)
    say = phrases(customer.language, customer.country)
    named = None if keeper is None else name_for_customers(session, keeper.id, company)
    return named or say("{company}'s team", company=company_name(company, say))


def people_in_words(names: Sequence[str], say: Phrases) -> str:
    """Name several of the staff; all, where nobody in particular is meant."""
    return say(", ").join(dict.fromkeys(names)) or say("Everybody")
