"""Numbers rounded to bytes."""

import numpy as np

from feedback.training.second_look.eight_bits import (
    LARGEST_FACTOR,
    quantised_columns,
    quantised_rows,
)


def test_columns_come_back_within_half_a_step() -> None:
    matrix = np.random.default_rng(1).normal(size=(30, 20)).astype(np.float32)
    matrix[:, 3] *= 100
    matrix[:, 4] = 0
    numbers, scales = quantised_columns(matrix)
    assert np.abs(numbers).max() <= LARGEST_FACTOR
    assert (np.abs(numbers * scales - matrix) <= scales / 2 + 1e-6).all()


def test_rows_come_back_within_half_a_step() -> None:
    matrix = np.random.default_rng(2).normal(size=(20, 30)).astype(np.float32)
    numbers, scales = quantised_rows(matrix)
    assert scales.shape == (20, 1)
    assert (np.abs(numbers * scales - matrix) <= scales / 2 + 1e-6).all()
