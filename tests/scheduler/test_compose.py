"""Words for customers: names, variables, times."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.phrases import phrases
from scheduler.compose import fill, first_name, hello, local_time, unknown_variables

EN, ZH = phrases("en"), phrases("zh")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hi {first_name}!", "Hi Ana!"),
        ("{first_name} {first_name}", "Ana Ana"),
        ("{firstname} stays", "{firstname} stays"),
        ("{ {} {{first_name}} }", "{ {} {Ana} }"),
        ("100 % <b>&</b> {0} {first_name!r}", "100 % <b>&</b> {0} {first_name!r}"),
    ],
)
def test_only_the_first_name_is_put_in(text: str, filled: str) -> None:
    assert fill(text, "Ana Lopes", EN) == filled


def test_who_has_no_name_is_a_friend() -> None:
    assert fill("Dear {first_name},", "", EN) == "Dear friend,"
    assert fill("亲爱的{first_name}", "  ", ZH) == "亲爱的朋友"


@given(st.text(), st.text())
def test_a_text_without_the_variable_is_always_sent_verbatim(text: str, name: str) -> None:
    if "{first_name}" not in text:
        assert fill(text, name, EN) == text


@given(st.text())
def test_a_name_full_of_braces_is_put_in_as_it_is(name: str) -> None:
    assert fill("{first_name}", name, EN) == (first_name(name) or "friend")
    assert (first_name(name) or "Hello!") in hello(EN, name)


def test_unknown_variables_are_named_once_in_order() -> None:
    assert unknown_variables("{name} {first_name} {City} {name} {} {1} { x }") == ["{name}", "{City}"]


def test_times_are_said_by_the_clock_of_the_place() -> None:
    moment = datetime(2027, 3, 1, 19, 0, tzinfo=UTC)
    assert local_time(moment, "Asia/Shanghai", EN) == "Tuesday 2 March 2027, 03:00 (China Standard Time)"
    assert local_time(moment, "Asia/Shanghai", ZH) == "2027年3月2日星期二 03:00 (中国标准时间)"
