"""What a message is, first of all: a complaint, praise, a question …; the first rule that holds decides."""

import re
from collections.abc import Callable, Container, Sequence
from functools import lru_cache
from typing import NamedTuple

from feedback import rules_kinds as rules
from feedback import tongues
from feedback.cutting import PERSON, QUESTION, SUGGESTION, Cut
from feedback.small_talk import SmallTalk, small_talk
from feedback.stars import stars_in
from feedback.stops import stops
from feedback.words import HINDI_SIGNS
from store.feedback_kinds import FeedbackKind

COMPLAINT_BELOW = -0.3
"""From this polarity on, words are a complaint without a report of a problem."""
QUESTION_COMPLAINT_BELOW = -0.55
"""A question has to be harsher: "Is it bad for my skin?" complains of nothing."""
PRAISE_FROM = 0.2
UNFRIENDLY_BELOW = -0.3
"""Polite words that sound worse than this, as by an angry face behind them, are no small talk."""
LONGEST_ALONE = 60
"""Characters; the messages that are known as a whole are shorter."""
PROBLEM_BELOW = 0.15
"""A reported problem is a complaint up to here: "the broken cup was replaced at once, wonderful" is none."""


class Reading(NamedTuple):
    """What the rules for kinds look at.

    Attributes:
        message: cut.
        polarity: −1…1.
        problem: whether something is reported to have gone wrong.
        talk: which small talk it is, if it is that and nothing else.
        asks: whether it asks something.
    """

    message: Cut
    polarity: float
    problem: bool
    talk: SmallTalk | None
    asks: bool

    @property
    def text(self) -> str:
        """The message, tidied."""
        return self.message.text


_PERSON_ZH, _SUGGESTION_ZH, _QUESTION_ZH = (
    re.compile("|".join(patterns), re.MULTILINE)
    for patterns in (rules.PERSON_ZH, rules.SUGGESTION_ZH, rules.QUESTION_ZH)
)
_NOT_A_WORD = re.compile(rf"[^\w{HINDI_SIGNS}]+")
_GREETING_ZH = re.compile(
    f"(?:{'|'.join(sorted([_NOT_A_WORD.sub('', one) for one in rules.GREETING_ZH], key=len, reverse=True))})+"
)


def kinds_that_hold(message: Cut, polarity: float, *, problem: bool) -> list[FeedbackKind]:
    """Give every kind whose rule holds, the decisive one first.

    Args:
        message: cut.
        polarity: of it, −1…1.
        problem: whether something is reported to have gone wrong.
    """
    reading = Reading(message, polarity, problem, small_talk(message.text), _asks(message))
    return [kind for kind, holds in _RULES if holds(reading)]


@lru_cache(maxsize=8)
def _bare(text: str) -> str:
    return _NOT_A_WORD.sub(" ", text.replace("_", " ")).strip()


def _is_one_of(text: str, whole: Container[str]) -> bool:
    """Whether a message is one of some short ones, but for its punctuation."""
    return len(text) <= LONGEST_ALONE and _bare(text) in whole


def _in_chinese(message: Cut, pattern: re.Pattern[str]) -> bool:
    return message.chinese and pattern.search(message.text) is not None


def _opts_out(reading: Reading) -> bool:
    return stops(reading.message, complains=_reports_problem(reading) or reading.polarity <= COMPLAINT_BELOW)


def _wants_person(reading: Reading) -> bool:
    if _is_one_of(reading.text, rules.PERSON_ALONE):
        return True
    if PERSON in reading.message.lists or tongues.says_by_script(reading.text, tongues.PERSON):
        return True
    return _in_chinese(reading.message, _PERSON_ZH)


def _reports_problem(reading: Reading) -> bool:
    return reading.problem and reading.polarity < PROBLEM_BELOW


def _complains(reading: Reading) -> bool:
    return reading.polarity <= (QUESTION_COMPLAINT_BELOW if reading.asks else COMPLAINT_BELOW)


def _chats(reading: Reading) -> bool:
    """Whether it is small talk and no opinion."""
    if reading.talk in (None, SmallTalk.LUKEWARM):
        return False
    return reading.talk is SmallTalk.NEVER_MIND or reading.polarity > UNFRIENDLY_BELOW


def _is_lukewarm(reading: Reading) -> bool:
    """Whether it is an opinion that is neither praise nor blame."""
    return reading.talk is SmallTalk.LUKEWARM


def _rates_low(reading: Reading) -> bool:
    """Whether it is a number of stars and nothing else; many of them are praise, few are not yet a case."""
    return reading.polarity < PRAISE_FROM and stars_in(reading.text, asked=False) is not None


def _suggests(reading: Reading) -> bool:
    return SUGGESTION in reading.message.lists or _in_chinese(reading.message, _SUGGESTION_ZH)


def _praises(reading: Reading) -> bool:
    return reading.polarity >= PRAISE_FROM


def _greets(reading: Reading) -> bool:
    first = reading.message.words[0][:1] if reading.message.words else ()
    if reading.text.isascii() and rules.GREETING_FIRST.isdisjoint(first):
        return False
    words = _bare(reading.text).split()
    if _GREETING_ZH.fullmatch(tongues.alike("".join(words))):
        return True
    if not words or len(words) > rules.GREETING_LONGEST or "".join(words) in rules.GREETING_NOT_ALONE:
        return False
    return words[0] in rules.GREETING_FIRST and rules.GREETING_WORDS.issuperset(words)


def _asks(message: Cut) -> bool:
    text = message.text
    if "?" in text or QUESTION in message.lists or any(map(_begins_as_question, message.words[-1:])):
        return True
    if text.isascii():
        return False
    if text.rstrip(" \n!.。！\"')~").endswith(("？", "؟")) or _in_chinese(message, _QUESTION_ZH):
        return True
    return tongues.says_by_script(text, tongues.ASKS)


def _questions(reading: Reading) -> bool:
    return reading.asks


def _begins_as_question(words: Sequence[str]) -> bool:
    """Whether a sentence without a question mark asks; "what a mess" and "do not stop" do not."""
    first, second = (*words, "", "")[:2]
    return first in rules.QUESTION_FIRST and (first, second) not in rules.NO_QUESTION


_RULES: Sequence[tuple[FeedbackKind, Callable[[Reading], bool]]] = (
    (FeedbackKind.OPT_OUT, _opts_out),  # a right, so it comes first
    (FeedbackKind.SMALL_TALK, _chats),
    (FeedbackKind.OTHER, _is_lukewarm),
    (FeedbackKind.OTHER, _rates_low),
    # Before the wish for a person: a complaint brings one anyway, with a reference.
    (FeedbackKind.COMPLAINT, _reports_problem),
    (FeedbackKind.PERSON_REQUEST, _wants_person),
    (FeedbackKind.SUGGESTION, _suggests),
    (FeedbackKind.COMPLAINT, _complains),
    (FeedbackKind.GREETING, _greets),
    (FeedbackKind.QUESTION, _questions),
    (FeedbackKind.PRAISE, _praises),
)
