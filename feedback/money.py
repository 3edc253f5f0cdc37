"""Amounts of money as staff write and read them; kept as a number of a currency's smallest units."""

import re
import unicodedata
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision, get_currency_symbol, is_currency

from store.errors import InputError

MOST_DIGITS = 9
"""Before the point; nobody gives a billion to make good, and a slip of the hand is told."""

_AMOUNT = re.compile(r"(?P<whole>[0-9]{1,18})(?:[.,](?P<part>[0-9]{1,18}))?")


class AmountError(InputError):
    """A text is no amount of the currency."""


def read_amount(text: str, currency: str) -> int:
    """Read an amount such as «15», «15.50», «15,50» or «$15».

    Args:
        text: the amount alone, with or without the currency's sign or code.
        currency: ISO 4217.

    Returns:
        How many of the currency's smallest units it is.

    Raises:
        AmountError: it is none, has more digits after the point than the currency, or too many before it.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    for sign in (currency, get_currency_symbol(currency, locale="en"), get_currency_symbol(currency, "zh")):
        plain = plain.removeprefix(sign).removesuffix(sign).strip()
    found, digits = _AMOUNT.fullmatch(plain), digits_of(currency)
    if found is None:
        raise AmountError(f"{text!r} is no amount: write a number such as 15")
    part = found["part"] or ""
    if len(part) > digits:
        raise AmountError(f"{text!r}: {currency} has {digits} digits after the point, and no sign before it")
    if len(found["whole"].lstrip("0")) > MOST_DIGITS:
        raise AmountError(f"{text!r} has more than {MOST_DIGITS} digits")
    return units(int(found["whole"]), currency) + int(part.ljust(digits, "0") or "0")


def units(whole: int, currency: str) -> int:
    """Give a number of whole units of a currency in its smallest ones."""
    return whole * int(10 ** digits_of(currency))


def in_words(amount: int, currency: str, language: str) -> str:
    """Write an amount as people of a language read it, e.g. "$15.00"."""
    return str(format_currency(Decimal(amount).scaleb(-digits_of(currency)), currency, locale=language))


def digits_of(currency: str) -> int:
    """Tell how many digits a currency has after the point."""
    return int(get_currency_precision(currency))


def is_known(currency: str) -> bool:
    """Tell whether a text is the code of a currency."""
    return bool(is_currency(currency.upper()))
