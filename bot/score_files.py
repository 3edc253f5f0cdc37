"""Messages to score, out of a text, CSV or JSON Lines file or standard input, read as they come.

Nothing is collected, so a file may be larger than the memory. What cannot be read is passed on with its line
and the reason, and the rest goes on; only a file that is of another kind altogether ends it.
"""

import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from bot.csv_rows import CsvRow, CutShortError, UnreadableRow, csv_rows
from store.errors import InputError

LONGEST_LINE = 8_000_000
"""Bytes of a line that are read; a longer one is named and left out, so that the memory stays bounded."""
COLUMNS_KNOWN = frozenset(
    {"text", "message", "messages", "review", "reviews", "comment", "comments", "feedback", "body", "content"}
    | {
        "verbatim",
        "review_text",
        "reviewtext",
        "review_body",
        "review_content",
        "comment_text",
        "message_text",
    }
    | {"文本", "内容", "消息", "留言", "评论", "评价", "评论内容", "评价内容", "反馈"}
)
"""Names by which a column of messages is known, in lower case."""
RATINGS_KNOWN = frozenset(
    {"rating", "ratings", "stars", "star", "score", "star_rating", "overall", "评分", "星级", "打分", "分数"}
)
"""Names by which a column of stars is known, in lower case."""
RATINGS = range(1, 6)
_SHOWN = 500

_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_OTHER_FILES = (
    (b"\xff\xfe", "is UTF-16: save it as UTF-8 first"),
    (b"\xfe\xff", "is UTF-16: save it as UTF-8 first"),
    (b"PK\x03\x04", "is a workbook or an archive: save the sheet as CSV UTF-8, and score that"),
    (b"\x1f\x8b", "is compressed: unpack it first, e.g. `gunzip -c FILE | rapport score --format …`"),
)


class Format(StrEnum):
    """How messages stand in a file."""

    LINES = "lines"
    CSV = "csv"
    JSONL = "jsonl"


