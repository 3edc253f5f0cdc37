"""The transformer as PyTorch trains it: MiniLM's encoder, a mean over the pieces, a score for each answer."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from feedback.second_look.windows import LONGEST, PADDING_ID
from feedback.training.second_look.minilm import Weights

LAYERS, WIDTH, HEADS, INNER = 6, 384, 12, 1536
ANSWERS = 4
"""Negative, neutral, positive; complaint."""
DROPOUT = 0.1
NORM_EPSILON = 1e-12


class Layer(nn.Module):  # type: ignore[misc]  # PyTorch's types are not read
    """One layer of BERT: attention, then two dense layers, each added to what came in and normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_up = nn.Linear(WIDTH, 3 * WIDTH)  # query, key and value at once
        self.attended = nn.Linear(WIDTH, WIDTH)
        self.attended_norm = nn.LayerNorm(WIDTH, NORM_EPSILON)
        self.widened = nn.Linear(WIDTH, INNER)
        self.narrowed = nn.Linear(INNER, WIDTH)
        self.narrowed_norm = nn.LayerNorm(WIDTH, NORM_EPSILON)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Read ``x`` (texts, pieces, width); ``mask`` is true where there is a piece."""
        texts, pieces, _ = x.shape
        looked_up = self.looked_up(x).view(texts, pieces, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        query, key, value = looked_up.unbind(0)
        heads = functional.scaled_dot_product_attention(query, key, value, mask[:, None, None, :])
        joined = heads.transpose(1, 2).reshape(texts, pieces, WIDTH)
        x = self.attended_norm(x + self._drop(self.attended(joined)))
        return self.narrowed_norm(x + self._drop(self.narrowed(functional.gelu(self.widened(x)))))

    def _drop(self, x: Tensor) -> Tensor:
        return functional.dropout(x, DROPOUT, self.training)


class Reader(nn.Module):  # type: ignore[misc]  # PyTorch's types are not read
    """Gives four scores (logits) for each text: negative, neutral, positive, complaint.

    The embeddings are held fixed in training: words that no set contains stay where their neighbours are.
    """

    def __init__(self, pieces: int) -> None:
        super().__init__()
        self.words = nn.Embedding(pieces, WIDTH)
        self.words.weight.requires_grad_(False)  # noqa: FBT003 (PyTorch's)
        self.places = nn.Embedding(LONGEST, WIDTH)
        self.begin_norm = nn.LayerNorm(WIDTH, NORM_EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.answers = nn.Linear(WIDTH, ANSWERS)

    def forward(self, ids: Tensor) -> Tensor:
        """Read texts given as ids of pieces (texts, pieces), padded with ``PADDING_ID``."""
        mask = ids != PADDING_ID
        places = torch.arange(ids.shape[1])
        x = functional.dropout(self.begin_norm(self.words(ids) + self.places(places)), DROPOUT, self.training)
        for layer in self.layers:
            x = layer(x, mask)
        counts = mask[:, :, None].to(x.dtype)
        mean = (x * counts).sum(1) / counts.sum(1)
        answers: Tensor = self.answers(functional.dropout(mean, DROPOUT, self.training))
        return answers


def from_minilm(weights: Weights, kept_pieces: Sequence[int]) -> Reader:
    """Begin with MiniLM's weights, and of its embeddings ``kept_pieces``; the answers begin at random."""
    reader = Reader(len(kept_pieces))
    state = reader.state_dict()
    given = {name: torch.from_numpy(numbers) for name, numbers in weights.items()}
    state["words.weight"] = given["embeddings.word_embeddings.weight"][list(kept_pieces)]
    kind = given["embeddings.token_type_embeddings.weight"][0]
    state["places.weight"] = given["embeddings.position_embeddings.weight"][:LONGEST] + kind
    for end in ("weight", "bias"):
        state[f"begin_norm.{end}"] = given[f"embeddings.LayerNorm.{end}"]
        for number in range(LAYERS):
            state |= _layer(given, number, end)
    reader.load_state_dict(state)
    return reader


def _layer(given: dict[str, Tensor], number: int, end: str) -> dict[str, Tensor]:
    here, there = f"layers.{number}", f"encoder.layer.{number}"
    parts = [given[f"{there}.attention.self.{part}.{end}"] for part in ("query", "key", "value")]
    return {
        f"{here}.looked_up.{end}": torch.cat(parts),
        f"{here}.attended.{end}": given[f"{there}.attention.output.dense.{end}"],
        f"{here}.attended_norm.{end}": given[f"{there}.attention.output.LayerNorm.{end}"],
        f"{here}.widened.{end}": given[f"{there}.intermediate.dense.{end}"],
        f"{here}.narrowed.{end}": given[f"{there}.output.dense.{end}"],
        f"{here}.narrowed_norm.{end}": given[f"{there}.output.LayerNorm.{end}"],
    }
