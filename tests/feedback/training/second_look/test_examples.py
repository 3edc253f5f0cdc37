"""How the labelled sets are read."""

from pathlib import Path

import pytest

from feedback.training.second_look.examples import read_examples, read_rows
from feedback.training.second_look.labels import NEGATIVE, NEUTRAL, NOT_SAID, POSITIVE
from store.errors import InputError

SETS = {
    "goemotions": "nice one,positive\nugh,negative\nhm,ambiguous\n",
    "dynasent_dev": "cold soup,negative\n",
    "uci_sentences": "good phone,positive\n",
    "vader_tweets": "see you,neutral\n",
    "vader_movie": "a dull film,negative\n",
    "banking77": (
        "charged twice!,transaction_charged_twice\nwhich cards?,visa_or_mastercard\nhm,pending_transfer\n"
    ),
    "bitext": "cannot pay,payment_issue\nnew address,edit_account\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, rows in SETS.items():
        (tmp_path / f"{name}.csv").write_text(f"text,label\n{rows}", encoding="utf-8")
    return tmp_path


def test_labels_become_sentiment_and_complaint(folder: Path) -> None:
    read = {example.text: (example.sentiment, example.complaint) for example in read_examples(folder)}
    assert read == {
        "nice one": (POSITIVE, 0),
        "ugh": (NEGATIVE, NOT_SAID),
        "cold soup": (NEGATIVE, 1),
        "good phone": (POSITIVE, 0),
        "see you": (NEUTRAL, 0),
        "a dull film": (NEGATIVE, NOT_SAID),
        "charged twice!": (NEGATIVE, 1),
        "which cards?": (NEUTRAL, 0),
        "cannot pay": (NEGATIVE, 1),
        "new address": (NEUTRAL, 0),
    }


def test_the_order_is_the_seeds(folder: Path) -> None:
    assert read_examples(folder, seed=3) == read_examples(folder, seed=3)
    assert read_examples(folder, seed=3) != read_examples(folder, seed=4)


def test_a_set_can_be_left_out(folder: Path) -> None:
    (folder / "dynasent_dev.csv").unlink()
    assert "dynasent_dev" not in {one.source for one in read_examples(folder, without=["dynasent_dev"])}


def test_a_set_that_there_is_not_cannot(folder: Path) -> None:
    with pytest.raises(InputError, match="no such sets: dynasent;"):
        read_examples(folder, without=["dynasent"])


def test_a_missing_set_is_named(folder: Path) -> None:
    (folder / "bitext.csv").unlink()
    with pytest.raises(InputError, match=r"bitext\.csv cannot be read"):
        read_examples(folder)


def test_a_file_without_the_columns_is_named(tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"other\.csv has no columns text and label"):
        list(read_rows(file))
