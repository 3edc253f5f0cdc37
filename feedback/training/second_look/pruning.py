"""Leaving out of each layer the inner units that do least: a third of them goes without a trace."""

from collections.abc import Sequence

import torch
from torch import Tensor

from feedback.training.second_look.batches import in_order, padded
from feedback.training.second_look.network import Reader


def narrowed(reader: Reader, ids: Sequence[Sequence[int]], inner: int) -> Reader:
    """Make a reader with ``inner`` units in each layer: those that move most when it reads ``ids``.

    What a unit moves is the mean of what it gives, without sign, times the length of its column of weights.
    """
    given = _given(reader, ids)
    small = Reader(reader.words.num_embeddings, len(reader.layers), inner)
    state = reader.state_dict()
    for number, layer in enumerate(reader.layers):
        moves = given[number] * layer.narrowed.weight.detach().norm(dim=0)
        kept = moves.topk(inner).indices.sort().values
        name = f"layers.{number}"
        state[f"{name}.widened.weight"] = state[f"{name}.widened.weight"][kept]
        state[f"{name}.widened.bias"] = state[f"{name}.widened.bias"][kept]
        state[f"{name}.narrowed.weight"] = state[f"{name}.narrowed.weight"][:, kept]
    small.load_state_dict(state)
    return small


def _given(reader: Reader, ids: Sequence[Sequence[int]]) -> list[Tensor]:
    """Add up, for each layer, what its inner units give."""
    sums = [torch.zeros(layer.narrowed.in_features) for layer in reader.layers]

    def add(number: int, given: Tensor) -> None:
        sums[number] += given.detach().float().abs().sum((0, 1))

    hooks = [
        layer.narrowed.register_forward_pre_hook(lambda _, given, number=number: add(number, given[0]))
        for number, layer in enumerate(reader.layers)
    ]
    reader.eval()
    with torch.inference_mode():
        for batch in in_order([len(some) for some in ids]):
            reader(padded([ids[place] for place in batch]))
    for hook in hooks:
        hook.remove()
    return sums
