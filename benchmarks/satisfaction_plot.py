"""Draws three example customers for ``docs/satisfaction.md``: ``python -m benchmarks.satisfaction_plot``.

Index and confidence are worked out for every few days by the functions of the program.
"""

import argparse
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import altair as alt

from feedback.at_risk import Case, Known, at_risk
from feedback.satisfaction import (
    COMPLAINT_OPENED_VALUE,
    SOLVED_VALUE,
    SOURCE_WEIGHTS,
    Evidence,
    confidence,
    summarise,
    trend,
    value_of_polarity,
    value_of_stars,
    weight_of_reading,
)
from store.tables.feedback import EntrySource

PLOT = Path(__file__).parents[1] / "docs" / "images" / "satisfaction.svg"
BEGIN = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAYS, STEP = 364, 7
COLOURS = {"rating": "#b0413e", "message": "#3d6b8e", "complaint": "#c98a2b"}
"""What an entry is, told apart in grey, too."""

JUST_BEFORE = timedelta(minutes=1)
INDEX_COLOUR, CONFIDENCE_COLOUR = "#1f2d3a", "#c9d6df"
CURVES = {"line": "index", "area": "confidence"}
"""What the legend calls the line and the area."""

Told = tuple[int, str, Evidence]
"""On which day, what, and the entry that it makes."""


def _at(day: int) -> datetime:
    return BEGIN + timedelta(days=day)


def _written(moment: datetime) -> str:
    """Write a moment for the drawing, which knows no zones."""
    return moment.strftime("%Y-%m-%dT%H:%M")


def rated(day: int, stars: int) -> Told:
    """A rating."""
    return day, "rating", Evidence(value_of_stars(stars), SOURCE_WEIGHTS[EntrySource.RATING], _at(day))


def wrote(day: int, polarity: float, certainty: float) -> Told:
    """A message, as it was read and how sure the reading was."""
    return day, "message", Evidence(value_of_polarity(polarity), weight_of_reading(certainty), _at(day))


def complained(day: int) -> Told:
    """A complaint was opened."""
    weight = SOURCE_WEIGHTS[EntrySource.COMPLAINT_OPENED]
    return day, "complaint", Evidence(COMPLAINT_OPENED_VALUE, weight, _at(day))


def solved(day: int) -> Told:
    """The customer says that it is solved."""
    weight = SOURCE_WEIGHTS[EntrySource.COMPLAINT_OUTCOME]
    return day, "complaint", Evidence(SOLVED_VALUE, weight, _at(day))


CUSTOMERS: Mapping[str, Sequence[Told]] = {
    "Ana: content, and told us less and less": (
        rated(20, 5),
        wrote(45, 0.7, 0.9),
        wrote(80, 0.5, 0.6),
        rated(110, 4),
        wrote(150, 0.6, 0.8),
    ),
    "Bo: a complaint that was solved": (
        wrote(30, 0.4, 0.7),
        rated(60, 4),
        wrote(120, -0.8, 0.95),
        complained(120),
        solved(126),
        rated(170, 4),
        wrote(260, 0.6, 0.8),
        rated(330, 5),
    ),
    "Cleo: turned from happy to unhappy": (
        rated(25, 5),
        wrote(90, 0.7, 0.9),
        rated(180, 5),
        wrote(250, 0.5, 0.8),
        wrote(340, -0.5, 0.6),
        wrote(350, -0.7, 0.9),
        complained(350),
        rated(358, 1),
    ),
}


def curve(name: str, told: Sequence[Told]) -> list[dict[str, Any]]:
    """Work out index and confidence of a customer for every few days, and just before and with each entry."""
    told_at = {entry.at for _, _, entry in told}
    moments = {_at(day) for day in range(0, DAYS + 1, STEP)} | told_at | {at - JUST_BEFORE for at in told_at}
    rows = []
    for moment in sorted(moments):
        summary = summarise(entry for _, _, entry in told if entry.at <= moment)
        sure = confidence(summary.weight, summary.at, moment)
        rows.append(
            {
                "customer": name,
                "day": _written(moment),
                "index": round(summary.index, 1),
                "confidence": round(100 * sure),
                **CURVES,
            }
        )
    return rows


