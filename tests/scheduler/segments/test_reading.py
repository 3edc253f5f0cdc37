"""The language of segments: what is read is written again, and every mistake is pointed at."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from customers.phrases import phrases
from scheduler.segments.mistakes import SegmentError
from scheduler.segments.parsing import LONGEST, parse_segment
from scheduler.segments.reading import EVERYBODY, read_segment
from scheduler.segments.tree import (
    AllOf,
    Among,
    AnyOf,
    Compared,
    Dated,
    Holds,
    Known,
    Lately,
    LongAgo,
    Name,
    Named,
    Not,
    Operator,
    Side,
    Span,
    Tree,
    Unit,
    Value,
    written,
)

NAMES = st.sampled_from(["standing", "last contact", "going to", "tag", "客户", "at risk"]).map(Name)
TEXTS = st.one_of(st.text(max_size=8), st.sampled_from(["IN", "or", "unknown", "茶友", 'a"b\\', "qr-shop"]))
NUMBERS = st.decimals(-999, 999, places=2).map(lambda number: Decimal(str(number)))
VALUES = st.one_of(TEXTS, NUMBERS, st.dates(date(1900, 1, 1), date(2199, 12, 31))).map(Value)
SPANS = st.builds(Span, st.integers(1, 99), st.sampled_from(Unit))
WITHIN = st.none() | SPANS
CONDITIONS = st.one_of(
    st.builds(Holds, NAMES),
    st.builds(Named, NAMES, TEXTS.map(Value), WITHIN),
    st.builds(Compared, NAMES, st.sampled_from(Operator), VALUES, WITHIN),
    st.builds(Among, NAMES, st.lists(VALUES, min_size=1, max_size=3).map(tuple), WITHIN),
    st.builds(Lately, NAMES, SPANS),
    st.builds(LongAgo, NAMES, SPANS),
    st.builds(Dated, NAMES, st.sampled_from(Side), st.dates(date(1900, 1, 1), date(2199, 12, 31))),
    st.builds(Known, NAMES, st.booleans()),
)


def _joined(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, inner), st.builds(AllOf, parts), st.builds(AnyOf, parts))


TREES: st.SearchStrategy[Tree] = st.recursive(CONDITIONS, _joined, max_leaves=6)
WORDS = "and or not ( ) standing = <= key in , “茶” 30 days within over ago 2027-02-30 since known 🍵 - 0.5"
PIECES = st.sampled_from([*(f"{word} " for word in WORDS.split()), '"', "\n"])


@given(tree=TREES)
@example(tree=Named(Name("tag"), Value('\0\\"\\\\""\0')))
def test_what_is_written_is_read_again_as_the_same(tree: Tree) -> None:
    text = written(tree)
    if len(text) <= LONGEST:
        assert read_segment(text) == tree


@settings(max_examples=300)
@given(text=st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
@example(text="(" * LONGEST)
@example(text="not " * 200 + "key")
@example(text='tag = "' + "\\" * 50)
def test_any_text_is_read_or_its_mistake_has_a_place(text: str) -> None:
    mistake = mistake_in(text)
    if mistake is None:
        assert read_segment(written(read_segment(text))) == read_segment(text)
        return
    assert 0 <= mistake.place.start <= len(text)
    shown, caret, *_ = mistake.in_words(phrases("en")).split("\n")
    assert len(shown) <= 110
    assert "^" in caret or "＾" in caret


def mistake_in(text: str) -> SegmentError | None:
    try:
        read_segment(text)
    except SegmentError as error:
        return error
    return None


MISTAKES: Sequence[tuple[str, str, str]] = (
    ("", "^", "nothing is written here"),
    ("standing =", "          ^", "a value is missing here"),
    ("key zh and", "          ^", "a condition is missing here"),
    ("(key or zh", "^", "this bracket is not closed"),
    ("key)", "   ^", "this bracket closes nothing"),
    ('tag = "tea', "      ^^^^", "the quotes that begin here are not closed"),
    ("tag = “茶", "      ^＾", "the quotes that begin here are not closed"),
    ("index < 60 standing = key", "           ^^^^^^^^", "“and” or “or” is missing before this"),
    ("language in zh", "            ^^", "after “in” comes a list in brackets"),
    ("language in (zh en)", "                ^^", "a comma is missing here"),
    ("complained within days", "                  ^^^^", "a length of time is missing here"),
    ("complained within 3", "                   ^", "hours, days, weeks, months or years is missing here"),
    ("complained within 3 moons", "                    ^^^^^", "time is counted in hours, days, weeks"),
    ("complained within 0 days", "                  ^", "a length of time is 1 or more, such as 30 days"),
    ("complained within 1.5 days", "                  ^^^", "a whole number belongs here"),
    ("birthday within 0 days", "                ^", "for whose birthday is today, write “birthday” alone"),
    ("complained within 101 years", "                  ^^^", "this is longer than 100 years"),
    ("visited over 3 days", "                   ^", "“ago” is missing here"),
    ("created since 2027-02-29", "              ^^^^^^^^^^", "there is no such day"),
    ("created since yesterday", "              ^^^^^^^^^", "a day is missing here"),
    ("purchases 3", "          ^", "after the name of a field comes"),
    ("index < 9999999999999", "        ^^^^^^^^^^^^^", "this number is too large"),
    ("key; drop table customers", "   ^", "“;” has no meaning here"),
    ("not " * 21 + "key", "                         ^^^", "too much stands inside one another"),
)


@pytest.mark.parametrize(("text", "caret", "words"), MISTAKES)
def test_a_mistake_is_pointed_at(text: str, caret: str, words: str) -> None:
    with pytest.raises(SegmentError) as caught:
        read_segment(text)
    _, pointed = str(caught.value).split("\n")
    assert pointed.startswith(f"{caret} {words}")


def test_a_text_that_is_too_long_is_refused_with_its_length() -> None:
    with pytest.raises(SegmentError, match=r"at most 1000 characters, and this has 1001: save parts"):
        read_segment("x" * 1001)


def test_a_mistake_deep_in_a_long_text_is_shown_with_what_is_around_it() -> None:
    with pytest.raises(SegmentError) as caught:
        read_segment("key or " * 50 + "index ! 60" + " or zh" * 50)
    shown, pointed = str(caught.value).split("\n")
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert shown[pointed.index("^")] == "!"


def test_words_may_be_large_and_signs_of_any_script() -> None:
    assert read_segment("STANDING ＝ key AND （tag = “茶友” OR country In （GB，cn））") == AllOf(
        (
            Compared(Name("standing"), Operator.IS, Value("key")),
            AnyOf(
                (
                    Compared(Name("tag"), Operator.IS, Value("茶友")),
                    Among(Name("country"), (Value("GB"), Value("cn"))),
                )
            ),
        )
    )


def test_a_mistake_is_told_in_the_readers_language() -> None:
    with pytest.raises(SegmentError) as caught:
        read_segment("standing =")
    assert caught.value.in_words(phrases("zh")).endswith("^ 这里缺少一个值")


def test_what_is_read_without_the_grammar_is_read_as_by_it() -> None:
    by_hand, by_grammar = read_segment(EVERYBODY), parse_segment(EVERYBODY)
    assert by_hand == by_grammar
    assert isinstance(by_hand, Holds)
    assert isinstance(by_grammar, Holds)
    assert by_hand.name.place == by_grammar.name.place
