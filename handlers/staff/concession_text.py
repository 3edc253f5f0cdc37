"""Concessions in words: what staff see of one, and what its customer reads once it is given."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from customers.company import Chat, Company
from customers.consent import may_be_told
from customers.phrases import Phrases, phrases
from customers.profile import chat_with, name_for_staff, staff_name
from customers.speaking import signature
from feedback.complaint_rules import reference
from feedback.concessions import who_approves
from feedback.money import in_words
from handlers.buttons import button
from handlers.matters import about_complaint
from handlers.staff.telling import why_not_told
from store.outbox import ButtonRows, Draft
from store.tables.complaints import Complaint
from store.tables.customers import Customer
from store.tables.desk import Concession, ConcessionKind, ConcessionState
from store.tables.queues import MessageKind
from store.tables.staff import Staff


def kinds_in_words(say: Phrases) -> Mapping[ConcessionKind, str]:
    """Name what can be given, as staff read and write it."""
    return {
        ConcessionKind.APOLOGY: say("apology"),
        ConcessionKind.REFUND: say("refund"),
        ConcessionKind.VOUCHER: say("voucher"),
        ConcessionKind.REPLACEMENT: say("replacement"),
        ConcessionKind.EXTRA: say("extra"),
    }


def read_kind(word: str, say: Phrases) -> ConcessionKind | None:
    """Find what a word of staff means to give, in their language or in English."""
    plain = word.casefold()
    return next(
        (kind for kind, named in kinds_in_words(say).items() if plain in (str(kind), named.casefold())), None
    )


def what_in_words(made: Concession, say: Phrases) -> str:
    """Say what is given, with its value; an apology has none."""
    kind = kinds_in_words(say)[made.kind]
    if made.kind is ConcessionKind.APOLOGY:
        return kind
    return say("{kind}, {amount}", kind=kind, amount=in_words(made.amount, made.currency, say.language))


def card_key(made: Concession) -> str:
    """Name the message in the staff chat that shows a concession, and is changed when it is decided."""
    return f"concession:{made.id}"


def card(
    session: Session, made: Concession, customer: Customer, *, company: Company, note: str = ""
) -> Draft:
    """Compose what staff see of a concession; ``note`` is a line about what its customer heard."""
    say = phrases(company.language)
    complaint = session.get_one(Complaint, made.complaint_id)
    text = say(
        "🎁 {reference}: {giver} – {what} – to {name}. The reason: {reason}",
        reference=reference(made.complaint_id),
        giver=staff_name(session, made.staff_id) or say("Somebody who has left"),
        what=what_in_words(made, say),
        name=name_for_staff(customer, say),
        reason=made.reason,
    )
    return Draft(
        kind=MessageKind.ALERT,
        channel=company.staff_chat.channel,
        address=company.staff_chat.address,
        text="\n".join(filter(None, [text, _state(session, made, company, say), note])),
        buttons=_deciding_buttons(made, say),
        dedupe_key=card_key(made),
        about=about_complaint(made.complaint_id),
        reply_to=complaint.alert_key,
    )


def changed_card(
    session: Session, made: Concession, customer: Customer, *, company: Company, note: str = ""
) -> Draft:
    """Compose the change of a concession's card."""
    shown = card(session, made, customer, company=company, note=note)
    return replace(shown, edits=card_key(made), dedupe_key="", reply_to=None)


def told_to_customer(
    session: Session, made: Concession, customer: Customer, giver: Staff, *, company: Company
) -> Draft | None:
    """Compose what a customer reads of what they get.

    Returns:
        None where it is not given, they said stop, or can be reached nowhere.
    """
    if made.state is not ConcessionState.GIVEN:
        return None
    complaint = session.get_one(Complaint, made.complaint_id)
    chat = chat_with(session, customer.id, Chat(complaint.channel, complaint.address))
    if chat is None or not may_be_told(session, customer.id):
        return None
    return Draft(
        kind=MessageKind.ANSWER,
        channel=chat.channel,
        address=chat.address,
        customer_id=customer.id,
        text=_given_in_words(made, giver, company, phrases(customer.language, customer.country)),
        dedupe_key=f"{card_key(made)}:given",
        about=about_complaint(made.complaint_id),
    )


def telling_in_words(
    session: Session, made: Concession, customer: Customer, told: Draft | None, say: Phrases
) -> str:
    """Say to staff whether a customer knows what they get; "" where it is not theirs yet."""
    if made.state is not ConcessionState.GIVEN:
        return ""
    return why_not_told(session, customer, say) if told is None else say("The customer has been told.")


def _given_in_words(made: Concession, giver: Staff, company: Company, say: Phrases) -> str:
    """Say to a customer what they get; neither why, nor what it costs us where they get no money."""
    values = {
        "who": signature(giver, company, say),
        "reference": reference(made.complaint_id),
        "amount": in_words(made.amount, made.currency, say.language),
    }
    if made.kind is ConcessionKind.REFUND:
        return say("{who}: to make good for {reference}, we refund you {amount}.", **values)
    if made.kind is ConcessionKind.VOUCHER:
        return say("{who}: to make good for {reference}, you get a voucher of {amount}.", **values)
    if made.kind is ConcessionKind.REPLACEMENT:
        return say("{who}: to make good for {reference}, you get a replacement.", **values)
    if made.kind is ConcessionKind.EXTRA:
        return say("{who}: to make good for {reference}, you get something extra from us.", **values)
    return say("{who}: we are sorry for what went wrong ({reference}). Please accept our apology.", **values)


def _state(session: Session, made: Concession, company: Company, say: Phrases) -> str:
    by = staff_name(session, made.decided_by_id) or say("Somebody who has left")
    if made.state is ConcessionState.PROPOSED:
        people = say(", ").join(one.name for one in who_approves(session, made, company=company))
        return say(
            "⏸ It is above their limit. Can approve it: {people}", people=people or say("nobody any more")
        )
    if made.state is ConcessionState.REFUSED:
        return say("🚫 {name} refused it. The customer has heard nothing of it.", name=by)
    if made.decided_by_id == made.staff_id:
        return ""
    return say("✅ {name} approved it.", name=by)


def _deciding_buttons(made: Concession, say: Phrases) -> ButtonRows:
    if made.state is not ConcessionState.PROPOSED:
        return ()
    return ((button(say("Approve"), "approve", made.id), button(say("Refuse"), "refuse", made.id)),)
