"""First words, help, and commands and buttons that are none."""

import pytest
from sqlalchemy import select

from handlers.incoming import Sender
from store.tables.customers import Customer
from tests.handlers.rooms import answer
from tests.talk import Talk, button_data


def the_customer(talk: Talk) -> Customer:
    with talk.database.reading() as session:
        return session.scalars(select(Customer)).one()


def test_start_greets_by_name_and_says_what_can_be_done_and_how_to_stop(talk: Talk) -> None:
    text = answer(talk.says("/start"))

    assert text.startswith("Hello Ana, this is Lantern Tea.")
    assert "/stop" in text
    assert "/help" in text


def test_who_has_just_been_greeted_is_not_greeted_once_more(talk: Talk) -> None:
    first = answer(talk.says("/start"))
    talk.passes(minutes=2)

    assert answer(talk.says("hello")) == "What can I do for you? Just write it in your own words."
    again = answer(talk.says("/start"))
    assert again == first.partition("\n\n")[2]
    assert again.startswith("Just write in your own words")
    assert answer(talk.says("hello", sender="88"), "88").startswith("Hello Ana")
    assert answer(talk.says("hello", sender="88"), "88").startswith("Hello Ana")
    talk.passes(minutes=11)
    assert answer(talk.says("hello")).startswith("Hello Ana, this is Lantern Tea. What can I do")


def test_start_greets_somebody_without_a_name(talk: Talk) -> None:
    assert answer(talk.says("/start", sender=Sender(id="77"))).startswith("Hello, this is Lantern Tea.")


def test_the_first_link_somebody_came_by_is_kept(talk: Talk) -> None:
    talk.says("/start spring-leaflet")
    talk.says("/start winter-leaflet")
    talk.says("/start")

    assert the_customer(talk).source == "spring-leaflet"


def test_a_link_after_a_start_without_one_is_kept(talk: Talk) -> None:
    talk.says("/start")
    talk.says("/start spring-leaflet")

    assert the_customer(talk).source == "spring-leaflet"


def test_a_forged_payload_is_kept_short(talk: Talk) -> None:
    talk.says("/start " + "x" * 5000)

    assert the_customer(talk).source == "x" * 64


def test_the_language_of_the_app_is_spoken(talk: Talk) -> None:
    text = answer(talk.says("/start", sender=Sender(id="77", name="小安", language="zh-hans")))

    assert text.startswith("小安，您好！这里是Lantern Tea。")


def test_help_names_every_command(talk: Talk) -> None:
    text = answer(talk.says("/help"))

    commands = "complaint feedback status events language stop resume mydata forget"
    assert all(f"/{command} " in text for command in commands.split())
    assert "/join" not in text


@pytest.mark.parametrize(
    "text", ["/nonsense", "/", "/take 1", "/open", "/newevent", "/broadcast hello", "/1"]
)
def test_unknown_commands_and_those_of_staff_get_the_same_answer(talk: Talk, text: str) -> None:
    assert answer(talk.says(text)) == answer(talk.says("/nosuchcommand"))


@pytest.mark.parametrize(
    "data",
    [
        "",
        ":",
        "nonsense",
        "take:1",
        "reply:1",
        "resolve:1",
        "language:xx",
        "language",
        "forget:maybe",
        "forget",
    ],
)
def test_buttons_that_are_none_get_a_friendly_answer(talk: Talk, data: str) -> None:
    (sent,) = talk.taps(data)

    assert sent.body["text"] == "This button no longer does anything. Just write what you need."
    assert button_data(sent) == []


def test_cancel_ends_what_was_begun(talk: Talk) -> None:
    talk.says("/complaint")

    assert answer(talk.says("/cancel")) == "All right, never mind. Just write when you need us."
    assert "C-1001" not in answer(talk.says("I had some tea today"))
    assert "nothing to cancel" in answer(talk.says("/cancel"))


def test_start_ends_what_was_begun(talk: Talk) -> None:
    talk.says("/complaint")
    talk.says("/start")

    assert "C-1001" not in answer(talk.says("hello"))
