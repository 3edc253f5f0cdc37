"""Texts as the numbers of word pieces, in windows no longer than the model was trained on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

PADDING, UNKNOWN, BEGIN, END = "[PAD]", "[UNK]", "[CLS]", "[SEP]"
SPECIAL = (PADDING, UNKNOWN, BEGIN, END)
"""The first four pieces of every vocabulary, in this order."""
PADDING_ID, UNKNOWN_ID, BEGIN_ID, END_ID = range(len(SPECIAL))
LONGEST = 80
"""Pieces in a window, begin and end among them: what the model was trained on."""
MOST_WINDOWS = 4
"""Of a longer text the first three windows and the last are read: the time stays bounded."""
_ROOM = LONGEST - 2


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one text.

    Attributes:
        text: which of the texts it is part of.
        ids: its pieces, begin and end among them.
    """

    text: int
    ids: tuple[int, ...]


class Windows:
    """Cuts texts for one vocabulary."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._tokenizer = tokenizer_of(pieces)

    def of(self, texts: Sequence[str]) -> Iterator[Window]:
        """Cut each text into windows; every text has at least one."""
        if not texts:
            return
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        for number, encoding in enumerate(encodings):
            ids = encoding.ids
            starts = list(range(0, len(ids), _ROOM)) or [0]
            if len(starts) > MOST_WINDOWS:
                starts = [*starts[: MOST_WINDOWS - 1], len(ids) - _ROOM]
            for start in starts:
                yield Window(number, (BEGIN_ID, *ids[start : start + _ROOM], END_ID))

    def firsts(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """Give the first window of each text: what is learned from."""
        first: dict[int, tuple[int, ...]] = {}
        for window in self.of(texts):
            first.setdefault(window.text, window.ids)
        return [first[number] for number in range(len(texts))]


def tokenizer_of(pieces: Sequence[str]) -> Tokenizer:
    """Make BERT's uncased tokenizer for a vocabulary; a word that is not in it falls into smaller pieces."""
    numbered = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocab=numbered, unk_token=UNKNOWN, max_input_chars_per_word=40))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def padded(windows: Sequence[Window]) -> NDArray[np.int32]:
    """Make one array (windows, pieces) of some windows."""
    ids = np.full((len(windows), max(len(window.ids) for window in windows)), PADDING_ID, np.int32)
    for row, window in zip(ids, windows, strict=True):
        row[: len(window.ids)] = window.ids
    return ids
