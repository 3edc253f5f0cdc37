"""TOML files that people edit: read, checked against a model, and every fault named with its line."""

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.config_rules import BROKEN_RULE
from store.errors import InputError

FAULTS_TOLD = 20
NEWLINE = "\n"
LOOKED_AT = 300
"""Characters at the head of a line, in which its key is."""

_QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'[^']*'"
_HEADING = re.compile(rf"\s*(\[\[?)\s*((?:[^\[\]\"'#]|{_QUOTED})+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(rf"\s*((?:[\w\s.-]|{_QUOTED})+?)\s*=")

_LOWEST = re.compile(r"greater than or equal to (\S+)")
_HIGHEST = re.compile(r"less than or equal to (\S+)")

_PLAIN = {
    "missing": "it is missing",
    "too_short": "it is empty: write at least one entry, or leave the key out for what is usual",
    "string_too_short": "it is empty: write something",
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), "it must be a number"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "it must be a whole number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "it must be true or false"),
    **dict.fromkeys(("tuple_type", "list_type"), 'it must be a list, e.g. ["one", "two"]'),
    **dict.fromkeys(("dict_type", "model_type", "mapping_type"), "it must be a table, with keys of its own"),
    "string_type": 'it must be a text, e.g. "so"',
}
"""In our words, what pydantic says in those of its own."""

EMPTY = {
    "messages": 'it is empty: write at least one text, such as A = { en = "Hello" }',
    "label": 'it is empty: write at least one, such as en = "Yes"',
    "weekdays": 'it is empty: name at least one day, such as "mon"',
    "questions": 'it is empty: ask at least one, such as { kind = "stars" }',
}
"""What is wanted where a list or table must not be empty, by its key."""

NAME = r"^[a-z0-9][a-z0-9_-]{0,39}$"
"""The pattern of names by which definitions are told apart."""

PATTERNS = {
    NAME: "it must be a name of at most 40 small letters, digits, - and _",
    r"^[A-D]$": "versions are called A, B, C and D",
    r"\S": "it must not be blank",
}
"""What the patterns of our models ask for."""

M = TypeVar("M", bound=BaseModel)


def _as_it_is(content: dict[str, Any]) -> dict[str, Any]:
    return content


