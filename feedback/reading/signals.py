"""What rules and lexicons say of a message, as a few numbers for the model: TextBlob's word and ours."""

import math
import re
from collections.abc import Collection, Sequence

from feedback import lexicon_en as english
from feedback.cutting import Cut
from feedback.reading.names import NAMES
from feedback.reading.ratings import RATINGS, ratings_of
from feedback.reading.tokens import GREETING, Tokens
from feedback.sentiment import Mood, scores_of_textblob, textblob_words

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
    *RATINGS,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_CAPITALS, _CAPITALS_ASCII = re.compile(r"(?:(?![a-z])[^\W\d_]){2}"), re.compile("[A-Z]{2}")
_STRETCHED = re.compile(r"([a-zA-Z])\1\1")
FEW_WORDS = 4
"""With so many words, what was learnt weighs as much as the rules."""
LONG = 5.0
"""ln of about 150 words."""


Values = tuple[float, ...]
"""As named in ``SIGNALS``, each about −1…1."""


def signals_of(text: str, message: Cut, tokens: Tokens, mood: Mood) -> Values:
    """Put in numbers what rules and lexicons say of a text.

    Args:
        text: as it was written.
        message: it, cut.
        tokens: what the model sees of it.
        mood: what the rules found in it.
    """
    words = tokens.words
    blame = sum([weight.weight for weight in mood.weights if weight.weight < 0])
    praise = sum([weight.weight for weight in mood.weights if weight.weight > 0])
    polarity, subjectivity = _textblob(words)
    shown = text[: len(message.text) + 100]
    return (
        mood.polarity,
        math.tanh(blame),
        math.tanh(praise),
        float(mood.problem),
        polarity,
        subjectivity,
        math.tanh(mood.signs),
        min(_calls(shown, message), 3) / 3,
        float("?" in shown or "？" in shown),
        _shouted(shown),
        float(_STRETCHED.search(shown) is not None),
        float(not english.NEGATIONS.isdisjoint(words)),
        float(not english.CONTRASTS.isdisjoint(words)),
        min(1.0, math.log1p(len(words)) / LONG),
        float(not mood.weights),
        1.0,
        *ratings_of(words, tokens.negated),
    )


def _calls(shown: str, message: Cut) -> int:
    """Count exclamation marks; that of "Hello!" says nothing."""
    calls = shown.count("!") + shown.count("！")
    greeted = GREETING.match(message.text) if calls else None
    return calls if greeted is None else calls - greeted[0].count("!")


def learnt_share(words: Sequence[str], said: Collection[str]) -> float:
    """Tell how much learnt words count beside the rules, 0…1; ``said`` are those that the rules have weighed.

    Of few words the rules know more than what was learnt: "refund", "not bad".
    """
    beyond_rules = sum([word not in said for word in words])
    few = FEW_WORDS if said else 0
    return beyond_rules / (beyond_rules + few) if beyond_rules else 0.0


def words_said(mood: Mood) -> frozenset[str]:
    """Give the words that the rules have weighed."""
    return frozenset([word for weight in mood.weights for word in weight.words.split()])


def _textblob(words: Sequence[str]) -> tuple[float, float]:
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
    if text.islower() or text.isupper():
        return 0.0
    if (_CAPITALS_ASCII if text.isascii() else _CAPITALS).search(text) is None:
        return 0.0
    words = _WORD.findall(text)
    if not any(map(str.isupper, words)):
        return 0.0
    if not NAMES.isdisjoint(map(str.lower, words)):
        words = [word for word in words if word.lower() not in NAMES]
    return sum(map(str.isupper, words)) / len(words) if words else 0.0
