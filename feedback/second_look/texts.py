"""What the second look is given to read: a tidied text in plain words, and whether it is one for it."""

import html
import re
import unicodedata

from feedback.typos_en import TYPOS
from feedback.words import tidy

MOST_SIGNS = 12
"""Emoji written out; of 10,000 in a row the first dozen say it."""
LEAST_LATIN = 0.7
"""Of the letters, this share must be Latin: the model has read English."""

_LINK = re.compile(r"(?:https?://|www\.)\S+")
_HANDLE = re.compile(r"(?<!\w)@\w+")
_WORD = re.compile(r"[a-z0-9]+")
_SIGN = re.compile(r"[\u2600-\u27bf\u2b50\u2b55\U0001f300-\U0001faff]")
_NAMED_BADLY = {
    "😡": "furious angry face",
    "🤬": "swearing furious face",
    "❤": "love heart",
    "👌": "okay hand",
}
"""Where the Unicode name is not what people mean by it."""


def in_plain_words(text: str) -> str:
    """Tidy a text (``words.tidy``: lower case, bounded) and put it in words that the model has read.

    Emoji are written out, addresses and handles left out, and what is often misspelt is spelt right: of
    "excelent" the model knows nothing. Halves of surrogate pairs, which are no characters, become «?».
    """
    plain = tidy(html.unescape(text) if "&" in text else text)
    if not plain.isascii():
        plain = plain.encode("utf-8", "replace").decode()
    if "@" in plain:
        plain = _HANDLE.sub("user", plain)
    if "http" in plain or "www." in plain:
        plain = _LINK.sub("link", plain)
    plain = _WORD.sub(lambda found: TYPOS.get(found[0], found[0]), plain)
    return plain if plain.isascii() else _with_signs_named(plain)


def is_readable(text: str) -> bool:
    """Whether a text in plain words is for this model: has words, most of them in Latin letters."""
    letters = [letter for letter in text if letter.isalpha()]
    latin = sum(letter < "\u0250" for letter in letters)
    return latin > 1 and latin >= LEAST_LATIN * len(letters)


def _with_signs_named(text: str) -> str:
    seen: list[str] = []

    def name(found: re.Match[str]) -> str:
        sign = found[0]
        if len(seen) >= MOST_SIGNS or seen[-1:] == [sign]:
            return " "
        seen.append(sign)
        return f" {_NAMED_BADLY.get(sign) or unicodedata.name(sign, '').lower()} "

    return _SIGN.sub(name, text)
