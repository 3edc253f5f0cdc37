"""``rapport purchases import``: a CSV file of what customers bought, read row by row."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from dateutil.parser import ParserError, parse
from sqlalchemy.orm import Session

from bot.csv_rows import CsvRow, UnreadableRow, csv_rows
from scheduler.purchases import Bought, find_buyer, note_purchases
from store.engine import Database
from store.errors import InputError

NEEDED = ("customer", "reference", "at")
KNOWN = (*NEEDED, "what", "amount")
AT_ONCE = 500
FAULTS_TOLD = 20
LONGEST_REFERENCE = 100


class RowError(InputError):
    """A row cannot be used; the message says why."""


@dataclass(slots=True)
class Reading:
    """How a file is read, and what became of its rows.

    Attributes:
        columns: the place of each column that is used.
        zone: of moments that name none.
        now: what is later than this was not bought yet.
        new, known, faulty: how many rows were new, known already, or could not be used.
    """

    columns: Mapping[str, int]
    zone: tzinfo
    now: datetime
    new: int = 0
    known: int = 0
    faulty: int = 0


def import_purchases(database: Database, file: Path, *, timezone: str, now: datetime) -> Iterator[str]:
    """Note the purchases of a file; yields what to tell the operator.

    A row that cannot be used is told, and stops no other. A file that was imported before has no effect.

    Args:
        database: where they are noted.
        file: CSV in UTF-8 with a header: customer, reference, at; and if you like what and amount.
        timezone: of moments that name none.
        now: what is later than this was not bought yet.

    Raises:
        InputError: the file cannot be read, or lacks a column.
    """
    with _opened(file) as lines:
        rows = csv_rows(lines)
        reading = Reading(_columns(next(rows, None), file), ZoneInfo(timezone), now)
        batch: list[CsvRow | UnreadableRow] = []
        for row in rows:
            batch.append(row)
            if len(batch) == AT_ONCE:
                yield from _take(database, batch, reading)
                batch = []
        yield from _take(database, batch, reading)
    if reading.faulty > FAULTS_TOLD:
        yield f"… and {reading.faulty - FAULTS_TOLD} more rows that cannot be used."
    yield (f"{file}: {reading.new} new, {reading.known} known already, {reading.faulty} that cannot be used.")


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            yield lines
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 (byte {error.start}): save it as UTF-8") from error


def _columns(header: CsvRow | UnreadableRow | None, file: Path) -> Mapping[str, int]:
    if not isinstance(header, CsvRow):
        raise InputError(
            f"{file} has no header: its first line must name the columns, e.g. {','.join(KNOWN)}"
        )
    names = [name.strip().lower() for name in header.fields]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise InputError(f"{file} lacks the column {missing[0]!r}; it has {', '.join(names) or 'none'}")
    return {name: names.index(name) for name in KNOWN if name in names}


def _take(database: Database, rows: list[CsvRow | UnreadableRow], reading: Reading) -> Iterator[str]:
    """Note the purchases of some rows in one transaction."""
    bought, faults = [], []
    with database.transaction() as session:
        for row in rows:
            try:
                bought.append(_read(session, row, reading))
            except RowError as error:
                faults.append(f"line {row.line}: {error}")
        new = note_purchases(session, bought)
    reading.new, reading.known = reading.new + new, reading.known + len(bought) - new
    left = max(0, FAULTS_TOLD - reading.faulty)
    reading.faulty += len(faults)
    yield from faults[:left]


def _read(session: Session, row: CsvRow | UnreadableRow, reading: Reading) -> Bought:
    if isinstance(row, UnreadableRow):
        raise RowError(row.reason)
    values = {
        name: row.fields[place].strip() for name, place in reading.columns.items() if place < len(row.fields)
    }
    for name in NEEDED:
        if not values.get(name):
            raise RowError(f"{name} is empty")
    customer_id = find_buyer(session, values["customer"])
    if customer_id is None:
        raise RowError(f"no customer is {values['customer']!r}: write their number, telegram:77 or +4420…")
    if len(values["reference"]) > LONGEST_REFERENCE:
        raise RowError(f"its reference is longer than {LONGEST_REFERENCE} characters")
    at = _moment(values["at"], reading.zone, reading.now)
    return Bought(
        customer_id, values["reference"], at, values.get("what", ""), _amount(values.get("amount", ""))
    )


def _moment(written: str, zone: tzinfo, now: datetime) -> datetime:
    try:
        moment = parse(written)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        utc = aware.astimezone(UTC)
    except (ParserError, OverflowError, ValueError) as error:
        raise RowError(f"{written!r} is no moment: write it like 2027-03-01 14:30") from error
    if utc > now:
        raise RowError(f"{written} is in the future")
    return utc


def _amount(written: str) -> float | None:
    if not written:
        return None
    try:
        amount = float(written)
    except ValueError:
        raise RowError(f"{written!r} is no amount: write it like 12.50") from None
    if not 0 <= amount < 1e12:  # noqa: PLR2004 - beyond any price, and where not a number
        raise RowError(f"{written!r} is no amount: write it like 12.50")
    return amount
