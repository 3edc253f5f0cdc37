"""Which sentences the program says: found in its sources, as ``say("…")`` and ``say.count("…", "…", n)``."""

import ast
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "feedback", "scheduler", "customers", "store")
SPEAKERS = frozenset({"say", "phrases", "staff_say"})
SAY_FROM_TABLES = frozenset({"scheduler/festivals/wording.py", "scheduler/campaigns/text.py"})
"""Sources that say what stands in a table elsewhere: greetings of festivals, reasons of skipped messages."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in the sources; ``many`` is its plural, where it counts something."""

    one: str
    many: str | None
    where: str


class UnreadableSentenceError(Exception):
    """A sentence is not written out where it is said, so no catalogue can hold it."""


def sentences() -> list[Sentence]:
    """Find every sentence of the program."""
    found: list[Sentence] = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            found += sentences_in(path.read_text(), str(path.relative_to(ROOT)))
    return found


def sentences_in(source: str, name: str) -> Iterator[Sentence]:
    """Find the sentences of one source.

    Raises:
        UnreadableSentenceError: one is not a literal.
    """
    for node in ast.walk(ast.parse(source, name)):
        if not isinstance(node, ast.Call):
            continue
        where = f"{name}:{node.lineno}"
        if _speaks(node.func):
            if name in SAY_FROM_TABLES and not isinstance(node.args[0], ast.Constant):
                continue
            yield Sentence(_literal(node.args[0], where), None, where)
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "count" and _speaks(node.func.value):
            yield Sentence(_literal(node.args[0], where), _literal(node.args[1], where), where)


def literals() -> frozenset[str]:
    """Collect every text that is written out anywhere in the program."""
    return frozenset(
        node.value
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def placeholders(sentence: str) -> frozenset[str]:
    """Name the values that a sentence puts in."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None)


def _speaks(node: ast.expr) -> bool:
    """Tell whether an expression speaks a language: ``say``, ``context.say``, ``phrases(language)``."""
    match node:
        case ast.Name(id="say") | ast.Attribute(attr="say"):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in SPEAKERS
    return False


def _literal(node: ast.expr, where: str) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise UnreadableSentenceError(f"{where}: the sentence is not written out where it is said")
