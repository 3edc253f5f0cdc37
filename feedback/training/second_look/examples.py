"""The labelled messages of ``train/``, as the second look learns from them."""

import csv
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from feedback.second_look.texts import in_plain_words
from feedback.training.second_look import labels
from feedback.training.second_look.labels import NEUTRAL, NOT_SAID, SENTIMENTS
from store.errors import InputError


@dataclass(frozen=True, slots=True)
class Example:
    """One message and what is known of it.

    Attributes:
        text: in plain words, see ``second_look.texts``.
        sentiment: 0 negative, 1 neutral, 2 positive, −1 where it is not known.
        complaint: 1, 0, or −1 where it is not known.
        source: the file's name without its ending.
    """

    text: str
    sentiment: int
    complaint: int
    source: str


Row = Mapping[str, str]
Read = Callable[[Row], tuple[int, int]]
"""Gives a row's sentiment and whether it complains."""


def read_examples(folder: Path, *, without: Sequence[str] = (), seed: int = 0) -> list[Example]:
    """Read the sets of ``folder`` that are learned from, in an order of its own for each seed.

    Args:
        folder: holds the files of ``_SETS``.
        without: names of sets to leave out, to measure on them.
        seed: decides which rows of the capped sets are taken.

    Raises:
        InputError: a file is not there, or is no CSV with the columns ``text`` and ``label``; or a set to
            leave out is none of these.
    """
    if unknown := set(without) - set(_SETS):
        raise InputError(f"no such sets: {', '.join(sorted(unknown))}; there are {', '.join(_SETS)}")
    chance = random.Random(seed)  # noqa: S311 (no secret: it shuffles)
    examples: list[Example] = []
    for name, (read, most) in _SETS.items():
        if name not in without:
            found = list(_examples_of(folder / f"{name}.csv", read))
            chance.shuffle(found)
            examples += found[:most]
    chance.shuffle(examples)
    return examples


def read_rows(file: Path) -> Iterator[Row]:
    """Read a CSV file with the columns ``text`` and ``label``.

    Raises:
        InputError: it cannot be read or has not these columns.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if not {"text", "label"} <= set(rows.fieldnames or ()):
                raise InputError(f"{file} has no columns text and label: is it one of the data sets?")
            yield from rows
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file} cannot be read ({error}): give the one that holds train/ with the CSV files"
        ) from error


def _examples_of(file: Path, read: Read) -> Iterator[Example]:
    for row in read_rows(file):
        sentiment, complaint = read(row)
        if (sentiment, complaint) != (NOT_SAID, NOT_SAID):
            yield Example(in_plain_words(row["text"]), sentiment, complaint, file.stem)


def _sentiment(row: Row) -> int:
    return SENTIMENTS.index(row["label"]) if row["label"] in SENTIMENTS else NOT_SAID


def _review(row: Row) -> tuple[int, int]:
    """Read a customer's review: what is negative complains of something."""
    sentiment = _sentiment(row)
    return sentiment, NOT_SAID if sentiment == NOT_SAID else int(sentiment == labels.NEGATIVE)


def _talk(row: Row) -> tuple[int, int]:
    """Read people's talk: what is negative there need not be about a service."""
    sentiment = _sentiment(row)
    return sentiment, NOT_SAID if sentiment in (NOT_SAID, labels.NEGATIVE) else 0


def _opinion(row: Row) -> tuple[int, int]:
    """Read what critics write: nobody complains to us there."""
    return _sentiment(row), NOT_SAID


def _intent(problems: frozenset[str], doubtful: frozenset[str]) -> Read:
    def read(row: Row) -> tuple[int, int]:
        if row["label"] in doubtful:
            return NOT_SAID, NOT_SAID
        problem = row["label"] in problems
        return (labels.NEGATIVE if problem else NEUTRAL), int(problem)

    return read


_SETS: Mapping[str, tuple[Read, int | None]] = {
    "goemotions": (_talk, 20_000),
    "dynasent_dev": (_review, None),
    "uci_sentences": (_review, None),
    "vader_tweets": (_talk, None),
    "vader_movie": (_opinion, 4_000),
    "banking77": (_intent(labels.BANKING_PROBLEMS, labels.BANKING_DOUBTFUL), 4_000),
    "bitext": (_intent(labels.BITEXT_PROBLEMS, labels.BITEXT_DOUBTFUL), 2_000),
}
"""How each set is read, and how many rows are taken at most: no kind of talk shall outweigh the others."""
CUSTOMERS = frozenset({"dynasent_dev", "uci_sentences"})
"""What customers say of what they bought."""
