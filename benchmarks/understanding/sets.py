"""The labelled sets that are measured on, by name."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from feedback.reading.model import CLASSES
from feedback.training.measures import Classes

FILES = ("tune/goemotions_dev.csv", "tune/tweeteval_val.csv", "tune/sst_dev.csv")
CHINESE = "tune/zh_shopping_8k.csv"


@dataclass(frozen=True, slots=True)
class Labelled:
    """Messages with what people said of each.

    Attributes:
        name: of the set.
        texts: as they were written.
        truth: the place of each one's label in ``CLASSES``.
    """

    name: str
    texts: Sequence[str]
    truth: Classes


def read(data: Path, name: str) -> Labelled:
    """Read a file of ``text`` and ``label``; other labels than the three classes are left out."""
    with (data / name).open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["label"]) for row in csv.DictReader(file) if row["label"] in CLASSES]
    truth = np.array([CLASSES.index(label) for _, label in rows], dtype=np.int64)
    return Labelled(Path(name).stem, [text for text, _ in rows], truth)
