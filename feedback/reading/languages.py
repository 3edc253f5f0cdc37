"""What a message in one of seven more languages says, by a few words of each."""

from collections.abc import Sequence
from functools import lru_cache

from feedback.reading.language import Language
from feedback.reading.rules_languages import LANGUAGES
from feedback.words import Weight

STRENGTH = 0.6
TURNED_ROUND = -0.8
REACH = 3
"""Words after a negation that it turns round."""


def weights_in(text: str, words: Sequence[str], language: Language) -> tuple[Weight, ...]:
    """Find the words that weigh; none in English and Chinese, which have rules of their own.

    Args:
        text: tidied.
        words: it, cut.
        language: its language.
    """
    known = LANGUAGES.get(language)
    if known is None:
        return ()
    # Signs that stand for Hindi's vowels are no letters to Python, so its words are parted by spaces alone.
    pieces = text.replace("।", " ").split() if language is Language.HINDI else words
    found = []
    left = 0
    for piece in pieces:
        word = piece.strip(".,!?;:")
        weight = _weight_of(word, language)
        if weight:
            turned = left > 0 and word not in known.negations
            said = f"{'· ' if turned else ''}{word}"
            found.append(Weight(said, weight * (TURNED_ROUND if turned else 1.0)))
        left = REACH if word in known.negations else left - 1
    return tuple(found)


@lru_cache(maxsize=2_048)
def _weight_of(word: str, language: Language) -> float:
    known = LANGUAGES[language]
    if _among(word, known.blame):
        return -STRENGTH
    return STRENGTH if _among(word, known.praise) else 0.0


def _among(word: str, words: frozenset[str]) -> bool:
    return word in words or any(word.startswith(beginning) for beginning in _beginnings(words))


@lru_cache(maxsize=32)
def _beginnings(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(word[:-1] for word in words if word.endswith("*"))
