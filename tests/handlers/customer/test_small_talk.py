"""Small talk, and what only looks like it: answered kindly, and staff are called where they are needed."""

import pytest
from sqlalchemy import select

from handlers.incoming import Attachment, AttachmentKind, Sender
from store.tables.complaints import ComplaintState
from store.tables.customers import Customer
from store.tables.feedback import EntrySource, SatisfactionEntry
from tests.handlers.customer.cases import BROKEN, count, state, words_of
from tests.handlers.rooms import StaffRoom, answer, to_customer
from tests.talk import Talk, button_data, texts

PHOTO = Attachment(AttachmentKind.PHOTO, "file-1")


def index(talk: Talk) -> float | None:
    with talk.database.reading() as session:
        return session.scalars(select(Customer)).one().index


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("thx", "You're welcome!"),
        ("谢谢", "You're welcome!"),
        ("merry christmas", "the same to you"),
        ("lol", "Just write when you need us"),
        ("好的", "Just write when you need us"),
        ("ok", "Just write when you need us"),
        ("bye", "Goodbye"),
        ("no", "not sure what that answers"),
        ("5", "not sure what that answers"),
        ("还行吧", "What could we do better?"),
        ("it's fine i guess", "What could we do better?"),
        ("呵呵", "What could we do better?"),
        ("一般般", "What could we do better?"),
        ("are you a robot?", "I am a program, an assistant of Lantern Tea."),
        ("你是机器人吗", "I am a program, an assistant of Lantern Tea."),
    ],
)
def test_small_talk_gets_a_short_answer_and_bothers_nobody(room: StaffRoom, text: str, part: str) -> None:
    messages = room.talk.says(text)

    assert part in answer(messages)
    assert button_data(to_customer(messages)[0]) == []
    assert room.shown(messages) == []


def test_it_is_answered_in_the_customers_language(room: StaffRoom) -> None:
    lin = Sender(id="77", name="小林", language="zh")

    assert answer(room.talk.says("谢谢", sender=lin)) == "不客气！"
    assert "我是一个程序" in answer(room.talk.says("你是机器人吗", sender=lin))


def test_polite_thanks_do_not_raise_the_index(room: StaffRoom) -> None:
    room.talk.says("thanks")
    assert index(room.talk) is None
    room.talk.says("I love your tea")
    assert index(room.talk) is not None


@pytest.mark.parametrize(
    "text", ["cancel my order please", "wher is my ordr", "refund please", "取消我的订单", "我的快递到哪了"]
)
def test_what_asks_something_of_us_reaches_staff(room: StaffRoom, text: str) -> None:
    messages = room.talk.says(text)

    assert answer(messages) == "I have passed this on. Lantern Tea's team will answer you here."
    assert texts(room.shown(messages))[0].startswith("📨 Message\nAna")


def test_a_picture_with_unclear_words_reaches_staff(room: StaffRoom) -> None:
    messages = room.talk.says("the green door", attachments=(PHOTO,))

    assert "[a photo]" in texts(room.shown(messages))[0]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("thanks", "You're welcome! C-1001 stays with Mei."),
        ("thank you mei!", "You're welcome!"),
        ("谢谢", "You're welcome!"),
        ("ok", "All right!"),
        ("never mind", "All right!"),
        ("goodbye", "Goodbye"),
        ("I love your new green tea", "makes our day"),
    ],
)
def test_politeness_and_praise_do_not_join_an_open_complaint(room: StaffRoom, text: str, part: str) -> None:
    room.talk.says(BROKEN)

    messages = room.talk.says(text)

    assert part in answer(messages)
    assert button_data(to_customer(messages)[0]) == []
    assert room.shown(messages) == []
    assert len(words_of(room.talk)) == 1


@pytest.mark.parametrize("text", ["it's solved", "actually forget it, it's solved", "已经解决了"])
def test_who_says_in_passing_that_it_is_solved_is_asked(room: StaffRoom, text: str) -> None:
    room.talk.says(BROKEN)

    (asked,) = room.talk.says(text)

    assert button_data(asked) == ["solved:1:yes", "solved:1:no"]
    assert state(room.talk) is ComplaintState.OPEN
    room.talk.says("yes")
    assert state(room.talk) is ComplaintState.CONFIRMED


