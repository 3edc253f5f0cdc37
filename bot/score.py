"""Scoring lines of text, one answer for each: the core of ``rapport score``."""

from collections.abc import Iterable, Iterator
from typing import Any

from feedback.understanding import NEUTRAL_BELOW, understand


def score_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Understand each line as one message, as it comes; nothing is collected.

    Returns:
        For each line ``text`` (without its line end), ``sentiment``, ``polarity`` (−1…1), ``kind``, and
        ``why`` (the words that weighed, with their weights).
    """
    for line in lines:
        text = line.rstrip("\r\n")
        understanding = understand(text)
        yield {
            "text": text,
            "sentiment": sentiment_of(understanding.polarity),
            "polarity": understanding.polarity,
            "kind": str(understanding.kind),
            "why": [{"words": weight.words, "weight": weight.weight} for weight in understanding.why],
        }


def sentiment_of(polarity: float) -> str:
    """Name a polarity: ``negative`` up to −0.1, ``positive`` from 0.1, ``neutral`` between."""
    if polarity <= -NEUTRAL_BELOW:
        return "negative"
    return "positive" if polarity >= NEUTRAL_BELOW else "neutral"
