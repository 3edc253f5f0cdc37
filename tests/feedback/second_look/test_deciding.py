"""What two looks come to."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.second_look.calibration import SecondOpinion
from feedback.second_look.deciding import OPINIONS, Look, decide, weighed
from feedback.understanding import NEUTRAL_BELOW
from store.feedback_kinds import FeedbackKind

UNSURE = Look(FeedbackKind.OTHER, 0.0, (0.35, 0.4, 0.25), 0.2)
BAD = SecondOpinion(0.95, 0.03, 0.02, 0.97)
GOOD = SecondOpinion(0.02, 0.03, 0.95, 0.02)

chances = st.tuples(*[st.floats(0.001, 1)] * 3).map(lambda some: tuple(one / sum(some) for one in some))
looks = st.builds(
    Look, st.sampled_from(FeedbackKind), st.floats(-1, 1), chances, st.floats(0, 1, allow_nan=False)
)
opinions = st.builds(
    lambda some, complaint: SecondOpinion(some[0], some[1], some[2], complaint), chances, st.floats(0, 1)
)


@pytest.mark.parametrize(
    ("first", "opinion", "kind"),
    [
        (FeedbackKind.OTHER, BAD, FeedbackKind.COMPLAINT),
        (FeedbackKind.QUESTION, BAD, FeedbackKind.COMPLAINT),
        (FeedbackKind.PRAISE, BAD, FeedbackKind.COMPLAINT),
        (FeedbackKind.OTHER, replace(BAD, complaint=0.7), FeedbackKind.OTHER),
        (FeedbackKind.PERSON_REQUEST, BAD, FeedbackKind.PERSON_REQUEST),
        (FeedbackKind.COMPLAINT, GOOD, FeedbackKind.COMPLAINT),
        (FeedbackKind.OTHER, GOOD, FeedbackKind.PRAISE),
        (FeedbackKind.QUESTION, GOOD, FeedbackKind.QUESTION),
        (FeedbackKind.PRAISE, SecondOpinion(0.3, 0.65, 0.05, 0.1), FeedbackKind.OTHER),
    ],
)
def test_a_kind_changes_only_where_both_bear_it(
    first: FeedbackKind, opinion: SecondOpinion, kind: FeedbackKind
) -> None:
    assert decide(replace(UNSURE, kind=first), opinion).kind is kind


@pytest.mark.parametrize("kind", sorted(set(FeedbackKind) - OPINIONS))
def test_what_tells_no_opinion_stays(kind: FeedbackKind) -> None:
    first = replace(UNSURE, kind=kind)
    assert decide(first, BAD) is first


def test_what_changes_nothing_gives_the_first_back() -> None:
    assert decide(UNSURE, SecondOpinion(0.2, 0.6, 0.2, 0.1)) is UNSURE


def test_praise_takes_more_to_be_a_complaint() -> None:
    """«arrived on time», with the numbers that it had, opened a case."""
    praise = Look(FeedbackKind.PRAISE, 0.28, (0.2183, 0.28, 0.5017), 0.083)
    second = SecondOpinion(0.84, 0.07, 0.09, 0.91)
    assert decide(praise, second).kind is FeedbackKind.OTHER
    assert decide(replace(praise, kind=FeedbackKind.OTHER), second).kind is FeedbackKind.COMPLAINT
    assert decide(praise, replace(BAD, complaint=0.94)).kind is not FeedbackKind.COMPLAINT
    assert decide(praise, second, rated_low=True).kind is FeedbackKind.COMPLAINT


def test_kind_words_make_no_stars_better() -> None:
    assert decide(UNSURE, GOOD, rated_low=True) is UNSURE
    assert decide(UNSURE, BAD, rated_low=True).kind is FeedbackKind.COMPLAINT


@given(first=looks, opinion=opinions)
def test_probabilities_sum_to_one_and_the_polarity_agrees(first: Look, opinion: SecondOpinion) -> None:
    look = decide(first, opinion)
    if look is first:
        return
    negative, neutral, positive = look.probabilities
    assert abs(negative + neutral + positive - 1) < 1e-6
    assert min(look.probabilities) >= 0
    assert -1 <= look.polarity <= 1
    assert 0 <= look.complaint <= 1
    if look.kind is FeedbackKind.COMPLAINT:
        assert look.polarity <= -NEUTRAL_BELOW
    if first.kind is FeedbackKind.COMPLAINT:
        assert look.kind is FeedbackKind.COMPLAINT


def test_where_no_case_hangs_on_it_a_complaint_may_be_none() -> None:
    complaint = replace(UNSURE, kind=FeedbackKind.COMPLAINT, polarity=-0.3)
    assert weighed(complaint, GOOD).kind is FeedbackKind.COMPLAINT
    assert weighed(complaint, GOOD, may_clear=True).kind is FeedbackKind.PRAISE
    neutral = SecondOpinion(0.1, 0.8, 0.1, 0.3)
    assert weighed(complaint, neutral, may_clear=True).kind is FeedbackKind.OTHER
    assert weighed(complaint, replace(neutral, complaint=0.7), may_clear=True).kind is FeedbackKind.COMPLAINT
    assert weighed(complaint, BAD, may_clear=True).kind is FeedbackKind.COMPLAINT


def test_two_looks_that_agree_are_surer_than_either() -> None:
    first = replace(UNSURE, probabilities=(0.8, 0.1, 0.1))
    assert weighed(first, SecondOpinion(0.8, 0.1, 0.1, 0.9)).probabilities[0] > 0.8
