"""A process beside ours loads what it needs, and not the program."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENTRY = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["rapport"].partition(":")[
    0
]
ALOUD = "import sys; print(*(name for name in sys.modules if name.partition('.')[0] in {packages}))"


def loaded_by(*modules: str, packages: set[str]) -> set[str]:
    """Import modules in a process of its own; gives what that loads of some packages."""
    code = f"import {', '.join(modules)}\n{ALOUD.format(packages=packages)}"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


def test_a_process_begins_with_what_starts_the_command_and_that_is_nothing() -> None:
    assert loaded_by(ENTRY, packages={"bot", "typer", "sqlalchemy"}) == {"bot", ENTRY}


@pytest.mark.parametrize(
    "module",
    [
        "handlers.staff.digest_picture",
        "handlers.marketing.calendar_picture",
        "scheduler.festival_calendar",
    ],
)
def test_what_is_done_aside_loads_no_database_and_no_handlers(module: str) -> None:
    heavy = {"sqlalchemy", "pydantic", "telegram", "aiohttp", "textblob"}
    assert not loaded_by("bot.aside", module, packages=heavy | {"altair", "holidays"})
