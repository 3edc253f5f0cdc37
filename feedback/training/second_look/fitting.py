"""Fitting the transformer to labels."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from feedback.training.second_look.batches import batches, padded
from feedback.training.second_look.examples import Example
from feedback.training.second_look.labels import NOT_SAID
from feedback.training.second_look.network import Reader

SENTIMENTS = 3
WARM_UP = 0.06
"""Of all steps, while the learning rate rises; then it falls to 0 in a line."""
WEIGHT_DECAY = 0.01
COMPLAINT_WEIGHT = 0.5
"""How much the loss of «complaint» counts beside that of the sentiment."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Course:
    """How to fit.

    Attributes:
        epochs: passes over all examples.
        rate: the highest learning rate.
        seed: decides the order and what is dropped out.
    """

    epochs: int
    rate: float
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Lessons:
    """What to fit to: examples, and each as its pieces."""

    examples: Sequence[Example]
    ids: Sequence[Sequence[int]]


def fit(reader: Reader, lessons: Lessons, course: Course, tell: Say) -> None:
    """Fit a reader in place."""
    torch.manual_seed(course.seed)
    chance = random.Random(course.seed)  # noqa: S311 (no secret: it shuffles)
    lengths = [len(ids) for ids in lessons.ids]
    dealt = [batch for _ in range(course.epochs) for batch in batches(lengths, chance)]
    optimizer, schedule = _optimizer(reader, course.rate, len(dealt))
    weights = class_weights(lessons.examples)
    reader.train()
    begun_s, total = time.monotonic(), 0.0
    for step, batch in enumerate(dealt, 1):
        with torch.autocast("cpu", torch.bfloat16):
            scores = reader(padded([lessons.ids[place] for place in batch]))
        loss = _loss(scores.float(), [lessons.examples[place] for place in batch], weights)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        total += loss.item()
        if step % 50 == 0:
            tell(f"step {step} of {len(dealt)}, loss {total / 50:.3f}, {time.monotonic() - begun_s:.0f} s")
            total = 0.0


def class_weights(examples: Sequence[Example]) -> Tensor:
    """Weigh each sentiment against how often it occurs: a rare one counts as much as a frequent one."""
    counts = torch.bincount(
        torch.tensor([e.sentiment for e in examples if e.sentiment != NOT_SAID]), minlength=SENTIMENTS
    )
    return counts.sum() / (SENTIMENTS * counts.clamp(min=1))


def _loss(scores: Tensor, examples: Sequence[Example], weights: Tensor) -> Tensor:
    sentiments = torch.tensor([example.sentiment for example in examples])
    complaints = torch.tensor([example.complaint for example in examples])
    known = complaints != NOT_SAID
    each = functional.cross_entropy(
        scores[:, :SENTIMENTS], sentiments, weights, ignore_index=NOT_SAID, reduction="sum"
    )
    loss = each / len(examples)
    if known.any():
        complaint = functional.binary_cross_entropy_with_logits(
            scores[known, SENTIMENTS], complaints[known].float(), reduction="sum"
        )
        loss = loss + COMPLAINT_WEIGHT * complaint / len(examples)
    return loss


def _optimizer(
    reader: Reader, rate: float, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    trained = [parameter for parameter in reader.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": [one for one in trained if one.ndim > 1], "weight_decay": WEIGHT_DECAY},
            {"params": [one for one in trained if one.ndim == 1], "weight_decay": 0.0},
        ],
        rate,
    )
    warm = max(1, round(WARM_UP * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, (steps - step) / max(1, steps - warm))
    )
    return optimizer, schedule
