"""Seven languages beside English and Chinese: which phrases of theirs a message has.

Those in Latin letters are found together with the English ones, in one pass over the words
(``feedback.cutting``); the others by their script, as they stand in the text.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from feedback.matching import Match, Rule
from feedback.reading.language import Language
from feedback.reading.severity_signals import Severity
from feedback.rules_ar import ALIKE, ARABIC
from feedback.rules_de import GERMAN
from feedback.rules_es import SPANISH
from feedback.rules_fr import FRENCH
from feedback.rules_hi import HINDI
from feedback.rules_it import ITALIAN
from feedback.rules_pt import PORTUGUESE
from feedback.tongue import Tongue

BY_WORDS: Mapping[Language, Tongue] = {
    Language.SPANISH: SPANISH,
    Language.PORTUGUESE: PORTUGUESE,
    Language.FRENCH: FRENCH,
    Language.GERMAN: GERMAN,
    Language.ITALIAN: ITALIAN,
}
BY_SCRIPT: Mapping[Language, Tongue] = {Language.HINDI: HINDI, Language.ARABIC: ARABIC}

OPT_OUT_ALONE = frozenset(
    chain.from_iterable(one.opt_out_alone for one in (*BY_WORDS.values(), *BY_SCRIPT.values()))
)
"""Whole messages that say that we shall not write any more."""

OPT_OUT, ASKS, PERSON = "opt_out", "asks", "person"
"""Tables of a ``Tongue``, by their names."""

_ARABIC, _DEVANAGARI = re.compile(r"[\u0600-\u06ff]"), re.compile(r"[\u0900-\u097f]")
_NOTHING = re.compile("(?!)")
DENIAL_REACH = 2
"""So many words before a phrase may deny it: "nicht kaputt", "ningún problema con el pedido"."""


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase of one of the languages that was found in a message.

    Attributes:
        language: whose phrase it is.
        words: of the message.
        weight: −1…1.
        problem: whether it reports that something went wrong.
    """

    language: Language
    words: str
    weight: float
    problem: bool


def listed_as(language: Language) -> str:
    """Give the name under which a language's phrases are looked for with all others."""
    return f"said:{language}"


def rules_of(table: str) -> tuple[Rule, ...]:
    """Give a table of all languages in Latin letters."""
    return tuple(chain.from_iterable(getattr(one, table) for one in BY_WORDS.values()))


def severe_rules_of(severity: Severity) -> tuple[Rule, ...]:
    """Give what shows a severity in all languages in Latin letters."""
    return tuple(chain.from_iterable(one.severity.get(severity, ()) for one in BY_WORDS.values()))


def said_in(
    language: Language, words: Sequence[str], matches: Sequence[Match], negations: frozenset[str]
) -> Iterator[Said]:
    """Tell what matches of a language say in a sentence; one that is denied says nothing."""
    for match in matches:
        before, inside = (
            words[max(0, match.start - DENIAL_REACH) : match.start],
            words[match.start : match.end],
        )
        if negations.isdisjoint(before) or not negations.isdisjoint(inside):
            yield Said(
                language, " ".join(words[match.start : match.end]), match.rule.weight, match.rule.problem
            )


def said_by_script(text: str) -> Iterator[Said]:
    """Tell what a tidied text in another script says."""
    language = script_of(text)
    if language is None:
        return
    text = alike(text)
    for rule, pattern in _problems(language):
        found = pattern.search(text)
        if found is not None:
            yield Said(language, found[0].strip(), rule.weight, rule.problem)


def says_by_script(text: str, table: str) -> bool:
    """Tell whether a tidied text in another script has a phrase of a table."""
    language = script_of(text)
    return language is not None and _pattern(language, table).search(alike(text)) is not None


def severe_by_script(text: str) -> Iterator[tuple[Severity, str]]:
    """Tell what weighs heavily in a tidied text in another script, with its words."""
    language = script_of(text)
    if language is None:
        return
    text = alike(text)
    for severity in BY_SCRIPT[language].severity:
        found = _severe(language, severity).search(text)
        if found is not None:
            yield severity, found[0].strip()


def script_of(text: str) -> Language | None:
    """Tell which of the languages has its own script in a text, if any."""
    if text.isascii():
        return None
    if _ARABIC.search(text):
        return Language.ARABIC
    return Language.HINDI if _DEVANAGARI.search(text) else None


def alike(text: str) -> str:
    """Write a text as the tables of its script are written."""
    return text if text.isascii() or _ARABIC.search(text) is None else text.translate(ALIKE)


@cache
def _problems(language: Language) -> tuple[tuple[Rule, re.Pattern[str]], ...]:
    return tuple((rule, re.compile(_written(rule))) for rule in BY_SCRIPT[language].problems)


@cache
def _pattern(language: Language, table: str) -> re.Pattern[str]:
    return _joined(getattr(BY_SCRIPT[language], table))


@cache
def _severe(language: Language, severity: Severity) -> re.Pattern[str]:
    return _joined(BY_SCRIPT[language].severity[severity])


def _joined(rules: Sequence[Rule]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_written(rule)})" for rule in rules)) if rules else _NOTHING


def _written(rule: Rule) -> str:
    """Bring a pattern to the form in which ``words.tidy`` leaves letters, of one sign or of two."""
    return unicodedata.normalize("NFKC", rule.pattern)
