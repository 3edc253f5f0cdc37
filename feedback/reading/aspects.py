"""Which part of the service each clause of a message is about, and how it fares there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from feedback.cutting import Cut
from feedback.reading.taxonomy import OTHER, STANDARD, Index, Taxonomy, index_of
from feedback.words import words_of

CLAUSES_AT_MOST = 12


class PolarityOf(Protocol):
    """Tells the polarity of a clause, −1…1."""

    def __call__(self, clause: str, /, *, thoroughly: bool) -> float:
        """Tell it; ask the model too where it shall be done thoroughly."""


NEUTRAL_BELOW = 0.1

_CLAUSE_END = re.compile(
    r"[!?。！？…\n;；]+|\.(?=\s|$)|\.{2,}|,\s+|，|、|\s[-–—]\s"
    r"|\b(?:but|however|although|though|while|whereas|except)\b|但是?|可是|然而|不过|就是|只是|可惜"
    r"|\band (?=(?:the|my|your|our|their|its?|they|he|she|we|i|you|nobody|no one|this|that)\b)"
)


@dataclass(frozen=True, slots=True)
class Aspect:
    """One part of the service and how a message finds it.

    Attributes:
        part: as the taxonomy calls it.
        polarity: −1…1, the mean over the clauses about it.
        words: those of the message that named it.
    """

    part: str
    polarity: float
    words: tuple[str, ...]


def clauses(text: str) -> Iterator[str]:
    """Cut a tidied text into clauses."""
    return (part.strip() for part in _CLAUSE_END.split(text) if part and not part.isspace())


def aspects_of(
    message: Cut, polarity: float, polarity_of: PolarityOf, taxonomy: Taxonomy = STANDARD
) -> tuple[Aspect, ...]:
    """Tell what a message speaks of.

    Args:
        message: cut.
        polarity: of all of it, −1…1.
        polarity_of: tells that of a clause; asked only where clauses speak of several parts, and asked to be
            thorough only where the clause names one.
        taxonomy: which words name which part.

    Returns:
        Each part once, in reading order. A clause that names none goes on about what the one before it named;
        where no clause names any, an opinion is about ``other``.
    """
    index = index_of(taxonomy)
    named = _named(message, index)
    if not named:
        return (Aspect(OTHER, polarity, ()),) if abs(polarity) >= NEUTRAL_BELOW else ()
    if len(named) == 1:
        return tuple(Aspect(part, polarity, (word,)) for part, word in named.items())
    return _by_clause(message.text, named, polarity_of, index)


def parts_in(message: Cut, taxonomy: Taxonomy = STANDARD) -> frozenset[str]:
    """Name the parts of the service that ``aspects_of`` finds, without asking how they fare."""
    index = index_of(taxonomy)
    named = _named(message, index)
    if len(named) > 1:
        cut = islice(clauses(message.text), CLAUSES_AT_MOST)
        named = {
            part: word for clause in cut for part, word in _named_in(clause, words_of(clause), index).items()
        }
    return frozenset(named)


def _named(message: Cut, index: Index) -> dict[str, str]:
    """Find the parts that a message names, each with the first words that name it."""
    named: dict[str, str] = {}
    for sentence, words in zip(message.sentences, message.words, strict=True):
        for part, word in _named_in(sentence, words, index).items():
            named.setdefault(part, word)
    return named


def _by_clause(
    text: str, named: Mapping[str, str], polarity_of: PolarityOf, index: Index
) -> tuple[Aspect, ...]:
    """Tell how each of several parts fares, by the clauses about it."""
    cut = list(islice(clauses(text), CLAUSES_AT_MOST))
    spoken = [_named_in(clause, words_of(clause), index) for clause in cut]
    found: dict[str, list[float]] = {}
    last: list[str] = []
    for clause, parts in zip(cut, spoken, strict=True):
        if not parts and not last:
            continue
        felt = polarity_of(clause, thoroughly=bool(parts))
        last = list(parts) or (last if abs(felt) >= NEUTRAL_BELOW else [])
        for part in last:
            found.setdefault(part, []).append(felt)
    return tuple(
        Aspect(part, round(sum(values) / len(values), 2), (named.get(part, ""),))
        for part, values in found.items()
    )


def _named_in(clause: str, words: Sequence[str], index: Index) -> dict[str, str]:
    """Find the parts that a clause names, each with the first words that name it."""
    found: dict[str, str] = {}
    if not index.several.keys().isdisjoint(words):
        for named, several in _several_in(words, index):
            found.setdefault(named, several)
    parts = [*map(index.part_of, words)]
    if any(parts):
        for word, part in zip(words, parts, strict=True):
            if part is not None:
                found.setdefault(part, word)
    if index.chinese is not None and not clause.isascii():
        for match in index.chinese.finditer(clause):
            found.setdefault(index.chinese_parts[match[0]], match[0])
    return found


def _several_in(words: Sequence[str], index: Index) -> Iterator[tuple[str, str]]:
    """Find where several words together name a part: at each place the longest."""
    for start, first in enumerate(words):
        for several, part in index.several.get(first, ()):
            if tuple(words[start : start + len(several)]) == several:
                yield part, " ".join(several)
                break
