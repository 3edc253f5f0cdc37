"""Words that say that nobody complained, or that somebody was got wrong; and words that do not."""

import time

import pytest

from feedback.denials import LONGEST, denial_in

CLEAR = [
    "That was no complaint",
    "I was not complaining",
    "I wasn't complaining at all!",
    "No, it's not a complaint.",
    "No complaint!",
    "I didn't mean to complain",
    "I have no complaints",
    "It was just a question, not a complaint",
    "I wasn't complaining, just asking",
    "我不是投诉，只是问问",
    "I never complained",
    "We never meant to complain",
    "C-1001 was no complaint",
    "Sorry, you got me wrong, I am not complaining",
    "what I wrote wasn't meant as a complaint",
    "我不是投诉",
    "抱歉，我不是来投诉的",
    "這不是投訴",
    "我没有要投诉你们",
    "不用投诉了",
]
UNSURE = [
    "you got me wrong",
    "No, that's not what I meant",
    "I think you misunderstood me",
    "You took it wrong",
    "It was a misunderstanding, sorry",
    "I didn't mean it like that",
    "I was only joking",
    "你误会了",
    "你誤會我了",
    "我不是这个意思",
    "你理解错了",
]
NEITHER = [
    "you got my order wrong",
    "That is not what I ordered",
    "That's not what I wanted",
    "This is wrong",
    "I was not complaining but the tea was cold",
    "I am not complaining about nothing",
    "Was that no complaint?",
    "I want to complain",
    "my complaint was not answered",
    "不投诉不行",
    "我要投诉",
    "你们搞错了",
    "我没有收到茶",
    "",
    "I never complain. This is the first time.",
    "I have never complained, but nobody was there",
    "You got it wrong",
    "You got that wrong again",
    "我不是投诉了，怎么没人理我",
    "no " * LONGEST + "complaint",
]


@pytest.mark.parametrize("text", CLEAR)
def test_words_that_say_that_nobody_complained(text: str) -> None:
    denial = denial_in(text)
    assert denial is not None
    assert (denial.is_clear, denial.rest) == (True, "")


@pytest.mark.parametrize("text", UNSURE)
def test_words_that_say_that_somebody_was_got_wrong(text: str) -> None:
    denial = denial_in(text)
    assert denial is not None
    assert (denial.is_clear, denial.rest) == (False, "")


@pytest.mark.parametrize("text", NEITHER)
def test_words_that_say_something_else(text: str) -> None:
    assert denial_in(text) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("I wasn't complaining; when do you open?", "when do you open?"),
        ("The tea was great, I was not complaining", "The tea was great"),
        ("我不是投诉，我只是想问营业时间", "我只是想问营业时间"),
        ("Not a complaint: it costs 3.50, and that is fair", "it costs 3.50, and that is fair"),
    ],
)
def test_what_is_said_besides_is_kept_as_it_was_written(text: str, rest: str) -> None:
    denial = denial_in(text)
    assert denial is not None
    assert denial.rest == rest


@pytest.mark.parametrize("text", ["不是投诉的", "没投诉的我", "没有投诉的也", "误会了我"])
def test_denials_on_end_are_read_in_no_time(text: str) -> None:
    began_s = time.process_time()
    for end in ("x", "投诉y"):
        denial_in((text * 20)[:95] + end)
    assert time.process_time() - began_s < 0.5
