"""``rapport score``: a file goes in, JSON Lines come out, and a terminal shows how far it is."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from bot.csv_rows import UnreadableRow
from bot.score import Look, as_they_come, both_looks, first_look, in_batches, scored
from bot.score_files import Format, Source, format_of, opened
from feedback.reading.taxonomy import Taxonomy
from feedback.second_look.model import second_look, why_not
from store.errors import InputError

STANDARD_INPUT = "-"
SHOWN_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be scored, and how.

    Attributes:
        file: its name; ``-`` is standard input.
        taxonomy: the parts of the service.
        format: how messages stand in it; None goes by its name.
        column: which column or key holds them; None is the one whose name is known.
        rating: which one holds 1–5 stars, if any.
        only_first_look: whether the fast look alone is taken.
    """

    file: str
    taxonomy: Taxonomy
    format: Format | None = None
    column: str | None = None
    rating: str | None = None
    only_first_look: bool = False


@dataclass(slots=True)
class LeftOut:
    """Counts the rows that could not be read, and tells the first of them."""

    tell: Callable[[str], object]
    count: int = 0
    told: int = field(default=0, init=False)

    def __call__(self, row: UnreadableRow) -> None:
        """Leave a row out."""
        self.count += 1
        if self.count <= SHOWN_FAULTS:
            self.tell(f"line {row.line}: {row.reason}; left out")


def score(request: Request, out: BinaryIO, tell: Callable[[str], object], console: Console) -> None:
    """Score a file, message by message.

    Args:
        request: what, and how.
        out: gets a line of JSON for each message.
        tell: tells the operator of what was left out.
        console: shows a progress bar, where it is a terminal and the results go elsewhere.

    Raises:
        InputError: the file cannot be used, or nothing in it.
    """
    look = _look(request, tell)
    left_out = LeftOut(tell)
    count = 0
    waits = request.file == STANDARD_INPUT
    with opened(request.file) as file, _progress(request, console) as note_read:
        format_ = request.format or format_of(request.file)
        name = "standard input" if waits else request.file
        source = Source(name, file, format_, request.column, request.rating, note_read, tell)
        group = as_they_come if waits else in_batches
        for lines in scored(group(source.messages()), look, left_out):
            out.writelines(f"{line}\n".encode() for line in lines)
            count += len(lines)
            if waits:
                out.flush()
        out.flush()
    _tell_the_end(name, count, left_out, tell)


def _look(request: Request, tell: Callable[[str], object]) -> Look:
    """Choose how messages are understood; that the second look cannot be had is told once."""
    first = first_look(request.taxonomy)
    if request.only_first_look:
        return first
    missing = why_not()
    if missing is not None:
        tell(f"messages get the first look alone: {missing}")
        return first
    second = second_look()  # tells by itself what is wrong with its file
    return first if second is None else both_looks(first, second)


def _tell_the_end(name: str, count: int, left_out: LeftOut, tell: Callable[[str], object]) -> None:
    if left_out.count > SHOWN_FAULTS:
        tell(f"… and {left_out.count - SHOWN_FAULTS:,} more lines")
    if not count and left_out.count:
        raise InputError(f"{name}: none of its {left_out.count:,} rows could be read")
    if not count:
        tell(f"{name} holds no message")


@contextmanager
def _progress(request: Request, console: Console) -> Iterator[Callable[[int], object]]:
    """Show how much of the file was read, where somebody sees it and no result is written in between."""
    shown = console.is_terminal and not sys.stdout.isatty()
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not shown,
    )
    with bar:
        size = None if request.file == STANDARD_INPUT else Path(request.file).stat().st_size
        task = bar.add_task(f"Scoring {Path(request.file).name}", total=size)

        def note_read(count: int) -> None:
            bar.advance(task, count)

        yield note_read if shown else _ignore


def _ignore(_count: int) -> None:
    """Show nothing."""
