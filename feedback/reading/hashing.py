"""From words to places in the model's table: words, pairs of words, and pieces of words, all hashed.

No vocabulary is kept, so no text of the data is in the model. All hashes come from CRC-32, which is the same
on every machine and cheap enough for Python to ask for each piece of a word.
"""

from collections.abc import Sequence
from itertools import pairwise
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
_LENGTHS, _CJK_LENGTHS = ([length * _BYTES for length in some] for some in (PIECES, PIECES_CJK))


def word_hash(word: str, *, negated: bool) -> int:
    """Give 32 bits for a word; the same word in the reach of a negation is another."""
    return crc32(word.encode("utf-8", "replace"), _NEGATED if negated else 0)


def word_place(hashed: int) -> int:
    """Give the place of a single word."""
    return hashed & (WORD_PLACES - 1)


def pair_places(hashes: Sequence[int]) -> list[int]:
    """Give the places of neighbouring words; one less than there are words."""
    return [
        ((one * _FIRST + other) * _SECOND & _32_BITS) >> (32 - WORD_BITS) for one, other in pairwise(hashes)
    ]


def piece_places(word: str, *, negated: bool) -> list[int]:
    """Give the places of a word's pieces: 2–5 characters with its two edges, 1–4 characters of Chinese."""
    chinese = is_chinese(word[:1])
    text = word[:LONGEST_WORD] if chinese else f" {word[:LONGEST_WORD]} "
    raw = text.encode("utf-32-le", "surrogatepass")
    start = _NEGATED if negated else 0
    return [
        (crc32(raw[place : place + length], start) & (CHAR_PLACES - 1)) + WORD_PLACES
        for length in (_CJK_LENGTHS if chinese else _LENGTHS)
        for place in range(0, len(raw) + 1 - length, _BYTES)
    ]


def is_chinese(character: str) -> bool:
    """Tell whether a character is a Chinese one."""
    return "\u3400" <= character <= "\u9fff"
