"""Fitting a correction: logistic regression that begins at what the shipped model says.

The squares of what is added are penalised, so whatever the labels do not speak of stays as it was shipped.
That is the usual estimate with a normal prior around the shipped weights (C. Chelba and A. Acero,
«Adaptation of Maximum Entropy Capitalizer: Little Data Can Help a Lot», EMNLP 2004).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feedback.learning.correction import Correction, Part
from feedback.learning.examples import NO_LABEL, Chosen, Examples, Floats
from feedback.reading.lengths import by_length
from feedback.reading.model import CLASSES, COLUMNS, COMPLAINT, Weights
from feedback.training.bags import Bag, Design
from feedback.training.fitting import probabilities
from feedback.training.optimiser import dot, minimise

PENALTIES = (1.0, 4.0, 16.0)
"""Of the squares of what is added, to the loss of labels that count as 1; held-back labels choose one. The
smallest is what left-out domains ask for, the others are for companies whose labels say little."""
SIGNALS_COST = 10.0
"""By so much more the signals' weights are held: what rules mean shall change less easily than words."""
ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be corrected.

    Attributes:
        name: for reports.
        columns: of the model's table.
        is_known: tells which examples have a label for it.
        said: gives the scores that the shipped model has for it.
        target: gives the truth, a line for each example with a label.
        by_share: whether words count by their share beside rules.
    """

    name: str
    columns: Sequence[int]
    is_known: Callable[[Examples], Chosen]
    said: Callable[[Examples], Floats]
    target: Callable[[Examples], Floats]
    by_share: bool

    @property
    def softmax(self) -> bool:
        """Whether its columns are classes of which one is true."""
        return len(self.columns) > 1


def _sentiments(examples: Examples) -> Floats:
    return np.eye(len(CLASSES))[examples.sentiment]


SENTIMENT = Task(
    name="sentiment",
    columns=range(len(CLASSES)),
    is_known=lambda examples: examples.sentiment != NO_LABEL,
    said=lambda examples: examples.sentiment_said,
    target=_sentiments,
    by_share=True,
)
COMPLAINTS = Task(
    name="complaint",
    columns=(COMPLAINT,),
    is_known=lambda examples: examples.complaint != NO_LABEL,
    said=lambda examples: examples.complaint_said[:, None],
    target=lambda examples: examples.complaint[:, None].astype(np.float64),
    by_share=False,
)
TASKS = (SENTIMENT, COMPLAINTS)


@dataclass(frozen=True, slots=True)
class Added:
    """What was learnt for one task and some languages: for each place and each signal, a line."""

    places: npt.NDArray[np.int64]
    rows: Floats
    signals: Floats


def fit(task: Task, examples: Examples, chosen: Chosen, factors: Floats, penalty: float) -> Added:
    """Fit what is added for a task.

    Args:
        task: what is corrected.
        examples: all of them.
        chosen: those to learn from; all have a label for the task.
        factors: by what the scores of each example and column are multiplied in the end.
        penalty: of the squares of what is added.
    """
    design, places = _only_places(examples.design(chosen))
    share = examples.share[chosen][:, None] if task.by_share else np.ones((int(chosen.sum()), 1))
    said, target = task.said(examples)[chosen], task.target(examples)[chosen]
    weights, factor = examples.weights[chosen][:, None], factors[chosen]
    columns, signals = target.shape[1], design.signals.shape[1]
    cut = len(places) * columns
    held = np.repeat([penalty, penalty * SIGNALS_COST], [cut, signals * columns])

    def slope(point: Floats) -> tuple[float, Floats]:
        rows, rest = point[:cut].reshape(-1, columns), point[cut:].reshape(signals, columns)
        scores = said + factor * _scores(design, share, rows, rest)
        chances = probabilities(scores, softmax=task.softmax)
        wrong = (chances - target) * weights * factor
        table = design.words.transposed_times(wrong * share, len(places))
        table += design.pieces.transposed_times(wrong * share, len(places))
        gradient = np.concatenate([table.ravel(), _product(design.signals.T, wrong).ravel()])
        value = float(np.sum(weights[:, 0] * loss(chances, target))) + 0.5 * dot(held * point, point)
        return value, gradient + held * point

    best = minimise(slope, np.zeros(cut + signals * columns), rounds=ROUNDS)
    return Added(places, best[:cut].reshape(-1, columns), best[cut:].reshape(signals, columns))


def scores_with(added: Added, task: Task, examples: Examples, chosen: Chosen, factors: Floats) -> Floats:
    """Give the scores of some examples with what was learnt; ``factors`` as for ``fit``."""
    table = np.zeros((int(added.places.max(initial=-1)) + 1, added.rows.shape[1]))
    table[added.places] = added.rows
    design = examples.design(chosen)
    known = len(table)
    # Places beyond the last that was learnt of add nothing: they are sent to a line of zeros.
    table = np.concatenate([table, np.zeros((1, table.shape[1]))])
    design = Design(_upto(design.words, known), _upto(design.pieces, known), design.signals)
    share = examples.share[chosen][:, None] if task.by_share else np.ones((int(chosen.sum()), 1))
    return task.said(examples)[chosen] + factors[chosen] * _scores(design, share, table, added.signals)


def loss(chances: Floats, target: Floats) -> Floats:
    """Give the logarithmic loss of each line."""
    tiny = 1e-12
    lost = target * np.log(chances + tiny)
    if target.shape[1] == 1:
        lost = lost + (1 - target) * np.log(1 - chances + tiny)
    return -np.asarray(lost.sum(axis=1))


def factors_of(task: Task, examples: Examples, weights: Weights) -> Floats:
    """Give by what the scores of each example and column are multiplied before they become probabilities."""
    if task is not SENTIMENT:
        return np.ones((len(examples.features), 1))
    which = np.where(examples.learnt, 0, 1)
    powers = weights.powers[which].tolist()
    sure = [by_length(one.length, power) for one, power in zip(examples.features, powers, strict=True)]
    return np.asarray(weights.cooling[which] * np.array(sure)[:, None], dtype=np.float64)


def fit_correction(examples: Examples, penalties: Mapping[str, float], weights: Weights) -> Correction:
    """Fit tasks on all labels, for languages that the data teach and for the others.

    Args:
        examples: the labelled messages.
        penalties: for each task that is fitted, by its name.
        weights: of the shipped model.
    """
    parts, factors = [], {task.name: factors_of(task, examples, weights) for task in TASKS}
    for learnt in (True, False):
        part = Part.nothing()
        for task in TASKS:
            chosen = task.is_known(examples) & (examples.learnt == learnt)
            if task.name in penalties and chosen.any():
                added = fit(task, examples, chosen, factors[task.name], penalties[task.name])
                part = _together(part, task, added)
        parts.append(part)
    return Correction(*parts)


def _together(part: Part, task: Task, added: Added) -> Part:
    places = np.union1d(part.places, added.places).astype(np.int32)
    rows = np.zeros((len(places), COLUMNS), np.float32)
    rows[np.searchsorted(places, part.places)] = part.rows
    changed = np.searchsorted(places, added.places)
    for column, values in zip(task.columns, added.rows.T, strict=True):
        rows[changed, column] = values
    signals = part.signals.copy()
    signals[:, list(task.columns)] = added.signals
    return Part(places, rows, signals)


def _only_places(design: Design) -> tuple[Design, npt.NDArray[np.int64]]:
    """Number the places anew that messages have at all."""
    places = np.unique(np.concatenate([design.words.places, design.pieces.places]))
    words, pieces = (
        Bag(np.searchsorted(places, bag.places), bag.starts, bag.lengths)
        for bag in (design.words, design.pieces)
    )
    return Design(words, pieces, design.signals), places


def _upto(bag: Bag, places: int) -> Bag:
    return Bag(np.minimum(bag.places, places), bag.starts, bag.lengths)


def _scores(design: Design, share: Floats, table: Floats, signals: Floats) -> Floats:
    by_words = design.words.times(table) + design.pieces.times(table)
    scores: Floats = share * by_words + _product(design.signals, signals)
    return scores


def _product(left: Floats, right: Floats) -> Floats:
    """Multiply matrices without BLAS, whose threads may add in another order."""
    return np.stack([np.sum(left * column, axis=1) for column in right.T], axis=1)
