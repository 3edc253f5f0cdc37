"""The sentiment of a message: three calibrated probabilities, a polarity, and the words that weighed."""

import math
import re
from collections.abc import Collection, Sequence
from enum import StrEnum
from operator import add
from typing import NamedTuple

from feedback import lexicon_en as english
from feedback.cutting import Cut, cut
from feedback.reading.language import Language, language_of
from feedback.reading.languages import (
    language_told,
    said_elsewhere,
    sum_for_kind,
    weights_in,
    without_false_friends,
)
from feedback.reading.lengths import by_length
from feedback.reading.model import CLASSES, COMPLAINT, NEGATIVE, NEUTRAL, POSITIVE, Model, Scores, Sums
from feedback.reading.signals import SIGNALS, Values, learnt_share, signals_of, words_said
from feedback.reading.tokens import ALONE_NOTHING, Tokens, tokens_of_message
from feedback.sentiment import Mood, mood_of, squashed
from feedback.tongues import Said
from feedback.words import READ_HEAD, Weight, tidy

NEUTRAL_BELOW = 0.1
"""A polarity nearer to 0 than this is neutral."""
NEUTRAL_INSIDE, CALLED_OUTSIDE = 0.09, 0.12
WORD_WEIGHS_FROM = 0.3
"""Below it a word that no rule knows is not named."""
_LEARNT = (Language.ENGLISH, Language.UNKNOWN)
_WITH_RULES = (Language.ENGLISH, Language.CHINESE)
_NOTHING = SIGNALS.index("nothing known to the rules")
_BY_RULES, _PRAISE, _BLAME = (SIGNALS.index(f"{one} by rules") for one in ("polarity", "praise", "blame"))


class Sentiment(StrEnum):
    """What a message sounds like."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


_SENTIMENTS = tuple(Sentiment(name) for name in CLASSES)
Chances = tuple[float, float, float]
"""Of negative, neutral and positive; they sum to 1."""


class Felt(NamedTuple):
    """The sentiment of a message.

    Attributes:
        sentiment: the one that we call it.
        polarity: −1 (furious) … 1 (delighted); nearer to 0 than ``NEUTRAL_BELOW`` where it is called neutral.
        probabilities: of negative, neutral and positive; they sum to 1.
        weights: the words that weighed, in no order.
        mood: what the rules say.
        complaint: how likely it is one, by what was learnt.
        language: of the message.
        learnt: whether its words are in a language that the data teach.
    """

    sentiment: Sentiment
    polarity: float
    probabilities: tuple[float, float, float]
    weights: tuple[Weight, ...]
    mood: Mood
    complaint: float
    language: Language
    learnt: bool


_LAST_AND = re.compile(r"(?P<before>.+)\sand\s(?P<last>.*)", re.IGNORECASE | re.DOTALL)
NOTHING_TOLD = (0.15, 0.7, 0.15)
"""Where no word is known."""
RATED = (
    (0.94, 0.04, 0.02),
    (0.8, 0.16, 0.04),
    (0.3, 0.5, 0.2),
    (0.05, 0.2, 0.75),
    (0.01, 0.07, 0.92),
)
"""How likely each sentiment is behind 1 … 5 stars: a rating is the customer's own word."""
RATING_OVER_WORDS = 2.0


def feel(text: str, model: Model, rating: int | None = None, *, deeper: int = 3) -> Felt:
    """Work out the sentiment of any text.

    What is reported broken at the end makes nothing better: such a text sounds at best as it does without.

    Args:
        text: as it was written.
        model: what was learnt.
        rating: the stars that were given with it, 1–5; they decide what "great job" means.
        deeper: how many reports at the end are taken off one after another.
    """
    message = cut(tidy(text))
    felt = _feel(text, message, mood_of(message), model, rating=rating)
    if not felt.mood.problem or not deeper or len(text) > READ_HEAD:
        return felt
    parts = _LAST_AND.fullmatch(text)
    if parts is None or not mood_of(cut(tidy(parts["last"]))).problem:
        return felt
    without = feel(parts["before"], model, rating, deeper=deeper - 1)
    if without.polarity >= felt.polarity:
        return felt
    return felt._replace(
        polarity=without.polarity, sentiment=without.sentiment, probabilities=without.probabilities
    )


