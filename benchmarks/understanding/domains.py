"""How well the first look reads a domain that it was not trained on.

    python -m benchmarks.understanding.domains --data DIR

Fits the model anew for each domain without it, so it takes minutes. Prints, for each one, macro-F1 and
the negatives found at 85 % precision, without labels of the domain and with 250 and 1,000 of them; then how
well complaints are told apart (AUC), without labels and with 1,000. Given labels are drawn by lot, with a
fixed seed, and what is measured is the rest of the domain; ``--domain NAME`` measures one.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from feedback.reading.features import features_of
from feedback.reading.model import NEGATIVE
from feedback.training.corpus import NO_LABEL, read_messages
from feedback.training.fitting import probabilities
from feedback.training.making import (
    Learning,
    domains_with_all_classes,
    fit_complaints,
    fit_plain,
    fit_sentiment,
    score_both,
)
from feedback.training.measures import (
    Classes,
    Floats,
    area_under_curve,
    calibration_error,
    found_at_precision,
    macro_f1,
)

LABELS_GIVEN = 1_000
CURVE, OWN_COUNTS = (0, 250, 1_000), 5
PRECISION = 0.85


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print a line for each domain, then one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the directory with train/")
    parser.add_argument("--domain", action="append", help="measure this one; may be given several times")
    options = parser.parse_args(arguments)
    messages = read_messages(options.data)
    learning = Learning(messages, [features_of(one.text) for one in messages])
    results: dict[str, float] = {}
    for name in options.domain or sorted({one.domain for one in messages}):
        results |= sentiment_without(learning, name) | complaints_without(learning, name)
        for title, number in results.items():
            if title.startswith(f"{name}:"):
                print(f"{title:60} {number:6.1f}", flush=True)
    print(json.dumps({title: round(number, 1) for title, number in results.items()}))


def sentiment_without(learning: Learning, name: str) -> dict[str, float]:
    """Fit sentiment without a domain and with some of its labels; nothing where it has not all classes."""
    known = learning.where(lambda one: one.sentiment != NO_LABEL)
    outside = known.where(lambda one: one.domain == name)
    if name not in domains_with_all_classes(known) or len(outside.messages) < 2 * max(CURVE):
        return {}
    order = np.random.default_rng(1).permutation(len(outside.messages)).tolist()
    tested, others = outside.at(order[max(CURVE) :]), known.where(lambda one: one.domain != name)
    plain = fit_plain(others)
    results: dict[str, float] = {}
    for labels in CURVE:
        # A company's own label counts several times: there are many thousands of others.
        given = outside.at(order[:labels] * OWN_COUNTS)
        scores, _ = score_both(tested, fit_sentiment(both(others, given)), plain)
        results |= _figures(f"{name}: {labels} labels", tested.sentiments(), scores)
    return results


def both(some: Learning, others: Learning) -> Learning:
    """Put messages together."""
    return replace(
        some, messages=[*some.messages, *others.messages], features=[*some.features, *others.features]
    )


def _figures(title: str, truth: Classes, scores: Floats) -> dict[str, float]:
    said = probabilities(scores, softmax=True)
    return {
        f"{title}, macro-F1": 100 * macro_f1(truth, said.argmax(axis=1)),
        f"{title}, negatives found at 85 % precision": 100
        * found_at_precision(truth == NEGATIVE, said[:, NEGATIVE], PRECISION),
        f"{title}, calibration error": 100 * calibration_error(truth, said),
    }


def complaints_without(learning: Learning, name: str) -> dict[str, float]:
    """Fit complaints without a domain, then with 1,000 of its labels, and measure on the rest of it."""
    known = learning.where(lambda one: one.complaint != NO_LABEL)
    places = [place for place, one in enumerate(known.messages) if one.domain == name]
    truth = np.array([known.messages[place].complaint for place in places])
    if len(np.unique(truth)) == 1 or len(places) < 2 * LABELS_GIVEN:
        return {}
    given = set(np.random.default_rng(1).permutation(places)[:LABELS_GIVEN].tolist())
    rest = [place for place in places if place not in given]
    tested = known.at(rest)
    answers = np.array([one.complaint == 1 for one in tested.messages])
    others = [place for place, one in enumerate(known.messages) if one.domain != name]
    results = {}
    for labels, used in ((0, others), (LABELS_GIVEN, [*others, *sorted(given)])):
        scores = fit_complaints(known.at(used)).scores(tested.design())[:, 0]
        results[f"{name}: complaint AUC with {labels} labels"] = 100 * area_under_curve(answers, scores)
    return results


if __name__ == "__main__":
    main()
