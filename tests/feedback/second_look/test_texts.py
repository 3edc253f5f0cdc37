"""What the second look is given to read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.second_look.texts import MOST_SIGNS, in_plain_words, is_readable


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("SOOOO   bad", "soo bad"),
        ("it is &quot;fine&quot; &amp; well", 'it is "fine" & well'),
        ("@anna see https://example.org/a?b=1 now", "user see link now"),
        ("write to anna@example.org", "write to anna@example.org"),
        ("bad 👎", "bad  thumbs down sign "),
        ("Excelent servise, luv it", "excellent service, love it"),
        ("bad \ud800 thing 👎", "bad ? thing  thumbs down sign "),
    ],
)
def test_a_text_is_put_in_plain_words(text: str, plain: str) -> None:
    assert in_plain_words(text) == plain


def test_what_a_face_means_is_written_out() -> None:
    assert "furious" in in_plain_words("again 😡")


def test_ten_thousand_emoji_become_a_dozen() -> None:
    plain = in_plain_words("😡👎" * 5_000)
    assert plain.count("furious") + plain.count("thumbs") == MOST_SIGNS


@pytest.mark.parametrize("text", ["hello", "a broken cup 杯", "très bien", "ok"])
def test_latin_words_are_readable(text: str) -> None:
    assert is_readable(text)


@pytest.mark.parametrize("text", ["", "?!", "12345", "a", "杯子是坏的 ok", "شكرا"])
def test_what_has_no_latin_words_is_not(text: str) -> None:
    assert not is_readable(text)


@given(st.text())
def test_any_text_stays_bounded(text: str) -> None:
    assert len(in_plain_words(text * 50)) < 5_000
