"""The picture of a digest: what it shows, drawn as a PNG that is readable on a phone.

Drawing takes a second, and memory for a browser's worth of JavaScript: it is done in a process of its own
(``bot.pictures``). This module only loads its libraries when it draws.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WIDTH = 680
"""Points; with ``SCALE`` pixels for each, 1,440 with its margins: sharp on any phone."""
SCALE = 2.0
GAP = 44
TILE_HEIGHT, DAYS_HEIGHT, ROW = 96, 170, 30
NARROW_LABELS, WIDE_LABELS, ROOM_FOR_NUMBER = 106, 150, 44
MANY = 100
"""From so many cases a day on, their numbers are written smaller."""
LAST_NARROW = 0x2E7F
SQUARE, BETWEEN_NAMES = 18, 16
"""In a key of colours: from a square to its name, and from a name to the next square, in points."""

INK, GREY, PALE, PAPER = "#1f2d3a", "#66757f", "#eef2f5", "#ffffff"
BLUE, GREEN, AMBER, RED = "#3d6b8e", "#7fb09a", "#c98a2b", "#b0413e"
AGE_COLOURS = ("#a9c3d4", "#6f97b3", "#c98a2b", "#b0413e")
STAR_COLOURS = ("#b0413e", "#cf8a5b", "#c9b458", "#8fb58f", "#5f9a7c")

FONTS = "Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Zen Hei, Microsoft YaHei, PingFang SC"
"""Families that have Chinese characters; where there is none, labels are English."""
LATIN_FONTS = "Noto Sans, DejaVu Sans, Liberation Sans, Arial, Helvetica"
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
CJK_FILES = ("*CJK*", "SourceHan*", "NotoSansSC*", "wqy-*", "msyh*", "PingFang*", "DroidSansFallback*")


@dataclass(frozen=True, slots=True)
class Tile:
    """One number that is shown large; ``alarming`` ones are red."""

    label: str
    value: str
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its label; ``usual`` is marked on it, and one that stands out is red."""

    label: str
    count: int
    usual: float | None = None
    stands_out: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the chart of days."""

    label: str
    opened: int
    ended: int


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn, in the words of its reader; it names nobody.

    Attributes:
        title, subtitle: above all.
        tiles: numbers at a glance.
        days_title, opened, ended, days: the chart of days and the names of its two bars.
        ages_title, ages: open cases by age.
        csat_title, csat: marks, five stars first.
        causes_title, causes: what cases are about, with what is usual.
    """

    title: str
    subtitle: str
    tiles: Sequence[Tile]
    days_title: str
    opened: str
    ended: str
    days: Sequence[Day]
    ages_title: str
    ages: Sequence[Bar]
    csat_title: str
    csat: Sequence[Bar]
    causes_title: str
    causes: Sequence[Bar]


def has_chinese_font() -> bool:
    """Tell whether this machine has a font with Chinese characters, by the names that such fonts have."""
    folders = (Path(folder).expanduser() for folder in FONT_FOLDERS)
    return any(
        next(folder.rglob(pattern), None) is not None
        for folder in folders
        if folder.is_dir()
        for pattern in CJK_FILES
    )


def draw(picture: Picture) -> bytes:
    """Draw a picture as a PNG.

    Raises:
        ImportError: Altair or vl-convert is not installed.
    """
    import altair as alt
    import vl_convert

    charts = [_tiles(alt, picture.tiles), _days(alt, picture)]
    half = (WIDTH - GAP) // 2
    beside = [_bars(alt, picture.ages_title, picture.ages, AGE_COLOURS, width=half, labels=NARROW_LABELS)]
    if any(bar.count for bar in picture.csat):
        colours = STAR_COLOURS[::-1]
        beside.append(_bars(alt, picture.csat_title, picture.csat, colours, width=half, labels=NARROW_LABELS))
    charts.append(alt.hconcat(*beside, spacing=GAP))
    if picture.causes:
        shades = [RED if bar.stands_out else BLUE for bar in picture.causes]
        charts.append(
            _bars(alt, picture.causes_title, picture.causes, shades, width=WIDTH, labels=WIDE_LABELS)
        )
    heading = alt.TitleParams(
        picture.title,
        subtitle=picture.subtitle,
        fontSize=26,
        subtitleFontSize=16,
        subtitlePadding=8,
        offset=20,
    )
    whole = alt.vconcat(*charts, spacing=30, title=heading).configure(**style(picture.days_title))
    png: bytes = vl_convert.vegalite_to_png(whole.to_json(), scale=SCALE)
    return png


def style(label: str) -> dict[str, Any]:
    """Give what all our pictures have in common: ground, font, sizes.

    Args:
        label: one of the picture's own words. Where it is Chinese, Chinese fonts come first; elsewhere
            they would make quotation marks as wide as a character.
    """
    families = [FONTS, LATIN_FONTS] if any(map(_is_wide, label)) else [LATIN_FONTS, FONTS]
    font = ", ".join([*families, "sans-serif"]) if has_chinese_font() else f"{LATIN_FONTS}, sans-serif"
    return {
        "background": PAPER,
        "padding": 24,
        "font": font,
        "title": {"color": INK, "subtitleColor": GREY, "fontSize": 17, "anchor": "start", "offset": 10},
        "axis": {"labelColor": GREY, "labelFontSize": 14, "domain": False, "ticks": False, "grid": False},
        "view": {"stroke": None},
    }


def data_of(alt: Any, rows: Sequence[dict[str, Any]]) -> Any:
    """Put rows into a picture as they are."""
    return alt.InlineData(values=list(rows))


