"""Quick replies: a text by a word, in the customer's language, with its variables put in."""

from dataclasses import replace

import pytest

from customers.desk import Desk, QuickReply
from feedback.quick_replies import QuickReplyError, Template, fill, find_word, in_language
from store.engine import Database
from store.tables.queues import OutboxMessage
from tests.factories import COMPANY
from tests.handlers.rooms import TOM, StaffRoom, answer, to_customer
from tests.talk import Talk, button_data, texts

BROKEN = "The teapot arrived broken and I am still waiting for my refund, three weeks now"
OWN = {
    "refund-sent": QuickReply({"en": "Your refund is on its way, {name}.", "zh": "{name}，退款已发出。"}),
    "thanks-wait": QuickReply({"en": "Hang on, {name}!"}),
    "odd": QuickReply({"en": "Your code is {code}"}),
    "torn": QuickReply({"en": "half a {brace"}),
    "only-zh": QuickReply({"zh": "谢谢"}),
    "sale:now": QuickReply({"en": "Everything must go"}),
    "a-word-so-long-that-no-button-of-any-app-could-ever-hold-it-whole": QuickReply({"en": "Long"}),
}


@pytest.fixture
def room(database: Database) -> StaffRoom:
    """The staff chat of a company with quick replies of its own, and one complaint of Ana's."""
    room = StaffRoom.opened(Talk(database, replace(COMPANY, desk=Desk(quick_replies=OWN))))
    room.talk.says(BROKEN)
    return room


def test_a_word_sends_its_text(room: StaffRoom) -> None:
    messages = room.replies(room.alert("alert:1"), "/r refund-sent")

    assert answer(messages) == "Mei from Lantern Tea: Your refund is on its way, Ana."
    assert texts(room.shown(messages))[0] == "✓ Sent to Ana (C-1001)."


def test_the_companys_text_wins_over_ours(room: StaffRoom) -> None:
    assert answer(room.replies(room.alert("alert:1"), "/r Thanks-Wait")).endswith(": Hang on, Ana!")


def test_a_text_of_ours_names_the_case(room: StaffRoom) -> None:
    sent = answer(room.replies(room.alert("alert:1"), "/r resolved-ask"))

    assert sent == "Mei from Lantern Tea: Ana, we have seen to C-1001. Is everything all right for you now?"


def test_by_when_is_said_where_the_customer_is(database: Database) -> None:
    room = StaffRoom.opened(Talk(database))
    room.talk.says(BROKEN)

    sent = answer(room.replies(room.alert("alert:1"), "/r thanks-wait"))

    assert sent.startswith(
        "Mei from Lantern Tea: Thank you for your patience, Ana. We are looking into C-1001"
    )
    assert "(London time)." in sent


def test_in_the_customers_language(room: StaffRoom) -> None:
    room.talk.taps("language:zh")

    assert (
        answer(room.replies(room.alert("alert:1"), "/r refund-sent")) == "Lantern Tea Mei：Ana，退款已发出。"
    )
    assert answer(room.replies(room.alert("alert:1"), "/r need-photo")).startswith(
        "Lantern Tea Mei：Ana，能给"
    )
    assert answer(room.replies(room.alert("alert:1"), "/r thanks-wait")).endswith("Hang on, Ana!")


def test_an_unknown_word_lists_those_there_are(room: StaffRoom) -> None:
    messages = room.replies(room.alert("alert:1"), "/r refund")

    assert to_customer(messages) == []
    (listed,) = texts(messages)
    assert listed.startswith("There is no quick reply “refund”, so nothing went out.")
    assert "/r refund-sent – Your refund is on its way, {name}." in listed
    assert "/r need-photo – " in listed
    assert texts(room.says("/r"))[0].startswith("Quick replies, to be sent as a reply to a case:")


@pytest.mark.parametrize(
    ("word", "told"),
    [("odd", "needs {code}, and that has no value here"), ("torn", "has a brace without its other half")],
)
def test_a_text_that_cannot_be_sent_says_why(room: StaffRoom, word: str, told: str) -> None:
    messages = room.replies(room.alert("alert:1"), f"/r {word}")

    assert to_customer(messages) == []
    assert told in texts(messages)[0]


def test_a_variable_that_has_no_value_here_is_named(room: StaffRoom) -> None:
    room.talk.says("Which lid fits the blue pot?", sender="78")

    messages = room.replies(room.talk.sent[-1], "/r resolved-ask")

    assert to_customer(messages, "78") == []
    assert "needs {reference}, and that has no value here" in texts(messages)[0]


def test_a_word_for_nobody_goes_nowhere(room: StaffRoom) -> None:
    assert texts(room.says("/r refund-sent"))[0].startswith("Whom shall it go to?")


def test_a_word_after_reply_was_tapped(room: StaffRoom) -> None:
    room.talk.taps("reply:1", sender="9001")

    assert answer(room.talk.says("/r refund-sent", sender="9001")).endswith("on its way, Ana.")


