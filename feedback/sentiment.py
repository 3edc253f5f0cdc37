"""Sentiment of customers' messages: TextBlob's pattern lexicon, with plain rules for what it misses.

``CustomerSentiment`` stands at TextBlob's own extension point::

    TextBlob("It is not working", analyzer=CustomerSentiment()).sentiment

Each sentence is cut into words; rules are looked up first, TextBlob scores the words that no rule took, and a
negation turns round what follows it. The weights that were found are summed and squashed into −1…1 as
``s / sqrt(s² + ALPHA)``, the normalisation of VADER (Hutto and Gilbert, ICWSM 2014), so that one strong word
counts and ten do not run away.
"""

import math
import re
from collections.abc import Container, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from textblob._text import Sentiment
from textblob.base import CONTINUOUS, BaseSentimentAnalyzer
from textblob.en import sentiment as pattern_sentiment

from feedback import lexicon_en as english
from feedback.cutting import SENTIMENT, Cut, cut, phrases_in
from feedback.irony import is_ironic
from feedback.matching import Match
from feedback.sentiment_zh import score_chinese
from feedback.signs import find_signs, without_signs
from feedback.words import Weight, tidy

ALPHA = 1.0
BEFORE_CONTRAST, AFTER_CONTRAST = 0.5, 1.3
"""In "nice place but slow service" the second half is what the customer came to say (as in VADER)."""
TURNED_ROUND = -0.5
"""What a negation leaves of a weight: "not bad" is less than good."""
MEANT_OTHERWISE = 0.8
"""What a kind word weighs that is meant as blame."""
DENIAL_REACH = 2
LEAST_WEIGHT = 0.02
_BREAK = ("qzqz", None)
"""A word that TextBlob does not score: of letters, or it would look for an emoticon in it. No modifier
reaches over it."""
_CHINESE = re.compile(r"[\u3400-\u9fff]")


class Mood(NamedTuple):
    """What ``CustomerSentiment.analyze`` returns.

    Attributes:
        polarity: −1…1.
        subjectivity: 0…1, TextBlob's.
        weights: what weighed, in reading order.
        problem: whether something is reported to have gone wrong.
        signs: what emoji, emoticons and ratings weigh together.
    """

    polarity: float
    subjectivity: float
    weights: tuple[Weight, ...]
    problem: bool
    signs: float


class CustomerSentiment(BaseSentimentAnalyzer):  # type: ignore[misc]  # TextBlob has no types
    """Scores a message of a customer; English and Chinese. Holds no state: safe in any thread."""

    kind = CONTINUOUS
    RETURN_TYPE = Mood

    def analyze(self, text: str, keep_assessments: bool = False) -> Mood:  # noqa: FBT001, FBT002 (TextBlob's)
        """Score any text at all; ``keep_assessments`` is TextBlob's, the weights are always kept."""
        del keep_assessments
        return mood_of(cut(tidy(text)))


def mood_of(message: Cut) -> Mood:
    """Score a message."""
    weights = [Weight(sign, weight) for sign, weight in find_signs(message.text)]
    of_signs = sum([weight.weight for weight in weights])
    subjectivities: list[float] = []
    problem = False
    bare = cut(without_signs(message.text)) if weights else message
    for sentence, words in zip(bare.sentences, bare.words, strict=True):
        english_ones, subjective, reported = _score_english(words)
        weights += english_ones
        subjectivities += subjective
        problem = problem or reported
        if bare.chinese and _CHINESE.search(sentence):
            chinese, reported = score_chinese(sentence)
            weights += [Weight(words, weight) for words, weight in chinese]
            problem = problem or reported
    if problem and any(weight.weight > 0 for weight in weights) and is_ironic(message.text):
        weights = [_meant_otherwise(weight) for weight in weights]
    total = math.fsum([weight.weight for weight in weights])
    subjectivity = math.fsum(subjectivities) / len(subjectivities) if subjectivities else 0.0
    return Mood(squashed(total), subjectivity, tuple(weights), problem, of_signs)


def _meant_otherwise(weight: Weight) -> Weight:
    return weight._replace(weight=-MEANT_OTHERWISE * weight.weight) if weight.weight > 0 else weight


def squashed(total: float) -> float:
    """Bring a sum of weights into −1…1."""
    return total / math.sqrt(total * total + ALPHA)


