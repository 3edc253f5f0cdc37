"""Tables and values as TOML that people like to read, and that ``tomllib`` reads back as they were.

For what can be written as JSON: texts, numbers, true and false, lists and tables, which are written in the
order in which they come. What is None is left out, for TOML has none.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

WIDTH = 110
"""Characters of a line; a table that fits into one is written into one."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
_ESCAPED = frozenset({"Cc", "Zl", "Zp"})
"""Categories of characters that nobody sees, or that some take for the end of a line."""

Table = Mapping[str, Any]


def table_text(table: Table, path: Sequence[str] = ()) -> str:
    """Write a table, and all that is in it; "" for one that has nothing.

    Args:
        table: what to write.
        path: where it stands, as its heading says; the file itself has none.
    """
    return "\n".join(_lines(table, tuple(path)))


def _lines(table: Table, path: tuple[str, ...]) -> Iterator[str]:
    known = {key: value for key, value in table.items() if value is not None}
    apart = {key: value for key, value in known.items() if _stands_apart(key, value)}
    for key, value in known.items():
        if key not in apart:
            yield f"{key_text(key)} = {value_text(value, many_lines=True)}"
    for key, value in apart.items():
        inner = (*path, key)
        heading = ".".join(map(key_text, inner))
        for one in [value] if isinstance(value, Mapping) else value:
            yield ""
            yield f"[{heading}]" if isinstance(value, Mapping) else f"[[{heading}]]"
            yield from _lines(one, inner)


def _stands_apart(key: str, value: Any) -> bool:
    """Tell whether a value has headings of its own: a table too long for a line, or a list of tables."""
    if isinstance(value, Mapping):
        written = f"{key_text(key)} = {value_text(value)}"
        return len(written) > WIDTH or not value or any(_is_long(one) for one in value.values())
    return _is_list(value) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _is_long(value: object) -> bool:
    return isinstance(value, Mapping) or _is_list(value) or (isinstance(value, str) and "\n" in value)


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def key_text(key: str) -> str:
    """Write a key."""
    return key if _BARE.fullmatch(key) else _one_line(key)


def value_text(value: Any, *, many_lines: bool = False) -> str:
    """Write a value; a text of several lines as such, where that is wanted."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _several_lines(value) if many_lines and "\n" in value else _one_line(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        pairs = [f"{key_text(key)} = {value_text(one)}" for key, one in value.items() if one is not None]
        return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
    return f"[{', '.join(value_text(one) for one in value)}]"


def _one_line(text: str) -> str:
    return f'"{"".join(_escaped(char) for char in text)}"'


def _several_lines(text: str) -> str:
    """Write a text over several lines; the first begins below, where TOML passes over the break."""
    plain = {'"': '"', "\n": "\n"}
    written = "".join(plain.get(char) or _escaped(char) for char in text)
    written = written.replace('"""', '""\\"')
    if written.endswith('"'):
        written = f'{written[:-1]}\\"'
    return f'"""\n{written}"""'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    return f"\\u{ord(char):04x}" if unicodedata.category(char) in _ESCAPED else char
