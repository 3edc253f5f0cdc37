"""Amounts of money: read exactly as they are written back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.money import MOST_DIGITS, AmountError, digits_of, in_words, is_known, read_amount, units

CURRENCIES = ("USD", "EUR", "CNY", "JPY", "KWD", "CHF")


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("15", "USD", 1500),
        ("15.5", "USD", 1550),
        ("15,50", "EUR", 1550),
        ("$15", "USD", 1500),
        ("15€", "EUR", 1500),
        ("€ 0.05", "EUR", 5),
        ("15USD", "USD", 1500),
        ("¥20", "CNY", 2000),
        ("１５", "USD", 1500),
        ("300", "JPY", 300),
        ("1.234", "KWD", 1234),
        ("0", "USD", 0),
        ("007", "USD", 700),
    ],
)
def test_what_staff_write(text: str, currency: str, amount: int) -> None:
    assert read_amount(text, currency) == amount


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("", "USD"),
        ("-15", "USD"),
        ("1,234", "USD"),
        ("1.2.3", "USD"),
        ("15.5", "JPY"),
        ("1e3", "USD"),
        ("nan", "USD"),
        ("inf", "USD"),
        ("15€", "USD"),
        ("٣", "USD"),
        ("9" * (MOST_DIGITS + 1), "USD"),
        ("much", "USD"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(AmountError):
        read_amount(text, currency)


@given(st.integers(0, 10**MOST_DIGITS - 1), st.data(), st.sampled_from(CURRENCIES), st.sampled_from(".,"))
def test_an_amount_is_read_to_the_last_unit(
    whole: int, data: st.DataObject, currency: str, point: str
) -> None:
    digits = digits_of(currency)
    part = data.draw(st.integers(0, 10**digits - 1))
    text = f"{whole}{point}{part:0{digits}}" if digits else str(whole)

    assert read_amount(text, currency) == units(whole, currency) + part


@given(st.text(max_size=12), st.sampled_from(CURRENCIES))
def test_whatever_is_written_is_an_amount_or_refused_by_name(text: str, currency: str) -> None:
    try:
        assert read_amount(text, currency) >= 0
    except AmountError:
        return


def test_amounts_are_written_for_their_readers() -> None:
    assert in_words(1550, "EUR", "en") == "€15.50"
    assert in_words(1550, "CNY", "zh") == "¥15.50"
    assert in_words(300, "JPY", "en") == "¥300"
    assert is_known("eur")
    assert not is_known("XXQ")
