"""Small talk: what is said to be polite and asks nothing of us; and a few fixed things that people say.

A message is small talk only where it is that and nothing else: "thanks, the lid is broken" is none.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from feedback import rules_small_talk as rules
from feedback.words import sentences, tidy, words_of

LONGEST = 60
"""Characters; small talk is short."""


class SmallTalk(StrEnum):
    """What kind of small talk a message is."""

    THANKS = "thanks"
    GOODBYE = "goodbye"
    NEVER_MIND = "never_mind"
    ACKNOWLEDGED = "acknowledged"
    YES_OR_NO = "yes_or_no"
    LAUGHTER = "laughter"
    WISHES = "wishes"
    LUKEWARM = "lukewarm"


_COMPILED: Mapping[SmallTalk, re.Pattern[str]] = {
    kind: re.compile(pattern)
    for kind, pattern in (
        (SmallTalk.THANKS, rules.THANKS),
        (SmallTalk.GOODBYE, rules.GOODBYE),
        (SmallTalk.NEVER_MIND, rules.NEVER_MIND),
        (SmallTalk.ACKNOWLEDGED, rules.ACKNOWLEDGED),
        (SmallTalk.YES_OR_NO, rules.YES_OR_NO),
        (SmallTalk.LAUGHTER, rules.LAUGHTER),
        (SmallTalk.WISHES, rules.WISHES),
        (SmallTalk.LUKEWARM, rules.LUKEWARM),
    )
}
"""The first that fits the whole message decides."""

_SOLVED, _NOT_SOLVED = re.compile(rules.SOLVED), re.compile(rules.NOT_SOLVED)
_PUNCTUAL = re.compile(rules.PUNCTUAL)
_ROBOT, _COMPLAIN_ONLY = re.compile(rules.ROBOT), re.compile(rules.COMPLAIN_ONLY)
_ORDER_NUMBER = re.compile(
    r"[\s,，;.。:：(（\[#-]*(?:\b(?:order|booking|ticket|no|number|nr)\b|[订訂][单單][号號]?|[单單][号號])?[\s.:：#-]*\d{4,20}[)）\]\s.。!]*$",
    re.IGNORECASE,
)
_AFTER_NUMBER = " )）].。!\n"
_HANZI_GAP = re.compile(r"(?<=[\u3400-\u9fff]) +(?=[\u3400-\u9fff])")


@lru_cache(maxsize=256)  # a batch is understood as a whole, and then each message handled
def plain(text: str) -> str:
    """Bring a short text to its bare words: lower case, short forms written out, no punctuation, no emoji.

    >>> plain("It's NOT solved!!")
    'it not solved'
    """
    words = [word for sentence in sentences(tidy(text)) for word in words_of(sentence) if word != ","]
    return _HANZI_GAP.sub("", " ".join(words))


def small_talk(text: str) -> SmallTalk | None:
    """Tell which small talk a message is, if it is that and nothing else."""
    if len(text) > LONGEST or text.rstrip().endswith(("?", "？")):
        return None
    words = plain(text)
    if not words or words in rules.PRAISE_ALONE:
        return None
    return next((kind for kind, pattern in _COMPILED.items() if pattern.fullmatch(words)), None)


def without_number(text: str) -> str:
    """Take the order number off a lukewarm opinion; any other text stays as it is.

    "Could be better (order 123456)" says no more than "could be better"; but "cancel, order 123456" says
    something else than "cancel".
    """
    if len(text) > 2 * LONGEST or not text.rstrip(_AFTER_NUMBER)[-1:].isdigit():
        return text
    found = _ORDER_NUMBER.search(text)
    if found is None:
        return text
    opinion = text[: found.start()]
    return opinion if small_talk(opinion) is SmallTalk.LUKEWARM else text


def says_punctual(text: str) -> bool:
    """Tell whether a message says that something came when it should, and nothing else."""
    if len(text) > LONGEST or text.rstrip().endswith(("?", "？")):
        return False
    return _PUNCTUAL.fullmatch(plain(text)) is not None


def says_solved(text: str) -> bool:
    """Tell whether a short message says that something is solved by now."""
    if len(text) > 2 * LONGEST or "?" in text or "？" in text:
        return False
    words = plain(text)
    return _SOLVED.search(words) is not None and _NOT_SOLVED.search(_SOLVED.sub(" ", words)) is None


def asks_for_robot(text: str) -> bool:
    """Tell whether a message asks who or what is answering here."""
    return len(text) <= LONGEST and _ROBOT.fullmatch(plain(text)) is not None


def only_complains(text: str) -> bool:
    """Tell whether a message announces a complaint without a word of what it is about."""
    return len(text) <= LONGEST and _COMPLAIN_ONLY.fullmatch(plain(text)) is not None