@pytest.mark.parametrize(
    "text",
    ["it is not solved", "solved? not at all", "yes", "thank you, I will wait for it", "谢谢，我在家等"],
)
def test_what_is_still_wrong_joins_the_complaint(room: StaffRoom, text: str) -> None:
    room.talk.says(BROKEN)

    assert "added this to C-1001" in answer(room.talk.says(text))


def test_thanks_with_a_picture_join_the_complaint(room: StaffRoom) -> None:
    room.talk.says(BROKEN)

    assert texts(room.shown(room.talk.says("thanks", attachments=(PHOTO,)))) == [
        "C-1001 · Ana: thanks [a photo]"
    ]


def test_feedback_stays_feedback_while_a_complaint_is_open(room: StaffRoom) -> None:
    room.talk.says(BROKEN)

    assert "makes our day" in answer(room.talk.says("/feedback love the shop"))
    assert len(words_of(room.talk)) == 1


def test_a_yes_in_a_talk_is_for_the_person_and_thanks_are_not(room: StaffRoom) -> None:
    (question,) = room.shown(room.talk.says("Do you have oolong tea in stock?"))
    room.replies(question, "Yes. Shall I keep a tin for you?")

    assert len(room.shown(room.talk.says("yes"))) == 1
    assert room.shown(room.talk.says("thanks!")) == []


@pytest.mark.parametrize("text", ["我要投诉", "I want to complain"])
def test_a_complaint_without_a_word_of_it_asks_what_happened(room: StaffRoom, text: str) -> None:
    assert answer(room.talk.says(text)).startswith("What happened?")
    assert count(room.talk) == 0
    assert "C-1001" in answer(room.talk.says("the door was green"))


def test_who_has_nothing_to_complain_of_opens_no_case(room: StaffRoom) -> None:
    room.talk.says("/complaint")
    room.talk.says("no thanks")

    assert count(room.talk) == 0


def test_stars_that_stand_alone_are_a_rating_and_no_case(room: StaffRoom) -> None:
    messages = room.talk.says("2 stars")

    assert answer(messages).startswith("★★☆☆☆")
    assert count(room.talk) == 0
    with room.talk.database.reading() as session:
        sources = session.scalars(select(SatisfactionEntry.source)).all()
    assert sources == [EntrySource.RATING]


def test_what_should_have_been_better_reaches_staff(room: StaffRoom) -> None:
    room.talk.says("2 stars")

    messages = room.talk.says("the music on Tuesday")

    assert "passed that on" in answer(messages)
    assert texts(room.shown(messages)) == [
        "⭐ After 2 of 5 stars\nAna · new customer\n“the music on Tuesday”"
    ]


def test_a_problem_after_few_stars_is_a_complaint(room: StaffRoom) -> None:
    room.talk.says("1 star")

    assert "C-1001" in answer(room.talk.says("the lid was broken"))


def test_words_long_after_few_stars_are_free_words(room: StaffRoom) -> None:
    room.talk.says("1 star")
    room.talk.passes(hours=2)

    assert room.shown(room.talk.says("the music on Tuesday")) == []


def test_more_stars_end_the_question(room: StaffRoom) -> None:
    room.talk.says("I love your tea, it is wonderful")
    room.talk.says("1")
    room.talk.says("sorry, 5")

    assert room.shown(room.talk.says("the music on Tuesday")) == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("/complain the lid is cracked", "Did you mean /complaint?"),
        ("/halp", "Did you mean /help?"),
        ("/stat", "Did you mean /start?"),
    ],
)
def test_an_unknown_command_names_the_nearest(room: StaffRoom, text: str, part: str) -> None:
    assert part in answer(room.talk.says(text))


def test_the_words_behind_an_unknown_command_count(room: StaffRoom) -> None:
    messages = room.talk.says("/complain the lid is broken")

    assert "C-1001" in answer(messages)
    assert count(room.talk) == 1
