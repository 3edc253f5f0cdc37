"""Judging a correction: how well labels are told that were held back while it was fitted."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from feedback.learning.examples import Chosen, Examples, Floats
from feedback.learning.fitting import PENALTIES, SENTIMENT, TASKS, Task, factors_of, fit, loss, scores_with
from feedback.reading.model import Weights
from feedback.training.fitting import probabilities
from feedback.training.measures import area_under_curve

FOLDS = 5
LEAST_CUSTOMERS = 20
LEAST_OF_EACH = 5
"""A task with fewer labels of some class is not learnt: of the few nothing can be held back."""
LEAST_LABELS = 40
SURE = 1.645
"""So many standard errors the gain must be above 0; by chance alone one night in twenty is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a task is told, with what was learnt and without, on labels that were held back.

    Attributes:
        task: its name.
        labels: how many there are.
        customers: of so many.
        shipped: macro-F1 (sentiment) or area under the curve (complaints) of the shipped model, 0–100.
        corrected: the same with the correction.
        gain: by how many standard errors the logarithmic loss is lower with it.
        better: whether it is kept.
        penalty: with which it was fitted.
        reason: why not, where it was not even tried.
    """

    task: str
    labels: int
    customers: int
    shipped: float = 0.0
    corrected: float = 0.0
    gain: float = 0.0
    better: bool = False
    penalty: float = 0.0
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give it as a document."""
        return asdict(self)


def judge(task: Task, examples: Examples, weights: Weights) -> Verdict:
    """Hold each customer back once, with a fifth of all, and see how well their labels are told.

    Nobody's labels are told by what was learnt from themselves, and nobody counts more than a few labels. Of
    the penalties the one counts with which held-back labels are told best.
    """
    known = task.is_known(examples)
    customers, groups = np.unique(examples.customers[known], return_inverse=True)
    verdict = Verdict(task.name, int(known.sum()), len(customers))
    reason = _too_few(task, examples, known, len(customers))
    if reason:
        return replace(verdict, reason=reason)
    target, counts = task.target(examples)[known], examples.weights[known]
    before = probabilities(task.said(examples)[known], softmax=task.softmax)
    best = np.inf
    for penalty in PENALTIES:
        told = _told_when_held_back(task, examples, groups % FOLDS, weights, penalty)
        after = probabilities(told, softmax=task.softmax)
        lost = float(np.sum(counts * loss(after, target)))
        if lost >= best:
            break  # each is further from the best than the one before
        best = lost
        gained = np.bincount(groups, weights=counts * (loss(before, target) - loss(after, target)))
        gain = float(gained.sum() / max(1e-12, np.sqrt(np.sum(gained * gained))))
        shipped, corrected = (100 * _figure(task, examples, one, weights) for one in (before, after))
        verdict = replace(
            verdict,
            shipped=round(shipped, 1),
            corrected=round(corrected, 1),
            gain=round(gain, 2),
            better=gain > SURE and corrected >= shipped,
            penalty=penalty,
        )
    return verdict


def judge_all(examples: Examples, weights: Weights) -> list[Verdict]:
    """Judge every task."""
    return [judge(task, examples, weights) for task in TASKS]


def _too_few(task: Task, examples: Examples, known: Chosen, customers: int) -> str:
    if customers < LEAST_CUSTOMERS:
        return f"labels of {customers} customers, {LEAST_CUSTOMERS} are needed"
    if int(known.sum()) < LEAST_LABELS:
        return f"{int(known.sum())} labels, {LEAST_LABELS} are needed"
    commonest_last = np.sort(np.bincount(_truth(task, examples, known)))
    if commonest_last[:-1].max(initial=0) < LEAST_OF_EACH:
        return f"nearly all labels say the same; {LEAST_OF_EACH} others are needed"
    return ""


def _told_when_held_back(
    task: Task, examples: Examples, folds: npt.NDArray[np.int64], weights: Weights, penalty: float
) -> Floats:
    """Give the scores of all known examples, each by a correction that was fitted without its customer."""
    known = task.is_known(examples)
    fold_of = np.full(len(known), -1)
    fold_of[known] = folds
    told = task.said(examples).copy()
    factors = factors_of(task, examples, weights)
    for learnt in (True, False):
        for fold in range(FOLDS):
            tested = known & (examples.learnt == learnt) & (fold_of == fold)
            used = known & (examples.learnt == learnt) & (fold_of != fold)
            if tested.any() and used.any():
                added = fit(task, examples, used, factors, penalty)
                told[tested] = scores_with(added, task, examples, tested, factors)
    return told[known]


def _truth(task: Task, examples: Examples, known: Chosen) -> npt.NDArray[np.int64]:
    return (examples.sentiment if task is SENTIMENT else examples.complaint)[known]


def _figure(task: Task, examples: Examples, chances: Floats, weights: Weights) -> float:
    known = task.is_known(examples)
    truth = _truth(task, examples, known)
    if task is SENTIMENT:
        called = (np.log(chances + 1e-9) + weights.lean).argmax(axis=1)
        return _macro_f1(truth, called, examples.weights[known])
    return area_under_curve(truth == 1, chances[:, 0])


def _macro_f1(truth: npt.NDArray[np.int64], said: npt.NDArray[np.int64], weights: Floats) -> float:
    """The mean F1 over the classes that the truth has, where labels count as much as their weights."""
    scores = []
    for label in np.unique(truth):
        right = float(weights[(truth == label) & (said == label)].sum())
        all_of_both = float(weights[truth == label].sum() + weights[said == label].sum())
        scores.append(2 * right / max(1e-12, all_of_both))
    return float(np.mean(scores))
