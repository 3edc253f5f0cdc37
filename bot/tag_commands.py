"""``rapport tags``: the words by which customers are marked, and a file with many of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy.orm import Session

from bot.csv_rows import CsvRow, CutShortError, UnreadableRow, csv_rows
from customers.phrases import SOURCE_LANGUAGE, phrases
from customers.profile import find_by_id
from customers.tags import count_tags, read_tags, tag_customer
from store.engine import Database
from store.errors import InputError

CUSTOMER, TAGS = "customer", "tags"
AT_ONCE = 500
"""Rows in one transaction, so that nobody who writes waits long."""
MOST_DIGITS = 15


@dataclass(slots=True)
class Imported:
    """How far an import is.

    Attributes:
        customers: rows of which something was new.
        tags: tags that were new.
        faults: what is wrong with rows that were passed over.
    """

    customers: int = 0
    tags: int = 0
    faults: int = 0


def listing(database: Database) -> Iterator[str]:
    """List the tags with how many customers bear each."""
    with database.reading() as session:
        counts = count_tags(session)
    if not counts:
        yield "No customer bears a tag. In the staff chat: /tag 42 wholesale"
    for tag, number in counts.items():
        yield f"{number:>9,}  {tag}"


def import_tags(database: Database, path: Path) -> Iterator[str]:
    """Mark the customers of a file; a row that is wrong is told and passed over.

    A file that was imported before changes nothing.

    Raises:
        InputError: the file cannot be read, is no UTF-8, or lacks a column.
    """
    rows = iter(_rows(path))
    header = next(rows, None)
    if not isinstance(header, CsvRow):
        raise InputError(f"{path} is empty: its first line names the columns {CUSTOMER} and {TAGS}")
    places = _places(path, header.fields)
    done = Imported()
    while chunk := list(islice(rows, AT_ONCE)):
        with database.transaction() as session:
            told = [fault for row in chunk if (fault := _take(session, row, places, done))]
        done.faults += len(told)
        yield from told
    yield f"New tags: {done.tags:,}, on customers: {done.customers:,}; rows passed over: {done.faults:,}."


def _rows(path: Path) -> Iterator[CsvRow | UnreadableRow]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv_rows(file)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8: save it as UTF-8") from error
    except CutShortError as error:
        raise InputError(f"{path}: {error}") from error


def _places(path: Path, header: Sequence[str]) -> tuple[int, int]:
    names = [name.strip().lower() for name in header]
    missing = [name for name in (CUSTOMER, TAGS) if name not in names]
    if missing:
        raise InputError(f"{path} has no column {' and no column '.join(missing)}: it has {', '.join(names)}")
    return names.index(CUSTOMER), names.index(TAGS)


def _take(
    session: Session, row: CsvRow | UnreadableRow, places: tuple[int, int], done: Imported
) -> str | None:
    """Mark the customer of one row; gives what is wrong with it, if anything is."""
    if isinstance(row, UnreadableRow):
        return f"line {row.line}: {row.reason}"
    if len(row.fields) <= max(places):
        return f"line {row.line}: it has too few columns"
    written, words = (row.fields[place].strip() for place in places)
    is_number = written.isascii() and written.isdigit() and len(written) <= MOST_DIGITS
    customer = find_by_id(session, int(written)) if is_number else None
    if customer is None:
        return f"line {row.line}: there is no customer {written!r}; give their number"
    say = phrases(SOURCE_LANGUAGE)
    try:
        new = tag_customer(session, customer.id, read_tags(words, say), say=say, now=datetime.now(UTC))
    except InputError as error:
        return f"line {row.line}: {error}"
    done.customers += bool(new)
    done.tags += len(new)
    return None
