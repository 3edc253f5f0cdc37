"""All that the model is told of a message."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feedback.cutting import cut
from feedback.reading.hashing import pair_halves, pair_places, piece_places, word_hash, word_place
from feedback.reading.signals import learnt_share, signals_of, words_said
from feedback.reading.tokens import Tokens, tokens_of_message
from feedback.sentiment import mood_of
from feedback.words import tidy

Places = npt.NDArray[np.int64]
"""Rows of the model's table."""


@dataclass(frozen=True, slots=True)
class Features:
    """A message as the model sees it, written out; for training. When the bot runs, sums are kept by word.

    Attributes:
        words: places of its words and pairs of words.
        pieces: places of its words' pieces.
        signals: numbers as named in ``signals.SIGNALS``.
        learnt_share: how much the words count beside the rules.
        length: how many words it has.
    """

    words: Places
    pieces: Places
    signals: tuple[float, ...]
    learnt_share: float
    length: int


def features_of(text: str) -> Features:
    """Work out the features of any text."""
    message = cut(tidy(text))
    tokens = tokens_of_message(message)
    hashes = hashes_of(tokens)
    halves = [*map(pair_halves, hashes)]
    pairs = pair_places([first for first, _ in halves], [second for _, second in halves])
    pieces = [
        place
        for word, negated in zip(tokens.words, tokens.negated, strict=True)
        for place in piece_places(word, negated=negated)
    ]
    mood = mood_of(message)
    return Features(
        words=np.array([*map(word_place, hashes), *pairs], dtype=np.int64),
        pieces=np.array(pieces, dtype=np.int64),
        signals=signals_of(text, message, tokens, mood),
        learnt_share=learnt_share(tokens.words, words_said(mood)),
        length=len(tokens.words),
    )


def hashes_of(tokens: Tokens) -> list[int]:
    """Hash each word."""
    return [
        word_hash(word, negated=negated) for word, negated in zip(tokens.words, tokens.negated, strict=True)
    ]
