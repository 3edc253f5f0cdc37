"""What rules and lexicons say of a message, as a few numbers for the model: TextBlob's word and ours."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from feedback import lexicon_en as english
from feedback.cutting import Cut
from feedback.reading.names import NAMES
from feedback.sentiment import Mood, mood_of, scores_of_textblob, textblob_words
from feedback.signs import find_signs
from feedback.words import stretched

SIGNALS = (
    "polarity by rules",
    "blame by rules",
    "praise by rules",
    "a problem reported",
    "polarity by TextBlob",
    "subjectivity by TextBlob",
    "emoji and ratings",
    "exclamation marks",
    "a question mark",
    "words in capitals",
    "stretched words",
    "a negation",
    "a contrast",
    "length",
    "nothing known to the rules",
    "one",
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_CAPITALS = re.compile(r"(?:(?![a-z])[^\W\d_]){2}")
_STRETCHED = re.compile(r"([a-zA-Z])\1{2,}")
FEW_WORDS = 4
"""With so many words, what was learnt weighs as much as the rules."""
LONG = 5.0
"""ln of about 150 words."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What the rules found.

    Attributes:
        mood: their verdict and its reasons.
        values: as named in ``SIGNALS``, each about −1…1.
    """

    mood: Mood
    values: tuple[float, ...]


def signals_of(text: str, message: Cut, words: tuple[str, ...]) -> Signals:
    """Read a text with all rules; ``message`` is it, cut, and ``words`` are its tokens."""
    signs = find_signs(message.text)
    mood = mood_of(message, signs)
    blame = sum([weight.weight for weight in mood.weights if weight.weight < 0])
    praise = sum([weight.weight for weight in mood.weights if weight.weight > 0])
    polarity, subjectivity = _textblob(words)
    shown = text[: len(message.text) + 100]
    return Signals(
        mood,
        (
            mood.polarity,
            math.tanh(blame),
            math.tanh(praise),
            float(mood.problem),
            polarity,
            subjectivity,
            math.tanh(sum([weight for _, weight in signs])) if signs else 0.0,
            min(shown.count("!") + shown.count("！"), 3) / 3,
            float("?" in shown or "？" in shown),
            _shouted(shown),
            float(stretched(shown.lower()) and _STRETCHED.search(shown) is not None),
            float(not english.NEGATIONS.isdisjoint(words)),
            float(not english.CONTRASTS.isdisjoint(words)),
            min(1.0, math.log1p(len(words)) / LONG),
            float(not mood.weights),
            1.0,
        ),
    )


def learnt_share(words: Sequence[str], signals: Signals) -> float:
    """Tell how much learnt words count beside the rules, 0…1.

    Of few words the rules know more than what was learnt: "refund", "not bad".
    """
    said = words_said(signals.mood)
    beyond_rules = sum([word not in said for word in words])
    few = FEW_WORDS if signals.mood.weights else 0
    return beyond_rules / (beyond_rules + few) if beyond_rules else 0.0


def words_said(mood: Mood) -> frozenset[str]:
    """Give the words that the rules have weighed."""
    return frozenset([word for weight in mood.weights for word in weight.words.split()])


def _textblob(words: tuple[str, ...]) -> tuple[float, float]:
    """TextBlob's polarity and subjectivity: the mean over the words that it knows, as it does."""
    lexicon = textblob_words()
    if lexicon.isdisjoint(words):
        return 0.0, 0.0
    known = [(word, None) for word in words if word in lexicon or word in english.NEGATIONS]
    found = scores_of_textblob().assessments(known)
    if not found:
        return 0.0, 0.0
    return sum([one[1] for one in found]) / len(found), sum([one[2] for one in found]) / len(found)


def _shouted(text: str) -> float:
    """The share of words in capitals; 0 where all are: some people's keyboards are stuck."""
    if text.islower() or text.isupper() or _CAPITALS.search(text) is None:
        return 0.0
    words = _WORD.findall(text)
    if not NAMES.isdisjoint(map(str.lower, words)):
        words = [word for word in words if word.lower() not in NAMES]
    return sum(map(str.isupper, words)) / len(words) if words else 0.0