@lru_cache(maxsize=64)
def _score_english(tokens: tuple[str, ...]) -> tuple[Sequence[Weight], Sequence[float], bool]:
    """Score the words of a sentence: rules first, then TextBlob on the words between them.

    Kept, because many a clause is a whole sentence.

    Args:
        tokens: the words.

    Returns:
        What weighed, how subjective TextBlob finds its part of that, and whether a problem is reported.
    """
    if len(tokens) > 1 and tokens[0] == "no" and tokens[1] in english.ANSWERED_NO:
        tokens = tokens[1:]
    matches: Sequence[Match] = phrases_in(tokens).get(SENTIMENT, ())
    taken = {place for match in matches for place in range(match.start, match.end)}
    known = _known(tokens, taken)
    if not matches and not known:
        return (), (), False
    weights: list[Weight] = []
    subjectivities: list[float] = []
    negated = _negated(tokens, taken)
    turn = -1
    if not english.CONTRASTS.isdisjoint(tokens):
        turn = max(place for place, token in enumerate(tokens) if token in english.CONTRASTS)
    problem = False
    for match in matches:
        turned = negated[match.start] and (not match.rule.problem or _denied(tokens, match.start))
        said = " ".join(tokens[match.start : match.end])
        weight = match.rule.weight * (TURNED_ROUND if turned else 1.0) * _stress(match.start, turn)
        problem = problem or (match.rule.problem and not turned)
        if weight:
            weights.append(Weight(f"not {said}" if turned else said, weight))
    for place, words, polarity, subjectivity in _assess(tokens, known, taken, negated, turn):
        said = " ".join(words)
        weight = polarity * (TURNED_ROUND if negated[place] else 1.0) * _stress(place, turn)
        if abs(weight) > LEAST_WEIGHT:
            weights.append(Weight(f"not {said}" if negated[place] else said, weight))
            subjectivities.append(subjectivity)
    return tuple(weights), tuple(subjectivities), problem


def _denied(tokens: Sequence[str], place: int) -> bool:
    """Whether a reported problem is denied: "it is not broken", but not "I do not see why I was charged"."""
    return any(token in english.NEGATIONS for token in tokens[max(0, place - DENIAL_REACH) : place])


def _stress(place: int, turn: int) -> float:
    """How much a word counts that stands before or after the "but" of its sentence."""
    if turn <= 0:
        return 1.0
    return BEFORE_CONTRAST if place < turn else AFTER_CONTRAST


def _negated(tokens: Sequence[str], taken: Container[int]) -> list[bool]:
    """Mark the words that a negation before them turns round; one inside a rule is part of the rule."""
    marks = [False] * len(tokens)
    if english.NEGATIONS.isdisjoint(tokens):
        return marks
    left = 0
    for place, token in enumerate(tokens):
        if token in english.NEGATION_STOPS:
            left = 0
        elif token in english.NEGATIONS and place not in taken:
            left = english.NEGATION_REACH
        elif left:
            marks[place] = True
            left -= 1
    return marks


def _known(tokens: Sequence[str], taken: Container[int]) -> list[int]:
    """Give the places of the words that TextBlob knows and no rule took."""
    lexicon = textblob_words()
    if lexicon.isdisjoint(tokens):
        return []
    return [
        place
        for place, token in enumerate(tokens)
        if token in lexicon and place not in taken and token not in english.NEGATIONS
    ]


def _assess(
    tokens: Sequence[str], known: Sequence[int], taken: Container[int], negated: Sequence[bool], turn: int
) -> Iterator[tuple[int, list[str], float, float]]:
    """Let TextBlob score words: yield the place of each, it with its modifiers, and its two numbers.

    This is what its PatternAnalyzer calls; given words it skips its tokenizer, and it runs once where
    ``PatternAnalyzer.analyze(keep_assessments=True)`` runs twice (30 µs instead of 190). Negation is ours.
    A modifier reaches over no rule, over no "but", and from no negated word to one that is not.
    """
    if not known:
        return
    asked: list[tuple[str, None]] = []
    last = known[0]
    for place in known:
        if (
            negated[place] != negated[last]
            or last < turn <= place
            or any(between in taken for between in range(last + 1, place))
        ):
            asked.append(_BREAK)
        asked.append((tokens[place], None))
        last = place
    seen = 0
    for words, polarity, subjectivity, _ in scores_of_textblob().assessments(asked, negation=False):
        if polarity and words[-1] not in english.MUTED:
            yield known[seen], words, polarity, subjectivity
        seen += len(words)


class _Loaded(dict[str, Any]):
    """TextBlob's lexicon and its way of scoring; its own asks at each word whether it is loaded."""

    assessments = Sentiment.assessments
    negations = pattern_sentiment.negations
    modifiers = pattern_sentiment.modifiers
    modifier = staticmethod(pattern_sentiment.modifier)
    labeler = pattern_sentiment.labeler


@cache
def scores_of_textblob() -> "_Loaded":
    """Load TextBlob's lexicon."""
    return _Loaded(pattern_sentiment.items())


@cache
def textblob_words() -> frozenset[str]:
    """The words in TextBlob's lexicon."""
    return frozenset(scores_of_textblob())
