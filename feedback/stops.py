"""Whether somebody says that we shall not write first any more: plainly, or in a sentence beside others."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from feedback import rules_stops as rules
from feedback import tongues
from feedback.cutting import OPT_OUT, STILL_COMES, Cut, cut
from feedback.words import tidy, words_of

LONGEST_ALONE = 60
"""Characters; the messages that are known as a whole are shorter."""
SHORTEST_WORD = 2
"""Letters: "Thanks, T" is signed, for initials are a stop only by themselves."""

_OPT_OUT_ZH, _STILL_COMES_ZH = (
    re.compile("|".join(patterns)) for patterns in (rules.OPT_OUT_ZH, rules.STILL_COMES_ZH)
)
_STILL_WRITTEN_TO = re.compile(rules.STILL_WRITTEN_TO)
_WRITTEN_ON = re.compile(rules.POLITE_WRITTEN_ON)
_RATING = re.compile(rules.RATING)
_BORDER = re.compile(r"([!?！？…\n।؟۔。]+|\.{2,}|\.(?=\s|$)|[,;:()–—،؛、]|\s-+\s)")
"""Where a part of a message ends."""
_CALLED_OUT = re.compile("[!?！？…؟]|\\.\\.")
_NUMBER = re.compile(r"\d{4}")
"""Beside a number "stop" may speak of an order."""
_WITHIN = frozenset(",;:()–—،؛、")


class Part(NamedTuple):
    """What stands between two marks of punctuation.

    Attributes:
        said: its words, without polite ones and ratings.
        text: as it stands, with the mark behind it.
        before, after: the marks around it; "" at both ends of a message.
    """

    said: str
    text: str
    before: str
    after: str

    @property
    def is_sentence(self) -> bool:
        """Whether it is no part of a longer sentence."""
        return _WITHIN.isdisjoint(self.before) and _WITHIN.isdisjoint(self.after)


def says_opt_out(text: str) -> bool:
    """Tell whether a tidied text, or a part of one, says that we shall not write any more."""
    return stops(cut(text), complains=False)


def stops(message: Cut, *, complains: bool) -> bool:
    """Tell whether a message says that we shall not write any more.

    Args:
        message: cut.
        complains: whether it complains of something; then less is enough.
    """
    return stops_plainly(message) or (_may_stop(message) and any(_stopping(message, complains=complains)))


def stops_plainly(message: Cut) -> bool:
    """Tell whether a message says so as a whole, or in so many words."""
    if (_may_stop(message) and _is_stop(message)) or tongues.says_by_script(message.text, tongues.OPT_OUT):
        return True
    if (OPT_OUT in message.lists and STILL_COMES not in message.lists) or is_still_written_to(message):
        return True
    return (
        message.chinese
        and _OPT_OUT_ZH.search(message.text) is not None
        and not _STILL_COMES_ZH.search(message.text)
    )


def is_still_written_to(message: Cut) -> bool:
    """Tell whether a message says that a stop was not kept: "I unsubscribed and still get your messages"."""
    if not message.chinese and "unsubscribed" not in message.text:
        return False
    return _STILL_WRITTEN_TO.search(message.text) is not None


def without_opt_out(text: str) -> str:
    """Give what a tidied message says besides that we shall not write any more."""
    rest = []
    known = _PLAIN | _IN_DOUBT
    text = "".join(part.text for part in _parts(text) if part.said not in known)
    message = cut(_OPT_OUT_ZH.sub(" ", text))
    for sentence, words, found in zip(message.sentences, message.words, message.found, strict=True):
        if OPT_OUT not in found:
            rest.append(sentence)
            continue
        taken = {place for match in found[OPT_OUT] for place in range(match.start, match.end)}
        rest.append(" ".join(word for place, word in enumerate(words) if place not in taken))
    return "\n".join(rest)


def _may_stop(message: Cut) -> bool:
    """Whether a message has the words of something in the tables at all, which few have."""
    words = frozenset[str]().union(*message.words)
    if message.text.isascii():
        return any(words.issuperset(some) for key in _BY_LONGEST.keys() & words for some in _BY_LONGEST[key])
    return not _FIRST.isdisjoint(words) or _WRITTEN.search(tongues.alike(message.text)) is not None


def _is_stop(message: Cut) -> bool:
    """Whether a message is one of the stop words, politely or not."""
    if len(message.text) > LONGEST_ALONE:
        return False
    whole = tongues.alike(" ".join([word for words in message.words for word in words if word != ","]))
    if whole in _ALONE:
        return True
    said = _without_politeness(whole.split()) if message.text.isascii() else _said(message.text)
    if whole.startswith("ok"):
        return said in _PLAIN or said in _IN_DOUBT  # "ok cancel" may agree to anything
    return said in _ALONE and not (said.isascii() and len(said) <= SHORTEST_WORD)


def _stopping(message: Cut, *, complains: bool) -> Iterator[bool]:
    """Tell of each part of a message whether it stops everything that we say first."""
    parts = [part for part in _parts(message.text) if part.said]
    for part in parts:
        said = part.said
        if said in _PLAIN or (message.chinese and said == "td"):
            yield True
        elif said not in _IN_DOUBT:
            yield False
        elif len(parts) == 1 or (part.is_sentence and (complains or part is parts[-1])):
            yield True
        elif part.is_sentence:
            yield _CALLED_OUT.search(part.after) is None
        elif said not in rules.CALLS or part.before == ":" or _NUMBER.search(message.text):
            yield False
        else:
            yield part is parts[-1] or (complains and part is parts[0])


def _parts(text: str) -> Iterator[Part]:
    """Cut a tidied text at its punctuation."""
    pieces = ["", *_BORDER.split(text), ""]
    for before, piece, after in zip(pieces[:-1:2], pieces[1::2], pieces[2::2], strict=True):
        yield Part(_said(_RATING.sub(" ", piece)), piece + after, before.strip(" "), after.strip(" "))


def _said(text: str) -> str:
    """Give the words of a short text, without polite ones at both ends."""
    text = tongues.alike(text).strip(" .,!?。")
    if not text.isascii():
        text = _WRITTEN_ON.sub("", text)
    return _without_politeness([word for word in words_of(text.strip()) if word != ","])


def _without_politeness(words: Sequence[str]) -> str:
    start, end = 0, len(words)
    while start < end and words[start] in rules.POLITE:
        start += 1
    while end > start and words[end - 1] in rules.POLITE:
        end -= 1
    return " ".join(words[start:end])


def _read(table: frozenset[str]) -> frozenset[str]:
    """Bring a table to the form in which messages are read."""
    return frozenset(" ".join(words_of(tongues.alike(tidy(one)))) for one in table)


def _by_longest(table: Iterable[str]) -> Mapping[str, Sequence[frozenset[str]]]:
    """Sort the words of each entry by its longest, which is the rarest as a rule."""
    found: dict[str, list[frozenset[str]]] = {}
    for words in map(str.split, table):
        found.setdefault(max(words, key=len), []).append(frozenset(words))
    return found


_ALONE = _read(rules.OPT_OUT_ALONE | rules.OPT_OUT_SOME_ALONE | tongues.OPT_OUT_ALONE)
_IN_DOUBT = _read(rules.IN_DOUBT)
_PLAIN = _ALONE - _IN_DOUBT - _read(rules.ONLY_ALONE)
_FIRST = frozenset(one.split()[0] for one in _ALONE if one.isascii())
_BY_LONGEST = _by_longest(one for one in _ALONE | _IN_DOUBT if one.isascii())
_WRITTEN = re.compile(
    "|".join(
        tongues.alike(tidy(one))
        for one in sorted(chain(rules.OPT_OUT_ALONE, tongues.OPT_OUT_ALONE))
        if not one.isascii()
    )
)
