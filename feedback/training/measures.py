"""How good answers are: macro-F1, what is found at a precision, calibration, area under the curve."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Classes = npt.NDArray[np.int64]


def macro_f1(truth: Classes, said: Classes) -> float:
    """The mean F1 over the classes that the truth has, 0…1."""
    scores = []
    for label in np.unique(truth):
        both = int(np.sum((truth == label) & (said == label)))
        scores.append(2 * both / max(1, int(np.sum(truth == label)) + int(np.sum(said == label))))
    return float(np.mean(scores))


def found_at_precision(truth: npt.NDArray[np.bool_], score: Floats, precision: float) -> float:
    """The share of the true ones found at the lowest threshold that keeps a precision; 0 where none does."""
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(truth[order])
    good = np.flatnonzero(hits / np.arange(1, len(order) + 1) >= precision)
    return float(hits[good[-1]] / max(1, int(truth.sum()))) if len(good) else 0.0


def calibration_error(truth: Classes, probabilities: Floats, bins: int = 10) -> float:
    """The expected calibration error of the likeliest class (Guo and others, ICML 2017), 0…1."""
    sure = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    place = np.minimum((sure * bins).astype(np.int64), bins - 1)
    error = 0.0
    for one in range(bins):
        inside = place == one
        if inside.any():
            error += float(np.mean(inside)) * abs(
                float(np.mean(sure[inside])) - float(np.mean(right[inside]))
            )
    return error


def area_under_curve(truth: npt.NDArray[np.bool_], score: Floats) -> float:
    """How often a true one scores above a false one (ties count half), 0…1."""
    order = np.argsort(score, kind="stable")
    ranks = np.empty(len(score))
    ranks[order] = np.arange(1, len(score) + 1)
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.bincount(inverse, weights=ranks) / counts)[inverse]
    positives = int(truth.sum())
    negatives = len(truth) - positives
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / max(1, positives * negatives))
