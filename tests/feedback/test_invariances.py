"""What must not change how a message is read, and what may only make it worse."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.reading.tokens import tokens_of
from feedback.understanding import understand
from store.feedback_kinds import FeedbackKind
from tests.feedback.checklist import ROWS
from tests.feedback.samples import SAMPLES

ENGLISH = sorted({text for _, _, text in (*ROWS, *SAMPLES) if text.isascii()})
TOLD = [text for text in ENGLISH if len(text.split()) > 2]
GREETINGS = ("Hi, ", "Hello! ", "Good morning, ", "hey there, ", "Dear team, ", "hi ")
NAMES = ("Ana", "Karim", "Mei", "Peter", "ANA", "karim")


def sentence_about(name: str) -> list[str]:
    """Say several things of somebody."""
    return [
        f"{name} was rude to me",
        f"{name} helped me at once, great work",
        f"I spoke to {name} about my order",
        f"Thanks to {name} for the lovely evening",
        f"nothing came, and {name} does not answer",
    ]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(TOLD), st.sampled_from(GREETINGS))
def test_a_greeting_changes_no_class(text: str, greeting: str) -> None:
    assert understand(greeting + text).sentiment == understand(text).sentiment


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("name", NAMES)
def test_a_name_and_its_case_change_nothing(name: str, place: int) -> None:
    changed, plain = understand(sentence_about(name)[place]), understand(sentence_about("Mei")[place])
    assert changed.sentiment == plain.sentiment
    assert changed.polarity == plain.polarity


@settings(max_examples=100, deadline=None)
@given(
    st.integers(10_000, 99_999_999),
    st.sampled_from(["Order {} never came", "{} arrived, lovely", "about {}"]),
)
def test_an_order_number_changes_nothing(number: int, text: str) -> None:
    assert tokens_of(text.format(number)) == tokens_of(text.format(10_000))
    assert understand(text.format(number)).polarity == understand(text.format(10_000)).polarity


@pytest.mark.parametrize("number", ["(order 123456)", ", order 123456", "#20231199", "(订单号：123456)"])
@pytest.mark.parametrize("lukewarm", ["could be better", "so so", "it was ok", "not bad", "一般吧"])
def test_an_order_number_changes_no_lukewarm_opinion(lukewarm: str, number: str) -> None:
    changed, plain = understand(f"{lukewarm} {number}"), understand(lukewarm)
    assert (changed.sentiment, changed.polarity, changed.kind) == (
        plain.sentiment,
        plain.polarity,
        plain.kind,
    )


@pytest.mark.parametrize("text", ["cancel (order 123456)", "stop, order 123456", "cancel order 123456"])
def test_an_order_number_makes_no_opt_out(text: str) -> None:
    assert understand(text).kind is not FeedbackKind.OPT_OUT


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ENGLISH))
def test_doubled_spaces_change_nothing(text: str) -> None:
    spaced, plain = understand(text.replace(" ", "  ")), understand(text)
    assert (spaced.sentiment, spaced.polarity, spaced.kind) == (plain.sentiment, plain.polarity, plain.kind)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ENGLISH), st.sampled_from(["and it is broken", "and it does not work"]))
def test_being_broken_makes_nothing_better(text: str, broken: str) -> None:
    assert understand(f"{text.rstrip('.!? ')} {broken}").polarity <= understand(text.rstrip(".!? ")).polarity


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_probabilities_sum_to_one(text: str) -> None:
    understanding = understand(text)
    assert sum(understanding.probabilities) == pytest.approx(1.0, abs=1e-6)
    assert all(0 <= one <= 1 for one in understanding.probabilities)
    assert all(0 <= one <= 1 for _, one in understanding.kinds)
