"""Becoming staff by a one-time code, and not becoming it without one."""

from datetime import timedelta

import pytest

from customers.staff import add_staff
from store.tables.staff import Role
from tests.handlers.rooms import answer
from tests.talk import Talk, texts

STAFF_CHAT = {"address": "-100123", "private": False}


@pytest.fixture
def code(talk: Talk) -> str:
    """A fresh join code for Mei."""
    with talk.database.transaction() as session:
        return add_staff(session, name="Mei", role=Role.AGENT, now=talk.now)[1]


def test_a_code_makes_staff_in_a_private_chat(talk: Talk, code: str) -> None:
    talk.says("hello", sender="9001")

    assert answer(talk.says(f"/join {code}", sender="9001"), "9001").startswith("Welcome, Mei.")
    assert texts(talk.says("/open", sender="9001")) == ["No complaint is open."]


def test_a_code_makes_staff_in_the_staff_chat(talk: Talk, code: str) -> None:
    (welcome,) = talk.says(f"/join {code}", sender="9001", **STAFF_CHAT)

    assert welcome.address == "-100123"
    assert texts(talk.says("/open", sender="9001", **STAFF_CHAT)) == ["No complaint is open."]


def test_a_code_works_once(talk: Talk, code: str) -> None:
    talk.says(f"/join {code}", sender="9001")

    assert answer(talk.says(f"/join {code}", sender="666"), "666") == unknown(talk)


def test_a_code_expires(talk: Talk, code: str) -> None:
    talk.now += timedelta(days=8)

    assert answer(talk.says(f"/join {code}", sender="666"), "666") == unknown(talk)


@pytest.mark.parametrize("text", ["/join", "/join wrong", "/join " + "x" * 5000, "/JOIN wrong"])
def test_a_wrong_code_gets_the_answer_of_any_unknown_command(talk: Talk, text: str) -> None:
    assert answer(talk.says(text, sender="666"), "666") == unknown(talk)


@pytest.mark.parametrize("text", ["/join wrong", "/open", "hello", "", "/start"])
def test_strangers_in_the_staff_chat_are_not_answered(talk: Talk, text: str) -> None:
    assert talk.says(text, sender="666", **STAFF_CHAT) == []


def test_a_code_is_worth_nothing_in_another_group(talk: Talk, code: str) -> None:
    assert talk.says(f"/join {code}", sender="9001", address="-555", private=False) == []
    assert answer(talk.says(f"/join {code}", sender="9001"), "9001").startswith("Welcome")


def test_staff_need_no_second_code_and_keep_it_unused(talk: Talk, code: str) -> None:
    talk.says(f"/join {code}", sender="9001")
    with talk.database.transaction() as session:
        second = add_staff(session, name="Tom", role=Role.AGENT, now=talk.now)[1]

    assert texts(talk.says(f"/join {second}", sender="9001")) == ["You are staff already, Mei."]
    assert answer(talk.says(f"/join {second}", sender="9002"), "9002").startswith("Welcome, Tom.")


def unknown(talk: Talk) -> str:
    """What any unknown command is answered."""
    return answer(talk.says("/nosuchcommand", sender="667"), "667")
