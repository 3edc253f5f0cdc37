"""Examples out of our own lists."""

import random

import pytest

pytest.importorskip("tokenizers", reason="reading the sets for the second look needs tokenizers")

from feedback.training.second_look.examples import Example
from feedback.training.second_look.labels import NEGATIVE, NEUTRAL, NOT_SAID, POSITIVE
from feedback.training.second_look.phrases import SOURCE, misspelt, phrases


def test_they_are_the_seeds() -> None:
    assert phrases(random.Random(3)) == phrases(random.Random(3))
    assert phrases(random.Random(3)) != phrases(random.Random(4))


def test_blame_praise_and_ratings_are_labelled() -> None:
    made = {example.text: (example.sentiment, example.complaint) for example in phrases(random.Random(1))}
    assert made["thanks for nothing"] == (NEGATIVE, NOT_SAID)
    assert made["spot on"] == (POSITIVE, 0)
    ratings = [
        (text, labels) for text, labels in made.items() if text.startswith(("1 out of 5", "5/5", "3 star"))
    ]
    assert {labels[0] for text, labels in ratings if text[0] == "1"} == {NEGATIVE}
    assert {labels[0] for text, labels in ratings if text[0] == "5"} == {POSITIVE}
    assert {labels[0] for text, labels in ratings if text[0] == "3"} == {NEUTRAL}


def test_nothing_of_the_pattern_language_is_left() -> None:
    assert not [example.text for example in phrases(random.Random(1)) if set("|~*") & set(example.text)]


def test_one_word_is_misspelt_and_the_label_stays() -> None:
    example, chance = Example("a terrible bad day", NEGATIVE, 1, SOURCE), random.Random(5)
    for _ in range(50):
        changed = misspelt(example, chance)
        a, word, *rest = changed.text.split(" ")
        assert (a, rest) == ("a", ["bad", "day"])
        assert abs(len(word) - len("terrible")) <= 1
        assert (changed.sentiment, changed.complaint) == (NEGATIVE, 1)


def test_short_words_stay() -> None:
    example = Example("bad day", NEGATIVE, 1, SOURCE)
    assert misspelt(example, random.Random(1)) is example
