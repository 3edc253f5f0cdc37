"""Numbers in a byte, a scale for each column or row: a quarter of the size, and faster to multiply."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
LARGEST = 127
LARGEST_FACTOR = 63
"""Factors use seven bits: where a processor has no VNNI, two products of eight bits may not fit their sum."""

Bytes = NDArray[np.int8]


def quantised_columns(matrix: Floats) -> tuple[Bytes, Floats]:
    """Round a matrix of factors (in, out) to signed bytes; give them and the scale of each column."""
    scales = _scales(np.abs(matrix).max(axis=0), LARGEST_FACTOR)
    return np.rint(matrix / scales).astype(np.int8), scales


def quantised_rows(matrix: Floats) -> tuple[Bytes, Floats]:
    """Round a matrix to signed bytes; give them and the scale of each row, as a column."""
    scales = _scales(np.abs(matrix).max(axis=1, keepdims=True), LARGEST)
    return np.rint(matrix / scales).astype(np.int8), scales


def _scales(largest: Floats, most: int) -> Floats:
    return np.maximum(largest / most, np.float32(1e-12)).astype(np.float32)
