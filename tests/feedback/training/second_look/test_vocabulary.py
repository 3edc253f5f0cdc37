"""Which word pieces are kept."""

import string

import pytest

pytest.importorskip("tokenizers")  # needed before ours, which import it

from feedback.second_look.windows import SPECIAL
from feedback.training.second_look.vocabulary import trimmed

LETTERS = [
    *string.ascii_lowercase,
    *(f"##{letter}" for letter in string.ascii_lowercase),
]
PIECES = [
    "[PAD]",
    "[unused0]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    *LETTERS,
    "the",
    "парк",
    "broken",
    "##ing",
    "rare",
]


def chosen(size: int, texts: list[str]) -> list[str]:
    return [PIECES[place] for place in trimmed(PIECES, texts, size)]


def test_the_special_pieces_come_first() -> None:
    assert tuple(chosen(60, [])[:4]) == SPECIAL


def test_every_word_can_still_be_spelt() -> None:
    assert set(LETTERS) <= set(chosen(57, ["broken"]))


def test_what_is_used_comes_before_what_is_frequent_elsewhere() -> None:
    assert chosen(58, ["broken broken parking"])[-2:] == ["broken", "##ing"]


def test_other_scripts_are_left_out_and_words_fill_the_rest() -> None:
    assert chosen(100, ["broken"])[-4:] == ["broken", "the", "##ing", "rare"]
