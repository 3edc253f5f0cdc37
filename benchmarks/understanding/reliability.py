"""How far probabilities can be trusted: how often the likeliest class is right, by language and length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.understanding.sets import Labelled
from feedback.reading.language import Language
from feedback.reading.model import NEGATIVE, NEUTRAL, POSITIVE
from feedback.understanding import Understanding

LENGTHS = {"up to 40 characters": 40, "41 to 120 characters": 120, "more": 10**9}
BINS, FEWEST = 10, 30
"""Parts of the scale, and the fewest messages that make a point in the plot."""
KEY = "length of the message"
LEAST = 0.3
"""Where the drawn scale begins: the likeliest of three is never less likely than a third."""
COLOURS = ["#dba23f", "#3d7ea6", "#1f2d3a"]
"""One for each length, the longer the darker: told apart in grey, too."""
TITLES = {"en": "English", "zh": "Chinese", "unknown": "too short to tell", "other": "other languages"}


@dataclass(frozen=True, slots=True)
class Sure:
    """How sure we were of a message, and whether we were right.

    Attributes:
        language: as it was told.
        length: one of ``LENGTHS``.
        sure: the probability of the likeliest class, 0…1.
        right: whether it was that.
    """

    language: str
    length: str
    sure: float
    right: bool


def sure_of(labelled: Labelled, understood: Sequence[Understanding], *, two_classes: bool) -> Iterator[Sure]:
    """Compare with what people said; where a set has two classes, with the probabilities of those two."""
    for text, truth, one in zip(labelled.texts, labelled.truth.tolist(), understood, strict=True):
        chances = np.array(one.probabilities)
        if two_classes:
            chances[NEUTRAL] = 0.0
            chances /= max(float(chances[NEGATIVE] + chances[POSITIVE]), 1e-9)
        length = next(name for name, most in LENGTHS.items() if len(text) <= most)
        told = one.language if one.language in ("en", "zh", "unknown") else Language.OTHER
        yield Sure(str(told), length, float(chances.max()), int(chances.argmax()) == truth)


def errors(sure: Sequence[Sure]) -> dict[str, float]:
    """Give the expected calibration error in percent for each language and length."""
    found = {}
    for group in sorted({(one.language, one.length) for one in sure}):
        some = [one for one in sure if (one.language, one.length) == group]
        if len(some) >= FEWEST:
            error = sum(abs(said - right) * number for said, right, number in _bins(some)) / len(some)
            found[f"calibration error, %, {group[0]}, {group[1]} ({len(some)})"] = 100 * error
    return found


def _bins(some: Sequence[Sure]) -> Iterator[tuple[float, float, int]]:
    """Yield how sure we were, how often right, and the number of messages, for each part of the scale."""
    places = [min(BINS - 1, int(one.sure * BINS)) for one in some]
    for place in sorted(set(places)):
        inside = [one for one, at in zip(some, places, strict=True) if at == place]
        yield (
            float(np.mean([one.sure for one in inside])),
            float(np.mean([one.right for one in inside])),
            len(inside),
        )


def draw(sure: Sequence[Sure], file: Path) -> None:
    """Draw a panel for each language, a line for each length; on the diagonal we are as right as we say."""
    import altair as alt  # part of the extra `test`: nothing else needs it

    points = _points(sure)
    scale = alt.Scale(domain=[LEAST, 1.0], zero=False, nice=False)
    axis = alt.Axis(format="%", values=[0.4, 0.6, 0.8, 1.0], gridColor="#e6ebef", domainColor="#9aa7b1")
    line = (
        alt.Chart()
        .mark_line(point=alt.OverlayMarkDef(size=45, filled=True), strokeWidth=2)
        .encode(
            x=alt.X("said:Q", title="how sure we were", scale=scale, axis=axis),
            y=alt.Y("right:Q", title="how often right", scale=scale, axis=axis),
            color=alt.Color("length:N", sort=list(LENGTHS), title=KEY, scale=alt.Scale(range=COLOURS)),
        )
    )
    diagonal = alt.Chart().mark_rule(strokeDash=[4, 4], color="#9aa7b1")
    ends = {name: alt.datum(value) for name, value in {"x": LEAST, "y": LEAST, "x2": 1.0, "y2": 1.0}.items()}
    panels = alt.layer(diagonal.encode(**ends), line, data=alt.InlineData(values=points))
    panels = panels.properties(width=200, height=200)
    languages = list(dict.fromkeys(point["language"] for point in points))
    header = alt.Header(title=None, labelFontWeight="bold", labelFontSize=13)
    chart = panels.facet(column=alt.Column("language:N", sort=languages, header=header), spacing=24)
    chart.configure_view(stroke=None).configure_legend(orient="bottom", labelFontSize=12).save(file)


def _points(sure: Sequence[Sure]) -> list[dict[str, Any]]:
    """Work out a point for each language, length and part of the scale that has messages enough."""
    return [
        {"language": title, "length": length, "said": said, "right": right, "messages": number}
        for language, title in TITLES.items()
        for length in LENGTHS
        for said, right, number in _bins(
            [one for one in sure if (one.language, one.length) == (language, length)]
        )
        if number >= FEWEST
    ]
