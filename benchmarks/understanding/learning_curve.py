"""What a company's ratings and corrections are worth, by how many there are.

    python -m benchmarks.understanding.learning_curve --data DIR

Each set plays a new company. Those of ``train/`` are left out in turn, and the model is fitted anew without
them; those of ``tune/`` were never learnt from and are read by the shipped model. Labels are drawn by lot,
each from a customer of its own, with fixed seeds, and go through all that a night does: they are judged, and
what is not better is not used. Measured is what ``understand`` says of the rest of the set. Scaling and lean
are the shipped ones. Takes about ten minutes; ``--set NAME`` measures one.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.understanding.sets import read
from feedback.learning.correction import Correction, corrected
from feedback.learning.labels import Label
from feedback.learning.nightly import learn
from feedback.reading.features import features_of
from feedback.reading.model import CLASSES, Model, shipped, use
from feedback.training.calibration import Scaling
from feedback.training.corpus import NO_LABEL, Message, read_messages
from feedback.training.making import (
    Calibration,
    Learning,
    assemble,
    fit_complaints,
    fit_plain,
    fit_sentiment,
)
from feedback.training.measures import Classes, area_under_curve, macro_f1
from feedback.understanding import Understanding, understand
from store.feedback_kinds import FeedbackKind

LEFT_OUT = ("dynasent_dev.csv", "goemotions.csv", "vader_tweets.csv", "vader_movie.csv", "banking77.csv")
NEVER_LEARNT = ("tweeteval_val.csv", "sst_dev.csv", "zh_shopping_8k.csv")
OF_COMPLAINTS = ("banking77.csv", "dynasent_dev.csv")
DRAWS = {100: 3, 250: 3, 1_000: 1}
"""How often so many labels are drawn; the mean is told."""
TESTED = 1_500


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print a line for each set, then one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the directory with train/ and tune/")
    parser.add_argument("--set", action="append", help="measure this one; may be given several times")
    options = parser.parse_args(arguments)
    results: dict[str, float] = {}
    for title, number in _all(options.data, options.set or (*NEVER_LEARNT, *LEFT_OUT)):
        print(f"{title:60} {number:6.1f}", flush=True)
        results[title] = round(number, 1)
    print(json.dumps(results))


def _all(data: Path, names: Sequence[str]) -> Iterator[tuple[str, float]]:
    for name in set(NEVER_LEARNT).intersection(names):
        labelled = read(data, f"tune/{name}")
        rows = [
            Message(name, text, int(truth), NO_LABEL)
            for text, truth in zip(labelled.texts, labelled.truth, strict=True)
        ]
        yield from curve(name, rows, shipped())
    left_out = [name for name in LEFT_OUT if name in names]
    if left_out:
        messages = read_messages(data)
        learning = Learning(messages, [features_of(one.text) for one in messages])
        for name in left_out:
            yield from curve(name, [one for one in messages if one.domain == name], without(learning, name))


def without(learning: Learning, name: str) -> Model:
    """Fit the model without a domain."""
    others = learning.where(lambda one: one.domain != name)
    known, weights = others.where(lambda one: one.sentiment != NO_LABEL), shipped().weights
    learnt, plain = (
        Scaling(cooling.astype(np.float64), offset.astype(np.float64), float(power))
        for cooling, offset, power in zip(weights.cooling, weights.offset, weights.powers, strict=True)
    )
    calibration = Calibration(learnt, plain, weights.lean.astype(np.float64))
    return Model(assemble(fit_sentiment(known), fit_plain(known), fit_complaints(others), calibration))


def curve(name: str, messages: Sequence[Message], model: Model) -> Iterator[tuple[str, float]]:
    """Measure one set with no labels and with more and more of them."""
    sentiments = [one for one in messages if one.sentiment != NO_LABEL]
    yield from _points(f"{name}: macro-F1", sentiments, model, of_complaints=False)
    if name in OF_COMPLAINTS:
        known = [one for one in messages if one.complaint != NO_LABEL]
        yield from _points(f"{name}: complaint AUC", known, model, of_complaints=True)


def _points(
    title: str, messages: Sequence[Message], model: Model, *, of_complaints: bool
) -> Iterator[tuple[str, float]]:
    measure = _complaints_told if of_complaints else _sentiments_told
    for labels, draws in DRAWS.items():
        if len(messages) < labels + TESTED // 5:
            continue
        found = []
        for draw in range(draws):
            order = np.random.default_rng(draw).permutation(len(messages))
            tested = [messages[place] for place in order[labels:][:TESTED].tolist()]
            given = [
                _label(number, messages[place], of_complaints=of_complaints)
                for number, place in enumerate(order[:labels].tolist())
            ]
            learnt = learn(given, title, model)
            after = corrected(model, Correction.from_text(learnt.weights)) if learnt.weights else model
            found.append((measure(tested, model), measure(tested, after), float(learnt.is_better)))
        none, some, used = np.mean(found, axis=0).tolist()
        yield f"{title}, rest after {labels}, none used", 100 * none
        yield f"{title}, rest after {labels}, learnt from", 100 * some
        yield f"{title}, kept after {labels}, percent", 100 * used


def _label(number: int, message: Message, *, of_complaints: bool) -> Label:
    if of_complaints:
        return Label(f"f{number}", number, message.text, complaint=message.complaint == 1)
    return Label(f"f{number}", number, message.text, message.sentiment)


def _understood(messages: Sequence[Message], model: Model) -> list[Understanding]:
    use(model)
    try:
        return [understand(one.text) for one in messages]
    finally:
        use(None)


def _sentiments_told(messages: Sequence[Message], model: Model) -> float:
    said = [CLASSES.index(one.sentiment) for one in _understood(messages, model)]
    truth: Classes = np.array([one.sentiment for one in messages], dtype=np.int64)
    return macro_f1(truth, np.array(said, dtype=np.int64))


def _complaints_told(messages: Sequence[Message], model: Model) -> float:
    chances = [dict(one.kinds)[FeedbackKind.COMPLAINT] for one in _understood(messages, model)]
    return area_under_curve(np.array([one.complaint == 1 for one in messages]), np.array(chances))


if __name__ == "__main__":
    main()
