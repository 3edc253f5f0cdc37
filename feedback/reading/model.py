"""The model of the first look: 8-bit weights for hashed places, read from one NumPy file."""

import math
import struct
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple, Self
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import numpy as np
import numpy.typing as npt

from feedback.reading.hashing import (
    WORD_PLACES,
    pair_halves,
    pair_places,
    piece_places,
    word_hash,
    word_place,
)
from feedback.reading.tokens import Tokens
from store.errors import InputError

Floats = npt.NDArray[np.float32]

FILE = Path(__file__).with_name("first_look.npz")
CLASSES = ("negative", "neutral", "positive")
HEADS = ("complaint",)
"""What is learnt besides: whether it is a complaint; the other kinds follow rules."""
COLUMNS = len(CLASSES) + len(HEADS)
NEGATIVE, NEUTRAL, POSITIVE, COMPLAINT = range(COLUMNS)
WORDS_KEPT = 8_192
"""Words whose sums are kept: about 3 MB."""
_LANE, _BIAS = 32, 1 << 15
"""Bits of a number in a packed line, and what is added to it so that it stays above 0."""
_FULL = (1 << _LANE) - 1
_LANES = struct.Struct(f"<{2 * COLUMNS + 1}I")
"""The numbers in a sum of words' lines."""
EPOCH = (1980, 1, 1, 0, 0, 0)


Sums = tuple[float, ...]
"""One number for each class and head."""


class WordSums(NamedTuple):
    """What one word adds to every score, whatever stands beside it.

    Attributes:
        first, second: its halves of the place of a pair (``hashing.pair_halves``).
        line: its line of the table, the sum of its pieces' lines, and their number, all in one whole number,
            so that one addition adds them all (see ``_packed``).
        leans: by how much its line leans to praise.
        pieces_lean: by how much its pieces do.
    """

    first: int
    second: int
    line: int
    leans: float
    pieces_lean: float


class Scores(NamedTuple):
    """What the hashed part of the model says.

    Attributes:
        total: the scores of the classes and heads.
        by_word: by how much each word leans to praise (above 0) or blame; a pair is shared out to its words.
    """

    total: Sums
    by_word: Sequence[float]


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What was learnt.

    Attributes:
        table: whole numbers for each place, one for each class and head: of 8 bits in the file, of 16 where a
            company's labels were added.
        steps: what 1 in the table means, for each column.
        signals: weights of the signals, for each column.
        plain: weights of the signals where the words are in a language that was not learnt, for each column.
        cooling: by how much each class's score is multiplied before it becomes a probability (vector scaling;
            Guo and others, ICML 2017): a line where the words were learnt, and one where not.
        offset: what is then added to it.
        powers: of a message's length, by which scores are multiplied besides (``lengths.by_length``): one
            where the words were learnt, and one where not.
        lean: what is added to the logarithm of each class's probability before the likeliest is called.
    """

    table: npt.NDArray[np.int8] | npt.NDArray[np.int16]
    steps: Floats
    signals: Floats
    plain: Floats
    cooling: Floats
    offset: Floats
    powers: Floats
    lean: Floats

    def save(self, file: Path) -> None:
        """Write the weights; the same ones give the same bytes."""
        write_arrays(file, {name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read weights.

        Raises:
            InputError: the file cannot be read, or holds something else.
        """
        try:
            with np.load(file, allow_pickle=False) as arrays:
                return cls(**{name: arrays[name] for name in cls.__slots__})
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise InputError(f"{file} is no model of ours ({error}): make it with `rapport train`") from error