def entries(name: str, told: Sequence[Told]) -> list[dict[str, Any]]:
    """List the entries of a customer."""
    return [
        {
            "customer": name,
            "day": _written(entry.at),
            "entry": what,
            "value": entry.value,
            "weight": entry.weight,
        }
        for _, what, entry in told
    ]


def heading(name: str, told: Sequence[Told]) -> str:
    """Say what staff are told in the end."""
    now, evidence = _at(DAYS), [entry for _, _, entry in told]
    summary = summarise(evidence)
    sure = confidence(summary.weight, summary.at, now)
    risk = at_risk(Known(evidence, evidence[-1].at, case=_case(told)), now)
    words = f"{summary.index:.0f} of 100, confidence {100 * sure:.0f} %, trend {trend(evidence, now)}"
    return f"{name} – {words}" + (f", at risk: {risk.reason}" if risk else "")


def _case(told: Sequence[Told]) -> Case | None:
    """Give the newest complaint that is not solved."""
    opened = [entry.at for _, _, entry in told if entry.value == COMPLAINT_OPENED_VALUE]
    closed = [entry.at for _, _, entry in told if entry.value == SOLVED_VALUE]
    return Case(1, opened[-1]) if opened and not closed else None


def draw() -> alt.FacetChart:
    """Draw all three, one below the other."""
    customers = {heading(name, told): told for name, told in CUSTOMERS.items()}
    curves = [row for name, told in customers.items() for row in curve(name, told)]
    points = [row for name, told in customers.items() for row in entries(name, told)]
    day = alt.X("day:T", title=None, axis=alt.Axis(format="%b", grid=False))
    scale = alt.Scale(domain=[0, 100])
    data = alt.InlineData(values=curves + points)
    base = alt.Chart(data).properties(width=640, height=130)
    sure = base.mark_area(opacity=0.7).encode(
        x=day,
        y=alt.Y("confidence:Q", scale=scale, title="index, confidence %"),
        fill=alt.Fill("area:N", scale=_one(CURVES["area"], CONFIDENCE_COLOUR), title="area"),
    )
    index = base.mark_line(interpolate="step-after", strokeWidth=2).encode(
        x=day,
        y=alt.Y("index:Q", scale=scale),
        stroke=alt.Stroke("line:N", scale=_one(CURVES["line"], INDEX_COLOUR), title="line"),
    )
    marks = base.mark_point(filled=True, opacity=0.9).encode(
        x=day,
        y=alt.Y("value:Q", scale=scale),
        size=alt.Size("weight:Q", scale=alt.Scale(domain=[0, 3], range=[10, 140]), title="weight"),
        color=alt.Color(
            "entry:N",
            scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
            title="entry",
        ),
        shape=alt.Shape("entry:N", scale=alt.Scale(domain=list(COLOURS)), title="entry"),
    )
    parts = (
        sure.transform_filter("isValid(datum.confidence)"),
        index.transform_filter("isValid(datum.index)"),
        marks.transform_filter("isValid(datum.value)"),
    )
    return alt.layer(*parts).facet(
        row=alt.Row(
            "customer:N",
            title=None,
            sort=list(customers),
            header=alt.Header(labelAnchor="start", labelAngle=0, labelOrient="top", labelFontWeight="bold"),
        )
    )


def _one(name: str, colour: str) -> alt.Scale:
    return alt.Scale(domain=[name], range=[colour])


def main() -> None:
    """Draw, and write the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=PLOT)
    out: Path = parser.parse_args().out
    draw().save(str(out))
    print(f"{out}: {out.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
