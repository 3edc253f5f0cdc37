"""Finding what makes a message weigh heavily: which rules fired, each with the words that made it."""

import re
from collections.abc import Sequence
from functools import cache

from feedback import tongues
from feedback.cutting import Cut
from feedback.matching import Match
from feedback.reading.rules_severity import CHINESE
from feedback.reading.severity_signals import Severity, SeveritySignal

_HARMLESS = re.compile(
    r"(?:警察局|医院|法院|派出所)(?:附近|旁边|对面|门口|那边|怎么走)|在(?:医院|法院)(?:工作|上班)"
    r"|不(?:用|会|想)(?:起诉|报警)|没有?(?:危险|过敏|受伤)|(?:不是|并非)投诉"
)


def severity_of(message: Cut, *, content: bool) -> tuple[SeveritySignal, ...]:
    """Find every reason to look at a message at once.

    Args:
        message: cut.
        content: whether the customer is plainly content; then "never again" says nothing.

    Returns:
        Each reason once, with the words it was found by, in the order of ``Severity``.
    """
    found: dict[Severity, str] = {}
    for name in _NAMES.keys() & message.lists if message.lists else ():
        for words, in_sentence in zip(message.words, message.found, strict=True):
            said = _not_denied(words, in_sentence.get(name, ()))
            if said:
                found.setdefault(_NAMES[name], said)
    if message.chinese:
        simplified = _HARMLESS.sub("", message.text)
        for severity, pattern in _patterns():
            match = pattern.search(simplified)
            if match is not None:
                found.setdefault(severity, match[0])
    if not message.text.isascii():
        for severity, said in tongues.severe_by_script(message.text):
            found.setdefault(severity, said)
    if not found:
        return ()
    silent = _ONLY_FROM_THE_DISCONTENT if content else frozenset[Severity]()
    return tuple(SeveritySignal(one, found[one]) for one in Severity if one in found and one not in silent)


_NAMES = {str(severity): severity for severity in Severity}
_ONLY_FROM_THE_DISCONTENT = frozenset({Severity.LEAVING, Severity.ASKED_BEFORE, Severity.MONEY_LOST})


def _not_denied(words: Sequence[str], matches: Sequence[Match]) -> str:
    for match in matches:
        before = words[match.start - 1] if match.start else ""
        if before not in ("no", "not", "without", "never"):
            return " ".join(words[match.start : match.end])
    return ""


@cache
def _patterns() -> tuple[tuple[Severity, re.Pattern[str]], ...]:
    return tuple((severity, re.compile(pattern)) for severity, pattern in CHINESE.items())