def write_arrays(file: Path | BytesIO, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write a NumPy archive without the time of day, which ``np.savez`` puts in."""
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            content = BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(ZipInfo(f"{name}.npy", EPOCH), content.getvalue(), ZIP_DEFLATED)


class Model:
    """Weights in use. Safe in any thread: nothing but a cache changes.

    Attributes:
        weights: what was learnt.
        elsewhere: reads messages in languages that the data do not teach.
        everywhere: whether it reads words there too, which a company's labels taught; else rules alone do.
        knows_complaints: whether a company's staff taught it what is no complaint.
    """

    def __init__(
        self, weights: Weights, elsewhere: "Model | None" = None, *, everywhere: bool = False
    ) -> None:
        self.weights = weights
        self.elsewhere = elsewhere or self
        self.everywhere = everywhere
        self.knows_complaints = False
        self.signals = _rows(weights.signals)
        self.plain = _rows(weights.plain)
        self.favour: Sums = tuple(np.exp(weights.lean.astype(float)).tolist())
        self.calibration = [
            (tuple(cooling), tuple(offset), power)
            for cooling, offset, power in zip(
                weights.cooling.tolist(), weights.offset.tolist(), weights.powers.tolist(), strict=True
            )
        ]
        self._rows, self._rest = _packed(weights.table[:, :2]), _packed(weights.table[:, 2:])
        self._steps: Sums = tuple(weights.steps.astype(float).tolist())
        self._pairs_lean = _leaning(weights.table[:WORD_PLACES], self._steps)
        self._sums = lru_cache(maxsize=WORDS_KEPT)(self._sum)

    def score(self, tokens: Tokens) -> Scores:
        """Score the words of a message; signals are left out."""
        if not tokens.words:
            return Scores((0.0,) * COLUMNS, ())
        sums = map(self._sums, tokens.words, tokens.negated)
        firsts, seconds, lines, leans, piece_leans = zip(*sums, strict=True)
        pairs = pair_places(firsts, seconds)
        of_pairs = sum(map(self._rows.__getitem__, pairs)) + (
            sum(map(self._rest.__getitem__, pairs)) << 2 * _LANE
        )
        *packed, number = _LANES.unpack((sum(lines) + of_pairs).to_bytes(_LANES.size, "little"))
        in_words = len(lines) + len(pairs)
        for_words, for_pieces = 1 / math.sqrt(in_words), 1 / math.sqrt(max(1, number))
        above_0, pieces_above_0 = _BIAS * in_words, _BIAS * number
        total = tuple(
            [
                (for_words * (one - above_0) + for_pieces * (other - pieces_above_0)) * step
                for one, other, step in zip(packed[:COLUMNS], packed[COLUMNS:], self._steps, strict=True)
            ]
        )
        beside = [0.0, *map(self._pairs_lean.__getitem__, pairs), 0.0]
        leanings = [
            for_words * (word + left + right) + for_pieces * piece
            for word, piece, left, right in zip(leans, piece_leans, beside, beside[1:], strict=False)
        ]
        return Scores(total, leanings)

    def _sum(self, word: str, negated: bool) -> WordSums:  # noqa: FBT001 (part of the cache's key)
        hashed = word_hash(word, negated=negated)
        place, places = word_place(hashed), piece_places(word, negated=negated)
        number = len(places)
        packed = (
            self._rows[place],
            self._rest[place],
            sum(map(self._rows.__getitem__, places)),
            sum(map(self._rest.__getitem__, places)),
            number,
        )
        line = sum(one << 2 * _LANE * at for at, one in enumerate(packed))
        return WordSums(*pair_halves(hashed), line, self._leans(*packed[:2], 1), self._leans(*packed[2:]))

    def _leans(self, line: int, rest: int, lines: int) -> float:
        """Tell by how much a sum of packed lines leans to praise, or below 0 to blame."""
        added = _BIAS * lines
        return ((rest & _FULL) - added) * self._steps[POSITIVE] - ((line & _FULL) - added) * self._steps[
            NEGATIVE
        ]


def _packed(columns: npt.NDArray[np.int8] | npt.NDArray[np.int16]) -> "array[int]":
    """Pack two columns of a table: a whole number for each line, so that one addition adds both."""
    above_0 = columns.astype(np.int64) + _BIAS
    return array("q", (above_0[:, 0] + (above_0[:, 1] << _LANE)).tobytes())


def _leaning(table: npt.NDArray[np.int8] | npt.NDArray[np.int16], steps: Sums) -> "array[float]":
    """Give half of what each line leans to praise: a pair is shared out to its two words."""
    columns = table.astype(np.float64)
    leans = columns[:, POSITIVE] * steps[POSITIVE] - columns[:, NEGATIVE] * steps[NEGATIVE]
    return array("d", (leans / 2).tobytes())


def _rows(matrix: Floats) -> tuple[Sums, ...]:
    """Give the rows of a matrix as plain numbers, each of one for every class and head."""
    missing = [0.0] * (COLUMNS - matrix.shape[1])
    return tuple((*row, *missing) for row in matrix.astype(float).tolist())


@cache
def shipped() -> Model:
    """Give the model that comes with the program; read when it is first needed."""
    return Model(Weights.load(FILE))


@dataclass(slots=True)
class _InUse:
    model: Model | None = None


_in_use = _InUse()


def in_use() -> Model:
    """Give the model that reads messages in this process: the shipped one, unless ``use`` gave another."""
    return _in_use.model or shipped()


def use(model: Model | None) -> None:
    """Read messages with a model from now on, in this process; None is the shipped one."""
    _in_use.model = model
