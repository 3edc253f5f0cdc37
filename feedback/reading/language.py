"""The language of a message, by Compact Language Detector 2 (pycld2), and an honest "unknown".

CLD2 answers always; on two words it often guesses. We believe it where the script leaves no doubt, where it
has enough letters to go by, or where the message is made of plain English words.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from feedback.matching import listed


class Language(StrEnum):
    """Languages that are told apart, by their ISO 639-1 codes; every other one is ``OTHER``."""

    ENGLISH = "en"
    CHINESE = "zh"
    SPANISH = "es"
    PORTUGUESE = "pt"
    FRENCH = "fr"
    GERMAN = "de"
    HINDI = "hi"
    ARABIC = "ar"
    ITALIAN = "it"
    OTHER = "other"
    UNKNOWN = "unknown"


LETTERS_TO_GO_BY = 16
"""With fewer letters a guess at a language in Latin script is not believed."""
SURE_WORDS = 3
"""Of fewer words in plain letters we say that we do not know."""
SURE_SHARE = 55
"""Percent of the text that CLD2 must give to its first language."""
READ = 600
"""Characters that are looked at."""

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_OTHER_CJK = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_PERSIAN_OR_URDU = re.compile("[\u067e\u0686\u0698\u06af\u06a9\u06cc\u0679\u0688\u06d2]")
_DEVANAGARI = re.compile(r"[\u0900-\u097f]")
_LETTER = re.compile(r"[^\W\d_]")
_NO_LANGUAGE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[^\w\s'’.,!?-]|[\d_\x00-\x1f\ud800-\udfff]+")
_ENGLISH = listed("""
    the a an is are was were am be been my your our their his her its it i you we they he she this that these
    those and but or not no do does did done have has had will would can could should may might must with
    without for from of on in at to by as so very too when where what why who how which please thanks thank
    hello order broken working never still again always
""")
ENGLISH_WORDS = 2
"""So many of the commonest English words make a short message English."""
_ENGLISH_ALONE = _ENGLISH - listed("a an am as at be by do in me no no not on or so to was were will with")
PLAINLY_WORDS, PLAINLY_ONE_OF = 3, 5
"""So many words that only English has, and one of so many, say that it is English."""
CHINESE_SHARE = 0.3
"""From this share of its letters on a message with Chinese characters is Chinese: one of them says a word."""


def language_of(text: str, words: Sequence[Sequence[str]] = ()) -> Language:
    """Tell the language of a message.

    Args:
        text: as it was written; of a long one the beginning is read.
        words: those of each of its sentences, where somebody has cut it: most English shows by them at once.

    >>> language_of("The courier never came").value, language_of("ok").value
    ('en', 'unknown')
    """
    if words and text.isascii() and is_plainly_english(words):
        return Language.ENGLISH
    text = text[:READ]
    if _LETTER.search(text) is None:
        return Language.UNKNOWN
    by_script = _by_script(text)
    if by_script is not None:
        return by_script
    return _latin(_NO_LANGUAGE.sub(" ", text).strip(), text)


def is_plainly_english(words: Sequence[Sequence[str]]) -> bool:
    """Tell whether a good share of the words are English ones that no other language has."""
    known = sum([sum(map(_ENGLISH_ALONE.__contains__, some)) for some in words])
    return known >= PLAINLY_WORDS and known * PLAINLY_ONE_OF >= sum(map(len, words))


def language_guessed(text: str) -> Language:
    """Guess at a language even of few words: to know which lexicon to try, not to be told to anybody."""
    known = language_of(text)
    if known is not Language.UNKNOWN:
        return known
    _, code = _detect(_NO_LANGUAGE.sub(" ", text[:READ]).strip())
    return Language(code) if code in _CODES else Language.UNKNOWN


def _by_script(text: str) -> Language | None:
    """Tell a language by its script, where only one that we know is written so."""
    if text.isascii():
        return None
    if _OTHER_CJK.search(text):
        return Language.OTHER
    if _ARABIC.search(text):
        return Language.OTHER if _PERSIAN_OR_URDU.search(text) else Language.ARABIC
    if _DEVANAGARI.search(text):
        return Language.HINDI
    chinese = len(_CHINESE.findall(text))
    return Language.CHINESE if chinese and chinese >= CHINESE_SHARE * len(_LETTER.findall(text)) else None


def _latin(text: str, written: str) -> Language:
    """Tell a language in Latin script; ``text`` is what was written without numbers, signs and addresses."""
    words = text.lower().split()
    if len(words) < SURE_WORDS and text.isascii():
        return Language.UNKNOWN
    english = sum([word.strip(".,!?'") in _ENGLISH for word in words])
    if english >= max(ENGLISH_WORDS, len(words) // 2):
        return Language.ENGLISH
    sure, code = _detect(text)
    if english >= ENGLISH_WORDS and code in ("en", "un"):
        return Language.ENGLISH
    if not sure or (text.isascii() and len(_LETTER.findall(written)) < LETTERS_TO_GO_BY):
        return Language.UNKNOWN
    return Language(code) if code in _CODES else Language.OTHER


_CODES = frozenset(str(language) for language in Language)


@lru_cache(maxsize=64)
def _detect(text: str) -> tuple[bool, str]:
    """Ask CLD2: whether it is sure enough, and the code of the language it found first."""
    import pycld2

    try:
        _, _, found = pycld2.detect(text.encode("utf-8", "replace"), isPlainText=True, bestEffort=True)
    except pycld2.error:  # control characters and the like
        return False, "un"
    _, code, share, _ = found[0]
    return share >= SURE_SHARE, code.split("-")[0]
