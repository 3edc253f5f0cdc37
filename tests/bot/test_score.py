"""Scoring messages: what is told of each, and that they are answered as they come."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice

import pytest

from bot.csv_rows import UnreadableRow
from bot.score import as_json, as_they_come, both_looks, first_look, in_batches, scored, sentiment_of
from bot.score_files import Message
from feedback.reading.taxonomy import Taxonomy
from feedback.second_look.calibration import SecondOpinion
from feedback.second_look.model import SecondLook
from feedback.understanding import understand


def told(*texts: str) -> list[dict[str, object]]:
    messages = [Message(number, text) for number, text in enumerate(texts, start=1)]
    left_out: list[UnreadableRow] = []
    (lines,) = scored([messages], first_look(), left_out.append)
    assert left_out == []
    return [json.loads(line) for line in lines]


def test_each_message_gets_an_answer() -> None:
    complaint, praise, question = told("The courier is not here", "I love it", "When do you open?")
    assert list(complaint) == [
        "text",
        "sentiment",
        "polarity",
        "probabilities",
        "kinds",
        "aspects",
        "severity",
        "language",
        "why",
    ]
    assert complaint["text"] == "The courier is not here"
    assert praise["sentiment"] == "positive"
    assert praise["kinds"] == [{"kind": "praise", "probability": 0.95}]
    assert question["kinds"] == [{"kind": "question", "probability": 0.95}]
    assert question["language"] == "en"


def test_what_was_found_is_told_with_its_words() -> None:
    (answer,) = told("The lamp caught fire and the driver was rude")
    assert {"signal": "safety", "words": "caught fire"} in answer["severity"]  # type: ignore[operator] # a list
    assert [aspect["aspect"] for aspect in answer["aspects"]] == ["delivery", "staff"]  # type: ignore[attr-defined] # the same
    assert {"words": "rude", "weight": -0.6}.keys() == answer["why"][0].keys()  # type: ignore[index] # the same


@pytest.mark.parametrize("text", ["", "   ", "https://example.org/a", "\x00\x1b[31m", "5", "😀" * 1000])
def test_whatever_it_is_the_probabilities_sum_to_one(text: str) -> None:
    (answer,) = told(text)
    probabilities = answer["probabilities"]
    assert isinstance(probabilities, dict)
    assert sum(probabilities.values()) == pytest.approx(1)
    assert answer["text"] == text
    assert answer["language"] == "unknown"


def test_a_lone_surrogate_is_written_as_an_escape() -> None:
    line = as_json("bad \ud83d emoji, 很好", understand("bad"))
    assert line.encode()
    assert json.loads(line)["text"] == "bad \ud83d emoji, 很好"


def test_a_rating_against_the_words_decides() -> None:
    messages = [Message(1, "Great job breaking my cup", rating=1), Message(2, "Great job")]
    (lines,) = scored([messages], first_look(), print)
    assert [json.loads(line)["sentiment"] for line in lines] == ["negative", "positive"]


def test_the_company_names_the_parts_of_its_service() -> None:
    taxonomy = Taxonomy({"workshop": ("tasting", "品茶会")})
    messages = [Message(1, "The tasting was lovely"), Message(2, "品茶会很好")]
    (lines,) = scored([messages], first_look(taxonomy), print)
    assert [json.loads(line)["aspects"][0]["aspect"] for line in lines] == ["workshop", "workshop"]


def test_rows_that_cannot_be_read_are_left_out_and_told() -> None:
    left_out: list[UnreadableRow] = []
    bad = UnreadableRow(2, "it is not UTF-8")
    (lines,) = scored([[Message(1, "a"), bad, Message(3, "b")]], first_look(), left_out.append)
    assert [json.loads(line)["text"] for line in lines] == ["a", "b"]
    assert left_out == [bad]


def test_messages_are_answered_as_they_come() -> None:
    def endless() -> Iterator[Message]:
        number = 0
        while True:
            number += 1
            yield Message(number, "还没收到货")

    batches = scored(as_they_come(endless()), first_look(), print)
    assert json.loads(next(batches)[0])["sentiment"] == "negative"
    assert json.loads(next(batches)[0])["kinds"][0]["kind"] == "complaint"


def test_a_slow_source_is_not_waited_for() -> None:
    asked: list[int] = []

    def slow() -> Iterator[int]:
        for number in range(3):
            while number > len(asked):  # the next one comes only when the one before was answered
                pass
            yield number

    for batch in as_they_come(slow()):
        asked += batch
    assert asked == [0, 1, 2]


def test_what_goes_wrong_in_reading_comes_after_what_was_read() -> None:
    def broken() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("broken")

    seen: list[int] = []
    batches = as_they_come(broken(), at_most=1)
    seen += next(batches)
    seen += next(batches)
    with pytest.raises(ValueError, match="broken"):
        next(batches)
    assert seen == [1, 2]


def test_batches_hold_no_more_than_they_may() -> None:
    assert list(in_batches(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert all(len(batch) <= 2 for batch in as_they_come(range(50), 2))
    assert next(in_batches(iter(int, 1), 3)) == [0, 0, 0]
    assert list(islice(in_batches([]), 1)) == []


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


class Gloomy(SecondLook):
    """Finds every message bad; remembers which it read."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def read(self, texts: Sequence[str]) -> list[SecondOpinion | None]:
        self.texts += texts
        return [SecondOpinion(0.98, 0.01, 0.01, 0.97) for _ in texts]


def test_the_second_look_refines_the_first_where_no_rating_decides() -> None:
    second = Gloomy()
    taxonomy = Taxonomy({"workshop": ("tasting",)})
    messages = [
        Message(1, "The tasting was on Tuesday as they said", rating=5),
        Message(2, "The tasting again"),
    ]
    rated, read_twice = both_looks(first_look(taxonomy), second)(messages)
    assert second.texts == ["The tasting again"]
    assert rated.sentiment == "positive"
    assert read_twice.sentiment == "negative"
    assert [aspect.part for aspect in read_twice.aspects] == ["workshop"]


def test_other_columns_come_after_what_was_understood() -> None:
    line = as_json("Late", understand("Late"), {"date": "2026-03-01", "half": "\udc80"})
    assert list(json.loads(line))[-1] == "row"
    assert json.loads(line)["row"] == {"date": "2026-03-01", "half": "\udc80"}
    assert "row" not in json.loads(as_json("Late", understand("Late"), {}))
