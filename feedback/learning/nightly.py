"""One night's learning, from labels to a verdict and, where it is better, a correction; no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from feedback.learning.correction import base_of
from feedback.learning.examples import examples_of
from feedback.learning.fitting import fit_correction
from feedback.learning.judging import judge_all
from feedback.learning.labels import Label
from feedback.reading.model import Model, shipped


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a night gave.

    Attributes:
        base: names the shipped model.
        labels: names the labels that it was learnt from.
        verdicts: one for each task.
        weights: the correction; "" where nothing is better.
    """

    base: str
    labels: str
    verdicts: Sequence[dict[str, Any]]
    weights: str = ""

    @property
    def is_better(self) -> bool:
        """Whether it is worth keeping."""
        return bool(self.weights)


def learn(labels: Sequence[Label], fingerprint: str, model: Model | None = None) -> Learnt:
    """Learn from labels; the same ones give the same correction. Takes seconds up to a minute.

    Args:
        labels: at least one.
        fingerprint: names them.
        model: what is corrected; the shipped one, where not given.
    """
    model = model or shipped()
    examples = examples_of(labels, model)
    verdicts = judge_all(examples, model.weights)
    better = {verdict.task: verdict.penalty for verdict in verdicts if verdict.better}
    weights = fit_correction(examples, better, model.weights).to_text() if better else ""
    return Learnt(base_of(model.weights), fingerprint, [one.to_json() for one in verdicts], weights)