def _tiles(alt: Any, tiles: Sequence[Tile]) -> Any:
    """Show numbers side by side, each on a ground of its own."""
    rows = [
        {
            "left": place + 0.02,
            "right": place + 0.98,
            "middle": place + 0.5,
            "value": tile.value,
            "label": tile.label,
            "colour": RED if tile.alarming else INK,
        }
        for place, tile in enumerate(tiles)
    ]
    scale = alt.Scale(domain=[0, len(tiles)], nice=False)
    base = alt.Chart(data_of(alt, rows)).properties(width=WIDTH, height=TILE_HEIGHT)
    at = alt.X("middle:Q", scale=scale, axis=None)
    ground = base.mark_rect(color=PALE, cornerRadius=10).encode(
        x=alt.X("left:Q", scale=scale, axis=None), x2="right:Q", y=alt.value(0), y2=alt.value(TILE_HEIGHT)
    )
    value = base.mark_text(fontSize=36, fontWeight="bold").encode(
        x=at, y=alt.value(40), text="value:N", color=alt.Color("colour:N", scale=None)
    )
    label = base.mark_text(fontSize=14, color=GREY).encode(x=at, y=alt.value(76), text="label:N")
    return alt.layer(ground, value, label)


def _days(alt: Any, picture: Picture) -> Any:
    """Show day by day what was opened and what ended, side by side, each bar with its number."""
    names = (picture.opened, picture.ended)
    rows: list[dict[str, Any]] = [
        {"place": place, "what": what, "count": count, "shown": str(count) if count else ""}
        for place, day in enumerate(picture.days)
        for what, count in zip(names, (day.opened, day.ended), strict=True)
    ]
    most = max([1, *(row["count"] for row in rows)])
    labels = [day.label if place % 2 else "" for place, day in enumerate(picture.days)]
    base = alt.Chart(data_of(alt, rows), title=picture.days_title).encode(
        x=alt.X(
            "place:O",
            title=None,
            scale=alt.Scale(paddingInner=0.25, paddingOuter=0.3),
            axis=alt.Axis(labelAngle=0, labelExpr=f"{json.dumps(labels)}[datum.value]", labelOverlap=False),
        ),
        xOffset=alt.XOffset("what:N", sort=names),
        y=alt.Y("count:Q", axis=None, scale=alt.Scale(domain=[0, most * 1.15])),
    )
    bars = base.mark_bar(cornerRadiusTopLeft=3, cornerRadiusTopRight=3).encode(
        color=alt.Color("what:N", scale=alt.Scale(domain=names, range=[BLUE, GREEN]), legend=None)
    )
    size = 12 if most < MANY else 9
    number = base.mark_text(dy=-8, fontSize=size, color=GREY).encode(text="shown:N")
    key = key_of_colours(alt, names, (BLUE, GREEN))
    return alt.layer(bars, number, *key).properties(width=WIDTH, height=DAYS_HEIGHT)


def key_of_colours(alt: Any, names: Sequence[str], colours: Sequence[str]) -> Sequence[Any]:
    """Say which colour is which, at the right above a chart."""
    marks = []
    left = WIDTH - sum(SQUARE + _width_of(name) + BETWEEN_NAMES for name in names) + BETWEEN_NAMES
    for name, colour in zip(names, colours, strict=True):
        base = alt.Chart(data_of(alt, [{"name": name}]))
        square = base.mark_square(size=150, opacity=1, color=colour)
        marks.append(square.encode(x=alt.value(left + 6), y=alt.value(-22)))
        shown = base.mark_text(align="left", fontSize=14, color=INK)
        marks.append(shown.encode(x=alt.value(left + SQUARE), y=alt.value(-22), text="name:N"))
        left += SQUARE + _width_of(name) + BETWEEN_NAMES
    return marks


def _width_of(text: str) -> int:
    """Guess how wide a text of the labels' size is, in points; a Chinese character is as wide as high."""
    return sum(14 if _is_wide(character) else 8 for character in text)


def _is_wide(character: str) -> bool:
    return ord(character) > LAST_NARROW


def _bars(
    alt: Any, title: str, bars: Sequence[Bar], colours: Sequence[str], *, width: int, labels: int
) -> Any:
    """Show counts as bars, one below the other, each with its number, and a mark for what is usual.

    Args:
        alt: the library.
        title: above the bars.
        bars: what is shown.
        colours: of each bar.
        width: of all, in points.
        labels: how much of it the labels have.
    """
    rows: list[dict[str, Any]] = [
        {
            "label": bar.label,
            "count": bar.count,
            "usual": bar.usual,
            "end": max(bar.count, bar.usual or 0.0),
            "colour": colour,
        }
        for bar, colour in zip(bars, colours, strict=True)
    ]
    most = max([1.0, *(row["end"] for row in rows)])
    scale = alt.Scale(domain=[0, most], range=[labels, width - ROOM_FOR_NUMBER])
    base = alt.Chart(data_of(alt, rows), title=title).properties(width=width, height=ROW * len(rows))
    base = base.encode(y=alt.Y("label:N", sort=None, axis=None))

    def at(field: str) -> Any:
        return alt.X(f"{field}:Q", axis=None, scale=scale)

    marks = [
        base.mark_bar(cornerRadiusEnd=4, height=ROW * 0.66).encode(
            x=at("count"), x2=alt.value(labels), color=alt.Color("colour:N", scale=None)
        ),
        base.mark_text(align="right", fontSize=15, color=INK, limit=labels - 10).encode(
            x=alt.value(labels - 10), text="label:N"
        ),
        base.mark_text(align="left", dx=8, fontSize=15, fontWeight="bold", color=INK).encode(
            x=at("end"), text="count:Q"
        ),
    ]
    if any(bar.usual is not None for bar in bars):
        marks.append(base.mark_tick(color=INK, thickness=3, size=ROW * 0.9).encode(x=at("usual")))
    return alt.layer(*marks)
