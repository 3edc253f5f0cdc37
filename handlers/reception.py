"""The door: finds out who speaks, keeps what they said, and lets the router answer."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Chat, Company
from customers.identities import Introduction, find_customer, mark_unreachable, meet
from customers.phrases import phrases
from customers.staff import find_staff
from handlers.context import CustomerContext, StaffContext
from handlers.incoming import Incoming, IncomingKind, Sender, clean_text
from handlers.router import route_customer, route_staff
from handlers.staff import join
from store.conversations import dialogue_of
from store.outbox import Draft
from store.tables.conversations import Dialogue, Message
from store.tables.staff import Staff


def receive(session: Session, incoming: Incoming, *, company: Company, now: datetime) -> Sequence[Draft]:
    """Handle one update inside the caller's transaction; does not commit.

    Returns:
        What must be sent, to whomever; drafts without a dedupe key belong to this update.
    """
    incoming = _cleaned(incoming)
    member = find_staff(session, channel=incoming.channel, sender=incoming.sender.id)
    if member is not None:
        return _receive_staff(session, incoming, member, company, now)
    if incoming.command == "join" and (welcome := join.join(session, incoming, company=company, now=now)):
        return welcome
    return _receive_customer(session, incoming, company, now) if incoming.private else ()


def _receive_staff(
    session: Session, incoming: Incoming, member: Staff, company: Company, now: datetime
) -> Sequence[Draft]:
    in_staff_chat = Chat(incoming.channel, incoming.address) == company.staff_chat
    if not (in_staff_chat or incoming.private):
        return ()
    context = StaffContext(
        session=session,
        now=now,
        company=company,
        incoming=incoming,
        say=phrases(company.language),
        message=_keep(session, incoming, None),
        dialogue=_dialogue(session, incoming),
        staff=member,
    )
    return route_staff(context)


def _receive_customer(
    session: Session, incoming: Incoming, company: Company, now: datetime
) -> Sequence[Draft]:
    if incoming.kind is IncomingKind.BLOCKED:
        mark_unreachable(session, channel=incoming.channel, address=incoming.address, now=now)
        return ()
    if incoming.kind is IncomingKind.EDIT and not _is_known(session, incoming):
        return ()  # a correction of what we never had, or erased: it makes nobody known to us
    customer, _ = meet(session, _introduction(incoming), company=company, now=now)
    if incoming.kind is IncomingKind.UNBLOCKED:
        return ()
    customer.last_contact_at = max(customer.last_contact_at, min(incoming.at, now))
    context = CustomerContext(
        session=session,
        now=now,
        company=company,
        incoming=incoming,
        say=phrases(customer.language),
        message=_keep(session, incoming, customer.id),
        dialogue=_dialogue(session, incoming),
        customer=customer,
    )
    return route_customer(context)


def _is_known(session: Session, incoming: Incoming) -> bool:
    return find_customer(session, channel=incoming.channel, sender=incoming.sender.id) is not None


def _introduction(incoming: Incoming) -> Introduction:
    sender = incoming.sender
    return Introduction(
        channel=incoming.channel,
        sender=sender.id,
        address=incoming.address,
        name=sender.name,
        username=sender.username,
        language=sender.language,
        timezone=sender.timezone,
    )


def _keep(session: Session, incoming: Incoming, customer_id: int | None) -> Message | None:
    """Store a message; buttons and corrections are not messages of their own."""
    if incoming.kind is not IncomingKind.MESSAGE:
        return None
    message = Message(
        customer_id=customer_id,
        channel=incoming.channel,
        address=incoming.address,
        sender=incoming.sender.id,
        external_id=incoming.message_id,
        text=incoming.text,
        attachments=[asdict(attachment) for attachment in incoming.attachments],
        reply_to=incoming.reply_to,
        at=incoming.at,
    )
    session.add(message)
    session.flush()
    return message


def _dialogue(session: Session, incoming: Incoming) -> Dialogue | None:
    return dialogue_of(session, channel=incoming.channel, address=incoming.address, sender=incoming.sender.id)


def _cleaned(incoming: Incoming) -> Incoming:
    sender = incoming.sender
    return replace(
        incoming,
        text=clean_text(incoming.text),
        button=None if incoming.button is None else clean_text(incoming.button),
        sender=Sender(
            id=sender.id,
            name=clean_text(sender.name)[:200],
            username=sender.username,
            language=sender.language,
            timezone=sender.timezone,
        ),
        attachments=tuple(
            replace(attachment, name=clean_text(attachment.name)[:200]) for attachment in incoming.attachments
        ),
    )
