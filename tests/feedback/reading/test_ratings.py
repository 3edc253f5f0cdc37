"""Ratings of single words: what is known of them, and what negation leaves of it."""

import pytest

from feedback.reading.ratings import NONE_RATED, RATINGS, ratings_of


def rated(*words: str, negated: bool = False) -> dict[str, float]:
    return dict(zip(RATINGS, ratings_of(words, [negated] * len(words)), strict=True))


def test_good_words_are_praise_and_bad_ones_blame() -> None:
    assert rated("excellent")["ratings of words, praise"] > 0.5
    assert rated("horrible")["ratings of words, blame"] < -0.5


def test_a_negation_turns_a_word_round_and_leaves_less_of_it() -> None:
    plain, negated = rated("excellent"), rated("excellent", negated=True)
    assert negated["the worst word"] == pytest.approx(-0.74 * plain["the best word"])


@pytest.mark.parametrize("words", [(), ("kettle", "spout"), ("茶", "Ünterwegs")])
def test_words_that_nobody_rated_say_nothing(words: tuple[str, ...]) -> None:
    assert ratings_of(words, [False] * len(words)) == NONE_RATED


def test_praise_and_blame_add_up() -> None:
    assert abs(rated("excellent", "horrible")["ratings of words, together"]) < 0.2
