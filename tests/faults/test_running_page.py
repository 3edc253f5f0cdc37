"""What the documentation quotes from the log is what the program logs."""

import ast
import re
from functools import cache

import pytest

from tests.program import ROOT

ROOMS = ("bot", "handlers", "feedback", "scheduler", "customers", "store")


def _rows() -> list[tuple[str, str]]:
    """Read what breaks, and what the log says then, from the page for operators."""
    page = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    table = page.partition("## When something breaks")[2].partition("\n## ")[0]
    cells = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return [(what, quoted) for what, _, _, said in cells[2:] for quoted in re.findall(r"`([^`]+)`", said)]


@cache
def _texts() -> str:
    """Give every text that stands in the program's code, those in several pieces put together."""
    return "\n".join(
        node.value
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_the_page_has_rows() -> None:
    assert len(_rows()) > 10


@pytest.mark.parametrize(("what", "quoted"), _rows())
def test_the_log_line_exists(what: str, quoted: str) -> None:
    assert quoted in _texts(), f"docs/running.md, {what}: no part of the program says {quoted!r}"
