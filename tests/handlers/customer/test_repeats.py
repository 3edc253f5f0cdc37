"""Several matters of one customer: the same joins its case, another opens one, an answer finds its own."""

from tests.handlers.customer.cases import count, words_of
from tests.handlers.rooms import StaffRoom, answer

KETTLE = "The kettle you sent me leaks all over the kitchen table, order 4711"
DRIVER = "Your driver was rude and shouted at my daughter, horrible"


def two_cases(room: StaffRoom) -> None:
    room.talk.says(KETTLE)
    room.talk.passes(hours=1)
    room.talk.says(DRIVER)
    room.talk.passes(hours=1)
    assert count(room.talk) == 2


def test_another_matter_opens_a_second_case(room: StaffRoom) -> None:
    room.talk.says(KETTLE)
    room.talk.passes(hours=1)

    assert "number C-1002" in answer(room.talk.says(DRIVER))


def test_a_short_follow_up_opens_none(room: StaffRoom) -> None:
    room.talk.says(KETTLE)
    room.talk.passes(hours=1)

    assert "added this to C-1001" in answer(room.talk.says("hello?? still nothing, this is terrible"))
    assert count(room.talk) == 1


def test_the_same_order_joins_the_older_case(room: StaffRoom) -> None:
    two_cases(room)

    text = answer(room.talk.says("Order 4711 is a nightmare, now the kettle does not even boil"))

    assert "added this to C-1001" in text


def test_a_named_case_is_joined_whatever_else_is_said(room: StaffRoom) -> None:
    two_cases(room)

    assert "added this to C-1001" in answer(room.talk.says("C-1001: your driver was rude again, awful"))


def test_an_answer_goes_to_the_case_a_person_wrote_about_last(room: StaffRoom) -> None:
    two_cases(room)
    assert "added this to C-1002" in answer(room.talk.says("Where can I send the photo?"))
    room.replies(room.alert("alert:1"), "Which colour is it?")

    assert "added this to C-1001" in answer(room.talk.says("Is the red one what you mean?"))
    room.replies(room.alert("alert:2"), "When was it?")
    assert "added this to C-1002" in answer(room.talk.says("Was it not on Monday?"))
    assert words_of(room.talk, 2)[-1] == ("words_added", "Was it not on Monday?")


def test_a_case_of_long_ago_is_not_joined_by_another_matter(room: StaffRoom) -> None:
    room.talk.says("The teapot came with a crack, this is terrible")
    room.talk.passes(days=20)

    room.talk.says("My cups and saucers smell of petrol, disgusting quality")

    assert count(room.talk) == 2
