"""From the data sets to the file that is shipped: the whole recipe of the second look."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from feedback.second_look.calibration import Calibration
from feedback.second_look.windows import Windows
from feedback.training.second_look.examples import CUSTOMERS, Example, read_examples
from feedback.training.second_look.file import write_file
from feedback.training.second_look.fitting import Course, Lessons, fit
from feedback.training.second_look.minilm import minilm_folder, read_pieces, read_weights
from feedback.training.second_look.network import Reader, from_minilm
from feedback.training.second_look.phrases import misspelt, phrases
from feedback.training.second_look.vocabulary import trimmed

Say = Callable[[str], None]
Numbers = dict[str, Tensor]
"""A reader's ``state_dict``."""

TALK, EVERYTHING = Course(epochs=1, rate=6e-5), Course(epochs=1, rate=6e-5)
PHRASES = Course(epochs=1, rate=3e-5)
HALVES = 2
"""The talk of the first course is cut into so many parts; from its end a reader goes on with each of them."""
SHARE_OF_TALK = 0.2
"""Of the mean that is shipped, the reader after the first course is so much."""
MISSPELT = 0.3
"""Of the examples of the last course, so many have a misspelt word."""
CALIBRATION = Calibration(cooled=0.7, leaning=(0.3, 0.2, 0.0))
"""By the expected calibration error on sets that nothing was learnt from. The last course has more praise and
blame than people send, so the neutral wins a little back, and the negative more: a complaint that is missed
costs more than one that is none."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the second look is made.

    The last two courses are run once for each of the ``HALVES``, and the mean of what comes out is kept.

    Attributes:
        pieces: the size of the vocabulary.
        talk: how it is fitted first, to all but what customers say of what they bought.
        everything: how it is fitted then, to that and to a half of the rest again.
        phrases: how it is fitted last, to our own phrases and misspelt words, see ``last_lessons``.
        without: sets to leave out, to measure on them.
        seed: decides the order, which rows of large sets are taken, and what is dropped out.
    """

    pieces: int = 9_500
    talk: Course = TALK
    everything: Course = EVERYTHING
    phrases: Course = PHRASES
    without: tuple[str, ...] = ()
    seed: int = 7


def make(data: Path, out: Path, recipe: Recipe, tell: Say) -> None:
    """Make the second look and write it to ``out``; takes 20 minutes on two free cores.

    Args:
        data: the folder that holds ``train``.
        out: the file to write.
        recipe: how.
        tell: is told how far it is.

    Raises:
        InputError: the data sets are not in ``data``, or ``out`` cannot be written.
        ConfigurationError: the weights to begin with are not installed.
    """
    examples = read_examples(data / "train", without=recipe.without, seed=recipe.seed)
    folder = minilm_folder()
    pieces = read_pieces(folder)
    kept = trimmed(pieces, [example.text for example in examples], recipe.pieces)
    vocabulary = [pieces[place] for place in kept]
    torch.manual_seed(recipe.seed)
    reader = from_minilm(read_weights(folder), kept)
    tell(f"{len(examples)} examples, {len(vocabulary)} word pieces, {len(reader.layers)} layers")
    fit_in_turn(reader, examples, Windows(vocabulary), recipe, tell)
    write_file(reader, vocabulary, CALIBRATION, out)
    tell(f"{out}: {out.stat().st_size / 1e6:.1f} MB")


def fit_in_turn(
    reader: Reader, examples: Sequence[Example], windows: Windows, recipe: Recipe, tell: Say
) -> None:
    """Fit a reader in place: to talk, and from there twice to customers and phrases; it ends as the mean.

    The mean of readers that began alike reads better than each of them, and keeps more of what the first
    course taught (Wortsman and others, «Model soups», ICML 2022).
    """
    talk = [example for example in examples if example.source not in CUSTOMERS]
    _fit(reader, talk, windows, replace(recipe.talk, seed=recipe.seed), tell)
    first = _numbers_of(reader)
    ends = []
    for half in range(HALVES):
        seed = recipe.seed + half
        reader.load_state_dict(first)
        everything, last = customers_and_half(examples, half), last_lessons(examples, seed)
        _fit(reader, everything, windows, replace(recipe.everything, seed=seed), tell)
        _fit(reader, last, windows, replace(recipe.phrases, seed=seed), tell)
        ends.append(_numbers_of(reader))
    reader.load_state_dict(mean_of([first, *ends], [SHARE_OF_TALK, *[(1 - SHARE_OF_TALK) / HALVES] * HALVES]))


def mean_of(states: Sequence[Numbers], shares: Sequence[float]) -> Numbers:
    """Take the mean of some readers' numbers, each with its share; the shares sum to 1."""
    return {
        name: sum(share * state[name] for state, share in zip(states, shares, strict=True))
        for name in states[0]
    }


def customers_and_half(examples: Sequence[Example], half: int) -> list[Example]:
    """Take all that customers say of what they bought and one half (0 or 1) of the others, in their order."""
    kept, others = [], 0
    for example in examples:
        if example.source in CUSTOMERS:
            kept.append(example)
        else:
            kept += [example] if others % HALVES == half else []
            others += 1
    return kept


def last_lessons(examples: Sequence[Example], seed: int) -> list[Example]:
    """Make the last course: our phrases, half of what customers say, a tenth of the rest; some misspelt."""
    chance = random.Random(seed)  # noqa: S311 (no secret: it draws lots)
    customers = [example for example in examples if example.source in CUSTOMERS][::2]
    others = [example for example in examples if example.source not in CUSTOMERS][::10]
    heard = [misspelt(one, chance) if chance.random() < MISSPELT else one for one in [*customers, *others]]
    return [*phrases(chance), *heard]


def _fit(reader: Reader, examples: Sequence[Example], windows: Windows, course: Course, tell: Say) -> None:
    if course.epochs and examples:
        tell(f"a course of {len(examples)} examples")
        fit(reader, Lessons(examples, windows.firsts([one.text for one in examples])), course, tell)


def _numbers_of(reader: Reader) -> Numbers:
    return {name: numbers.clone() for name, numbers in reader.state_dict().items()}
