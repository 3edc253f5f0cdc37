"""A correction of the shipped model: what a company's labels add to its weights. Nothing of it is text."""

import zlib
from base64 import b64decode, b64encode
from binascii import Error as NoBase64Error
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Self
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from feedback.reading.hashing import PLACES
from feedback.reading.model import CLASSES, COLUMNS, COMPLAINT, Floats, Model, Weights, write_arrays
from feedback.reading.signals import SIGNALS
from store.errors import InputError

LARGEST = 32_767


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What is added for some languages.

    Attributes:
        places: those of the model's table that change, each once.
        rows: what is added to each of them, for each class and head.
        signals: what is added to the weights of the signals, for each class and head.
    """

    places: npt.NDArray[np.int32]
    rows: Floats
    signals: Floats

    @classmethod
    def nothing(cls) -> Self:
        """Add nothing."""
        return cls(
            np.empty(0, np.int32),
            np.empty((0, COLUMNS), np.float32),
            np.zeros((len(SIGNALS), COLUMNS), np.float32),
        )

    @property
    def is_nothing(self) -> bool:
        """Whether it adds nothing."""
        return not (self.rows.any() or self.signals.any())


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """What is added to the shipped model: for the languages that the data teach, and for all others."""

    learnt: Part
    elsewhere: Part

    def to_text(self) -> str:
        """Write it down; the same correction gives the same text."""
        archive = BytesIO()
        arrays = {
            f"{name}_{field}": getattr(part, field)
            for name, part in (("learnt", self.learnt), ("elsewhere", self.elsewhere))
            for field in Part.__slots__
        }
        write_arrays(archive, arrays)
        return b64encode(archive.getvalue()).decode()

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what ``to_text`` wrote.

        Raises:
            InputError: it is something else, or damaged.
        """
        try:
            with np.load(BytesIO(b64decode(text, validate=True)), allow_pickle=False) as arrays:
                learnt, elsewhere = (
                    Part(**{field: arrays[f"{name}_{field}"] for field in Part.__slots__})
                    for name in ("learnt", "elsewhere")
                )
        except (NoBase64Error, OSError, ValueError, KeyError, BadZipFile, zlib.error) as error:
            raise InputError(
                f"what was learnt is damaged ({error}): use `rapport learning rollback`"
            ) from error
        return cls(learnt, elsewhere)


def base_of(weights: Weights) -> str:
    """Name a model: a correction fits the model alone that it was learnt on."""
    found = 0
    for name in Weights.__slots__:
        found = zlib.crc32(np.ascontiguousarray(getattr(weights, name)).tobytes(), found)
    return f"{found:08x}"


def corrected(shipped: Model, correction: Correction) -> Model:
    """Give the model with a correction added; it reads as fast as the shipped one."""
    nothing_elsewhere = correction.elsewhere.is_nothing
    elsewhere = shipped if nothing_elsewhere else with_words_elsewhere(shipped, correction.elsewhere)
    model = Model(_added(shipped.weights, correction.learnt), elsewhere)
    parts = (correction.learnt, correction.elsewhere)
    model.knows_complaints = any(part.rows[:, COMPLAINT].any() for part in parts)
    return model


def with_words_elsewhere(shipped: Model, part: Part) -> Model:
    """Give a model that knows no words but those of a part; rules and scaling are the shipped ones."""
    nothing = replace(shipped.weights, table=np.zeros((PLACES, COLUMNS), np.int8))
    signals = shipped.weights.signals.copy()
    signals[:, : len(CLASSES)] = shipped.weights.plain
    return Model(_added(replace(nothing, signals=signals), part), everywhere=True)


def _added(weights: Weights, part: Part) -> Weights:
    """Add a part to weights; whole numbers of 16 bits hold both without a loss that is seen."""
    table = weights.table.astype(np.float32) * weights.steps
    table[part.places] += part.rows
    steps = np.maximum(np.abs(table).max(axis=0), np.float32(1e-12)) / LARGEST
    return replace(
        weights,
        table=np.rint(table / steps).astype(np.int16),
        steps=steps.astype(np.float32),
        signals=weights.signals + part.signals,
        plain=weights.plain + part.signals[:, : len(CLASSES)],
    )