def read_checked(
    path: Path,
    model: type[M],
    *,
    prepare: Callable[[dict[str, Any]], dict[str, Any]] = _as_it_is,
    shown_by: str,
) -> M:
    """Read a file as a model.

    Args:
        path: where it is.
        model: what it may hold.
        prepare: brings what was read to the form of the model.
        shown_by: the command that shows which keys there are.

    Raises:
        InputError: it cannot be read or used; every fault is told with its key, and its line where known.
    """
    text, content = read_toml(path)
    try:
        return model.model_validate(prepare(content))
    except ValidationError as error:
        errors = error.errors(include_input=False)
        raise cannot_be_used(path, text, errors, shown_by=shown_by) from error


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """Read a file: its text, and what that says.

    Raises:
        InputError: it cannot be read, or is no TOML.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8: save it again as UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is not valid TOML: {error}") from error
    except RecursionError as error:
        raise InputError(f"{path} cannot be read: its brackets are nested too deeply") from error


def cannot_be_used(path: Path, text: str, errors: Sequence[ErrorDetails], *, shown_by: str) -> InputError:
    """Make the error that tells every fault of a file, with its key, and its line where known."""
    faults = _faults(errors, text, shown_by)
    more = f"\n  and {len(faults) - FAULTS_TOLD} more" if len(faults) > FAULTS_TOLD else ""
    lines = "".join(f"\n  {fault}" for fault in faults[:FAULTS_TOLD])
    return InputError(f"{path} cannot be used:{lines}{more}")


def _faults(found: Sequence[ErrorDetails], text: str, shown_by: str) -> Sequence[str]:
    """Say what is wrong, in the order of the file; that a list is short of what was refused goes unsaid."""
    told = [
        _fault(one, text, shown_by)
        for one in found
        if one["type"] != "too_short"
        or not any(other["loc"][: len(one["loc"])] == one["loc"] and other is not one for other in found)
    ]
    return [fault for _, fault in sorted(told)]


def _fault(found: ErrorDetails, text: str, shown_by: str) -> tuple[int, str]:
    """Say what is wrong, where: the key as one writes it, and its line; which also goes before."""
    where = [part for part in found["loc"] if part not in ("week", "[key]")]
    line = line_of(text, where)
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in where) or "the file"
    place = f"line {line}, {key}" if line else key
    words = _in_words(found, shown_by)
    return line or 0, f"{place}:{_below(words) if NEWLINE in words else f' {words}'}"


def _below(words: str) -> str:
    """Write several lines below each other, for they may point at one another."""
    return "".join(f"\n    {line}" for line in words.split(NEWLINE))


def _in_words(found: ErrorDetails, shown_by: str) -> str:
    written = str(found["loc"][-1]) if found["loc"] else ""
    if found["type"] == BROKEN_RULE:
        return found["msg"]
    if found["type"] == "extra_forbidden":
        small = written.lower()
        capital = "" if small == written else f" (keys are in small letters: {small})"
        return f"there is no such key{capital}; see `{shown_by}` for those there are"
    if found["type"] == "too_short" and found["loc"][-1:]:
        return EMPTY.get(str(found["loc"][-1]), _PLAIN["too_short"])
    if found["type"] in _PLAIN:
        return _PLAIN[found["type"]]
    if found["type"] == "string_pattern_mismatch":
        pattern = found["msg"].partition("'")[2].removesuffix("'")
        like = f", such as {_right_name(written)}" if pattern == NAME else ""
        return PATTERNS.get(pattern, f"it must be written like {pattern}") + like
    words = (
        found["msg"]
        .replace("Input should", "it must")
        .replace("String should", "it must")
        .replace("Value", "it")
    )
    return _LOWEST.sub(r"\1 or more", _HIGHEST.sub(r"\1 or less", words))


def _right_name(written: str) -> str:
    """Write a name as names are written; another one where nothing of it can stay, or it was right."""
    right = re.sub(r"[^a-z0-9_-]+", "-", written.lower()).strip("-_")[:40]
    return right if right and right != written else "spring-tea"


def line_of(text: str, where: Sequence[str | int]) -> int | None:
    """Find the line of a file that a place in it was read from, as well as can be told; None for none."""
    names = [part for part in where if isinstance(part, str)]
    index = next((part for part in where if isinstance(part, int)), None)
    best, line = 0, None
    seen: dict[tuple[str, ...], int] = {}
    for number, path, is_list in _places(text):
        if is_list:
            seen[path] = seen.get(path, -1) + 1
        if index is not None and any(
            path[: len(one)] == one and count != index for one, count in seen.items()
        ):
            continue
        shared = min(len(path), len(names))
        if shared > best and list(path[:shared]) == names[:shared]:
            best, line = shared, number
    return line


def _places(text: str) -> Iterator[tuple[int, tuple[str, ...], bool]]:
    """Give, line by line, which key stands there, with the table it is in, and whether it begins an entry."""
    table: tuple[str, ...] = ()
    for number, whole in enumerate(text.split("\n"), start=1):
        line = whole[:LOOKED_AT]
        if header := _HEADING.match(line):
            table = _split(header[2])
            yield number, table, header[1] == "[["
        elif key := _KEY.match(line):
            yield number, (*table, *_split(key[1])), False


def _split(dotted: str) -> tuple[str, ...]:
    """Read a key with its dots; one that is none, for it stands within a text of several lines, as it is."""
    try:
        rest: Any = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return (dotted,)
    path: list[str] = []
    while isinstance(rest, dict):
        ((key, rest),) = rest.items()
        path.append(key)
    return tuple(path)
