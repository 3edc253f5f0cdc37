"""What the rules know of a language beside English and Chinese: the form of the tables."""

from collections.abc import Mapping
from dataclasses import dataclass

from feedback.matching import Rule, either, patterns, weighted
from feedback.reading.severity_signals import Severity


@dataclass(frozen=True, slots=True)
class Tongue:
    """The phrases of one language.

    Patterns of ``feedback.matching``, or regular expressions where the script needs them. All are written as
    ``words.tidy`` leaves a text: lower case, without accents.

    Attributes:
        problems: reports that something went wrong, and plain blame (``Rule.problem`` tells them apart).
        severity: why somebody should look at once.
        opt_out: that we shall not write any more.
        opt_out_alone: whole messages that say so.
        asks: questions and wishes.
        person: that a person shall answer.
    """

    problems: tuple[Rule, ...]
    severity: Mapping[Severity, tuple[Rule, ...]]
    opt_out: tuple[Rule, ...]
    opt_out_alone: frozenset[str]
    asks: tuple[Rule, ...]
    person: tuple[Rule, ...]


def tongue(
    *,
    problems: str,
    blame: str,
    severity: Mapping[Severity, str],
    opt_out: str,
    opt_out_alone: str,
    asks: str,
    person: str,
) -> Tongue:
    """Make a language of its tables; a line is a rule, which weighs in ``problems`` and ``blame``."""
    return Tongue(
        problems=(*weighted(problems, problem=True), *weighted(blame)),
        severity={one: patterns(table) for one, table in severity.items()},
        opt_out=patterns(opt_out),
        opt_out_alone=either(opt_out_alone),
        asks=patterns(asks),
        person=patterns(person),
    )