_BY_SUFFIX = {".csv": Format.CSV, ".tsv": Format.CSV, ".jsonl": Format.JSONL, ".ndjson": Format.JSONL} | {
    ".json": Format.JSONL
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message to score.

    Attributes:
        line: the file's line on which it begins.
        text: as it stands there.
        rating: stars that were given with it, 1–5.
        row: the other columns or keys of its row, by their names; carried along, and no part of what it says.
    """

    line: int
    text: str
    rating: int | None = None
    row: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Source:
    """Where messages come from.

    Attributes:
        name: of the file; ``-`` is standard input.
        file: open, in bytes.
        format: how messages stand in it.
        column: which column or key holds them; None is the one whose name we know.
        rating: which one holds 1–5 stars, if any.
        note_read: told how many bytes were read, now and then.
        tell: told, once, what might be used better.
    """

    name: str
    file: BinaryIO
    format: Format
    column: str | None = None
    rating: str | None = None
    note_read: Callable[[int], object] = field(default=lambda _count: None)
    tell: Callable[[str], object] = field(default=lambda _line: None)

    def messages(self) -> Iterator[Message | UnreadableRow]:
        """Read messages, one after the other.

        Raises:
            InputError: the file is of another kind, lacks the column, or ends in the middle of a row.
        """
        if self.format is Format.LINES:
            return self._of_lines()
        return self._of_csv() if self.format is Format.CSV else self._of_json()

    def _of_lines(self) -> Iterator[Message | UnreadableRow]:
        if self.column or self.rating:
            raise InputError(
                f"{self.name} is read as lines, which have no columns: add --format csv or jsonl"
            )
        for number, line in enumerate(self._lines(), start=1):
            reason = _unreadable(line)
            yield UnreadableRow(number, reason) if reason else Message(number, line.rstrip("\r\n"))

    def _of_csv(self) -> Iterator[Message | UnreadableRow]:
        lines = self._lines()
        first = next(lines, None)
        if first is None:
            raise InputError(f"{self.name} is empty: it needs a header and rows")
        found = csv_rows(chain([first], lines), delimiter=delimiter_of(first))
        try:
            header = next(found, None)
            if not isinstance(header, CsvRow):
                raise InputError(f"{self.name} has no header that can be read on line 1")
            names = [name.strip() for name in header.fields]
            places = self._places(names)
            self._hint(names)
            for row in found:
                yield self._of_row(row, names, places) if isinstance(row, CsvRow) else row
        except CutShortError as error:
            raise InputError(f"{self.name} is cut short: {error}. What came before is scored.") from error

    def _of_row(self, row: CsvRow, names: Sequence[str], places: Sequence[int]) -> Message | UnreadableRow:
        if len(row.fields) != len(names):
            return UnreadableRow(row.line, f"it has {len(row.fields)} fields, the header has {len(names)}")
        text, *ratings = [row.fields[place] for place in places]
        others = [place for place in range(len(names)) if place != places[0]]
        reason = _unreadable(text)
        if reason:
            return UnreadableRow(row.line, reason)
        return _message(row.line, text, *ratings, row={names[place]: row.fields[place] for place in others})

    def _of_json(self) -> Iterator[Message | UnreadableRow]:
        names: list[str] | None = None
        for number, line in enumerate(self._lines(), start=1):
            if not line.strip():
                continue
            if number == 1 and line.lstrip().startswith("["):
                raise InputError(
                    f"{self.name} is one JSON array; JSON Lines has an object on each line:"
                    f" jq -c '.[]' {self.name} | rapport score --format jsonl"
                )
            value = _json_value(number, line)
            if isinstance(value, dict) and names is None:
                names = list(value)
                self._places(names)
                self._hint(names)
            yield value if isinstance(value, UnreadableRow) else self._of_value(number, value, names or [])

    def _of_value(self, number: int, value: Any, names: Sequence[str]) -> Message | UnreadableRow:
        if isinstance(value, str) and not self.column:
            return Message(number, value)
        if not isinstance(value, dict):
            return UnreadableRow(number, "it is no JSON object")
        column, *rating = [names[place] for place in self._places(names)]
        if not isinstance(value.get(column), str):
            has = "is no text" if column in value else "is missing"
            return UnreadableRow(number, f"its {column[:40]!r} {has}")
        others = {name: one for name, one in value.items() if name != column}
        return _message(number, value[column], *[_written(value.get(name)) for name in rating], row=others)

    def _places(self, names: Sequence[str]) -> list[int]:
        """Find the columns: that of the messages, and that of the ratings where one is asked for."""
        wanted = [self._column(names), *([self.rating] if self.rating else [])]
        missing = [name for name in wanted if name not in names]
        if missing:
            has = ", ".join(names)[:_SHOWN]
            raise InputError(f"{self.name} has no column {', '.join(missing)}; its columns are: {has}")
        return [names.index(name) for name in wanted]

    def _hint(self, names: Sequence[str]) -> None:
        """Tell of a column that seems to hold ratings and is not used."""
        known = [name for name in names if name.strip().lower().replace(" ", "_") in RATINGS_KNOWN]
        if known and not self.rating and known[0] != self.column:
            self.tell(
                f"column {known[0]!r} may hold ratings: with --rating {shlex.quote(known[0])} they count"
                " beside the words, where they are 1 to 5 stars"
            )

    def _column(self, names: Sequence[str]) -> str:
        if self.column:
            return self.column
        known = [name for name in names if name.strip().lower().replace(" ", "_") in COLUMNS_KNOWN]
        if len(known) == 1 or len(names) == 1:
            return (known or list(names))[0]
        why = (
            "several columns may hold the messages"
            if known
            else "no column has a name that says it holds messages"
        )
        raise InputError(
            f"{self.name}: {why}; name one with --column. Its columns are: {', '.join(names)[:_SHOWN]}"
        )

    def _lines(self) -> Iterator[str]:
        """Read lines; bytes that are not UTF-8 become lone surrogates, which are found later."""
        first = True
        while line := self._read(LONGEST_LINE + 1):
            if first:
                self._refuse_other_files(line)
                line, first = line.removeprefix(b"\xef\xbb\xbf"), False
            if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
                line = b"x" * (LONGEST_LINE + 1) + b"\n"
                self._pass_over_rest()
            yield line.decode("utf-8", "surrogateescape")

    def _read(self, at_most: int) -> bytes:
        try:
            line = self.file.readline(at_most)
        except OSError as error:
            raise InputError(f"{self.name} cannot be read: {error.strerror}") from error
        self.note_read(len(line))
        return line

    def _pass_over_rest(self) -> None:
        while piece := self._read(LONGEST_LINE):
            if piece.endswith(b"\n"):
                return

    def _refuse_other_files(self, line: bytes) -> None:
        for beginning, what in _OTHER_FILES:
            if line.startswith(beginning):
                raise InputError(f"{self.name} {what}")


def format_of(name: str) -> Format:
    """Tell a file's format by the end of its name; a text file where it says nothing."""
    return _BY_SUFFIX.get(PurePath(name).suffix.lower(), Format.LINES)


def delimiter_of(header: str) -> str:
    """Tell what stands between columns: a comma, or what spreadsheets of other countries write."""
    counts = {mark: header.count(mark) for mark in (",", ";", "\t")}
    return max(counts, key=lambda mark: counts[mark])


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """Open a file, or standard input for ``-``.

    Raises:
        InputError: it cannot be opened.
    """
    if name == "-":
        if sys.stdin is None:
            raise InputError("standard input is closed: name a file")
        # Not Python's own, which it flushes at its end: a thread may still wait in it then (Ctrl-C).
        yield os.fdopen(sys.stdin.fileno(), "rb", closefd=False)
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}") from error
    with file:
        yield file


def _unreadable(text: str) -> str:
    """Say why a line or field cannot be used; "" where it can."""
    if len(text) > LONGEST_LINE:
        return f"it is longer than {LONGEST_LINE:,} bytes"
    return "it is not UTF-8" if not text.isascii() and _NOT_UTF8.search(text) else ""


def _json_value(number: int, line: str) -> Any:
    """Read a line of JSON; an ``UnreadableRow`` where it is none."""
    reason = _unreadable(line)
    if reason:
        return UnreadableRow(number, reason)
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        return UnreadableRow(number, f"it is no JSON ({error})")


def _message(
    line: int, text: str, rating: str = "", *, row: Mapping[str, Any] | None = None
) -> Message | UnreadableRow:
    rating = rating.strip()
    others = row or {}
    if not rating:
        return Message(line, text, row=others)
    try:
        stars = float(rating)
    except ValueError:
        stars = 0.0
    if stars not in RATINGS:
        return UnreadableRow(line, f"its rating {rating[:20]!r} is no whole number from 1 to 5")
    return Message(line, text, int(stars), others)


def _written(value: object) -> str:
    return "" if value is None else str(value)
