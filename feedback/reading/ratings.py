"""How good or bad people find single words: the ratings of VADER's lexicon, without the words.

Ten people rated each of some 7,000 words from −4 to 4 (C. J. Hutto and E. Gilbert, «VADER», ICWSM 2014). The
file beside this module holds a hash of each word and its mean rating, made from the package vaderSentiment
3.3.2 by ``python -m benchmarks.understanding.word_ratings``; its licence is in ``docs/understanding.md``. The
package itself is not needed: it takes 0.1 ms a message, and what it knows beyond its words (negation, emoji,
emphasis) our own rules know too. So a message's words are looked up, which takes 3 µs.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from feedback.reading.hashing import word_hash

FILE = Path(__file__).with_name("word_ratings.npz")
RATINGS = (
    "ratings of words, together",
    "ratings of words, praise",
    "ratings of words, blame",
    "no word rated",
    "the best word",
    "the worst word",
)
STEPS = 31.0
"""Whole numbers in the file to a point of the scale."""
LARGEST = 4.0
NEGATED = -0.74
"""What a negation leaves of a rating, as VADER has it."""
ALPHA = 15.0
"""Of VADER's normalisation, s / √(s² + α)."""
NONE_RATED = (0.0, 0.0, 0.0, 1.0, 0.0, 0.0)
WORDS_KEPT = 8_192


def ratings_of(words: Sequence[str], negated: Sequence[bool]) -> tuple[float, ...]:
    """Sum up the ratings of words: numbers as named in ``RATINGS``, each −1…1.

    Args:
        words: in any order.
        negated: for each, whether a negation turns it round.
    """
    found = [
        rating * NEGATED if turned else rating
        for rating, turned in zip(map(_rating_of, words), negated, strict=True)
        if rating
    ]
    if not found:
        return NONE_RATED
    best, worst = max(found), min(found)
    praise = math.fsum([one for one in found if one > 0]) if best > 0 else 0.0
    blame = math.fsum([one for one in found if one < 0]) if worst < 0 else 0.0
    return (
        _normal(praise + blame),
        _normal(praise),
        _normal(blame),
        0.0,
        max(best, 0.0) / LARGEST,
        min(worst, 0.0) / LARGEST,
    )


def _normal(total: float) -> float:
    return total / math.sqrt(total * total + ALPHA)


@lru_cache(maxsize=WORDS_KEPT)
def _rating_of(word: str) -> float:
    return _ratings().get(word_hash(word, negated=False), 0.0)


@cache
def _ratings() -> Mapping[int, float]:
    with np.load(FILE, allow_pickle=False) as arrays:
        values = arrays["ratings"].astype(np.float64) / STEPS
        return dict(zip(arrays["hashes"].tolist(), values.tolist(), strict=True))
