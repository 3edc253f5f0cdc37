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
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from textblob.base import CONTINUOUS, BaseSentimentAnalyzer
from textblob.en import sentiment as pattern_sentiment

from feedback import lexicon_en as english
from feedback.matching import Match, Matcher
from feedback.rules_en import RULES
from feedback.sentiment_zh import score_chinese
from feedback.signs import find_signs, without_signs
from feedback.words import Weight, sentences, tidy, words_of

ALPHA = 1.0
BEFORE_CONTRAST, AFTER_CONTRAST = 0.5, 1.3
"""In "nice place but slow service" the second half is what the customer came to say (as in VADER)."""
TURNED_ROUND = -0.5
"""What a negation leaves of a weight: "not bad" is less than good."""
DENIAL_REACH = 2
LEAST_WEIGHT = 0.02
_FILLER = "··"
_CHINESE = re.compile(r"[\u3400-\u9fff]")


class Mood(NamedTuple):
    """What ``CustomerSentiment.analyze`` returns.

    Attributes:
        polarity: −1…1.
        subjectivity: 0…1, TextBlob's.
        weights: what weighed, in reading order.
        problem: whether something is reported to have gone wrong.
    """

    polarity: float
    subjectivity: float
    weights: tuple[Weight, ...]
    problem: bool


class CustomerSentiment(BaseSentimentAnalyzer):  # type: ignore[misc]  # TextBlob has no types
    """Scores a message of a customer; English and Chinese. Holds no state: safe in any thread."""

    kind = CONTINUOUS
    RETURN_TYPE = Mood

    def analyze(self, text: str, keep_assessments: bool = False) -> Mood:  # noqa: FBT001, FBT002 (TextBlob's)
        """Score any text at all; ``keep_assessments`` is TextBlob's, the weights are always kept."""
        del keep_assessments
        return mood_of(tidy(text))


def mood_of(text: str) -> Mood:
    """Score a tidied text."""
    weights = [Weight(sign, weight) for sign, weight in find_signs(text)]
    subjectivities: list[float] = []
    problem = False
    for sentence in sentences(without_signs(text)):
        found, subjective, reported = _score_english(words_of(sentence))
        weights += found
        subjectivities += subjective
        problem = problem or reported
        if _CHINESE.search(sentence):
            chinese, reported = score_chinese(sentence)
            weights += [Weight(words, weight) for words, weight in chinese]
            problem = problem or reported
    total = math.fsum(weight.weight for weight in weights)
    subjectivity = math.fsum(subjectivities) / len(subjectivities) if subjectivities else 0.0
    return Mood(total / math.sqrt(total * total + ALPHA), subjectivity, tuple(weights), problem)


_RULES = Matcher(RULES)


def _score_english(tokens: Sequence[str]) -> tuple[list[Weight], list[float], bool]:
    """Score the words of a sentence: rules first, then TextBlob on the words between them."""
    if tokens[:1] == ["no"] and tokens[1:2] and tokens[1] in english.ANSWERED_NO:
        tokens = tokens[1:]
    matches = _RULES.find(tokens)
    negated = _negated(tokens, matches)
    turn = max((place for place, token in enumerate(tokens) if token in english.CONTRASTS), default=-1)
    weights: list[Weight] = []
    subjectivities: list[float] = []
    problem = False
    for match in matches:
        turned = negated[match.start] and (not match.rule.problem or _denied(tokens, match.start))
        said = " ".join(tokens[match.start : match.end])
        weight = match.rule.weight * (TURNED_ROUND if turned else 1.0) * _stress(match.start, turn)
        problem = problem or (match.rule.problem and not turned)
        if weight:
            weights.append(Weight(f"not {said}" if turned else said, weight))
    for start, end in _runs(tokens, matches, negated, turn):
        for words, polarity, subjectivity, _ in _assess(tokens[start:end]):
            said = " ".join(words)
            weight = polarity * (TURNED_ROUND if negated[start] else 1.0) * _stress(start, turn)
            if abs(weight) > LEAST_WEIGHT:
                weights.append(Weight(f"not {said}" if negated[start] else said, weight))
                subjectivities.append(subjectivity)
    return weights, subjectivities, problem


def _denied(tokens: Sequence[str], place: int) -> bool:
    """Whether a reported problem is denied: "it is not broken", but not "I do not see why I was charged"."""
    return any(token in english.NEGATIONS for token in tokens[max(0, place - DENIAL_REACH) : place])


def _stress(place: int, turn: int) -> float:
    """How much a word counts that stands before or after the "but" of its sentence."""
    if turn <= 0:
        return 1.0
    return BEFORE_CONTRAST if place < turn else AFTER_CONTRAST


def _negated(tokens: Sequence[str], matches: Sequence[Match]) -> list[bool]:
    """Mark the words that a negation before them turns round; one inside a rule is part of the rule."""
    inside = {place for match in matches for place in range(match.start, match.end)}
    marks = [False] * len(tokens)
    left = 0
    for place, token in enumerate(tokens):
        if token in english.NEGATION_STOPS:
            left = 0
        elif token in english.NEGATIONS and place not in inside:
            left = english.NEGATION_REACH
        elif left:
            marks[place] = True
            left -= 1
    return marks


def _runs(
    tokens: Sequence[str], matches: Sequence[Match], negated: Sequence[bool], turn: int
) -> Iterator[tuple[int, int]]:
    """Yield stretches that no rule took, all negated or all not, all before the "but" or all after it."""
    taken = {place for match in matches for place in range(match.start, match.end)}
    start = 0
    for place in range(len(tokens) + 1):
        ends = place == len(tokens) or place in taken or place == turn or negated[place] != negated[start]
        if ends and place > start:
            yield start, place
        if ends:
            start = place + 1 if place in taken else place


def _assess(words: Sequence[str]) -> list[tuple[list[str], float, float, Any]]:
    """Let TextBlob score words.

    This is what its PatternAnalyzer calls; given a list it skips its tokenizer, and it runs once where
    ``PatternAnalyzer.analyze(keep_assessments=True)`` runs twice (30 µs instead of 190). Negation is ours.
    """
    known = [
        word if word in pattern_sentiment and word not in english.NEGATIONS else _FILLER for word in words
    ]
    if all(word is _FILLER for word in known):
        return []
    found = pattern_sentiment.assessments(((word, None) for word in known), negation=False)
    return [one for one in found if one[1] and one[0][-1] not in english.MUTED]
