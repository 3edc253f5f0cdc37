"""Scoring lines of text, one answer for each: the core of ``rapport score``."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from feedback.understanding import NEUTRAL_BELOW, understand
from store.errors import InputError


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


@contextmanager
def open_lines(file: str) -> Iterator[Iterable[str]]:
    """Open a text file, or standard input for ``-``, to be read line by line.

    Raises:
        InputError: it cannot be read, or is not UTF-8.
    """
    if file == "-":
        yield _read(sys.stdin, file)
        return
    try:
        lines = Path(file).open(encoding="utf-8-sig")  # noqa: SIM115 - closed below
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    with lines:
        yield _read(lines, file)


def _read(lines: Iterable[str], file: str) -> Iterator[str]:
    """Pass lines on; only what goes wrong in reading them is the file's fault."""
    try:
        yield from lines
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 ({error.reason}): save it as UTF-8 text first") from error
