"""What Rapport understands of each message of a file, as JSON Lines: the core of ``rapport score``."""

import json
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from bot.csv_rows import UnreadableRow
from bot.score_files import Message
from feedback.reading.taxonomy import STANDARD, Taxonomy
from feedback.second_look.both import with_second
from feedback.second_look.model import SecondLook
from feedback.understanding import NEUTRAL_BELOW, Context, Understanding, understand

Look = Callable[[Sequence[Message]], Sequence[Understanding]]
"""Understands some messages together, in their order."""

T = TypeVar("T")

AT_ONCE = 64
"""Messages that are understood together at most."""
HEARD_WITHIN_S = 1.0
"""How late a Ctrl-C is heard at most while nothing comes."""
NAMED_FROM = 0.5
"""A kind as likely as this is named beside the first."""


def first_look(taxonomy: Taxonomy = STANDARD) -> Look:
    """Give the fast look alone."""

    def look(messages: Sequence[Message]) -> Sequence[Understanding]:
        return [
            understand(message.text, Context(rating=message.rating, taxonomy=taxonomy))
            for message in messages
        ]

    return look


def both_looks(first: Look, second: SecondLook) -> Look:
    """Let a second look refine the first, but for messages that came with a rating: that decides already."""

    def look(messages: Sequence[Message]) -> Sequence[Understanding]:
        found = list(first(messages))
        places = [place for place, message in enumerate(messages) if message.rating is None]
        refined = with_second(
            [found[place] for place in places], [messages[place].text for place in places], second
        )
        for place, understanding in zip(places, refined, strict=True):
            found[place] = understanding
        return found

    return look


def scored(
    batches: Iterable[Sequence[Message | UnreadableRow]],
    look: Look,
    leave_out: Callable[[UnreadableRow], object],
) -> Iterator[list[str]]:
    """Understand messages, batch by batch as they come; nothing is collected.

    Args:
        batches: what was read.
        look: understands.
        leave_out: told of each row that could not be read.

    Yields:
        For each batch a line of JSON for each message.
    """
    for batch in batches:
        for row in batch:
            if isinstance(row, UnreadableRow):
                leave_out(row)
        messages = [row for row in batch if isinstance(row, Message)]
        yield [
            as_json(message.text, understanding, message.row)
            for message, understanding in zip(messages, look(messages), strict=True)
        ]


def as_json(text: str, understanding: Understanding, row: Mapping[str, Any] | None = None) -> str:
    """Write what was understood of a text as one line of JSON, and after it the other columns of its row.

    A lone surrogate, which JSON may hold and UTF-8 may not, is written as an escape.
    """
    told = {"text": text, **told_of(understanding), **({"row": row} if row else {})}
    line = json.dumps(told, ensure_ascii=False)
    return line if _is_utf8(line) else json.dumps(told)


def told_of(understanding: Understanding) -> dict[str, Any]:
    """Give what was understood as plain data; ``docs/scoring.md`` explains each field."""
    negative, neutral, positive = understanding.probabilities
    first_before_others = sorted(understanding.kinds, key=lambda one: one[0] is not understanding.kind)
    return {
        "sentiment": understanding.sentiment,
        "polarity": understanding.polarity,
        "probabilities": {"negative": negative, "neutral": neutral, "positive": positive},
        "kinds": [
            {"kind": str(kind), "probability": probability}
            for kind, probability in first_before_others
            if kind is understanding.kind or probability >= NAMED_FROM
        ],
        "aspects": [
            {
                "aspect": aspect.part,
                "sentiment": sentiment_of(aspect.polarity),
                "polarity": aspect.polarity,
                "words": list(aspect.words),
            }
            for aspect in understanding.aspects
        ],
        "severity": [
            {"signal": str(signal.severity), "words": signal.words} for signal in understanding.severity
        ],
        "language": str(understanding.language),
        "why": [{"words": weight.words, "weight": weight.weight} for weight in understanding.why],
    }


def sentiment_of(polarity: float) -> str:
    """Name a polarity: ``negative`` up to −0.1, ``positive`` from 0.1, ``neutral`` between."""
    if polarity <= -NEUTRAL_BELOW:
        return "negative"
    return "positive" if polarity >= NEUTRAL_BELOW else "neutral"


def in_batches(rows: Iterable[T], at_most: int = AT_ONCE) -> Iterator[list[T]]:
    """Group rows of a file, which are there when they are asked for."""
    source = iter(rows)
    while batch := list(islice(source, at_most)):
        yield batch


def as_they_come(rows: Iterable[T], at_most: int = AT_ONCE) -> Iterator[list[T]]:
    """Group rows of a source that may be slow: whatever has come, and at least one, is a batch.

    Raises:
        Exception: whatever reading them raises, after the rows that were read before.
    """
    come: queue.Queue[T | _End] = queue.Queue(maxsize=at_most)
    threading.Thread(target=_read_into, args=(come, rows), daemon=True, name="reading").start()
    while True:
        batch = [_next(come)]
        while len(batch) < at_most and not isinstance(batch[-1], _End):
            try:
                batch.append(come.get_nowait())
            except queue.Empty:
                break
        if found := [row for row in batch if not isinstance(row, _End)]:
            yield found
        if isinstance(end := batch[-1], _End):
            if end.error is not None:
                raise end.error
            return


def _next(come: "queue.Queue[T]") -> T:
    """Wait for what comes next; a Ctrl-C that Python met just before it began to wait is heard, too."""
    while True:
        try:
            return come.get(timeout=HEARD_WITHIN_S)
        except queue.Empty:
            continue


@dataclass(frozen=True, slots=True)
class _End:
    """There is no more; ``error`` says why, where that is not the end of the source."""

    error: Exception | None = None


def _read_into(come: "queue.Queue[T | _End]", rows: Iterable[T]) -> None:
    try:
        for row in rows:
            come.put(row)
    except Exception as error:  # noqa: BLE001 - raised again where the rows are used
        come.put(_End(error))
    else:
        come.put(_End())


def _is_utf8(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True
