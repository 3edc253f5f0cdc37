"""Scoring Chinese: words looked up where they stand, problems by clause."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from feedback import rules_zh as chinese

TURNED_ROUND = -0.7
BEFORE_CONTRAST, AFTER_CONTRAST = 0.6, 1.3

_CLAUSE = re.compile(r"[^，,、；;：:\s~～]+")
_WEIGHTS = {rule.pattern: rule.weight for rule in chinese.WORDS}
_BY_FIRST: dict[str, list[str]] = {}
for _word in sorted(_WEIGHTS, key=len, reverse=True):
    _BY_FIRST.setdefault(_word[0], []).append(_word)
_PATTERNS = tuple((rule, re.compile(rule.pattern)) for rule in (*chinese.PROBLEMS, *chinese.PHRASES))
_ANY_PATTERN = re.compile("|".join(f"(?:{rule.pattern})" for rule, _ in _PATTERNS))
"""Most clauses have none, and need no further search."""
_NEGATED = re.compile(rf"(?:{'|'.join(chinese.NEGATIONS)})[^，,]{{0,{chinese.NEGATION_REACH}}}$")


@lru_cache(maxsize=64)
def score_chinese(sentence: str) -> tuple[Sequence[tuple[str, float]], bool]:
    """Find the words that weigh in one sentence of a tidied text, and whether it reports a problem.

    Kept, because many a clause is a whole sentence.
    """
    turn = max(map(sentence.rfind, chinese.CONTRASTS))
    found: list[tuple[str, float]] = []
    problem = False
    for clause in _CLAUSE.finditer(sentence):
        rest, patterns, reported = _take_patterns(clause[0])
        problem = problem or reported
        for place, words, weight in (*patterns, *_words(rest)):
            found.append((words, weight * _stress(clause.start() + place, turn)))
    return tuple(found), problem


def _take_patterns(clause: str) -> tuple[str, list[tuple[int, str, float]], bool]:
    """Find the patterns of a clause and blank them out, so that their words are not scored again."""
    found: list[tuple[int, str, float]] = []
    problem = False
    if _ANY_PATTERN.search(clause) is None:
        return clause, found, problem
    for rule, pattern in _PATTERNS:
        match = pattern.search(clause)
        if match is not None:
            problem = problem or rule.problem
            found.append((match.start(), match[0], rule.weight))
            clause = clause[: match.start()] + "·" * len(match[0]) + clause[match.end() :]
    return clause, found, problem


def _words(clause: str) -> Iterator[tuple[int, str, float]]:
    """Yield each known word of a clause, its place and weight; a negation shortly before turns it round."""
    place = 0
    last_end = 0
    while place < len(clause):
        begun = _BY_FIRST.get(clause[place])
        word = begun and next((word for word in begun if clause.startswith(word, place)), None)
        if not word:
            place += 1
            continue
        weight = _WEIGHTS[word]
        before = _NEGATED.search(clause[max(last_end, place - 6) : place])
        if weight and before is not None:
            yield place, before[0] + word, weight * TURNED_ROUND
        elif weight:
            yield place, word, weight
        place += len(word)
        last_end = place


def _stress(place: int, turn: int) -> float:
    if turn <= 0:
        return 1.0
    return BEFORE_CONTRAST if place < turn else AFTER_CONTRAST
