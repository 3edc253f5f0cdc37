"""Small talk, said solutions and stars: pure readers of short messages, and never slow ones."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.requests import asks_of_us
from feedback.small_talk import SmallTalk, asks_for_robot, only_complains, says_solved, small_talk
from feedback.stars import stars_in

PIECES = """
    ha he hi lol ok k kk thanks thank you bye see you later all right good no yes i it was fine merry
    christmas never mind sorry 好 好的 嗯 哦 谢谢 哈 一般 般 还行 新年快乐 你 应该 是 actually maybe 3 x h m
""".split()  # noqa: SIM905 - a list literal would be fifty lines


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("thanks", SmallTalk.THANKS),
        ("Thank you, Mei!", SmallTalk.THANKS),
        ("thanks for the help", SmallTalk.THANKS),
        ("好的，谢谢您", SmallTalk.THANKS),
        ("bye bye", SmallTalk.GOODBYE),
        ("晚安", SmallTalk.GOODBYE),
        ("no worries", SmallTalk.NEVER_MIND),
        ("没事了", SmallTalk.NEVER_MIND),
        ("ok", SmallTalk.ACKNOWLEDGED),
        ("知道了", SmallTalk.ACKNOWLEDGED),
        ("5", SmallTalk.YES_OR_NO),
        ("hahaha", SmallTalk.LAUGHTER),
        ("哈哈哈哈", SmallTalk.LAUGHTER),
        ("Merry Christmas to you all!", SmallTalk.WISHES),
        ("祝大家新年快乐！", SmallTalk.WISHES),
        ("so so", SmallTalk.LUKEWARM),
        ("味道一般", SmallTalk.LUKEWARM),
        ("thanks for nothing", None),
        ("thanks the lid is broken", None),
        ("thanks but no tea came", None),
        ("ok?", None),
        ("great", None),
        ("不错", None),
        ("", None),
        ("hello", None),
    ],
)
def test_small_talk(text: str, kind: SmallTalk | None) -> None:
    assert small_talk(text) is kind


@pytest.mark.parametrize(
    ("text", "solved"),
    [
        ("it's solved", True),
        ("The problem is fixed, thanks", True),
        ("it works now", True),
        ("已经解决了", True),
        ("not solved", False),
        ("when will it be solved", False),
        ("solved?", False),
        ("please get it fixed", False),
        ("还没解决", False),
        ("it was fixed but broke again", False),
    ],
)
def test_what_says_that_it_is_solved(text: str, *, solved: bool) -> None:
    assert says_solved(text) is solved


def test_what_asks_for_the_robot_and_what_only_complains() -> None:
    assert asks_for_robot("Are you a bot or a human?")
    assert asks_for_robot("你是真人吗")
    assert not asks_for_robot("Are you open on Sunday?")
    assert only_complains("I would like to make a complaint")
    assert not only_complains("我要投诉你们的司机")
    assert asks_of_us("wher is my ordr")
    assert not asks_of_us("the green door on Tuesday")


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.sampled_from(["", " "]))
def test_nothing_that_is_written_takes_long(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    started = time.perf_counter()

    for reader in (small_talk, says_solved, asks_for_robot, only_complains, asks_of_us):
        reader(text[:120])
        reader(text[:60])
    stars_in(text, asked=True)

    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("between", ["", " "])
def test_repeating_oneself_takes_no_time_either(piece: str, between: str) -> None:
    text = (between.join([piece] * 60))[:58] + "!x"
    started = time.perf_counter()

    small_talk(text)
    small_talk(text[:-1])
    stars_in(text[:40], asked=True)

    assert time.perf_counter() - started < 0.5
