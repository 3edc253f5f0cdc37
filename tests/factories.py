"""Ready-made customers, staff, updates and moments; one factory for each thing tests need."""

import itertools
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from customers.company import Chat, Company
from handlers.incoming import Incoming, IncomingKind, Sender
from store.tables.customers import Customer, Identity
from store.tables.staff import Role, Staff, StaffIdentity

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
COMPANY = Company(
    name="Lantern Tea",
    timezone="Europe/London",
    country="GB",
    language="en",
    staff_chat=Chat("telegram", "-100123"),
    pages_url="https://tea.example",
)
_numbers = itertools.count(1)


def make_customer(
    session: Session, *, channel: str = "telegram", sender: str = "", **fields: Any
) -> Customer:
    """Add a customer who can be reached on one channel."""
    sender = sender or str(1000 + next(_numbers))
    values = {"display_name": "Ana", "language": "en", "created_at": NOW, "last_contact_at": NOW} | fields
    customer = Customer(**values)
    session.add(customer)
    session.flush()
    session.add(
        Identity(
            customer_id=customer.id,
            channel=channel,
            sender=sender,
            address=sender,
            created_at=NOW,
            last_used_at=NOW,
        )
    )
    session.flush()
    return customer


def make_staff(
    session: Session,
    *,
    name: str = "Mei",
    role: Role = Role.AGENT,
    channel: str = "telegram",
    sender: str = "",
) -> Staff:
    """Add a member of staff who has joined on one channel."""
    member = Staff(name=name, role=role, created_at=NOW)
    session.add(member)
    session.flush()
    identity = sender or str(9000 + next(_numbers))
    session.add(StaffIdentity(staff_id=member.id, channel=channel, sender=identity, joined_at=NOW))
    session.flush()
    return member


def make_incoming(text: str = "", *, sender: str | Sender = "77", **fields: Any) -> Incoming:
    """Build an update; a message on Telegram unless ``fields`` say otherwise."""
    who = sender if isinstance(sender, Sender) else Sender(id=sender, name="Ana", language="en")
    number = next(_numbers)
    values: dict[str, Any] = {
        "channel": "telegram",
        "update_id": str(number),
        "kind": IncomingKind.MESSAGE,
        "address": who.id,
        "sender": who,
        "at": NOW,
        "text": text,
        "message_id": str(number),
    }
    return Incoming(**(values | fields))
