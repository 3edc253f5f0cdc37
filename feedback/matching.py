"""Finding short patterns of words in a sentence, by one lookup for each word and not a search for each rule.

A pattern is words with single spaces between. ``a|b`` is either word, ``charge*`` any word that begins so,
and ``~3`` up to three words in between. The first element is never a gap or a beginning, so that rules can
be found by their first word.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

STOPS = frozenset({",", "but", "not", "no", "never"})
"""Tokens that a gap never reaches over: what follows them speaks of something else, or of the opposite."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a pattern tells.

    Attributes:
        weight: −1…1, how good or bad that is.
        pattern: the words.
        problem: whether it reports that something went wrong, so that even a question with it complains.
    """

    weight: float
    pattern: str
    problem: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that was found at ``tokens[start:end]``."""

    rule: Rule
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Step:
    words: frozenset[str]
    beginnings: tuple[str, ...]
    gap: int

    def accepts(self, token: str) -> bool:
        return token in self.words or token.startswith(self.beginnings)


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: Rule
    rest: tuple[_Step, ...]


class Matcher:
    """Many rules, ready to be looked for together."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_first: dict[str, list[_Compiled]] = {}
        for rule in rules:
            first, *rest = rule.pattern.split(" ")
            compiled = _Compiled(rule, _steps(rest))
            for word in first.split("|"):
                self._by_first.setdefault(word, []).append(compiled)
        for candidates in self._by_first.values():
            # The more a rule asks for, the more it knows: it is tried first.
            candidates.sort(key=lambda one: (-len(one.rest), -abs(one.rule.weight)))

    def find(self, tokens: Sequence[str]) -> list[Match]:
        """Find rules from left to right; a token belongs to one match at most."""
        found: list[Match] = []
        position = 0
        while position < len(tokens):
            match = self._match_at(tokens, position)
            if match is not None:
                found.append(match)
            position = position + 1 if match is None else match.end
        return found

    def _match_at(self, tokens: Sequence[str], start: int) -> Match | None:
        for candidate in self._by_first.get(tokens[start], ()):
            end = _end(candidate.rest, tokens, start + 1)
            if end is not None:
                return Match(candidate.rule, start, end)
        return None


def listed(words: str) -> frozenset[str]:
    """Make a set of the words in a table."""
    return frozenset(words.split())


def either(table: str) -> frozenset[str]:
    """Make a set of the whole messages in a table, which ``|`` and line ends part."""
    return frozenset(one for row in _rows(table) for one in row.split("|"))


def graded(grades: Mapping[float, str], *, problem: bool = False) -> tuple[Rule, ...]:
    """Make a rule of each word in a table of weights and the words that have them."""
    return tuple(Rule(weight, word, problem) for weight, words in grades.items() for word in words.split())


def weighted(table: str, *, problem: bool = False) -> tuple[Rule, ...]:
    """Make rules of a table: a weight and a pattern on each line; lines with ``#`` are comments."""
    rows = (row.split(maxsplit=1) for row in _rows(table))
    return tuple(Rule(float(weight), pattern, problem) for weight, pattern in rows)


def patterns(table: str) -> tuple[Rule, ...]:
    """Make rules of a table with a pattern on each line, where only the match counts and not its weight."""
    return tuple(Rule(1.0, row) for row in _rows(table))


def _rows(table: str) -> Iterator[str]:
    return (row for row in map(str.strip, table.splitlines()) if row and not row.startswith("#"))


def _steps(elements: Sequence[str]) -> tuple[_Step, ...]:
    steps: list[_Step] = []
    gap = 0
    for element in elements:
        if element.startswith("~"):
            gap = int(element[1:])
            continue
        either = element.split("|")
        beginnings = tuple(word[:-1] for word in either if word.endswith("*"))
        steps.append(_Step(frozenset(word for word in either if not word.endswith("*")), beginnings, gap))
        gap = 0
    return tuple(steps)


def _end(steps: Sequence[_Step], tokens: Sequence[str], position: int) -> int | None:
    """Where the match of ``steps`` ends that begins at ``position``; the nearest word that fits is taken."""
    for step in steps:
        for reach in range(position, min(position + step.gap + 1, len(tokens))):
            if step.accepts(tokens[reach]):
                position = reach + 1
                break
            if tokens[reach] in STOPS:
                return None
        else:
            return None
    return position
