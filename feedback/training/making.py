"""Making the model of the first look: choose by leaving one domain out, fit on all, round to 8 bits, save."""

import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from feedback.reading.features import Features, features_of
from feedback.reading.model import CLASSES, NEGATIVE, Weights
from feedback.reading.ratings import RATINGS
from feedback.reading.signals import SIGNALS
from feedback.training.bags import Bag, Design, Floats
from feedback.training.calibration import Scaling, best_lean, best_scaling
from feedback.training.corpus import NO_LABEL, Message, read_messages
from feedback.training.fitting import ROUNDS, Fitted, fit_classes, fit_yes_or_no, probabilities
from feedback.training.measures import Classes, found_at_precision, macro_f1

PRECISION = 0.85
KNOWN_SHARE = 6
"""One message in so many of the largest domain stands for messages from where we have learnt."""
WITHIN, LARGEST = 0.9998, 127
"""One weight in 5,000 is cut to the largest that 8 bits hold, so that small ones keep their differences."""
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """What is chosen by leaving domains out (``python -m benchmarks.understanding.choosing``).

    Attributes:
        penalty: of the squared weights of sentiment.
        complaint_penalty: of those of complaints.
        balance: 0 takes classes as often as they come, 1 all alike.
        rounds: of fitting, at most.
    """

    penalty: float = 5.0
    complaint_penalty: float = 20.0
    balance: float = 0.7
    rounds: int = ROUNDS


@dataclass(frozen=True, slots=True)
class Learning:
    """Messages with their features, ready to be fitted."""

    messages: Sequence[Message]
    features: Sequence[Features]
    settings: Settings = Settings()

    def where(self, wanted: Callable[[Message], bool]) -> "Learning":
        """Keep some."""
        return self.at([place for place, message in enumerate(self.messages) if wanted(message)])

    def at(self, places: Sequence[int]) -> "Learning":
        """Take those at some places."""
        return replace(
            self,
            messages=[self.messages[place] for place in places],
            features=[self.features[place] for place in places],
        )

    def design(self) -> Design:
        """Give the features as bags."""
        return Design.of(self.features)

    def sentiments(self) -> Classes:
        """Give the class of each."""
        return np.array([message.sentiment for message in self.messages], dtype=np.int64)


def make_model(data: Path, file: Path, tell: Tell, *, rounds: int = ROUNDS) -> None:
    """Make the model from ``data`` and write it to ``file``.

    Raises:
        InputError: the data cannot be read.
    """
    messages = read_messages(data)
    tell(f"{len(messages)} messages of {len({one.domain for one in messages})} domains")
    learning = Learning(messages, [features_of(one.text) for one in messages], Settings(rounds=rounds))
    sentiment = learning.where(lambda one: one.sentiment != NO_LABEL)
    calibration = calibrate(sentiment, tell)
    tell("fitting sentiment on all of it")
    fitted = fit_sentiment(sentiment)
    plain = fit_plain(sentiment)
    tell("fitting complaints")
    complaints = fit_complaints(learning)
    assemble(fitted, plain, complaints, calibration).save(file)
    tell(f"{file}: {file.stat().st_size / 1e6:.2f} MB, CRC-32 {zlib.crc32(file.read_bytes()):08x}")


def fit_sentiment(learning: Learning) -> Fitted:
    """Fit the three classes."""
    return _fit_classes(learning, learning.design())


def fit_plain(learning: Learning) -> Fitted:
    """Fit the three classes by signals alone."""
    nothing = Bag.of([np.empty(0, dtype=np.int64)] * len(learning.messages), empty=0)
    return _fit_classes(learning, _unrated(Design(nothing, nothing, learning.design().signals)))


def _fit_classes(learning: Learning, design: Design) -> Fitted:
    truth, settings = learning.sentiments(), learning.settings
    return fit_classes(
        design,
        truth,
        balanced(truth, settings.balance),
        classes=len(CLASSES),
        penalty=settings.penalty,
        rounds=settings.rounds,
    )


def fit_complaints(learning: Learning) -> Fitted:
    """Fit whether a message is a complaint."""
    known, settings = learning.where(lambda one: one.complaint != NO_LABEL), learning.settings
    truth = np.array([message.complaint for message in known.messages], dtype=np.int64)
    weights = balanced(truth, settings.balance)
    return fit_yes_or_no(
        _unrated(known.design()), truth, weights, penalty=settings.complaint_penalty, rounds=settings.rounds
    )


def _unrated(design: Design) -> Design:
    """Take the ratings of words away: they are English, and "die" may be German.

    Where rules decide alone, and for complaints in any language, they say nothing.
    """
    return replace(design, signals=design.signals * ~np.isin(SIGNALS, RATINGS))


