"""The door: who becomes a customer, and what is not kept."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from handlers.incoming import IncomingKind
from store.tables.conversations import Message
from store.tables.customers import Customer, Identity
from tests.factories import make_incoming
from tests.handlers.rooms import MEI, StaffRoom, answer
from tests.talk import Talk


def kept(talk: Talk) -> Sequence[str]:
    with talk.database.reading() as session:
        return session.scalars(select(Message.text).order_by(Message.id)).all()


def customers(talk: Talk) -> int:
    with talk.database.reading() as session:
        return len(session.scalars(select(Customer.id)).all())


@pytest.mark.parametrize(
    "kind", [IncomingKind.BLOCKED, IncomingKind.UNBLOCKED, IncomingKind.EDIT, IncomingKind.BUTTON]
)
def test_only_words_make_a_customer(talk: Talk, kind: IncomingKind) -> None:
    button = "rate:f1:5" if kind is IncomingKind.BUTTON else None
    talk.receives(make_incoming("hi", kind=kind, button=button))

    assert customers(talk) == 0
    assert kept(talk) == []


def test_a_strangers_tap_is_answered(talk: Talk) -> None:
    messages = talk.taps("rate:f1:5")

    assert answer(messages) == "This button no longer does anything. Just write what you need."


@pytest.mark.parametrize("kind", [IncomingKind.UNBLOCKED, IncomingKind.BUTTON])
def test_who_was_erased_stays_so(talk: Talk, kind: IncomingKind) -> None:
    talk.says("hello")
    talk.taps("forget:yes")

    talk.receives(make_incoming(kind=kind, button="forget:yes" if kind is IncomingKind.BUTTON else None))

    assert customers(talk) == 0
    with talk.database.reading() as session:
        assert session.scalars(select(Identity.id)).all() == []


def test_a_code_that_was_not_needed_is_not_kept(room: StaffRoom) -> None:
    room.talk.says("/join some-code", sender=MEI)
    room.says("/join some-code")

    assert kept(room.talk) == []


def test_what_staff_say_of_nobody_in_particular_is_not_kept(room: StaffRoom) -> None:
    room.talk.says("Ana Ruiz from Old Street called again", sender=MEI)

    assert kept(room.talk) == []


def test_what_staff_write_to_a_customer_is_kept(room: StaffRoom) -> None:
    room.talk.says("The teapot arrived broken, terrible")
    room.replies(room.alert("alert:1"), "So sorry!")

    assert kept(room.talk) == ["The teapot arrived broken, terrible", "So sorry!"]
