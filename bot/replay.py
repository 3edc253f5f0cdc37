"""Feeds a file of real messages through the same intake, handlers and database as a live channel.

Nothing leaves: the channel ``replay`` takes whatever is sent to it, alerts to staff included, and drops it.
A row's update id comes from the file's fingerprint and its line, so a file that is replayed again, or after
an interruption, has no second effect.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from itertools import islice

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.csv_rows import UnreadableRow
from bot.intake import Intake, handled_here, utc_now
from bot.replay_file import ReplayFile, Row
from bot.replay_report import feedback_numbers, print_report, read_report
from customers.company import Chat, Company
from handlers.buttons import button
from handlers.incoming import Incoming, IncomingKind, Sender
from store.engine import Database
from store.outbox import settle_channel

CHANNEL = "replay"
STAFF_CHAT = Chat(CHANNEL, "staff")
BATCH = 100
SHOWN_FAULTS = 20
LET_OTHERS_WRITE_S = 0.02
"""A pause between batches: a program that serves customers on the same SQLite file must get its turn."""


async def replay_file(
    source: ReplayFile, database: Database, company: Company, out: Console, progress: Console
) -> None:
    """Replay a file and print a report; the file is checked whole before its first row is used.

    Raises:
        store.errors.InputError: the file cannot be used; nothing was replayed.
    """
    fingerprint, count = await asyncio.to_thread(source.check)
    faults: list[UnreadableRow] = []
    started = time.monotonic()
    read_once = replace(company, staff_chat=STAFF_CHAT, second_look=False)  # it would be read when it is over
    async with _intake(database, read_once) as intake:
        with _progress_bar(progress) as bar:
            task = bar.add_task(f"Replaying {source.path.name}", total=count)
            rows = source.rows()
            while chunk := list(islice(rows, BATCH)):
                readable = [row for row in chunk if isinstance(row, Row)]
                faults += [row for row in chunk if isinstance(row, UnreadableRow)]
                await _take(readable, fingerprint, intake, database)
                bar.advance(task, len(chunk))
                await asyncio.sleep(LET_OTHERS_WRITE_S)
    taken_s = time.monotonic() - started
    await database.run(settle_channel, channel=CHANNEL, reason="replayed, not sent", now=utc_now())
    report = await database.read(read_report, channel=CHANNEL, fingerprint=fingerprint, now=utc_now())
    print_report(out, report, read=count - len(faults), seconds=taken_s)
    _print_faults(out, faults)


async def _take(rows: Sequence[Row], fingerprint: str, intake: Intake, database: Database) -> None:
    """Let intake handle rows, then the ratings that came with them."""
    now = utc_now()
    await intake.take([_message(row, fingerprint, now) for row in rows])
    rated = [row for row in rows if row.rating is not None]
    if not rated:
        return
    ids = [_external_id(row, fingerprint) for row in rated]
    numbers = await database.read(feedback_numbers, channel=CHANNEL, external_ids=ids)
    await intake.take(
        [
            _rating(row, fingerprint, numbers[external_id], now)
            for row, external_id in zip(rated, ids, strict=True)
            if external_id in numbers
        ]
    )


def _message(row: Row, fingerprint: str, now: datetime) -> Incoming:
    sender = _sender(row, fingerprint)
    return Incoming(
        channel=CHANNEL,
        update_id=_external_id(row, fingerprint),
        kind=IncomingKind.MESSAGE,
        address=sender.id,
        sender=sender,
        at=row.at or now,
        text=row.text,
        message_id=_external_id(row, fingerprint),
    )


def _rating(row: Row, fingerprint: str, feedback_id: int, now: datetime) -> Incoming:
    message = _message(row, fingerprint, now)
    return replace(
        message,
        update_id=f"{message.update_id}:rating",
        kind=IncomingKind.BUTTON,
        text="",
        button=button("", "rate", f"f{feedback_id}", row.rating).data,
    )


def _sender(row: Row, fingerprint: str) -> Sender:
    """Name who wrote; a file that does not say so has a new customer on each row."""
    if row.customer is None:
        return Sender(id=_external_id(row, fingerprint), name=f"row {row.line}")
    return Sender(id=row.customer, name=row.customer)


def _external_id(row: Row, fingerprint: str) -> str:
    return f"{fingerprint}:{row.line}"


@asynccontextmanager
async def _intake(database: Database, company: Company) -> AsyncIterator[Intake]:
    intake = Intake(database, handled_here(database, company))
    task = asyncio.create_task(intake.run())
    try:
        yield intake
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _progress_bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def _print_faults(out: Console, faults: Sequence[UnreadableRow]) -> None:
    if not faults:
        return
    out.print(f"\n{len(faults)} rows could not be read and were left out:", markup=False, highlight=False)
    for fault in faults[:SHOWN_FAULTS]:
        out.print(f"  line {fault.line}: {fault.reason}", markup=False, highlight=False)
    if len(faults) > SHOWN_FAULTS:
        out.print(f"  … and {len(faults) - SHOWN_FAULTS} more", markup=False, highlight=False)
