"""Scaling: how scores become probabilities, and how the length of a message counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.reading.lengths import FEWEST, MOST, USUAL_WORDS, by_length
from feedback.training.calibration import Scaling, best_scaling
from feedback.training.measures import calibration_error


@given(st.integers(0, 10_000), st.floats(-2, 2))
def test_a_length_counts_as_the_usual_one_to_a_power(words: int, power: float) -> None:
    inside = min(max(words, FEWEST), MOST)
    assert by_length(words, power) == pytest.approx(((inside + 1) / (USUAL_WORDS + 1)) ** power)
    assert by_length(USUAL_WORDS, power) == by_length(words, 0.0) == 1.0


@pytest.mark.parametrize("power", [-0.4, 0.0, 0.3])
def test_the_power_is_found_by_which_length_tells(power: float) -> None:
    scores, truth, domains, lengths = _drawn(power)
    scaling = best_scaling(scores, truth, domains, lengths)
    assert scaling.power == pytest.approx(power, abs=0.06)
    assert calibration_error(truth, scaling.probabilities(scores, lengths)) < 0.02
    short, alike = lengths <= 6, np.full(len(lengths), USUAL_WORDS)
    flat = best_scaling(scores, truth, domains, alike)
    error = calibration_error(truth[short], scaling.probabilities(scores, lengths)[short])
    assert power == 0.0 or error < calibration_error(truth[short], flat.probabilities(scores, alike)[short])


def _drawn(power: float) -> tuple[np.ndarray, ...]:
    """Draw messages of two domains whose truth follows their scores, and their length, as said."""
    chance = np.random.default_rng(7)
    lengths = chance.integers(2, 40, 20_000)
    scores = chance.normal(0, 1.5, (len(lengths), 3))
    said = Scaling(np.full(3, 0.8), np.array([0.2, 0.0, -0.1]), power).probabilities(scores, lengths)
    truth = (chance.random((len(lengths), 1)) > said.cumsum(axis=1)).sum(axis=1)
    return scores, np.minimum(truth, 2), np.arange(len(lengths)) % 2, lengths
