"""Text cut up into the words by which it is found, alike for both databases, and the piece that shows a find.

Scripts that put no spaces between words, such as Chinese, are cut into single characters and pairs of
neighbours, so that any part of a sentence is found without a dictionary.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

READ_CHARACTERS = 20_000
"""How much of a text is found; the whole of what an app carries in one message."""
WORD_CHARACTERS = 40
MOST_TERMS = 16
"""Of a longer question, the first words count."""
BEGUN_BYTES = 3
"""From so many bytes on, a word also finds those that begin with it: "refund" finds "refunded". Letters
beyond ASCII say more, a syllable of Hangul most: they have two or three bytes."""
SNIPPET_CHARACTERS = 120
PAIR = 2

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese."""
_MARKED = "\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
"""Scripts in which signs that are no letters belong to a word: Arabic, and those of India."""
_WORD = re.compile(f"([{_UNSPACED}]+)|((?:[^\\W_{_UNSPACED}]|[{_MARKED}])+)")
_ASCII_WORD = re.compile("[a-z0-9]+")
_ACCENTS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a question.

    Attributes:
        word: what must be there.
        begins: whether a longer word that begins with it will do.
    """

    word: str
    begins: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for.

    Attributes:
        terms: all of which must be there.
        runs: sequences of words that must stand together, as ``words_of`` writes them.
    """

    terms: tuple[Term, ...]
    runs: tuple[str, ...]


def words_of(text: str) -> str:
    """Cut a text into words, in its order, with one space between them.

    >>> words_of("Café, NOT cold! 退款了吗")
    'cafe not cold 退 退款 款 款了 了 了吗 吗'
    """
    read = text[:READ_CHARACTERS]
    if read.isascii():  # most texts are, and take a third of the time so
        return " ".join([word[:WORD_CHARACTERS] for word in _ASCII_WORD.findall(read.lower())])
    return " ".join(_words(_plain(read)))


def question_of(text: str) -> Question:
    """Read what is looked for; nothing that is written in it has a meaning of its own."""
    terms: dict[str, Term] = {}
    runs = []
    for run, word in _WORD.findall(_plain(text[:READ_CHARACTERS])):
        if run:
            pieces = [run] if len(run) == 1 else _pieces(run)[1::2]
            terms |= {piece: Term(piece, begins=False) for piece in pieces}
            runs += [" ".join(_pieces(run)[1:-1])] if len(run) > PAIR else []
        else:
            kept = word[:WORD_CHARACTERS]
            terms[kept] = Term(kept, begins=len(kept.encode()) >= BEGUN_BYTES)
    return Question(tuple(terms.values())[:MOST_TERMS], tuple(runs))


def snippet(text: str, question: Question, *, length: int = SNIPPET_CHARACTERS) -> str:
    """Give the piece of a text around the first thing that was looked for, in one line.

    Args:
        text: as somebody wrote it.
        question: what was looked for.
        length: characters at most, beside the marks that something was left out.
    """
    line = " ".join(text.split())
    at = min(filter(lambda place: place >= 0, _places(line, question)), default=0)
    start = max(0, min(at - length // 4, len(line) - length))
    if start:
        start = line.find(" ", start, at) + 1 or start
    end = min(len(line), start + length)
    return ("…" if start else "") + line[start:end].strip() + ("…" if end < len(line) else "")


def _places(line: str, question: Question) -> Iterator[int]:
    """Find where each term stands; characters keep their places, so a ligature may hide one."""
    plain = "".join(_plain(character)[:1] or " " for character in line)
    for term in question.terms:
        yield plain.find(term.word)


def _plain(text: str) -> str:
    """Take away what does not tell words apart: width, case and accents."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFKC", _ACCENTS.sub("", decomposed))


def _words(plain: str) -> Iterator[str]:
    for run, word in _WORD.findall(plain):
        if run:
            yield from _pieces(run)
        else:
            yield word[:WORD_CHARACTERS]


def _pieces(run: str) -> Sequence[str]:
    """Cut a run into each character, followed by the pair that it begins."""
    pairs = [piece for start in range(len(run) - 1) for piece in (run[start], run[start : start + 2])]
    return [*pairs, run[-1]]
