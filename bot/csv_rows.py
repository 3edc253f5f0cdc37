"""Rows of a CSV file, each with the line on which it begins; one that is broken stops nothing."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from store.errors import InputError

FIELD_LIMIT = 2_000_000
"""Characters that one field may have."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row that could be read.

    Attributes:
        line: the file's line on which it begins.
        fields: its values.
    """

    line: int
    fields: list[str]


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row that cannot be used, and why."""

    line: int
    reason: str


class CutShortError(InputError):
    """A file ends in the middle of a row.

    Attributes:
        line: the line on which that row begins.
    """

    def __init__(self, line: int) -> None:
        super().__init__(f"the row that begins on line {line} does not end: copy the whole file again")
        self.line = line


def csv_rows(lines: Iterable[str], *, delimiter: str = ",") -> Iterator[CsvRow | UnreadableRow]:
    """Read rows, one after the other; lines that hold nothing are passed over.

    Raises:
        CutShortError: the last row does not end.
    """
    csv.field_size_limit(FIELD_LIMIT)
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                raise CutShortError(line) from error
            too_long = "field limit" in str(error)
            reason = (
                f"a field is longer than {FIELD_LIMIT:,} characters"
                if too_long
                else f"its quotes are broken ({error})"
            )
            yield UnreadableRow(line, reason)
            continue
        if fields:
            yield CsvRow(line, fields)