def balanced(truth: Classes, balance: float) -> Floats:
    """Weigh messages so that rare classes count more (see ``Settings``); the mean is 1."""
    counts = np.bincount(truth)
    weights = (len(truth) / np.maximum(counts, 1)) ** balance
    rows = weights[truth]
    return np.asarray(rows / rows.mean())


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is said of every message by a model that was fitted without its domain.

    Attributes:
        mixed: scores by words and rules, as they are mixed when the program runs.
        plain: scores by rules alone.
        truth: the class of each.
        domains: the domain of each, by number.
        lengths: the words of each.
    """

    mixed: Floats
    plain: Floats
    truth: Classes
    domains: Classes
    lengths: Classes


@dataclass(frozen=True, slots=True)
class Calibration:
    """How scores become probabilities and classes, learnt on domains that were left out."""

    learnt: Scaling
    plain: Scaling
    lean: Floats


def calibrate(learning: Learning, tell: Tell) -> Calibration:
    """Find scaling and lean on left-out domains that have all classes, and on one that is known.

    Most messages come from where we have learnt nothing, some from where we have: on left-out domains alone
    we would trust ourselves too little there.
    """
    names = domains_with_all_classes(learning)
    left_out = together([leave_out(learning, tell, names), leave_out_some(learning, tell, names)])
    learnt = best_scaling(left_out.mixed, left_out.truth, left_out.domains, left_out.lengths)
    plain = best_scaling(left_out.plain, left_out.truth, left_out.domains, left_out.lengths)
    said = learnt.probabilities(left_out.mixed, left_out.lengths)
    lean = best_lean(said, left_out.truth, left_out.domains)
    tell(
        f"scaled by {learnt.cooling.round(2)} and the length to the power of {learnt.power:.2f}"
        f" ({plain.power:.2f} where rules decide alone), moved by {learnt.offset.round(2)},"
        f" lean {lean.round(2)}"
    )
    return Calibration(learnt, plain, lean)


def domains_with_all_classes(learning: Learning) -> list[str]:
    """Give the names of the domains that have messages of every class; where none has, all names."""
    classes: dict[str, set[int]] = {}
    for message in learning.messages:
        classes.setdefault(message.domain, set()).add(message.sentiment)
    full = [name for name, found in classes.items() if len(found) == len(CLASSES)]
    return sorted(full or classes)


def leave_out(learning: Learning, tell: Tell, names: Sequence[str]) -> LeftOut:
    """Fit without one domain after another, and score it."""
    found = []
    for number, name in enumerate(names):
        inside = learning.where(lambda one, name=name: one.domain != name)  # type: ignore[misc]  # bound now
        outside = learning.where(lambda one, name=name: one.domain == name)  # type: ignore[misc]  # bound now
        found.append(_scored_by_others(inside, outside, number))
        tell(f"without {name}: {_measured(found[-1])}")
    return together(found)


def leave_out_some(learning: Learning, tell: Tell, names: Sequence[str]) -> LeftOut:
    """Fit without a share of the largest of some domains, and score that: as a domain of its own."""
    counts = Counter(one.domain for one in learning.messages if one.domain in names)
    largest = max(names, key=lambda name: counts[name])
    places = [place for place, one in enumerate(learning.messages) if one.domain == largest]
    outside = places[::KNOWN_SHARE]
    inside = sorted(set(range(len(learning.messages))).difference(outside))
    found = _scored_by_others(learning.at(inside), learning.at(outside), len(names))
    tell(f"without a part of {largest}: {_measured(found)}")
    return found


def _scored_by_others(inside: Learning, outside: Learning, number: int) -> LeftOut:
    """Score messages by what was learnt from others; they get the number of a domain."""
    mixed, plain = score_both(outside, fit_sentiment(inside), fit_plain(inside))
    lengths = np.array([one.length for one in outside.features], dtype=np.int64)
    return LeftOut(mixed, plain, outside.sentiments(), np.full(len(plain), number), lengths)


def together(some: Sequence[LeftOut]) -> LeftOut:
    """Put what was left out together."""
    return LeftOut(
        np.concatenate([one.mixed for one in some]),
        np.concatenate([one.plain for one in some]),
        np.concatenate([one.truth for one in some]),
        np.concatenate([one.domains for one in some]),
        np.concatenate([one.lengths for one in some]),
    )


def score_both(learning: Learning, fitted: Fitted, plain: Fitted) -> tuple[Floats, Floats]:
    """Score messages as the program does: words and rules by their shares, then by rules alone."""
    design = learning.design()
    by_rules = np.stack([np.sum(design.signals * column, axis=1) for column in plain.signals.T], axis=1)
    share = np.array([one.learnt_share for one in learning.features])[:, None]
    return fitted.scores(design) * share + by_rules * (1 - share), by_rules


def _measured(left_out: LeftOut) -> str:
    """Say how well messages are read that were left out."""
    truth, said = left_out.truth, probabilities(left_out.mixed, softmax=True)
    found = found_at_precision(truth == NEGATIVE, said[:, NEGATIVE], PRECISION)
    return (
        f"macro-F1 {100 * macro_f1(truth, said.argmax(axis=1)):.1f},"
        f" negatives found at 85 % precision {100 * found:.1f} %"
    )


def assemble(fitted: Fitted, plain: Fitted, complaints: Fitted, calibration: Calibration) -> Weights:
    """Put all weights into one table of 8 bits each."""
    table = np.concatenate([fitted.table, complaints.table], axis=1)
    steps = np.maximum(np.quantile(np.abs(table), WITHIN, axis=0), 1e-12) / LARGEST
    rounded = np.clip(np.rint(table / steps), -LARGEST, LARGEST).astype(np.int8)
    signals = np.concatenate([fitted.signals, complaints.signals], axis=1)
    scalings = (calibration.learnt, calibration.plain)
    return Weights(
        table=rounded,
        steps=steps.astype(np.float32),
        signals=signals.astype(np.float32),
        plain=plain.signals.astype(np.float32),
        cooling=np.stack([one.cooling for one in scalings]).astype(np.float32),
        offset=np.stack([one.offset for one in scalings]).astype(np.float32),
        powers=np.array([one.power for one in scalings], dtype=np.float32),
        lean=calibration.lean.astype(np.float32),
    )
