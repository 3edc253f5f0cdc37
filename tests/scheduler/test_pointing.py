"""Where in a line a mistake is, for a terminal and for a chat."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from scheduler.pointing import with_carets, with_marks

lines = st.text(st.sampled_from("ab =茶会（«»【】"), max_size=20)


@given(lines, st.integers(0, 20), st.integers(0, 20))
def test_carets_stand_in_the_columns_of_what_they_point_at(line: str, start: int, length: int) -> None:
    start = min(start, len(line))
    shown, below = with_carets(line, start, length).split("\n")
    assert shown == line
    blanks = len(below) - len(below.lstrip())
    assert columns(below[:blanks]) == columns(line[:start])
    assert columns(below[blanks:]) == columns(line[start : start + length]) or below[blanks:] == "^"


@given(lines, st.integers(0, 20), st.integers(1, 20))
def test_marks_stand_around_it_and_change_nothing_else(line: str, start: int, length: int) -> None:
    start = min(start, len(line))
    place = line[start : start + length]
    if place:
        marked = with_marks(line, start, length)
        assert marked in [
            f"{line[:start]}{one}{place}{two}{line[start + length :]}" for one, two in ("«»", "【】")
        ]


def test_what_is_missing_is_marked_with_a_question() -> None:
    assert with_marks("standing =", 10, 0) == "standing = «?»"
    assert with_marks("", 0, 0) == "«?»"
    assert with_marks("tag = «tea", 6, 4) == "tag = 【«tea】"


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