def polarity_of(clause: str, model: Model, language: Language, *, thoroughly: bool) -> float:
    """Work out the polarity of a clause of a message whose language is known.

    Rules read a clause well enough; where they know none of its words the model is asked, which costs more,
    if it shall be done thoroughly.
    """
    message = cut(clause if clause.isascii() else tidy(clause))  # plain letters are tidied only once
    mood = mood_of(message)
    if mood.weights or not thoroughly:
        return mood.polarity
    return _feel(clause, message, mood, model, language=language).polarity


def _feel(
    text: str,
    message: Cut,
    mood: Mood,
    model: Model,
    *,
    rating: int | None = None,
    language: Language | None = None,
) -> Felt:
    """Work out the sentiment of a text that is cut, and in which the rules found something or nothing."""
    tokens = tokens_of_message(message)
    values = signals_of(text, message, tokens, mood)
    weighed = words_said(mood)
    share = learnt_share(tokens.words, weighed)
    language = language_of(text, message.words) if language is None else language
    said = said_elsewhere(message, language)
    foreign: tuple[Weight, ...] = ()
    if said or language not in _WITH_RULES:
        language = language_told(said, language)
        foreign = weights_in(text, message, language, said)
    if foreign:
        mood, values = _with_said(mood, foreign, said), _with_foreign(values, foreign)
        weighed = words_said(mood)
    learnt = language in _LEARNT and bool(tokens.words) and not foreign
    reader = model if learnt else model.elsewhere
    scores = reader.score(tokens) if learnt or (reader.everywhere and tokens.words) else None
    classes, complaint = _scores(values, scores, reader, share)
    told = bool(foreign or mood.weights) or (
        scores is not None and not ALONE_NOTHING.issuperset(tokens.words)
    )
    probabilities = calibrated(classes, reader, len(tokens.words), learnt=learnt) if told else NOTHING_TOLD
    if rating is not None:
        probabilities = _rated(probabilities, rating)
    polarity, sentiment = _called(probabilities, model)
    return Felt(
        sentiment=sentiment,
        polarity=polarity,
        probabilities=_rounded(probabilities),
        weights=(*mood.weights, *foreign, *_other_words(tokens, scores, weighed)),
        mood=mood,
        complaint=1 / (1 + math.exp(-max(-40.0, min(40.0, complaint)))),
        language=language,
        learnt=learnt,
    )


def _with_said(mood: Mood, foreign: Sequence[Weight], said: Sequence[Said]) -> Mood:
    """Let the rules' verdict count what words of other languages say, and no English look-alikes."""
    own = without_false_friends(mood.weights)
    return mood._replace(
        polarity=squashed(sum_for_kind(own, foreign, said)),
        weights=own,
        problem=mood.problem or any(one.problem for one in said),
    )


def _with_foreign(values: Values, foreign: Sequence[Weight]) -> Values:
    """Put words of other languages where the rules put theirs."""
    blame = math.fsum(weight.weight for weight in foreign if weight.weight < 0)
    praise = math.fsum(weight.weight for weight in foreign if weight.weight > 0)
    changed = list(values)
    changed[_BLAME] = math.tanh(math.atanh(max(values[_BLAME], -0.999)) + blame)
    changed[_PRAISE] = math.tanh(math.atanh(min(values[_PRAISE], 0.999)) + praise)
    total = blame + praise
    changed[_NOTHING] = 0.0
    changed[_BY_RULES] = max(-1.0, min(1.0, values[_BY_RULES] + total / math.sqrt(total * total + 1.0)))
    return tuple(changed)


