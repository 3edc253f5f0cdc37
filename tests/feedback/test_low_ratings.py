"""Few stars among other words tell what kind words mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.stars import low_rating_in, stars_in
from feedback.understanding import Context, understand
from feedback.words import tidy
from store.feedback_kinds import FeedbackKind


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("2/10", 1),
        ("2/10 great job", 1),
        ("Great job, 1 star", 1),
        ("Wonderful... 2 stars from me", 2),
        ("I would give 0 stars if I could", 1),
        ("4 out of 10. great work", 2),
        ("3/10, thanks a lot", 2),
        ("只给一星，真棒", 1),
        ("2颗星，太好了", 2),
        ("5/10", None),
        ("三星手机很好", None),
        ("5 stars, wonderful", None),
        ("delivered on 1/5 and it was lovely", None),
        ("it came 1/5/2026, lovely", None),
        ("2 out of 10 cups were broken", None),
        ("The 1 star reviews are wrong, great product", None),
        ("a lovely 2 star hotel", None),
        ("I never gave 1 star before, lovely", None),
        ("from 1 star to 5 stars, well done", None),
        ("€1/5 pieces", None),
        ("1 starter and a main, lovely", None),
        ("星期一很好", None),
        ("", None),
    ],
)
def test_few_stars_are_found_and_nothing_else(text: str, stars: int | None) -> None:
    assert low_rating_in(tidy(text)) == stars


@pytest.mark.parametrize("text", ["Great job, 1 star", "2/10 great job", "1/5 wonderful", "一星，真棒"])
def test_kind_words_beside_few_stars_are_no_praise(text: str) -> None:
    understood = understand(text)

    assert understood.sentiment == "negative"
    assert understood.kind is not FeedbackKind.PRAISE
    assert dict(understood.kinds)[FeedbackKind.PRAISE] < 0.5
    assert understood.kinds[0][0] is understood.kind


@pytest.mark.parametrize("words", ["Great job", "Thank you so much", "真棒", "Fine"])
def test_a_rating_given_with_the_words_decides(words: str) -> None:
    assert understand(words, Context(rating=1)).sentiment == "negative"
    assert understand(words, Context(rating=5)).sentiment == "positive"


@pytest.mark.parametrize(
    ("text", "stars"), [("2/10", 1), ("10/10", 5), ("7 out of 10", 4), ("5/10!", 3), ("11/10", None)]
)
def test_points_of_ten_alone_are_stars(text: str, stars: int | None) -> None:
    assert stars_in(text, asked=False) == stars


@given(st.text(max_size=300))
def test_any_text_may_be_searched(text: str) -> None:
    assert low_rating_in(tidy(text)) in (None, 1, 2)
