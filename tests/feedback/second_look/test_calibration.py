"""From scores to probabilities."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.second_look.calibration import Calibration

scores = st.lists(st.floats(-1e3, 1e3), min_size=4, max_size=4)


@given(scores)
def test_probabilities_make_one(given_scores: list[float]) -> None:
    opinion = Calibration(0.7, (0.2, 0.0, -0.1), (0.5, 0.1)).opinion(given_scores)
    assert math.isclose(opinion.negative + opinion.neutral + opinion.positive, 1)
    assert 0 <= opinion.complaint <= 1
    assert -1 <= opinion.polarity <= 1


def test_cooler_is_less_sure() -> None:
    given_scores = (2.0, 0.0, -1.0, 1.0)
    assert Calibration(0.5).opinion(given_scores).negative < Calibration(1.0).opinion(given_scores).negative


def test_leaning_moves_a_doubtful_one() -> None:
    assert Calibration().opinion((0.0, 0.1, 0.0, 0.0)).polarity == pytest.approx(0)
    assert Calibration(leaning=(0.5, 0.0, 0.0)).opinion((0.0, 0.1, 0.0, 0.0)).polarity < 0


def test_it_is_written_and_read_again() -> None:
    calibration = Calibration(0.73, (0.31, -0.02, 0.1), (0.9, -0.4))
    assert Calibration.in_notes(calibration.notes()) == calibration