def test_a_word_waits_while_another_writes(room: StaffRoom) -> None:
    room.taps("reply:1", sender=TOM)

    (question,) = room.replies(room.alert("alert:1"), "/r refund-sent")

    send, _ = button_data(question)
    assert answer(room.taps(send)).endswith("Your refund is on its way, Ana.")


def test_by_buttons_it_is_looked_at_first_and_goes_out_once(room: StaffRoom) -> None:
    (menu,) = room.taps("quick:1")
    assert button_data(menu)[-2:] == ["quick:1:torn", "quick:1:only-zh"]

    (preview,) = _tap(room, "quick:1:refund-sent", menu)
    assert preview.body["text"] == "Ana would read:\nYour refund is on its way, Ana."
    send, another = button_data(preview)
    assert another == "quick:1"

    messages = _tap(room, send, menu)
    assert answer(messages) == "Mei from Lantern Tea: Your refund is on its way, Ana."
    again = _tap(room, send, menu)
    assert to_customer(again) == []
    assert texts(again) == ["That went out already."]


def test_by_button_a_closed_case_asks_first(room: StaffRoom) -> None:
    room.taps("remedy:1:product:replaced")
    room.talk.taps("solved:1:yes")
    (menu,) = room.taps("quick:1")

    (question,) = _tap(room, "quicksend:1:refund-sent", menu)

    assert question.body["text"] == "C-1001 is closed, so nothing went out yet. What shall I do?"
    send, _, _ = button_data(question)
    assert answer(room.taps(send)).endswith("Your refund is on its way, Ana.")
    assert texts(_tap(room, "quicksend:1:refund-sent", menu)) == ["That went out already."]


def test_by_button_a_colleagues_fresh_answer_asks_first(room: StaffRoom) -> None:
    (menu,) = room.taps("quick:1")
    room.replies(room.alert("alert:1"), "It left today", sender=TOM)

    (question,) = _tap(room, "quicksend:1:refund-sent", menu)

    assert question.body["text"].startswith("💬 Tom has answered just now: “It left today”")
    _, cancel = button_data(question)
    assert texts(room.taps(cancel)) == ["Nothing went out."]
    assert texts(_tap(room, "quicksend:1:refund-sent", menu)) == ["That is decided already."]


def test_asked_twice_it_goes_out_once(room: StaffRoom) -> None:
    (menu,) = room.taps("quick:1")
    room.taps("reply:1", sender=TOM)
    first, second = (_tap(room, "quicksend:1:refund-sent", menu)[0] for _ in range(2))

    assert answer(room.taps(button_data(first)[0])).endswith("Your refund is on its way, Ana.")
    assert texts(room.taps(button_data(second)[0])) == ["That is decided already."]


@pytest.mark.parametrize(
    "data",
    ["quick:99", "quick:1:nothing", "quick:x", "quick", "quicksend:1:nothing", "quicksend:1", "quick:1:a:b"],
)
def test_a_forged_or_old_button_changes_nothing(room: StaffRoom, data: str) -> None:
    messages = room.taps(data)

    assert to_customer(messages) == []
    assert texts(messages)[0].startswith("This button no longer does anything.")


def test_a_text_with_a_missing_variable_is_not_even_shown(room: StaffRoom) -> None:
    assert "needs {code}" in texts(room.taps("quick:1:odd"))[0]
    assert "needs {code}" in texts(room.taps("quicksend:1:odd"))[0]


def _tap(room: StaffRoom, data: str, under: OutboxMessage) -> list[OutboxMessage]:
    chat = COMPANY.staff_chat
    return room.talk.taps(
        data,
        sender="9001",
        address=chat.address,
        channel=chat.channel,
        private=False,
        message_id=under.external_id,
    )


def test_values_are_never_read_as_variables() -> None:
    assert fill(Template("x", "Hi {name} {{ok}}"), {"name": "{due} {0.x}"}) == "Hi {due} {0.x} {ok}"


@pytest.mark.parametrize("text", ["{name.x}", "{name!r}", "{name:>9}", "{}", "{0}", "{name[0]}"])
def test_a_variable_is_a_name_alone(text: str) -> None:
    with pytest.raises(QuickReplyError):
        fill(Template("x", text), {"name": "Ana"})


def test_all_missing_variables_are_named_once() -> None:
    with pytest.raises(QuickReplyError) as raised:
        fill(Template("x", "{due} {code} {due} {name}"), {"name": "Ana", "due": ""})
    assert raised.value.variables == ("due", "code")


def test_the_language_that_is_nearest() -> None:
    texts = {"en": "hello", "zh-Hant": "繁", "fr": "bonjour"}

    assert in_language(texts, language="fr-CA", otherwise="en") == "bonjour"
    assert in_language(texts, language="zh-hant", otherwise="en") == "繁"
    assert in_language(texts, language="de", otherwise="en-GB") == "hello"
    assert in_language({"it": "ciao"}, language="de", otherwise="en") == "ciao"
    assert in_language({}, language="de", otherwise="en") is None


def test_a_word_is_found_whatever_its_case() -> None:
    assert find_word({"Refund-Sent"}, " refund-sent ") == "Refund-Sent"
    assert find_word({"Refund-Sent"}, "refund") is None
