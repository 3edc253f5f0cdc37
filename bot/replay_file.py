"""A CSV file of customers' messages: checked whole before the first row is used, then read row by row."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from pathlib import Path

from dateutil.parser import ParserError, parse

from bot.csv_rows import CsvRow, CutShortError, UnreadableRow, csv_rows
from store.errors import InputError

BEST_RATING = 5
RATINGS = range(1, BEST_RATING + 1)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what; only ``text`` is needed."""

    text: str
    customer: str | None = None
    at: str | None = None
    rating: str | None = None

    @property
    def named(self) -> list[str]:
        """The names of all columns that are used."""
        return [name for name in (self.text, self.customer, self.at, self.rating) if name is not None]


@dataclass(frozen=True, slots=True)
class Row:
    """One message of the file.

    Attributes:
        line: the file's line on which it begins.
        text: what was written.
        customer: who wrote it, where the file says so.
        at: when; aware.
        rating: 1–5, where the file has one.
    """

    line: int
    text: str
    customer: str | None
    at: datetime | None
    rating: int | None


class ReplayFile:
    """A file to replay.

    Args:
        path: the CSV file, UTF-8, with a header.
        columns: which columns hold what.
        zone: the time zone of times that name none.
        now: rows that claim to be from later are refused.
    """

    def __init__(self, path: Path, columns: Columns, *, zone: tzinfo, now: datetime) -> None:
        self.path = path
        self.columns = columns
        self._zone = zone
        self._now = now

    def check(self) -> tuple[str, int]:
        """Read the file through once, changing nothing.

        Returns:
            A fingerprint of its bytes, and how many rows it has, readable or not.

        Raises:
            InputError: it cannot be read, is not UTF-8, lacks a column, or is cut short.
        """
        try:
            with self.path.open("rb") as file:
                fingerprint = hashlib.file_digest(file, "sha256").hexdigest()[:12]
        except OSError as error:
            raise InputError(f"{self.path} cannot be read: {error.strerror}") from error
        count = sum(1 for _ in self.rows())
        if count == 0:
            raise InputError(f"{self.path} has a header but no rows: there is nothing to replay")
        return fingerprint, count

    def rows(self) -> Iterator[Row | UnreadableRow]:
        """Read the rows, one after the other.

        Raises:
            InputError: as ``check``.
        """
        with self._lines() as lines:
            found = csv_rows(lines)
            try:
                header = next(found, None)
                places = self._places(header)
                width = len(header.fields) if isinstance(header, CsvRow) else 0
                for row in found:
                    yield self._row(row, width, places) if isinstance(row, CsvRow) else row
            except CutShortError as error:
                raise self._cut_short(error.line) from error

    def _row(self, row: CsvRow, width: int, places: dict[str, int]) -> Row | UnreadableRow:
        line, fields = row.line, row.fields
        if len(fields) != width:
            if len(fields) < width and line == self._unfinished_line:
                raise self._cut_short(line)
            return UnreadableRow(line, f"it has {len(fields)} fields, the header has {width}")
        values = {name: fields[place].strip() for name, place in places.items()}
        if not values[self.columns.text]:
            return UnreadableRow(line, f"its {self.columns.text} is empty")
        try:
            return Row(
                line=line,
                text=values[self.columns.text],
                customer=values.get(self.columns.customer or "") or None,
                at=self._moment(values.get(self.columns.at or "")),
                rating=_rating(values.get(self.columns.rating or "")),
            )
        except InputError as error:
            return UnreadableRow(line, str(error))

    def _moment(self, text: str | None) -> datetime | None:
        if not text:
            return None
        try:
            moment = parse(text)
            aware = (moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).astimezone(UTC)
        except (ParserError, OverflowError, ValueError) as error:
            raise InputError(f"{text[:40]!r} is not a date and time, e.g. 2026-03-01 14:05") from error
        if aware > self._now:
            raise InputError(f"{text[:40]!r} lies in the future")
        return aware

    def _places(self, header: CsvRow | UnreadableRow | None) -> dict[str, int]:
        if header is None:
            raise InputError(f"{self.path} is empty: it needs a header and rows")
        if isinstance(header, UnreadableRow):
            raise InputError(f"{self.path} has a header that cannot be read: {header.reason}")
        names = [name.strip() for name in header.fields]
        missing = [name for name in self.columns.named if name not in names]
        if missing:
            raise InputError(
                f"{self.path} has no column {', '.join(missing)}; its columns are: {', '.join(names)[:500]}"
            )
        return {name: names.index(name) for name in self.columns.named}

    @contextmanager
    def _lines(self) -> Iterator[Iterable[str]]:
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                yield file
        except OSError as error:
            raise InputError(f"{self.path} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise InputError(
                f"{self.path} is not UTF-8 ({error.reason}): save it again as CSV UTF-8, and replay that"
            ) from error

    def _cut_short(self, line: int) -> InputError:
        return InputError(
            f"{self.path} is cut short: the row that begins on line {line} does not end;"
            " copy the whole file again. Nothing was replayed."
        )

    @cached_property
    def _unfinished_line(self) -> int | None:
        """The number of the last line, where it lacks the end of line that a whole row has."""
        count, last = 0, b""
        with self.path.open("rb") as file:
            for line in file:
                count, last = count + 1, line
        return None if last.endswith((b"\n", b"\r")) else count


def _rating(text: str | None) -> int | None:
    if not text:
        return None
    try:
        rating = float(text)
    except ValueError as error:
        raise InputError(f"its rating {text[:20]!r} is not a number from 1 to {BEST_RATING}") from error
    if rating not in RATINGS:
        raise InputError(f"its rating {text[:20]!r} is not a whole number from 1 to {BEST_RATING}")
    return int(rating)
