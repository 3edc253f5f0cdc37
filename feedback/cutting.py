"""A message, cut once: its sentences, their words, and the phrases of all our lists that are in them.

Sentiment, kinds and severity each have lists of phrases. They are looked for together, in one pass over the
words, because every message comes by here inside its own transaction.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

from feedback import rules_kinds as kinds
from feedback import rules_stops as stops
from feedback import tongues
from feedback.matching import Lists, Match
from feedback.reading.rules_severity import ENGLISH
from feedback.rules_en import RULES
from feedback.words import sentences, words_of

SENTIMENT, OPT_OUT, STILL_COMES = "sentiment", "opt_out", "still_comes"
PERSON, SUGGESTION, QUESTION = "person", "suggestion", "question"
"""Lists; those of severity are called by its names."""

_CHINESE = re.compile(r"[\u3400-\u9fff]")

Found = Mapping[str, Sequence[Match]]
"""What was found in a sentence, by list."""


class Cut(NamedTuple):
    """A tidied text, cut.

    Attributes:
        text: all of it.
        sentences: of it.
        words: those of each sentence.
        found: the phrases in each sentence.
        lists: those of which some phrase is in it.
        chinese: whether it has a Chinese character.
    """

    text: str
    sentences: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    found: tuple[Found, ...]
    lists: frozenset[str]
    chinese: bool


@lru_cache(maxsize=16)
def cut(text: str) -> Cut:
    """Cut a tidied text; kept, because sentiment, kinds and severity ask for the same."""
    parts = tuple(sentences(text))
    words = tuple([words_of(part.strip()) for part in parts])  # as its clauses are asked for (``words_of``)
    found = tuple(map(phrases_in, words))
    chinese = not text.isascii() and _CHINESE.search(text) is not None
    return Cut(text, parts, words, found, frozenset(chain.from_iterable(found)), chinese)


@lru_cache(maxsize=64)
def phrases_in(words: tuple[str, ...]) -> Found:
    """Find the phrases of all lists in a sentence; kept, because many a clause is a whole sentence."""
    return _lists().find(words)


@cache
def _lists() -> Lists:
    return Lists(
        {
            SENTIMENT: RULES,
            OPT_OUT: (*stops.OPT_OUT, *tongues.rules_of(tongues.OPT_OUT)),
            STILL_COMES: stops.STILL_COMES,
            PERSON: (*kinds.PERSON, *tongues.rules_of(tongues.PERSON)),
            SUGGESTION: kinds.SUGGESTION,
            QUESTION: (*kinds.QUESTION, *tongues.rules_of(tongues.ASKS)),
            **{
                str(severity): (*rules, *tongues.severe_rules_of(severity))
                for severity, rules in ENGLISH.items()
            },
            **{tongues.listed_as(one): known.problems for one, known in tongues.BY_WORDS.items()},
        }
    )
