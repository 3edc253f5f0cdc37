"""The front door: what a customer's message is, how content it sounds, and which words told us so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from feedback.kinds import Reading, kind_of, without_opt_out
from feedback.words import Weight, sentences, tidy, words_of
from store.tables.feedback import FeedbackKind

__all__ = ["NEUTRAL_BELOW", "Understand", "Understanding", "Weight", "understand"]

NEUTRAL_BELOW = 0.1
"""A polarity nearer to 0 than this is neutral."""
WORDS_NAMED = 6
LONGEST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message says.

    Attributes:
        kind: what it is, first of all.
        polarity: −1 (furious) … 1 (delighted).
        why: the words that weighed most, the heaviest first.
        also_complains: whether somebody who wants no more messages reports a problem in the same breath.
    """

    kind: FeedbackKind
    polarity: float
    why: tuple[Weight, ...]
    also_complains: bool = False


Understand = Callable[[str], Understanding]
"""Understands a text: ``understand``, or something that has had it understood elsewhere."""


def understand(text: str) -> Understanding:
    """Understand any text; of a long one its beginning and end (``words.READ_HEAD``).

    Pure and safe in any thread. The first call loads TextBlob and its lexicon, which takes about a second.
    """
    tidied = tidy(text)
    mood = _sentiment().mood_of(tidied)
    polarity = round(mood.polarity, 4)
    reading = Reading(tidied, [words_of(sentence) for sentence in sentences(tidied)], polarity, mood.problem)
    kind = kind_of(reading)
    also = kind is FeedbackKind.OPT_OUT and _sentiment().mood_of(without_opt_out(tidied)).problem
    return Understanding(kind, polarity, _heaviest(mood.weights), also)


def _heaviest(weights: Sequence[Weight]) -> tuple[Weight, ...]:
    """Choose the words to name, each once."""
    by_words = {weight.words[:LONGEST_WORDS]: round(weight.weight, 2) for weight in weights}
    ranked = sorted(by_words.items(), key=lambda item: -abs(item[1]))
    return tuple(Weight(words, weight) for words, weight in ranked[:WORDS_NAMED])


@cache
def _sentiment() -> ModuleType:
    """Load the analyzer when it is first needed: TextBlob brings NLTK along, which is slow to import."""
    from feedback import sentiment

    return sentiment
