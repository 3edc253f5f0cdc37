"""What we know of a customer: names, who looks after them, where they can be written to."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.company import Chat
from customers.identities import reachable_identity
from customers.phrases import Phrases
from store.tables.customers import Customer, Identity
from store.tables.staff import Staff

_CLOSED = select(Identity.channel, Identity.address).where(Identity.unreachable_since.is_not(None))

SOURCE_LENGTH = 64
"""Characters of a deep link's payload; Telegram carries no more."""


def note_source(customer: Customer, source: str) -> None:
    """Keep where a customer came from; the first word on it stands. Does not commit."""
    if source and not customer.source:
        customer.source = source[:SOURCE_LENGTH]


def name_for_staff(customer: Customer, say: Phrases) -> str:
    """Name a customer to staff, even one whose app tells no name."""
    return customer.display_name or say("Customer no. {number}", number=customer.id)


def find_by_id(session: Session, customer_id: int) -> Customer | None:
    """Find a customer by our own number."""
    return session.get(Customer, customer_id)


def customers_by_id(session: Session, customer_ids: Iterable[int]) -> Mapping[int, Customer]:
    """Find several customers by our own numbers."""
    rows = session.scalars(select(Customer).where(Customer.id.in_(set(customer_ids))))
    return {customer.id: customer for customer in rows}


def staff_name(session: Session, staff_id: int | None) -> str | None:
    """Name a member of staff, present or past."""
    staff = find_staff(session, staff_id)
    return None if staff is None else staff.name


def find_staff(session: Session, staff_id: int | None) -> Staff | None:
    """Find a member of staff, present or past; one who was found in this session is not read again."""
    if staff_id is None:
        return None
    known: dict[int, Staff | None] = session.info.setdefault(find_staff, {})
    if staff_id not in known:
        with session.no_autoflush:  # what a round of others wrote can wait, to be written together
            known[staff_id] = session.get(Staff, staff_id)
    return known[staff_id]


def contact_name(session: Session, customer: Customer) -> str | None:
    """Name the designated contact of a customer, where there is one who still works here."""
    contact = find_staff(session, customer.contact_id)
    return None if contact is None or not contact.active else contact.name


def chat_with(session: Session, customer_id: int, preferred: Chat | None = None) -> Chat | None:
    """Choose the chat in which a customer can be written to.

    Args:
        session: the open transaction.
        customer_id: whom to write to.
        preferred: the chat of the matter at hand; chosen unless it is known that nothing arrives there.

    Returns:
        The preferred chat, else the one they used last, else None: they can be reached nowhere.
    """
    if preferred is not None and not _is_closed(session, preferred):
        return preferred
    identity = reachable_identity(session, customer_id)
    return None if identity is None else Chat(identity.channel, identity.address)


def chats_with(session: Session, preferred: Mapping[int, Chat | None]) -> Mapping[int, Chat | None]:
    """Choose for several customers, by their numbers, the chats in which they can be written to."""
    chats = [chat for chat in preferred.values() if chat is not None]
    theirs = (
        Identity.channel.in_({chat.channel for chat in chats}),
        Identity.address.in_({chat.address for chat in chats}),
    )
    closed = {(row.channel, row.address) for row in session.execute(_CLOSED.where(*theirs))}
    return {
        number: chat
        if chat is not None and (chat.channel, chat.address) not in closed
        else chat_with(session, number)
        for number, chat in preferred.items()
    }


def _is_closed(session: Session, chat: Chat) -> bool:
    here = (Identity.channel == chat.channel, Identity.address == chat.address)
    return session.execute(_CLOSED.where(*here).limit(1)).first() is not None
