"""Scoring lines of text."""

import json
from collections.abc import Iterator

import pytest

from bot.score import score_lines, sentiment_of


def test_each_line_gets_an_answer() -> None:
    complaint, praise, question = score_lines(["It is not working\n", "I love it\r\n", "When do you open?"])
    assert complaint == {
        "text": "It is not working",
        "sentiment": "negative",
        "polarity": complaint["polarity"],
        "kind": "complaint",
        "why": [{"words": "not working", "weight": -0.6}],
    }
    assert (praise["sentiment"], praise["kind"]) == ("positive", "praise")
    assert (question["sentiment"], question["kind"]) == ("neutral", "question")


def test_an_empty_line_is_answered_too() -> None:
    assert list(score_lines(["\n"])) == [
        {"text": "", "sentiment": "neutral", "polarity": 0.0, "kind": "other", "why": []}
    ]


def test_lines_are_answered_as_they_come() -> None:
    def endless() -> Iterator[str]:
        while True:
            yield "还没收到货"

    answers = score_lines(endless())
    assert json.loads(json.dumps(next(answers)))["kind"] == "complaint"
    assert next(answers)["sentiment"] == "negative"


@pytest.mark.parametrize(
    ("polarity", "expected"),
    [
        (-1, "negative"),
        (-0.1, "negative"),
        (-0.09, "neutral"),
        (0, "neutral"),
        (0.1, "positive"),
        (1, "positive"),
    ],
)
def test_polarity_is_named(polarity: float, expected: str) -> None:
    assert sentiment_of(polarity) == expected
