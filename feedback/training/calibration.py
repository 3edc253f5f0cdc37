"""Making probabilities honest, and choosing where classes begin: on domains that were left out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feedback.reading.lengths import by_length
from feedback.reading.model import CLASSES, NEGATIVE, NEUTRAL
from feedback.training.fitting import probabilities
from feedback.training.measures import Classes, Floats, macro_f1
from feedback.training.optimiser import minimise

LEANS = np.arange(-0.6, 0.81, 0.1)
ROUNDS = 60
KEPT_NEAR_ONE = 1.0
"""How hard scale and offset are drawn to 1 and 0, in messages: a domain more or less changes little."""
Domains = npt.NDArray[np.int64]
Lengths = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scaling:
    """What turns scores into probabilities: each class times ``cooling`` plus ``offset``.

    Scores are multiplied besides by a ``power`` of each message's length (``lengths.by_length``).
    """

    cooling: Floats
    offset: Floats
    power: float = 0.0

    def probabilities(self, scores: Floats, lengths: Lengths) -> Floats:
        """Turn scores of messages with so many words into probabilities."""
        sure = np.array([by_length(words, self.power) for words in lengths.tolist()])[:, None]
        return probabilities(scores * self.cooling * sure + self.offset, softmax=True)


def best_scaling(scores: Floats, truth: Classes, domains: Domains, lengths: Lengths) -> Scaling:
    """Fit vector scaling (Guo and others, ICML 2017) by likelihood; each domain counts as much as any.

    A power of the length (words of each message) is fitted with it.
    """
    _, places, counts = np.unique(domains, return_inverse=True, return_counts=True)
    weights = (1.0 / (counts * len(counts)))[places]
    classes = len(CLASSES)
    target = np.eye(classes)[truth]
    start = np.concatenate([np.ones(classes), np.zeros(classes + 1)])
    drawn = KEPT_NEAR_ONE / len(truth)
    by_one = np.log([by_length(words, 1.0) for words in lengths.tolist()])

    def slope(point: Floats) -> tuple[float, Floats]:
        cooling, offset, power = point[:classes], point[classes:-1], point[-1]
        sure = scores * np.exp(power * by_one)[:, None]
        cooled = sure * cooling
        said = probabilities(cooled + offset, softmax=True)
        away = point - start
        loss = -float(np.sum(weights * np.log(np.sum(said * target, axis=1) + 1e-12)))
        wrong = (said - target) * weights[:, None]
        for_power = np.sum(wrong * cooled * by_one[:, None])
        gradient = np.concatenate([np.sum(wrong * sure, axis=0), np.sum(wrong, axis=0), [for_power]])
        return loss + 0.5 * drawn * float(np.sum(away * away)), gradient + drawn * away

    found = minimise(slope, start, rounds=ROUNDS)
    return Scaling(found[:classes], found[classes:-1], float(found[-1]))


def best_lean(said: Floats, truth: Classes, domains: Domains) -> Floats:
    """Find what to add to the logarithms of the classes for the best mean macro-F1 over domains."""
    logarithms = np.log(said + 1e-9)
    used = [domains == one for one in np.unique(domains)]
    best, best_score = np.zeros(len(CLASSES)), -1.0
    for negative in LEANS:
        for neutral in LEANS:
            lean = np.zeros(len(CLASSES))
            lean[NEGATIVE], lean[NEUTRAL] = negative, neutral
            called = np.argmax(logarithms + lean, axis=1)
            score = float(np.mean([macro_f1(truth[inside], called[inside]) for inside in used]))
            if score > best_score:
                best, best_score = lean, score
    return best
