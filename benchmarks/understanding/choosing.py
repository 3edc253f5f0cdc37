"""How the first look's settings are chosen: by what of ``train/`` was left out, and by nothing else.

    python -m benchmarks.understanding.choosing --data DIR

For each setting: fit without one domain after another, and without a share of the largest, which stands for
messages from where we have learnt; turn its scores into probabilities and classes by scaling and lean that
were found on the *others* that were left out; measure on it. The setting with the best mean macro-F1 is
taken; where two are alike within 0.3, the one with the lower calibration error.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from feedback.reading.features import features_of
from feedback.reading.model import NEGATIVE
from feedback.training.calibration import best_lean, best_scaling
from feedback.training.corpus import NO_LABEL, Message, read_messages
from feedback.training.making import (
    Learning,
    LeftOut,
    Settings,
    domains_with_all_classes,
    leave_out,
    leave_out_some,
    together,
)
from feedback.training.measures import calibration_error, found_at_precision, macro_f1

ROUNDS, PRECISION = 30, 0.85
SETTINGS: Mapping[str, Settings] = {
    f"penalty {penalty}, balance {balance}": Settings(penalty=penalty, balance=balance, rounds=ROUNDS)
    for penalty, balance in ((5.0, 0.7), (2.0, 0.7), (8.0, 0.7), (5.0, 1.0))
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print a line for each setting."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the directory with train/")
    messages = read_messages(parser.parse_args(arguments).data)
    learning = Learning(messages, [features_of(one.text) for one in messages])
    for title, settings in SETTINGS.items():
        print(f"{title:32} {measured(replace(learning, settings=settings))}", flush=True)


def measured(learning: Learning) -> str:
    """Give the means over domains and the known share, and macro-F1 in each."""
    known = learning.where(_has_sentiment)
    names = domains_with_all_classes(known)
    figures = nested(together([leave_out(known, _silently, names), leave_out_some(known, _silently, names)]))
    f1, found, error = figures.mean(axis=0)
    each = " ".join(f"{one:.1f}" for one in figures[:, 0])
    return f"macro-F1 {f1:.1f} ({each}), negatives found {found:.1f}, calibration error {error:.1f}"


def nested(left_out: LeftOut) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Measure each domain with scaling and lean of the others: macro-F1, negatives found, error; percent."""
    rows = []
    for one in np.unique(left_out.domains):
        inside, others = left_out.domains == one, left_out.domains != one
        truth, domains = left_out.truth[others], left_out.domains[others]
        scaling = best_scaling(left_out.mixed[others], truth, domains, left_out.lengths[others])
        said_of_others = scaling.probabilities(left_out.mixed[others], left_out.lengths[others])
        lean = best_lean(said_of_others, truth, domains)
        said = scaling.probabilities(left_out.mixed[inside], left_out.lengths[inside])
        answers = left_out.truth[inside]
        rows.append(
            [
                macro_f1(answers, np.argmax(np.log(said + 1e-9) + lean, axis=1)),
                found_at_precision(answers == NEGATIVE, said[:, NEGATIVE], PRECISION),
                calibration_error(answers, said),
            ]
        )
    return 100 * np.array(rows)


def _silently(line: str) -> None:
    del line


def _has_sentiment(message: Message) -> bool:
    return message.sentiment != NO_LABEL


if __name__ == "__main__":
    main()
