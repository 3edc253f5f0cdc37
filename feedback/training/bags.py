"""Messages as bags of places in the model's table, and the two products that fitting needs; NumPy alone.

Every sum runs in a fixed order in one thread, so the same data give the same model bit for bit on one
machine. (Another processor or another build of NumPy may round the last bit of a sum in another way.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from feedback.reading.features import Features

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bag:
    """Rows of places; each row weighs 1/√(its number of places) a place.

    Attributes:
        places: of all rows, one after another.
        starts: where each row begins; every row has a place at least.
        lengths: of the rows.
    """

    places: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[npt.NDArray[np.int64]], empty: int) -> Self:
        """Put rows together; one without places gets the place ``empty``."""
        filled = [row if len(row) else np.array([empty]) for row in rows]
        lengths = np.array([len(row) for row in filled], dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
        return cls(np.concatenate(filled), starts, lengths)

    def times(self, table: Floats) -> Floats:
        """Multiply the rows with a table: one line for each row."""
        scale = 1.0 / np.sqrt(self.lengths)
        columns = [np.add.reduceat(column[self.places], self.starts) * scale for column in table.T]
        return np.stack(columns, axis=1)

    def transposed_times(self, lines: Floats, places: int) -> Floats:
        """Multiply the transposed rows with a line for each row."""
        scaled = lines / np.sqrt(self.lengths)[:, None]
        columns = [
            np.bincount(self.places, weights=np.repeat(column, self.lengths), minlength=places)
            for column in scaled.T
        ]
        return np.stack(columns, axis=1)


@dataclass(frozen=True, slots=True)
class Design:
    """All that is known of some messages before their labels.

    Attributes:
        words: places of words and pairs.
        pieces: places of pieces of words.
        signals: a line of numbers for each message.
    """

    words: Bag
    pieces: Bag
    signals: Floats

    @classmethod
    def of(cls, features: Sequence[Features]) -> Self:
        """Put the features of messages together."""
        return cls(
            Bag.of([one.words for one in features], empty=0),
            Bag.of([one.pieces for one in features], empty=0),
            np.array([one.signals for one in features], dtype=np.float64),
        )

    def times(self, table: Floats, weights: Floats) -> Floats:
        """Give the scores of all messages."""
        return self.words.times(table) + self.pieces.times(table) + _product(self.signals, weights)

    def transposed_times(self, lines: Floats, places: int) -> tuple[Floats, Floats]:
        """Give the slopes of the table and of the signals' weights."""
        table = self.words.transposed_times(lines, places) + self.pieces.transposed_times(lines, places)
        return table, _product(self.signals.T, lines)


def _product(left: Floats, right: Floats) -> Floats:
    """Multiply matrices without BLAS, whose threads may add in another order."""
    return np.stack([np.sum(left * column, axis=1) for column in right.T], axis=1)
