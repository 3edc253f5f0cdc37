"""What we know of a customer."""

import pytest
from sqlalchemy.orm import Session

from customers.company import Chat
from customers.identities import mark_unreachable
from customers.phrases import phrases
from customers.profile import chat_with, contact_name, name_for_staff, note_source, staff_name
from store.engine import Database
from store.tables.customers import Customer, Identity
from tests.factories import NOW, make_customer, make_staff


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [("a", "b", "a"), ("", "b", "b"), ("", "", None), ("x" * 100, "b", "x" * 64)],
)
def test_the_first_source_stands(first: str, second: str, kept: str | None) -> None:
    customer = Customer()

    note_source(customer, first)
    note_source(customer, second)

    assert customer.source == kept


def test_somebody_without_a_name_has_one_for_staff() -> None:
    assert name_for_staff(Customer(id=7, display_name=""), phrases("en")) == "Customer no. 7"
    assert name_for_staff(Customer(id=7, display_name="Ana"), phrases("en")) == "Ana"


def test_a_contact_who_left_is_no_contact(any_database: Database) -> None:
    with any_database.transaction() as session:
        lin = make_staff(session, name="Lin")
        customer = make_customer(session, contact_id=lin.id)
        assert contact_name(session, customer) == "Lin"
        lin.active = False
        session.flush()

        assert contact_name(session, customer) is None
        assert staff_name(session, lin.id) == "Lin"
        assert staff_name(session, None) is None


def test_the_chat_of_the_matter_is_preferred_while_it_is_open(any_database: Database) -> None:
    with any_database.transaction() as session:
        customer = make_customer(session, channel="telegram", sender="77")
        session.add(
            Identity(
                customer_id=customer.id,
                channel="webchat",
                sender="w-1",
                address="w-1",
                created_at=NOW,
                last_used_at=NOW,
            )
        )
        session.flush()
        telegram, web = Chat("telegram", "77"), Chat("webchat", "w-1")

        assert chat_with(session, customer.id, telegram) == telegram
        close(session, telegram)
        assert chat_with(session, customer.id, telegram) == web
        close(session, web)
        assert chat_with(session, customer.id, telegram) is None
        assert chat_with(session, customer.id) is None


def close(session: Session, chat: Chat) -> None:
    mark_unreachable(session, channel=chat.channel, address=chat.address, now=NOW)
