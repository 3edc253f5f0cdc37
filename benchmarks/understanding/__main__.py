"""How well both looks understand, beside TextBlob, VADER and AFINN, and for Chinese SnowNLP and pysenti.

    python -m benchmarks.understanding --data DIR [--plot FILE]

``DIR`` holds ``tune/`` with CSV files of ``text`` and ``label``; none of their text is printed. The others
are installed once into an environment of their own (``requirements.txt``) and get the two thresholds that are
best on the very set that is measured; ours is measured as it is, the first look alone and with the second,
which reads English. Ends with one JSON line of all numbers. ``--plot`` draws how far the probabilities of
the first look can be trusted, by language and length, as SVG.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.understanding import methods, peers, reliability
from benchmarks.understanding.sets import CHINESE, FILES, Labelled, read
from feedback.reading.model import CLASSES, NEGATIVE, POSITIVE
from feedback.second_look.both import with_second
from feedback.second_look.model import FILE, SecondLook
from feedback.training.measures import (
    Classes,
    Floats,
    calibration_error,
    found_at_precision,
    macro_f1,
)
from feedback.understanding import Understanding, understand

PRECISION = 0.85
THRESHOLDS = np.arange(-0.9, 0.91, 0.05)
SPEED_TEXTS = 2_000
LOOKS = {"first look": 5, "both looks": 9}
"""Points of macro-F1 that each is to have over the better of TextBlob and VADER."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print a table, then one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the directory with tune/")
    parser.add_argument("--plot", type=Path, help="an SVG file to draw")
    options = parser.parse_args(arguments)
    results: dict[str, float] = {}
    sure: list[reliability.Sure] = []
    for name in (*FILES, CHINESE):
        labelled = read(options.data, name)
        understood = [understand(text) for text in labelled.texts]
        results |= _chinese(labelled, understood) if name == CHINESE else _english(labelled, understood)
        sure += reliability.sure_of(labelled, understood, two_classes=name == CHINESE)
    results |= reliability.errors(sure) | _speed(read(options.data, FILES[0]).texts)
    if options.plot:
        reliability.draw(sure, options.plot)
    for title, number in results.items():
        print(f"{title:66} {number:8.1f}")
    print(json.dumps({title: round(number, 2) for title, number in results.items()}))


def _english(labelled: Labelled, first: Sequence[Understanding]) -> dict[str, float]:
    """Three classes: ours as it is, the others with their best thresholds."""
    name, negative = labelled.name, labelled.truth == NEGATIVE
    others = peers.said_by(methods.ENGLISH, labelled.texts)
    best = {method: best_f1(one.scores, labelled.truth) for method, one in others.items()}
    results = {f"{name}: {method} macro-F1, best thresholds": one for method, one in best.items()}
    both = with_second(first, labelled.texts, SecondLook.load(FILE))
    for look, understood in zip(LOOKS, (first, both), strict=True):
        found = _ours(labelled, understood)
        better = max(best["textblob"], best["vader"])
        found[f"over the better of TextBlob and VADER (aim {LOOKS[look]})"] = found["macro-F1"] - better
        results |= {f"{name}: {look}, {title}": number for title, number in found.items()}
    for method, one in others.items():
        found_at = 100 * found_at_precision(negative, -one.scores, PRECISION)
        results[f"{name}: {method} negatives found at 85 % precision"] = found_at
    return results | {f"{name}: {method} messages/s": one.per_s for method, one in others.items()}


def _ours(labelled: Labelled, understood: Sequence[Understanding]) -> dict[str, float]:
    """Measure what we say, as it is, in percent."""
    negative = labelled.truth == NEGATIVE
    said = np.array([CLASSES.index(one.sentiment) for one in understood], dtype=np.int64)
    chances = np.array([one.probabilities for one in understood])
    return {
        "macro-F1": 100 * macro_f1(labelled.truth, said),
        "negatives found as it is": 100 * float(np.mean(said[negative] == NEGATIVE)),
        "precision of these": 100 * float(np.mean(negative[said == NEGATIVE])),
        "negatives found at 85 % precision": 100
        * found_at_precision(negative, chances[:, NEGATIVE], PRECISION),
        "expected calibration error": 100 * calibration_error(labelled.truth, chances),
    }


def best_f1(scores: Floats, truth: Classes) -> float:
    """The best macro-F1, in percent, that any two thresholds give on this very set."""
    best = 0.0
    for low in THRESHOLDS:
        for high in (one for one in THRESHOLDS if one >= low):
            said = np.where(scores < low, 0, np.where(scores > high, 2, 1))
            best = max(best, 100 * macro_f1(truth, said))
    return best


def _chinese(labelled: Labelled, understood: Sequence[Understanding]) -> dict[str, float]:
    """Two classes: ours counts neutral as wrong, then by the likelier of the two; the others as they come."""
    name = labelled.name
    called = np.array([CLASSES.index(one.sentiment) for one in understood], dtype=np.int64)
    chances = np.array([one.probabilities for one in understood])
    likelier = np.where(chances[:, POSITIVE] > chances[:, NEGATIVE], POSITIVE, NEGATIVE)
    results = {
        f"{name}: rapport accuracy, neutral is wrong": 100 * float(np.mean(called == labelled.truth)),
        f"{name}: rapport accuracy, two classes": 100 * float(np.mean(likelier == labelled.truth)),
    }
    for method, one in peers.said_by(methods.CHINESE, labelled.texts).items():
        said = np.where(one.scores > 0, POSITIVE, NEGATIVE)
        results[f"{name}: {method} accuracy"] = 100 * float(np.mean(said == labelled.truth))
        results[f"{name}: {method} messages/s"] = one.per_s
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
