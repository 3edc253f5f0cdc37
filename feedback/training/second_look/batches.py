"""Texts in batches of like length, as little padding as can be."""

import random
from collections.abc import Sequence

import torch
from torch import Tensor

from feedback.second_look.windows import PADDING_ID

BATCH = 32
_SORTED_AT_ONCE = 50 * BATCH


def batches(lengths: Sequence[int], chance: random.Random) -> list[list[int]]:
    """Deal places of texts into batches of like length, in an order that ``chance`` decides."""
    order = list(range(len(lengths)))
    chance.shuffle(order)
    dealt = []
    for start in range(0, len(order), _SORTED_AT_ONCE):
        some = sorted(order[start : start + _SORTED_AT_ONCE], key=lambda place: lengths[place])
        dealt += [some[first : first + BATCH] for first in range(0, len(some), BATCH)]
    chance.shuffle(dealt)
    return dealt


def padded(ids: Sequence[Sequence[int]]) -> Tensor:
    """Make one tensor of some texts' pieces."""
    longest = max(map(len, ids))
    return torch.tensor([[*some, *[PADDING_ID] * (longest - len(some))] for some in ids])
