"""Finding short patterns of words in a sentence, by one lookup for each word and not a search for each rule.

A pattern is words with single spaces between. ``a|b`` is either word, ``charge*`` any word that begins so,
and ``~3`` up to three words in between. The first element is never a gap or a beginning, so that rules can
be found by their first word.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

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


class Match(NamedTuple):
    """A rule that was found at ``tokens[start:end]``."""

    rule: Rule
    start: int
    end: int


class _Step(NamedTuple):
    words: frozenset[str]
    beginnings: tuple[str, ...]
    gap: int


@dataclass(frozen=True, slots=True, eq=False)
class _Compiled:
    """A rule, ready: of which list it is, and its rank there; the lowest rank is tried first."""

    rule: Rule
    name: str
    rest: tuple[_Step, ...]
    rank: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Begun:
    """The rules that one word begins.

    Attributes:
        always: those to be tried wherever the word stands.
        by_second: those that go on with a certain word.
        seconds: such words.
        reach: so many words after the first are asked for the second.
    """

    always: tuple[_Compiled, ...]
    by_second: Mapping[str, tuple[_Compiled, ...]]
    seconds: frozenset[str]
    reach: int

    def going_on(self, after: Sequence[str]) -> Sequence[_Compiled]:
        """Give the rules that may match before certain words, in the order of their ranks."""
        by_second = self.by_second
        hits = [by_second[word] for word in after if word in by_second]
        if len(hits) == 1 and not self.always:
            return hits[0]
        return sorted({*self.always, *chain.from_iterable(hits)}, key=_rank)


def _rank(compiled: _Compiled) -> int:
    return compiled.rank


class Lists:
    """Several lists of rules, looked for together in one pass; each list by itself, as if it were alone."""

    def __init__(self, lists: Mapping[str, Iterable[Rule]]) -> None:
        by_first: dict[str, list[_Compiled]] = {}
        for name, rules in lists.items():
            for rule in rules:
                first, *rest = rule.pattern.split(" ")
                compiled = _Compiled(rule, name, _steps(rest))
                for word in first.split("|"):
                    by_first.setdefault(word, []).append(compiled)
        self._begun = {word: _begun(rules) for word, rules in by_first.items()}

    def find(self, tokens: Sequence[str]) -> dict[str, list[Match]]:
        """Find rules from left to right; a token belongs to one match of each list at most."""
        found: dict[str, list[Match]] = {}
        free: dict[str, int] = {}
        for start, begun in enumerate(map(self._begun.get, tokens)):
            if begun is None:
                continue
            after = tokens[start + 1 : start + 1 + begun.reach]
            for candidate in begun.always if begun.seconds.isdisjoint(after) else begun.going_on(after):
                if free.get(candidate.name, 0) > start:
                    continue
                end = _end(candidate.rest, tokens, start + 1)
                if end is not None:
                    found.setdefault(candidate.name, []).append(Match(candidate.rule, start, end))
                    free[candidate.name] = end
        return found


class Matcher:
    """One list of rules, ready to be looked for."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._lists = Lists({"": rules})

    def find(self, tokens: Sequence[str]) -> list[Match]:
        """Find rules from left to right; a token belongs to one match at most."""
        return self._lists.find(tokens).get("", [])


def _begun(rules: Sequence[_Compiled]) -> _Begun:
    """Sort the rules that a word begins by the word they go on with."""
    # The more a rule asks for, the more it knows: it is tried first.
    ordered = sorted(rules, key=lambda one: (-len(one.rest), -abs(one.rule.weight)))
    always: list[_Compiled] = []
    by_second: dict[str, list[_Compiled]] = {}
    reach = 0
    for rank, rule in enumerate(ordered):
        ranked = replace(rule, rank=rank)
        if not rule.rest or rule.rest[0].beginnings:
            always.append(ranked)
            continue
        reach = max(reach, rule.rest[0].gap + 1)
        for word in rule.rest[0].words:
            by_second.setdefault(word, []).append(ranked)
    by_word = {word: tuple(some) for word, some in by_second.items()}
    return _Begun(tuple(always), by_word, frozenset(by_word), reach)


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
    for words, beginnings, gap in steps:
        for token in tokens[position : position + gap + 1]:
            position += 1
            if token in words or (beginnings and token.startswith(beginnings)):
                break
            if token in STOPS:
                return None
        else:
            return None
    return position
