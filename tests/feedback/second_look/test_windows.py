"""Texts cut into windows of pieces."""

from feedback.second_look.windows import (
    BEGIN_ID,
    END_ID,
    LONGEST,
    MOST_WINDOWS,
    PADDING_ID,
    SPECIAL,
    Windows,
    padded,
)

WINDOWS = Windows([*SPECIAL, "good", "bad", "g", "##o", "##d", "##g"])


def test_a_word_that_is_not_in_the_vocabulary_falls_into_pieces() -> None:
    (window,) = WINDOWS.of(["goog"])
    assert window.ids == (BEGIN_ID, 6, 7, 7, 9, END_ID)


def test_every_text_has_a_window() -> None:
    assert [window.text for window in WINDOWS.of(["good", "", "bad bad"])] == [0, 1, 2]
    assert list(WINDOWS.of([])) == []


def test_a_long_text_is_read_at_its_beginning_and_its_end() -> None:
    windows = list(WINDOWS.of(["good " * 1_000 + "bad"]))
    assert len(windows) == MOST_WINDOWS
    assert all(len(window.ids) <= LONGEST for window in windows)
    assert 5 in windows[-1].ids


def test_only_the_first_window_is_learned_from() -> None:
    first, second = WINDOWS.firsts(["good " * 200, "bad"])
    assert len(first) == LONGEST
    assert second == (BEGIN_ID, 5, END_ID)


def test_shorter_windows_are_padded() -> None:
    ids = padded(list(WINDOWS.of(["good bad", "good"])))
    assert ids.tolist() == [[BEGIN_ID, 4, 5, END_ID], [BEGIN_ID, 4, END_ID, PADDING_ID]]
