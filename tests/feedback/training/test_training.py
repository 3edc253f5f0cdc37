"""The arithmetic of training: downhill, the same twice, and measures that are right on known numbers."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.reading.features import features_of
from feedback.reading.model import CLASSES, COMPLAINT, Model, Weights
from feedback.reading.ratings import RATINGS
from feedback.reading.sentiment import feel
from feedback.reading.signals import SIGNALS
from feedback.reading.tokens import tokens_of
from feedback.training.bags import Bag, Design, Floats
from feedback.training.fitting import fit_classes, probabilities
from feedback.training.making import make_model
from feedback.training.measures import area_under_curve, calibration_error, found_at_precision, macro_f1
from feedback.training.optimiser import minimise
from store.errors import InputError

GOOD, BAD, PLAIN = (
    ["lovely tea", "great team", "so kind"],
    ["cold soup", "rude waiter", "it broke"],
    ["on Monday", "two cups"],
)


FULL = ("dynasent_dev.csv", "goemotions.csv", "vader_movie.csv", "vader_nyt.csv", "vader_tweets.csv", "yelp")
"""The domains with all three classes."""


def rows(texts: list[str], label: str) -> list[tuple[str, str]]:
    return [(f"{text} {place}", label) for place in range(4) for text in texts]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of own sentences in the form of the real files."""
    (tmp_path / "train").mkdir()
    told = rows(GOOD, "positive") + rows(BAD, "negative") + rows(PLAIN, "neutral")
    files = {
        "dynasent_dev.csv": told,
        "vader_movie.csv": told,
        "goemotions.csv": told,
        "banking77.csv": [("my card failed", "card_not_working"), ("which cards", "visa_or_mastercard")] * 4,
        "bitext.csv": [("i complain", "complaint"), ("track it", "track_order")] * 4,
    }
    for name, content in files.items():
        write(tmp_path / "train" / name, ["text", "label"], content)
    scored = [(*row, {"positive": "2.5", "negative": "-2.5"}.get(row[1], "0.1")) for row in told]
    for name in ("vader_tweets.csv", "vader_nyt.csv"):
        write(tmp_path / "train" / name, ["text", "label", "score"], scored)
    write(
        tmp_path / "train" / "uci_sentences.csv", ["text", "label", "site"], [(*row, "yelp") for row in told]
    )
    return tmp_path


def write(file: Path, header: list[str], content: Sequence[tuple[str, ...]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([header, *content])


def test_training_twice_gives_the_same_file_bit_for_bit(data: Path) -> None:
    files = [data / "one.npz", data / "two.npz"]
    for file in files:
        make_model(data, file, lambda _: None, rounds=2)
    assert files[0].read_bytes() == files[1].read_bytes()
    weights = Weights.load(files[0])
    assert feel("lovely tea", Model(weights)).polarity > feel("cold soup", Model(weights)).polarity


def test_ratings_of_english_words_count_where_words_were_learnt_alone(data: Path) -> None:
    make_model(data, data / "m.npz", lambda _: None, rounds=2)
    weights, rated = Weights.load(data / "m.npz"), np.isin(SIGNALS, RATINGS)
    assert weights.signals[rated, :COMPLAINT].any()
    assert not weights.signals[rated, COMPLAINT].any()
    assert not weights.plain[rated].any()


def test_scaling_is_found_on_domains_left_out_and_on_a_known_one(data: Path) -> None:
    told: list[str] = []
    make_model(data, data / "m.npz", told.append, rounds=1)
    assert [line.partition(":")[0] for line in told if line.startswith("without ")] == [
        *(f"without {name}" for name in FULL),
        "without a part of dynasent_dev.csv",
    ]


def test_a_folder_without_data_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="train"):
        make_model(tmp_path, tmp_path / "m.npz", lambda _: None)


def test_a_file_without_scores_is_a_clear_error(data: Path) -> None:
    write(data / "train" / "vader_nyt.csv", ["text", "label"], [("three cups", "neutral")])
    with pytest.raises(InputError, match=r"vader_nyt\.csv needs a number in the column score"):
        make_model(data, data / "m.npz", lambda _: None)


def test_a_file_that_is_no_model_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "m.npz").write_bytes(b"no model")
    with pytest.raises(InputError, match="rapport train"):
        Weights.load(tmp_path / "m.npz")


