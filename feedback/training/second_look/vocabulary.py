"""Choosing the word pieces that are worth their place in the file: English, digits, punctuation."""

from collections import Counter
from collections.abc import Iterable, Sequence

from feedback.second_look.windows import SPECIAL, tokenizer_of


def trimmed(pieces: Sequence[str], texts: Iterable[str], size: int) -> list[int]:
    """Choose the pieces to keep.

    Kept are the special ones, all single ASCII characters, alone and within a word, so that every English
    word can still be spelt; then those that ``texts`` use most, then the most frequent of BERT's own list.

    Args:
        pieces: all there are; of the whole words the frequent come first.
        texts: plain words, see ``second_look.texts``.
        size: how many to keep at most.

    Returns:
        Their places in ``pieces``, the special ones first.
    """
    places = {piece: place for place, piece in enumerate(pieces)}
    kept = dict.fromkeys(places[piece] for piece in SPECIAL)
    kept |= dict.fromkeys(place for place, piece in enumerate(pieces) if _is_one_character(piece))
    for place in (*_by_use(pieces, texts), *_by_rank(pieces)):
        if len(kept) >= size:
            break
        kept[place] = None
    return list(kept)


def _by_use(pieces: Sequence[str], texts: Iterable[str]) -> list[int]:
    order = [*SPECIAL, *(piece for piece in pieces if piece not in SPECIAL)]
    tokenizer = tokenizer_of(order)
    places = {piece: place for place, piece in enumerate(pieces)}
    uses: Counter[int] = Counter()
    for encoding in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False):
        uses.update(encoding.ids)
    return [places[order[one]] for one, _ in sorted(uses.items(), key=lambda item: (-item[1], item[0]))]


def _by_rank(pieces: Sequence[str]) -> list[int]:
    return [place for place, piece in enumerate(pieces) if _is_english(piece)]


def _is_one_character(piece: str) -> bool:
    bare = piece.removeprefix("##")
    return len(bare) == 1 and bare.isascii()


def _is_english(piece: str) -> bool:
    bare = piece.removeprefix("##")
    return bare.isascii() and bare.isalpha() and bare == bare.lower()
