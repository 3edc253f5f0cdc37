"""From words to places in the model's table: words, pairs of words, and pieces of words, all hashed.

No vocabulary is kept, so no text of the data is in the model. All hashes come from CRC-32, which is the same
on every machine and cheap enough for Python to ask for each piece of a word.
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import repeat
from operator import itemgetter
from zlib import crc32

WORD_BITS = CHAR_BITS = 16
WORD_PLACES, CHAR_PLACES = 1 << WORD_BITS, 1 << CHAR_BITS
PLACES = WORD_PLACES + CHAR_PLACES
PIECES, PIECES_CJK = range(2, 6), range(1, 5)
"""Characters in a piece; a Chinese character is about a word."""
LONGEST_WORD = 40
"""Characters of a longer word that are looked at; Chinese comes in pieces no longer than this."""
_NEGATED = 0x5BD1E995
_FIRST, _SECOND, _32_BITS = 0x85EBCA6B, 0xC2B2AE35, 0xFFFFFFFF
_BYTES = 4
"""A character has so many in UTF-32."""


def word_hash(word: str, *, negated: bool) -> int:
    """Give 32 bits for a word; the same word in the reach of a negation is another."""
    return crc32(word.encode("utf-8", "replace"), _NEGATED if negated else 0)


def word_place(hashed: int) -> int:
    """Give the place of a single word."""
    return hashed & (WORD_PLACES - 1)


def pair_halves(hashed: int) -> tuple[int, int]:
    """Give what a word, by its hash, adds to the place of a pair that it begins, and of one that it ends."""
    return hashed * _FIRST * _SECOND & _32_BITS, hashed * _SECOND & _32_BITS


def pair_places(firsts: Sequence[int], seconds: Sequence[int]) -> list[int]:
    """Give the places of neighbouring words, by the halves of each; one less than there are words."""
    return [
        (one + other & _32_BITS) >> (32 - WORD_BITS) for one, other in zip(firsts, seconds[1:], strict=False)
    ]


def piece_places(word: str, *, negated: bool) -> list[int]:
    """Give the places of a word's pieces: 2–5 characters with its two edges, 1–4 characters of Chinese."""
    chinese = is_chinese(word[:1])
    text = word[:LONGEST_WORD] if chinese else f" {word[:LONGEST_WORD]} "
    pieces = _cutter(len(text), chinese=chinese)(text.encode("utf-32-le", "surrogatepass"))
    hashes = map(crc32, pieces, repeat(_NEGATED if negated else 0))
    return [(hashed & (CHAR_PLACES - 1)) + WORD_PLACES for hashed in hashes]


@cache
def _cutter(characters: int, *, chinese: bool) -> Callable[[bytes], Sequence[bytes]]:
    """Give what cuts all pieces out of a text of so many characters, in one go."""
    slices = [
        slice(place * _BYTES, (place + length) * _BYTES)
        for length in (PIECES_CJK if chinese else PIECES)
        for place in range(characters + 1 - length)
    ]
    if len(slices) > 1:
        return itemgetter(*slices)
    return lambda raw: [raw[one] for one in slices]


def is_chinese(character: str) -> bool:
    """Tell whether a character is a Chinese one."""
    return "\u3400" <= character <= "\u9fff"