def _scores(values: Values, scores: Scores | None, model: Model, share: float) -> tuple[Sums, float]:
    """Add signals and words up: the scores of the classes, and that of a complaint.

    ``share`` is what the words count beside the rules.
    """
    by_rules, by_signals = _weighed(values, model.plain), _weighed(values, model.signals)
    if scores is None:
        return by_rules, by_signals[COMPLAINT]
    total = list(map(add, by_signals, scores.total))
    mixed = [one * share + other * (1 - share) for one, other in zip(total, by_rules, strict=False)]
    return tuple(mixed), total[COMPLAINT]


def _weighed(values: Values, weights: Sequence[Sums]) -> Sums:
    """Add up what signals weigh for each class and head; most say 0, and add nothing."""
    negative = neutral = positive = complaint = 0.0
    for value, (for_negative, for_neutral, for_positive, for_complaint) in zip(values, weights, strict=True):
        if value:
            negative += value * for_negative
            neutral += value * for_neutral
            positive += value * for_positive
            complaint += value * for_complaint
    return negative, neutral, positive, complaint


def calibrated(classes: Sums, model: Model, words: int, *, learnt: bool) -> Chances:
    """Turn scores into probabilities, each class scaled and moved as left-out domains ask for."""
    cooling, offset, power = model.calibration[0 if learnt else 1]
    sure = by_length(words, power)
    negative = classes[NEGATIVE] * cooling[NEGATIVE] * sure + offset[NEGATIVE]
    neutral = classes[NEUTRAL] * cooling[NEUTRAL] * sure + offset[NEUTRAL]
    positive = classes[POSITIVE] * cooling[POSITIVE] * sure + offset[POSITIVE]
    top = max(negative, neutral, positive)
    raised = math.exp(negative - top), math.exp(neutral - top), math.exp(positive - top)
    total = math.fsum(raised)
    return raised[0] / total, raised[1] / total, raised[2] / total


def _rated(chances: Chances, rating: int) -> Chances:
    negative, neutral, positive = map(_outweighed, chances, RATED[rating - 1])
    total = negative + neutral + positive
    return negative / total, neutral / total, positive / total


def _outweighed(chance: float, rated: float) -> float:
    return chance * math.pow(rated, RATING_OVER_WORDS)


def _rounded(chances: Chances) -> Chances:
    """Round probabilities so that they still sum to 1."""
    negative, positive = round(chances[NEGATIVE], 4), round(chances[POSITIVE], 4)
    return negative, round(1 - negative - positive, 4), positive


def _called(chances: Chances, model: Model) -> tuple[float, Sentiment]:
    """Call a sentiment, and give a polarity that agrees with it."""
    polarity = chances[POSITIVE] - chances[NEGATIVE]
    leaning = [
        (chances[NEGATIVE] + 1e-9) * model.favour[NEGATIVE],
        (chances[NEUTRAL] + 1e-9) * model.favour[NEUTRAL],
        (chances[POSITIVE] + 1e-9) * model.favour[POSITIVE],
    ]
    called = leaning.index(max(leaning))
    if called == NEUTRAL:
        polarity = max(-NEUTRAL_INSIDE, min(NEUTRAL_INSIDE, polarity))
    elif called == NEGATIVE:
        polarity = min(polarity, -CALLED_OUTSIDE)
    else:
        polarity = max(polarity, CALLED_OUTSIDE)
    return round(polarity, 4), _SENTIMENTS[called]


def _other_words(tokens: Tokens, scores: Scores | None, weighed: Collection[str]) -> list[Weight]:
    """Name words that weighed though no rule knows them; ``weighed`` are those that rules know."""
    if scores is None:
        return []
    bound = 2 * WORD_WEIGHS_FROM
    return [
        Weight(f"not {word}" if negated else word, round(math.tanh(leaning / 2), 2))
        for word, negated, leaning in zip(tokens.words, tokens.negated, scores.by_word, strict=True)
        if (leaning >= bound or leaning <= -bound)
        and word.isalpha()
        and word not in weighed
        and word not in english.FUNCTION_WORDS
    ]
