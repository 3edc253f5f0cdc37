"""Labels as the model sees them: what it says of a message now, what is true, how much that counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feedback.learning.correction import Part, with_words_elsewhere
from feedback.learning.labels import Label
from feedback.reading.features import Features, features_of
from feedback.reading.model import Model
from feedback.reading.sentiment import feel
from feedback.training.bags import Design

Floats = npt.NDArray[np.float64]
Chosen = npt.NDArray[np.bool_]
NO_LABEL = -1
MOST_OF_ONE, SHARE_OF_ONE = 5.0, 0.05
BALANCE = 0.5
"""0 takes classes as often as they come, 1 all alike."""
LEAST_CHANCE = 5e-5
"""Probabilities are rounded to four digits: nearer to 0 nothing is told apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Labelled messages, a line each.

    Attributes:
        features: what the model is told of them.
        learnt: whether a message is in a language that the data teach.
        share: how much words count beside rules.
        sentiment_said: the logarithms of the probabilities that the shipped model gives the classes.
        complaint_said: the log-odds that it gives a complaint.
        sentiment: the place of the true class, or ``NO_LABEL``.
        complaint: 1, 0 or ``NO_LABEL``.
        weights: how much each counts.
        customers: whose it is.
    """

    features: Sequence[Features]
    learnt: Chosen
    share: Floats
    sentiment_said: Floats
    complaint_said: Floats
    sentiment: npt.NDArray[np.int64]
    complaint: npt.NDArray[np.int64]
    weights: Floats
    customers: npt.NDArray[np.int64]

    def design(self, chosen: Chosen) -> Design:
        """Put the features of some together."""
        return Design.of([self.features[place] for place in np.flatnonzero(chosen).tolist()])


def examples_of(labels: Sequence[Label], shipped: Model) -> Examples:
    """Read labelled messages with the shipped model; about 1 ms for each."""
    # In languages that the data do not teach, a message is read as with words that nothing is known of yet.
    reader = Model(shipped.weights, with_words_elsewhere(shipped, Part.nothing()))
    features = [features_of(label.text) for label in labels]
    felt = [feel(label.text, reader) for label in labels]
    sentiment = [_or_none(label.sentiment) for label in labels]
    complaint = np.clip(np.array([one.complaint for one in felt]), LEAST_CHANCE, 1 - LEAST_CHANCE)
    return Examples(
        features=features,
        learnt=np.array([one.learnt for one in felt]),
        share=np.array([one.learnt_share for one in features]),
        sentiment_said=np.log(np.maximum(np.array([one.probabilities for one in felt]), LEAST_CHANCE)),
        complaint_said=np.log(complaint / (1 - complaint)),
        sentiment=np.array(sentiment, dtype=np.int64),
        complaint=np.array([_or_none(label.complaint) for label in labels], dtype=np.int64),
        weights=weights_of([label.customer_id for label in labels], sentiment),
        customers=np.array([label.customer_id for label in labels], dtype=np.int64),
    )


def weights_of(customers: Sequence[int], classes: Sequence[int]) -> Floats:
    """Give how much each label counts, so that nobody's labels together count more than a few.

    Rare classes count a little more. One customer counts at most as much as 5 labels, and as one for every 20
    customers where that is less, but always as 1: who rates a thousand times says a thousand times the same.

    Args:
        customers: whose each label is.
        classes: the sentiment that each names, or ``NO_LABEL``.
    """
    most = max(1.0, min(MOST_OF_ONE, SHARE_OF_ONE * len(set(customers))))
    balance = _balance(customers, np.array(classes, dtype=np.int64))
    totals: Counter[int] = Counter()
    for customer, weight in zip(customers, balance.tolist(), strict=True):
        totals[customer] += weight
    capped = np.array([min(1.0, most / totals[customer]) for customer in customers])
    return np.asarray(balance * capped)


def _balance(customers: Sequence[int], classes: npt.NDArray[np.int64]) -> Floats:
    """Weigh labels by how rare their class is, each customer counted once; the mean customer's is 1."""
    weights = np.ones(len(classes))
    known = classes != NO_LABEL
    if known.any():
        _, groups = np.unique(np.array(customers)[known], return_inverse=True)
        shares = 1.0 / np.bincount(groups)[groups]
        counts = np.bincount(classes[known], weights=shares)
        rarity = (1.0 / np.maximum(counts, 1)) ** BALANCE
        rarities = rarity[classes[known]]
        weights[known] = rarities / np.average(rarities, weights=shares)
    return weights


def _or_none(label: int | None) -> int:
    return NO_LABEL if label is None else int(label)
