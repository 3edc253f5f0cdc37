"""What of a message the model may look at: its words without names, numbers, addresses and greetings.

A name, an order number or a "good morning" says nothing about content, so the model never sees one: that they
change nothing is true by construction, not by training.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from feedback import lexicon_en as english
from feedback.cutting import Cut, cut
from feedback.reading.hashing import LONGEST_WORD, is_chinese
from feedback.reading.names import NAMES
from feedback.words import sentences, tidy, words_of

NUMBER, NAME = "0", "·"
ALONE_NOTHING = frozenset([NUMBER, NAME, "!", "!!", "!!!"])
"""What tells nothing where nothing else is said."""
NEGATION_REACH = 4
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|[@#](?=\w)|@\S+")
_HELLO = (
    r"(?:(?:hi|hello|hey|hiya|dear|good (?:morning|afternoon|evening|day)|greetings)\b"
    r"(?: (?:there(?!'| (?:is|are|was|were|has|have|had|will|must|should|seems?)\b)|all|team"
    r"|everyone|everybody|guys|folks|sir|madam|again)\b)*"
    r"|你好|您好|哈喽|嗨|早上好|上午好|中午好|下午好|晚上好|大家好|亲(?=[,，]))"
)
GREETING = re.compile(rf"^[\s,.!]*(?:{_HELLO}[呀啊,，。.！!~\s]*)+")
"""What many messages begin with, and what says nothing about content."""
_MARKS = re.compile(r"[!?！？]+|[\u2600-\u27bf\u2b50\U0001f300-\U0001faff]")
_MARKS_ASCII = re.compile("[!?]+")
_MARKS_MEAN = str.maketrans("！？", "!?")
MARKS_AT_MOST = 12
WORDS_KEPT = 4_096


class Tokens(NamedTuple):
    """The words of a message as the model sees them.

    Attributes:
        words: masked words, in reading order, marks ("!", emoji) last.
        negated: for each, whether it stands in the reach of a negation.
    """

    words: tuple[str, ...]
    negated: tuple[bool, ...]


def tokens_of(text: str) -> Tokens:
    """Cut any text into what the model sees."""
    return tokens_of_message(cut(tidy(text)))


def tokens_of_message(message: Cut) -> Tokens:
    """Choose what the model sees of a message that is cut."""
    text, cut_words = message.text, message.words
    if "@" in text or "www" in text or "://" in text or "#" in text:
        text = _ADDRESS.sub(" ", text)
    greeted = GREETING.match(text)
    if greeted is not None:
        text = text[greeted.end() :]
    if text is not message.text:
        cut_words = tuple([words_of(sentence) for sentence in sentences(text)])
    words: list[str] = []
    negated: list[bool] = []
    for sentence in cut_words:
        _read(sentence, words, negated)
    marks = (_MARKS_ASCII if text.isascii() else _MARKS).findall(text)[:MARKS_AT_MOST]
    if marks:
        words += [mark.translate(_MARKS_MEAN)[:3] for mark in marks]
        negated += [False] * len(marks)
    return Tokens(tuple(words), tuple(negated))


def _read(sentence: Sequence[str], words: list[str], negated: list[bool]) -> None:
    """Add a sentence's words, masked, and whether they are negated."""
    if english.NEGATIONS.isdisjoint(sentence):
        words += chain.from_iterable(map(_shown, sentence))
        negated += [False] * (len(words) - len(negated))
        return
    left = 0
    for word in sentence:
        if word in english.NEGATION_STOPS:
            left = 0
        shown = _shown(word)
        words += shown
        if not shown or is_chinese(word[0]):
            negated += [False] * len(shown)
            continue
        negated.append(left > 0)
        left = NEGATION_REACH if word in english.NEGATIONS else left - 1


@lru_cache(maxsize=WORDS_KEPT)
def _shown(word: str) -> tuple[str, ...]:
    """Give what the model sees of a word; a run of Chinese comes in pieces of bounded length."""
    if word in ("", ","):
        return ()
    if is_chinese(word[0]):
        return tuple([word[start : start + LONGEST_WORD] for start in range(0, len(word), LONGEST_WORD)])
    return (NAME if word in NAMES else NUMBER if word[0].isdigit() else word,)
