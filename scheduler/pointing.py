"""Where in a line a mistake is: with carets below it where signs have columns, else with marks around it.

A terminal and a file have columns; a chat has not, for its letters differ in width.
"""

import unicodedata
from collections.abc import Callable

Pointing = Callable[[str, int, int], str]
"""Shows a line with the place of a mistake in it: where that begins there, and how many characters it has."""

MARKS = (("«", "»"), ("【", "】"))
"""What stands around a mistake: the first that the line has not itself, else the last."""

NOTHING = "?"
"""Stands between the marks where something is missing."""


def with_carets(line: str, start: int, length: int) -> str:
    """Show a line, and carets in the line below it; wide characters count two columns.

    >>> print(with_carets("index < low", 8, 3))
    index < low
            ^^^
    """
    blanks = "".join("\N{IDEOGRAPHIC SPACE}" if _is_wide(one) else " " for one in line[:start])
    carets = "".join("＾" if _is_wide(one) else "^" for one in line[start : start + length])
    return f"{line}\n{blanks}{carets or '^'}"


def with_marks(line: str, start: int, length: int) -> str:
    """Show a line with marks around the place.

    >>> with_marks("index < low", 8, 3)
    'index < «low»'
    >>> with_marks("standing =", 10, 0)
    'standing = «?»'
    """
    before, place, after = line[:start], line[start : start + length], line[start + length :]
    opening, closing = next((marks for marks in MARKS if not set(marks) & set(line)), MARKS[-1])
    if not place and before and not before[-1].isspace():
        before = f"{before} "
    return f"{before}{opening}{place or NOTHING}{closing}{after}"


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F")
