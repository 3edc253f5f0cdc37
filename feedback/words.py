"""A message cut into what the rules look at: tidied text, sentences, words; and the words that weighed."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from feedback import lexicon_en as english
from feedback.simplified_zh import simplified
from feedback.typos_en import TYPOS

READ_HEAD, READ_TAIL = 1_500, 500
"""Of a longer text, the first 1,500 and the last 500 characters are read: people begin and end with what
matters, and the time stays bounded."""

HINDI_SIGNS = "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
"""What stands on letters of Devanagari, as for vowels: no letters to Python, though words differ by them."""
_TOKEN, _TOKEN_ASCII = (
    re.compile(rf"{word}(?:'{word})*|\d+(?:[.,:/]\d+)*|[,;:()–—]")
    for word in (rf"[^\W\d_]+(?:[{HINDI_SIGNS}]+[^\W\d_]*)*", "[A-Za-z]+")
)
"""The same for texts in plain letters takes less than half as long."""
_PUNCTUATION = frozenset(";:()–—")
_SENTENCE_END = re.compile(r"[!?。！？…\n.](?:(?<!\.)|(?=\s|$|\.)|(?<=\.\.))")
"""A full stop ends one before white space, at the end, and beside another. Beginning with a set of signs, the
pattern is looked for five times as fast as an alternative of each."""
_INVISIBLE = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1dc0-\u1dff\u20d0-\u20ff"  # combining marks: zalgo
    "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f\x00-\x08\x0e-\x1f]"  # zero width, direction, control
)
_SPACE = re.compile(r"[^\S\n]+")
_STRETCHED, _THRICE = re.compile(r"([a-z])\1{2,}"), re.compile(r"([a-z])\1\1")
_APOSTROPHES = str.maketrans("’‘`´", "''''")


class Weight(NamedTuple):
    """Words that weighed, and how much: below 0 for blame, above 0 for praise."""

    words: str
    weight: float


def tidy(text: str) -> str:
    """Bring a text into the form that the rules are written for, and to a bounded length."""
    if len(text) > READ_HEAD + READ_TAIL:
        text = f"{text[:READ_HEAD]}\n{text[-READ_TAIL:]}"
    return _tidied(text)


@lru_cache(maxsize=256)
def _tidied(text: str) -> str:
    """Tidy a text that is short enough; kept, because one rule after another asks for the same.

    So many are kept that what a batch of messages was understood by is still there when it is handled.
    """
    plain = text.isascii() and text.isprintable()
    if not plain:
        text = _INVISIBLE.sub("", text)
    if not text.isascii():  # marks are taken off their letters, and what is left is put together again
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", unicodedata.normalize("NFKD", text)))
        text = simplified(text[: 2 * (READ_HEAD + READ_TAIL)].translate(_APOSTROPHES))
    text = text.lower().replace("`", "'")
    if not plain or "  " in text:
        text = _SPACE.sub(" ", text)
    return text if _THRICE.search(text) is None else _STRETCHED.sub(r"\1\1", text)


def sentences(text: str) -> list[str]:
    """Cut a tidied text into sentences."""
    return [part for part in _SENTENCE_END.split(text) if part and not part.isspace()]


@lru_cache(maxsize=512)
def words_of(sentence: str) -> tuple[str, ...]:
    """Cut a tidied sentence into words; short forms are written out, punctuation becomes a comma.

    Kept as tidied texts are.
    """
    words = (_TOKEN_ASCII if sentence.isascii() else _TOKEN).findall(sentence)
    if _OTHERWISE.keys().isdisjoint(words) and "'" not in sentence:
        return tuple(words)
    cut: list[str] = []
    for word in words:
        if word in _OTHERWISE:
            cut += _OTHERWISE[word]
        elif "'" in word:
            cut += _written_out(word)
        else:
            cut.append(word)
    return tuple(cut)


_OTHERWISE: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_PUNCTUATION, (",",)),
    **{typo: (meant,) for typo, meant in TYPOS.items()},
    **english.CONTRACTIONS,
}
"""What is read as something else."""


def _written_out(word: str) -> Iterable[str]:
    for suffix, meaning in english.SUFFIXES.items():
        if word.endswith(suffix):
            return (word[: -len(suffix)], *meaning)
    return word.split("'")
