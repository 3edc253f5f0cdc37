"""What a message in one of seven more languages says, by phrases and a few words of each."""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

from feedback import tongues
from feedback.cutting import Cut
from feedback.reading.language import Language, is_plainly_english, language_guessed
from feedback.reading.rules_languages import FALSE_FRIENDS, LANGUAGES
from feedback.tongues import Said, alike
from feedback.words import Weight, words_of

STRENGTH = 0.6
TURNED_ROUND = -0.8
REACH = 3
"""Words after a negation that it turns round."""
WORD_COUNTS = 0.5
"""What a single word counts beside a phrase where the kind is decided: "leider" alone is no complaint, and
who only has such a word is passed on to a person."""


def said_elsewhere(message: Cut, language: Language) -> tuple[Said, ...]:
    """Find the phrases of these languages in a message, whatever its language seems to be.

    Two words are often no evidence of a language, and a phrase of ours is; but in plain English a phrase of
    another language is chance.
    """
    if language is Language.CHINESE:
        return ()
    if message.text.isascii() and _BY_LIST.keys().isdisjoint(message.lists):
        return ()
    found = [*_in_latin_letters(message), *tongues.said_by_script(message.text)]
    if found and language is Language.ENGLISH and is_plainly_english(message.words):
        return ()
    return tuple(found)


def language_told(said: Sequence[Said], language: Language) -> Language:
    """Give the language that phrases tell, where nothing else does."""
    languages = {one.language for one in said}
    return languages.pop() if len(languages) == 1 and language not in LANGUAGES else language


def weights_in(text: str, message: Cut, language: Language, said: Sequence[Said]) -> tuple[Weight, ...]:
    """Find what weighs: phrases, and the words besides; no words in English and Chinese, which have rules.

    Args:
        text: as it was written.
        message: it, cut.
        language: its language, as far as it is known.
        said: its phrases.
    """
    phrases = [Weight(one.words, one.weight) for one in said]
    known = language if language in LANGUAGES else language_guessed(text)
    taken = frozenset(word for one in said for word in one.words.split())
    return (*phrases, *_words(message.text, known, taken))


def sum_for_kind(own: Sequence[Weight], foreign: Sequence[Weight], said: Sequence[Said]) -> float:
    """Add up what decides whether a message complains or praises."""
    phrases = math.fsum(one.weight for one in said)
    words = math.fsum(weight.weight for weight in foreign) - phrases
    return math.fsum(weight.weight for weight in own) + phrases + WORD_COUNTS * words


def without_false_friends(weights: Sequence[Weight]) -> tuple[Weight, ...]:
    """Drop what weighs in English alone: French "plus" is no praise."""
    return tuple(weight for weight in weights if weight.words not in FALSE_FRIENDS)


def _in_latin_letters(message: Cut) -> Iterator[Said]:
    for name, language in _BY_LIST.items():
        if name not in message.lists:
            continue
        for words, found in zip(message.words, message.found, strict=True):
            yield from tongues.said_in(language, words, found.get(name, ()), LANGUAGES[language].negations)


_BY_LIST = {tongues.listed_as(language): language for language in tongues.BY_WORDS}


def _words(text: str, language: Language, taken: frozenset[str]) -> Iterator[Weight]:
    """Find single words that weigh and stand in no phrase; a negation before one turns it round."""
    known = LANGUAGES.get(language)
    if known is None:
        return
    left = 0
    for word in map(alike, words_of(text)):
        weight = 0.0 if word in taken else _weight_of(word, language)
        if weight:
            turned = left > 0 and word not in known.negations
            said = f"{'· ' if turned else ''}{word}"
            yield Weight(said, weight * (TURNED_ROUND if turned else 1.0))
        left = REACH if word in known.negations else left - 1


@lru_cache(maxsize=2_048)
def _weight_of(word: str, language: Language) -> float:
    known = LANGUAGES[language]
    forms = {word, word.removesuffix("ا")} if language is Language.ARABIC else {word}
    if any(_among(form, known.blame) for form in forms):
        return -STRENGTH
    return STRENGTH if any(_among(form, known.praise) for form in forms) else 0.0


def _among(word: str, words: frozenset[str]) -> bool:
    return word in _alike(words) or any(word.startswith(beginning) for beginning in _beginnings(words))


@lru_cache(maxsize=32)
def _alike(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(alike, words))


@lru_cache(maxsize=32)
def _beginnings(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(word[:-1] for word in words if word.endswith("*"))
