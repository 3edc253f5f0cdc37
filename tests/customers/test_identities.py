"""Who writes, and what is noted of the address that they write from."""

from datetime import datetime, timedelta

from sqlalchemy import select

from customers.identities import (
    USE_NOTED_AGAIN_AFTER,
    Introduction,
    customers_by_sender,
    mark_unreachable,
    note_contact,
)
from store.engine import Database
from store.tables.customers import Identity
from tests.factories import NOW, make_customer

SOON = NOW + timedelta(minutes=1)


def write(database: Database, at: datetime, *, sender: str = "77", **fields: str | None) -> None:
    """Let a customer write from an address."""
    told = {"address": sender, "username": None} | fields
    who = Introduction(channel="telegram", sender=sender, name="Ana", language="en", timezone=None, **told)  # type: ignore[arg-type]  # the parts of each test
    with database.transaction() as session:
        met = customers_by_sender(session, channel="telegram", senders=[sender])[sender]
        note_contact(session, met, who, now=at)


def stored(database: Database, sender: str = "77") -> Identity:
    """Give an identity as it is stored."""
    with database.reading() as session:
        return session.scalars(select(Identity).where(Identity.sender == sender)).one()


def test_the_use_of_an_only_address_is_noted_once_a_day(any_database: Database) -> None:
    with any_database.transaction() as session:
        make_customer(session, sender="77")
    write(any_database, SOON)
    assert stored(any_database).last_used_at == NOW
    write(any_database, NOW + USE_NOTED_AGAIN_AFTER)
    assert stored(any_database).last_used_at == NOW + USE_NOTED_AGAIN_AFTER


def test_what_changed_is_noted_at_once(any_database: Database) -> None:
    with any_database.transaction() as session:
        make_customer(session, sender="77")
    write(any_database, SOON, username="ana")
    assert (stored(any_database).username, stored(any_database).last_used_at) == ("ana", SOON)
    write(any_database, SOON, username="ana", address="-78")
    assert stored(any_database).address == "-78"


def test_who_writes_can_be_reached_again_at_once(any_database: Database) -> None:
    with any_database.transaction() as session:
        make_customer(session, sender="77")
        mark_unreachable(session, channel="telegram", address="77", now=NOW)
    write(any_database, SOON)
    assert stored(any_database).unreachable_since is None


def test_of_several_addresses_each_use_is_noted(any_database: Database) -> None:
    with any_database.transaction() as session:
        customer = make_customer(session, sender="77")
        values = {"channel": "webchat", "sender": "w-1", "address": "w-1"}
        session.add(Identity(customer_id=customer.id, created_at=NOW, last_used_at=NOW, **values))
    write(any_database, SOON)
    assert stored(any_database).last_used_at == SOON
    assert stored(any_database, "w-1").last_used_at == NOW
