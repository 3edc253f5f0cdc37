"""What a message is, first of all: a complaint, praise, a question …; the first rule that holds decides."""

import re
from collections.abc import Callable, Container, Sequence
from functools import lru_cache
from typing import NamedTuple

from feedback import rules_kinds as rules
from feedback import tongues
from feedback.cutting import OPT_OUT, PERSON, QUESTION, STILL_COMES, SUGGESTION, Cut, cut
from feedback.small_talk import SmallTalk, small_talk
from feedback.stars import stars_in
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
_OPT_OUT_ZH = re.compile(
    r"(?:取消|退)订阅?|(?:别|不要|请勿|停止|勿)(?:再)?(?:给我)?(?:发|推送|发送|打扰)(?:了|消息|信息|短信|广告|推销|我|任何|这)"
    r"|不(?:想|要|愿)(?:再)?(?:收到|接收|看到)(?:你们|这|任何|的|广告|消息|短信|推送)"
    r"|(?:别|不要|请勿|停止|勿)(?:再)?(?:给我)?(?:发|推送|发送)(?:优惠|促销|邀请|祝福|问候|问卷|调查|节日|活动)"
    r"|不(?:想|要|愿)(?:再)?(?:收到|接收|看到)(?:优惠|促销|邀请|祝福|问候|问卷|调查|节日|活动)"
    r"|(?:别|不要|请勿)再?(?:给我)?回访|(?:别|不要|请勿)再邀请我"
    r"|(?:别|不要|请勿|勿)再?(?:联系|骚扰|打扰|烦)我|请勿打扰"
    r"|(?:(?:别|不要|请勿|勿)(?:再给我|再|给我)(?:发送?|推送)|停止(?:发送?|推送))(?=$|\W)"
)
_STILL_COMES_ZH = re.compile(
    r"(?:已经|都|早就)[^，。]{0,4}(?:退订|取消)|退订了[^，。]{0,6}还|(?:不|别)(?:要|想)?(?:退订|取消订阅)|订单"
)
_NOT_A_WORD = re.compile(r"[\W_]+")
_GREETING_ZH = re.compile(
    f"(?:{'|'.join(sorted([_NOT_A_WORD.sub('', one) for one in rules.GREETING_ZH], key=len, reverse=True))})+"
)
_OPT_OUT_ALONE = (
    rules.OPT_OUT_ALONE
    | rules.OPT_OUT_SOME_ALONE
    | {_NOT_A_WORD.sub(" ", one).strip() for one in tongues.OPT_OUT_ALONE}
)
_OPT_OUT_PARTS = frozenset(
    one
    for one in _OPT_OUT_ALONE
    if len(one.split()) >= rules.OPT_OUT_PART_FROM and tongues.script_of(one) is None
)
_PARTS_BEGIN, _PARTS_END = (frozenset(one.split()[place] for one in _OPT_OUT_PARTS) for place in (0, -1))


def kinds_that_hold(message: Cut, polarity: float, *, problem: bool) -> list[FeedbackKind]:
    """Give every kind whose rule holds, the decisive one first.

    Args:
        message: cut.
        polarity: of it, −1…1.
        problem: whether something is reported to have gone wrong.
    """
    reading = Reading(message, polarity, problem, small_talk(message.text), _asks(message))
    return [kind for kind, holds in _RULES if holds(reading)]


def without_opt_out(text: str) -> str:
    """Give what a tidied message says besides that we shall not write any more."""
    rest = []
    message = cut(_OPT_OUT_ZH.sub(" ", text))
    for words, found in zip(message.words, message.found, strict=True):
        taken = {place for match in found.get(OPT_OUT, ()) for place in range(match.start, match.end)}
        rest.append(" ".join(word for place, word in enumerate(words) if place not in taken))
    return "\n".join(rest)


@lru_cache(maxsize=8)
def _bare(text: str) -> str:
    return _NOT_A_WORD.sub(" ", text).strip()


def _is_one_of(text: str, whole: Container[str]) -> bool:
    """Whether a message is one of some short ones, but for its punctuation."""
    return len(text) <= LONGEST_ALONE and _bare(text) in whole


def _in_chinese(message: Cut, pattern: re.Pattern[str]) -> bool:
    return message.chinese and pattern.search(message.text) is not None


def _politely(words: Sequence[str]) -> Sequence[str]:
    """Take polite words off both ends."""
    start, end = 0, len(words)
    while start < end and words[start] in rules.POLITE:
        start += 1
    while end > start and words[end - 1] in rules.POLITE:
        end -= 1
    return words[start:end]


def _is_stop(text: str) -> bool:
    """Whether a message is one of the stop words, politely or not."""
    if len(text) > LONGEST_ALONE:
        return False
    bare = _bare(text)
    if bare in _OPT_OUT_ALONE:
        return True
    core = " ".join(_politely(bare.split()))
    # "Thanks, T" is signed: initials are a stop only by themselves.
    return core in _OPT_OUT_ALONE and not (core.isascii() and len(core) <= len("td"))


def _has_stop(message: Cut) -> bool:
    """Whether a part between punctuation marks says stop, in so many words that nothing else can be meant."""
    return any(
        " ".join(_politely(part.split())) in _OPT_OUT_PARTS
        for words in message.words
        if not (_PARTS_BEGIN.isdisjoint(words) or _PARTS_END.isdisjoint(words))
        for part in " ".join(words).split(",")
    )


def says_opt_out(text: str) -> bool:
    """Tell whether a tidied text, or a part of one, says that we shall not write any more."""
    return _stops(cut(text))


def _stops(message: Cut) -> bool:
    if _is_stop(message.text) or _has_stop(message):
        return True
    if tongues.says_by_script(message.text, tongues.OPT_OUT):
        return True
    if OPT_OUT in message.lists and STILL_COMES not in message.lists:
        return True
    return _in_chinese(message, _OPT_OUT_ZH) and not _STILL_COMES_ZH.search(message.text)


def _opts_out(reading: Reading) -> bool:
    return _stops(reading.message)


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
