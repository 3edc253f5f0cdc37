"""Short written answers: what each reader makes of them."""

import pytest

from customers.phrases import phrases
from handlers.customer.short_answers import (
    could_answer,
    read_language,
    read_rsvp,
    read_solved,
    read_stars,
    read_yes_no,
)
from tests.handlers.customer.labels import LABELS


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("5", "5"),
        ("4!", "4"),
        ("five", "5"),
        ("5 stars", "5"),
        ("5 ★", "5"),
        ("★★★", "3"),
        ("five stars please", "5"),
        ("4/5", "4"),
        ("五星", "5"),
        ("五星好评", "5"),
        ("3分", "3"),
        ("两颗星", "2"),
        ("actually 3", "3"),
        ("sorry, I mean 2", "2"),
        ("I'd say 4", "4"),
        ("其实3星", "3"),
        ("6", None),
        ("0", None),
        ("10", None),
        ("4.5", None),
        ("5 cups", None),
        ("my number is 5", None),
        ("five broken cups", None),
        ("", None),
    ],
)
def test_stars(text: str, stars: str | None) -> None:
    assert read_stars(text) == stars


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", "yes"),
        ("Yes!", "yes"),
        ("Yes, it is solved", "yes"),
        ("it's solved", "yes"),
        ("all fixed now, thanks", "yes"),
        ("解决了", "yes"),
        ("已经解决了，谢谢", "yes"),
        ("是的", "yes"),
        ("no", "no"),
        ("No, not yet", "no"),
        ("not yet", "no"),
        ("no still nothing came", "no"),
        ("No, it is still broken", "no"),
        ("it is not solved", "no"),
        ("还没", "no"),
        ("还没有解决", "no"),
        ("没有，还是坏的", "no"),
        ("no problem", None),
        ("no worries", None),
        ("no it works perfectly now", None),
        ("ok", None),
        ("thanks", None),
        ("what do you mean?", None),
        ("maybe", None),
    ],
)
def test_solved(text: str, answer: str | None) -> None:
    assert read_solved(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", "yes"),
        ("Yes please", "yes"),
        ("Yes, erase everything", "yes"),
        ("确定", "yes"),
        ("no", "no"),
        ("No, keep it", "no"),
        ("不要", "no"),
        ("ok", None),
        ("好的", None),
        ("yes but first tell me why", None),
        ("no idea", None),
        ("solved", None),
    ],
)
def test_what_cannot_be_undone_takes_a_plain_word(text: str, answer: str | None) -> None:
    assert read_yes_no(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Going", "going"),
        ("I'll come", "going"),
        ("I will be there!", "going"),
        ("count me in", "going"),
        ("yes", "going"),
        ("参加", "going"),
        ("我会去的", "going"),
        ("no", "no"),
        ("not going", "no"),
        ("Sorry, I can't make it", "no"),
        ("不参加", "no"),
        ("去不了", "no"),
        ("maybe", "maybe"),
        ("not sure yet", "maybe"),
        ("看情况吧", "maybe"),
        ("actually going", "going"),
        ("I'm going after all", "going"),
        ("I can make it after all", "going"),
        ("我还是来吧", "going"),
        ("actually I can't come", "no"),
        ("我还是不去了", "no"),
        ("+1", "1"),
        ("I'll bring two friends", "2"),
        ("with my wife", "1"),
        ("just me", "0"),
        ("带一个朋友", "1"),
        ("我会带两个人来", "2"),
        ("就我一个人", "0"),
        ("one", None),
        ("my friend is unhappy", None),
        ("going to complain about the lid", None),
        ("who is going?", None),
        ("hello", None),
    ],
)
def test_rsvp(text: str, answer: str | None) -> None:
    assert read_rsvp(text) == answer


def test_languages_are_named_in_themselves() -> None:
    assert read_language("English") == "en"
    assert read_language("中文") == "zh"
    assert read_language("Klingon") is None


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("sentence", "reader", "answer"), LABELS)
def test_every_label_of_a_button_can_be_written(
    language: str, sentence: str, reader: str, answer: str
) -> None:
    readers = {"solved": read_solved, "forget": read_yes_no, "rsvp": read_rsvp}
    label = phrases(language)(sentence)

    assert readers[reader](label) == answer
    assert could_answer(label)


def test_long_words_are_no_short_answer() -> None:
    assert not could_answer("no, " + "still nothing came " * 3)
    assert not could_answer("")


@pytest.mark.parametrize(
    "text",
    [
        "no issues now",
        "no more problems",
        "no problem at all, thanks",
        "no longer a problem",
        "no complaints, all good",
        "no hurry",
        "no idea",
        "不漏了",
        "不再漏了",
        "不用谢",
    ],
)
def test_a_no_that_denies_the_trouble_is_no_no(text: str) -> None:
    assert read_solved(text) != "no"
