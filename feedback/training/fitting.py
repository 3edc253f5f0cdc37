"""Fitting the linear models: softmax for sentiment, logistic for each kind; L2-regularised."""

from dataclasses import dataclass

import numpy as np

from feedback.reading.hashing import PLACES
from feedback.training.bags import Design, Floats
from feedback.training.measures import Classes
from feedback.training.optimiser import dot, minimise

ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was learnt.

    Attributes:
        table: a line of weights for each place, one for each class.
        signals: the same for each signal.
    """

    table: Floats
    signals: Floats

    def scores(self, design: Design) -> Floats:
        """Give a line of scores for each message."""
        return design.times(self.table, self.signals)


def fit_classes(
    design: Design, truth: Classes, weights: Floats, *, classes: int, penalty: float, rounds: int
) -> Fitted:
    """Fit a softmax regression.

    Args:
        design: the messages.
        truth: the class of each.
        weights: how much each counts; their mean should be 1.
        classes: how many there are.
        penalty: of the squared weights.
        rounds: at most.
    """
    target = np.eye(classes)[truth]
    return _fit(design, target, weights[:, None] * np.ones(classes), penalty, rounds, softmax=True)


def fit_yes_or_no(design: Design, truth: Classes, weights: Floats, *, penalty: float, rounds: int) -> Fitted:
    """Fit a logistic regression; ``truth`` is 0 or 1."""
    target = truth[:, None].astype(np.float64)
    return _fit(design, target, weights[:, None], penalty, rounds, softmax=False)


def _fit(
    design: Design, target: Floats, weights: Floats, penalty: float, rounds: int, *, softmax: bool
) -> Fitted:
    columns, signals = target.shape[1], design.signals.shape[1]
    cut = PLACES * columns

    def slope(point: Floats) -> tuple[float, Floats]:
        fitted = Fitted(point[:cut].reshape(PLACES, columns), point[cut:].reshape(signals, columns))
        said = probabilities(fitted.scores(design), softmax=softmax)
        loss = _loss(target, said, weights, softmax=softmax)
        table, rest = design.transposed_times((said - target) * weights, PLACES)
        gradient = np.concatenate([table.ravel(), rest.ravel()]) + penalty * point
        return loss + 0.5 * penalty * dot(point, point), gradient

    best = minimise(slope, np.zeros(cut + signals * columns), rounds=rounds)
    return Fitted(best[:cut].reshape(PLACES, columns), best[cut:].reshape(signals, columns))


def probabilities(scores: Floats, *, softmax: bool) -> Floats:
    """Turn scores into probabilities."""
    if not softmax:
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(scores, -40, 40))))
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def _loss(target: Floats, said: Floats, weights: Floats, *, softmax: bool) -> float:
    tiny = 1e-12
    loss = target * np.log(said + tiny)
    if not softmax:
        loss = loss + (1 - target) * np.log(1 - said + tiny)
    return -float(np.sum(weights * loss))