def test_minimising_finds_the_bottom_of_a_bowl() -> None:
    centre, steep = np.array([1.0, -2.0, 3.0]), np.array([1.0, 10.0, 0.5])

    def slope(point: Floats) -> tuple[float, Floats]:
        away = point - centre
        return float(np.sum(steep * away * away)), 2 * steep * away

    assert minimise(slope, np.zeros(3), rounds=60) == pytest.approx(centre, abs=1e-3)


def test_bags_multiply_as_matrices_do() -> None:
    bag = Bag.of([np.array([0, 2, 2]), np.array([], dtype=np.int64), np.array([1])], empty=3)
    dense = np.array([[1, 0, 2, 0], [0, 0, 0, np.sqrt(3)], [0, np.sqrt(3), 0, 0]]) / np.sqrt(3)
    table, lines = np.arange(8.0).reshape(4, 2), np.arange(6.0).reshape(3, 2)
    assert bag.times(table) == pytest.approx(dense @ table)
    assert bag.transposed_times(lines, 4) == pytest.approx(dense.T @ lines)


def test_what_was_fitted_scores_alike_when_it_runs() -> None:
    """The sums kept by word give what the written-out features give, but for rounding to 8 bits."""
    texts = [text for text, _ in rows(GOOD + BAD + PLAIN, "")]
    truth = np.array([2] * 3 + [0] * 3 + [1] * 2)[np.arange(len(texts)) % 8]
    design = Design.of([features_of(text) for text in texts])
    fitted = fit_classes(design, truth, np.ones(len(texts)), classes=len(CLASSES), penalty=1.0, rounds=20)
    table = np.concatenate([fitted.table, np.zeros((len(fitted.table), 1))], axis=1)
    steps = np.abs(table).max(axis=0) / 127 + 1e-9
    signals = np.zeros((design.signals.shape[1], 4), dtype=np.float32)
    weights = Weights(
        table=np.rint(table / steps).astype(np.int8),
        steps=steps.astype(np.float32),
        signals=signals,
        plain=signals,
        cooling=np.ones((2, 3), dtype=np.float32),
        offset=np.zeros((2, 3), dtype=np.float32),
        powers=np.zeros(2, dtype=np.float32),
        lean=np.zeros(3, dtype=np.float32),
    )
    written = design.words.times(fitted.table) + design.pieces.times(fitted.table)
    running = [Model(weights).score(tokens_of(text)).total[:3] for text in texts]
    assert np.array(running) == pytest.approx(written, abs=0.02)


def test_measures_on_known_numbers() -> None:
    truth, said = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    assert macro_f1(truth, said) == pytest.approx((2 / 3 + 4 / 5) / 2)
    yes, score = np.array([True, False, True, False]), np.array([0.9, 0.8, 0.7, 0.1])
    assert area_under_curve(yes, score) == pytest.approx(0.75)
    assert found_at_precision(yes, score, 0.9) == pytest.approx(0.5)
    assert found_at_precision(yes, score, 0.6) == pytest.approx(1.0)
    sure = np.array([[0.8, 0.2], [0.8, 0.2], [0.8, 0.2], [0.8, 0.2]])
    assert calibration_error(np.array([0, 0, 0, 1]), sure) == pytest.approx(0.05)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=3, max_size=3))
def test_probabilities_are_such(scores: list[float]) -> None:
    said = probabilities(np.array([scores]), softmax=True)
    assert said.sum() == pytest.approx(1.0)
    assert (said >= 0).all()
