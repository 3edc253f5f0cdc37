"""The picture of the days ahead: how many messages each day brings, and what stands in the calendar.

Drawing takes a second, and memory for a browser's worth of JavaScript: it is done in a process of its own
(``bot.pictures``). This module only loads its libraries when it draws.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers.staff.digest_picture import (
    AMBER,
    BLUE,
    GREEN,
    GREY,
    INK,
    PALE,
    SCALE,
    WIDTH,
    data_of,
    key_of_colours,
    style,
)

COLOURS = (BLUE, GREEN, GREY, AMBER)
DAYS_HEIGHT, ROW = 220, 30
LABELLED_EVERY = 5
MOST_LABELS = 8
"""So many days from one label to the next at least, and so many labels at most: more cannot be read."""

ROOM_FOR_NUMBERS = 45
"""With more days than these, only the full ones have their number."""

DATE_WIDTH = 96


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: its label, how many messages of each kind, and whether it is a Saturday or Sunday."""

    label: str
    counts: tuple[int, ...]
    is_weekend: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that stands in the calendar on a day."""

    day: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn, in the words of its reader; it names nobody.

    Attributes:
        title, subtitle: above all.
        days_title: above the chart of days.
        kinds: what messages are for, in the order of ``Bar.counts``.
        bars: the days.
        entries: what is listed below them.
    """

    title: str
    subtitle: str
    days_title: str
    kinds: tuple[str, ...]
    bars: Sequence[Bar]
    entries: Sequence[Entry]


def draw(picture: Picture) -> bytes:
    """Draw a picture as a PNG.

    Raises:
        ImportError: Altair or vl-convert is not installed.
    """
    import altair as alt
    import vl_convert

    charts = [_days(alt, picture)]
    if picture.entries:
        charts.append(_entries(alt, picture.entries))
    heading = alt.TitleParams(
        picture.title,
        subtitle=picture.subtitle,
        fontSize=26,
        subtitleFontSize=16,
        subtitlePadding=8,
        offset=20,
    )
    whole = alt.vconcat(*charts, spacing=26, title=heading).configure(**style(picture.days_title))
    png: bytes = vl_convert.vegalite_to_png(whole.to_json(), scale=SCALE)
    return png


def _days(alt: Any, picture: Picture) -> Any:
    """Show day by day how many messages leave, one kind above the other, with the sum on top."""
    totals = [sum(bar.counts) for bar in picture.bars]
    most = max(1, *totals)
    x, scale = _by_day(alt, picture), alt.Scale(domain=[0, most * 1.12], nice=False)
    weekends = [{"place": place} for place, bar in enumerate(picture.bars) if bar.is_weekend]
    ground = (
        alt.Chart(data_of(alt, weekends), title=picture.days_title)
        .mark_bar(color=PALE)
        .encode(x=x, y=alt.value(0), y2=alt.value(DAYS_HEIGHT))
    )
    least = 1 if len(totals) <= ROOM_FOR_NUMBERS else most / 4
    sums = [
        {"place": place, "sum": total, "shown": str(total) if total >= least else ""}
        for place, total in enumerate(totals)
    ]
    size = 12 if most < 1000 else 9  # noqa: PLR2004 - four figures are wider than a day
    numbers = (
        alt.Chart(data_of(alt, sums))
        .mark_text(dy=-7, fontSize=size, color=GREY)
        .encode(x=x, y=alt.Y("sum:Q", axis=None, scale=scale), text="shown:N")
    )
    used = [
        (kind, colour)
        for place, (kind, colour) in enumerate(zip(picture.kinds, COLOURS, strict=True))
        if any(bar.counts[place] for bar in picture.bars)
    ]
    key = key_of_colours(alt, [kind for kind, _ in used], [colour for _, colour in used])
    layers = (ground, _stacked(alt, picture, x, scale), numbers, *key)
    return alt.layer(*layers).properties(width=WIDTH, height=DAYS_HEIGHT)


def _stacked(alt: Any, picture: Picture, x: Any, scale: Any) -> Any:
    rows: list[dict[str, Any]] = [
        {"place": place, "kind": kind, "order": order, "count": count}
        for place, bar in enumerate(picture.bars)
        for order, (kind, count) in enumerate(zip(picture.kinds, bar.counts, strict=True))
    ]
    colours = alt.Scale(domain=picture.kinds, range=COLOURS)
    return (
        alt.Chart(data_of(alt, rows))
        .mark_bar()
        .encode(
            x=x,
            y=alt.Y("count:Q", axis=None, scale=scale, stack="zero"),
            order=alt.Order("order:Q"),
            color=alt.Color("kind:N", scale=colours, legend=None),
        )
    )


def _by_day(alt: Any, picture: Picture) -> Any:
    """Put days side by side; some have their label."""
    every = max(LABELLED_EVERY, math.ceil(len(picture.bars) / MOST_LABELS))
    labels = [bar.label if place % every == 0 else "" for place, bar in enumerate(picture.bars)]
    return alt.X(
        "place:O",
        title=None,
        scale=alt.Scale(domain=list(range(len(picture.bars))), paddingInner=0.2, paddingOuter=0.1),
        axis=alt.Axis(
            labelAngle=0,
            labelAlign="left",
            labelExpr=f"{json.dumps(labels)}[datum.value]",
            labelOverlap=False,
        ),
    )


def _entries(alt: Any, entries: Sequence[Entry]) -> Any:
    """List what stands in the calendar: the day, and what it is."""
    rows = [{"place": place, "day": one.day, "text": one.text} for place, one in enumerate(entries)]
    y = alt.Y("place:O", axis=None)
    base = alt.Chart(data_of(alt, rows)).properties(width=WIDTH, height=ROW * len(rows)).encode(y=y)
    return alt.layer(
        base.mark_text(align="left", fontSize=15, fontWeight="bold", color=BLUE).encode(
            x=alt.value(0), text="day:N"
        ),
        base.mark_text(align="left", fontSize=15, color=INK, limit=WIDTH - DATE_WIDTH).encode(
            x=alt.value(DATE_WIDTH), text="text:N"
        ),
    )
