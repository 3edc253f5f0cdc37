"""How well messages are understood, beside TextBlob, VADER and AFINN, and for Chinese SnowNLP and pysenti.

    python -m benchmarks.understanding --data DIR

``DIR`` holds ``train/`` and ``tune/`` with CSV files of ``text`` and ``label``; none of their text
is printed. The others get the thresholds that are best on the very set that is measured; ours is measured as
it is. Ends with one JSON line of all numbers.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.understanding import methods
from benchmarks.understanding.sets import CHINESE, FILES, Labelled, read
from feedback.reading.model import CLASSES, NEGATIVE
from feedback.training.measures import (
    Classes,
    Floats,
    calibration_error,
    found_at_precision,
    macro_f1,
)
from feedback.understanding import understand

PRECISION = 0.85
THRESHOLDS = np.arange(-0.9, 0.91, 0.05)
SPEED_TEXTS = 2_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print a table, then one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the directory with train/ and tune/")
    data: Path = parser.parse_args(arguments).data
    results: dict[str, float] = {}
    others = methods.installed(methods.ENGLISH)
    for name in FILES:
        labelled = read(data, name)
        results |= _ours(labelled)
        for method, score in others.items():
            results[f"{labelled.name}: {method} macro-F1, best thresholds"] = best_f1(
                np.array([score(text) for text in labelled.texts]), labelled.truth
            )
    results |= _chinese(read(data, CHINESE))
    results |= _speed(read(data, FILES[0]).texts)
    for title, number in results.items():
        print(f"{title:62} {number:8.1f}")
    print(json.dumps({title: round(number, 2) for title, number in results.items()}))


def _ours(labelled: Labelled) -> dict[str, float]:
    understood = [understand(text) for text in labelled.texts]
    said = np.array([CLASSES.index(one.sentiment) for one in understood], dtype=np.int64)
    probabilities = np.array([one.probabilities for one in understood])
    negative = labelled.truth == NEGATIVE
    name = labelled.name
    return {
        f"{name}: rapport macro-F1": 100 * macro_f1(labelled.truth, said),
        f"{name}: negatives found at 85 % precision": 100
        * found_at_precision(negative, probabilities[:, NEGATIVE], PRECISION),
        f"{name}: negatives found as it is": 100 * float(np.mean(said[negative] == NEGATIVE)),
        f"{name}: expected calibration error, %": 100 * calibration_error(labelled.truth, probabilities),
    }


def best_f1(scores: Floats, truth: Classes) -> float:
    """The best macro-F1, in percent, that any two thresholds give on this very set."""
    best = 0.0
    for low in THRESHOLDS:
        for high in (one for one in THRESHOLDS if one >= low):
            said = np.where(scores < low, 0, np.where(scores > high, 2, 1))
            best = max(best, 100 * macro_f1(truth, said))
    return best


def _chinese(labelled: Labelled) -> dict[str, float]:
    """Two classes: ours counts neutral as wrong, then by the likelier of the two."""
    understood = [understand(text) for text in labelled.texts]
    called = np.array([CLASSES.index(one.sentiment) for one in understood], dtype=np.int64)
    chances = np.array([one.probabilities for one in understood])
    likelier = np.where(chances[:, 2] > chances[:, 0], 2, 0)
    results = {
        f"{labelled.name}: rapport accuracy, neutral is wrong": 100
        * float(np.mean(called == labelled.truth)),
        f"{labelled.name}: rapport accuracy, two classes": 100 * float(np.mean(likelier == labelled.truth)),
    }
    for method, score in methods.installed(methods.CHINESE).items():
        said = np.array([2 if score(text) > 0 else 0 for text in labelled.texts])
        results[f"{labelled.name}: {method} accuracy"] = 100 * float(np.mean(said == labelled.truth))
    return results


def _speed(texts: Sequence[str]) -> dict[str, float]:
    """Time full understanding at 100 and at 1,000 characters; no text twice."""
    joined = " ".join(texts)
    results: dict[str, float] = {}
    for length in (100, 1_000):
        cut = [joined[start : start + length] for start in range(0, len(joined) - length, length)][
            :SPEED_TEXTS
        ]
        times = []
        for text in cut:
            started = time.perf_counter()
            understand(text)
            times.append(time.perf_counter() - started)
        results[f"messages/s at {length} characters"] = len(times) / sum(times)
        results[f"p99 at {length} characters, ms"] = 1_000 * float(np.quantile(times, 0.99))
    return results


if __name__ == "__main__":
    main()
