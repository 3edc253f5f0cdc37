"""Both looks at once: what stands in spite of the second, and which kinds are named."""

from collections.abc import Sequence

import pytest

from feedback.second_look.both import is_known, refined, with_second
from feedback.second_look.calibration import SecondOpinion
from feedback.second_look.model import SecondLook
from feedback.understanding import NEUTRAL_BELOW, Understanding, understand
from store.feedback_kinds import FeedbackKind

GLAD = SecondOpinion(0.1, 0.1, 0.8, 0.05)
DULL = SecondOpinion(0.05, 0.9, 0.05, 0.05)


class Glad(SecondLook):
    """Finds good in everything."""

    def __init__(self) -> None:
        pass

    def read(self, texts: Sequence[str]) -> list[SecondOpinion | None]:
        """Find it."""
        return [GLAD] * len(texts)


def both(text: str) -> Understanding:
    (found,) = with_second([understand(text)], [text], Glad())
    return found


@pytest.mark.parametrize(
    "text",
    [
        "The food is great but the delivery was late",
        "my lawyer will contact you",
        "I will see you in court",
        "I'm going to report you to trading standards",
        "I love the tea, but the courier was rude",
    ],
)
def test_a_complaint_that_says_what_is_wrong_stays_one(text: str) -> None:
    found = both(text)
    assert found.kind is FeedbackKind.COMPLAINT
    assert found.sentiment == "negative"
    assert dict(found.kinds)[FeedbackKind.COMPLAINT] >= 0.5


@pytest.mark.parametrize("text", ["could be better", "so so (order 123456)"])
def test_what_is_known_as_a_whole_is_not_read_again(text: str) -> None:
    assert both(text) == understand(text)
    assert both(text).polarity < NEUTRAL_BELOW


def test_what_was_said_in_passing_is_cleared() -> None:
    text = "one was broken, you replaced it at once, thank you very much!"
    assert understand(text).kind is FeedbackKind.COMPLAINT
    assert both(text).kind is FeedbackKind.PRAISE
    assert both(text).polarity > 0


def test_the_chance_of_a_sentiment_is_none_of_a_kind() -> None:
    first = understand("was broken, you replaced it at once, thank you so much")
    found = refined(first, DULL, may_clear=True)
    kinds = dict(found.kinds)
    assert found.kind is FeedbackKind.OTHER
    assert kinds[FeedbackKind.PRAISE] == pytest.approx(found.probabilities[2], abs=1e-3)
    assert kinds[FeedbackKind.OTHER] not in found.probabilities
    assert [chance for _, chance in found.kinds] == sorted(kinds.values(), reverse=True)


@pytest.mark.parametrize(
    "text",
    [
        "I love the tea, but the courier was rude",
        "The staff were friendly, but my order was missing two items",
        "服务很好，但是送货太慢了",
    ],
)
def test_a_complaint_may_praise_too(text: str) -> None:
    kinds = dict(understand(text).kinds)
    assert kinds[FeedbackKind.COMPLAINT] >= 0.5
    assert kinds[FeedbackKind.PRAISE] >= 0.5


@pytest.mark.parametrize(
    "text", ["arrived on time", "It arrived on time", "The parcel arrived on time", "Hi, could be better"]
)
def test_what_a_rule_knows_as_a_whole_no_second_look_changes(text: str) -> None:
    assert is_known(text)


@pytest.mark.parametrize("text", ["It did not arrive on time", "Did it arrive on time?", "on time but cold"])
def test_what_says_more_is_looked_at_twice(text: str) -> None:
    assert not is_known(text)
