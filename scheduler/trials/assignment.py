"""Who gets which variant: by chance, in even parts also of few, and the same each time it is asked.

Those who are drawn together stand in the order of a keyed hash, and arms are dealt along that line at even
distances, from a place that is drawn, too (systematic sampling of a random order: W. G. Cochran, Sampling
Techniques, 3rd ed. 1977, chapter 8). Each customer gets each arm with exactly its share as probability, and
of those drawn together each arm gets its share of them, rounded up or down. A plain hash of each customer
would hold out none of 20 in every third trial.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from math import inf
from typing import Any

HELD_OUT = "held out"
"""The arm of those who get nothing, for comparison."""

_SIZE = 8


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of treating customers in a trial, and which part of them get it, 0–1."""

    name: str
    share: float


def arm_of(customer_id: int, *, trial: str, seed: str, arms: Sequence[Arm]) -> str:
    """Tell which arm of a trial a customer gets who is drawn alone: their hash decides.

    Args:
        customer_id: whom.
        trial: names the programme or campaign.
        seed: of the company.
        arms: in the order in which they share the line from 0 to 1; the last takes what is left.
    """
    return deal([customer_id], trial=trial, seed=seed, arms=arms)[customer_id]


def deal(customer_ids: Collection[int], *, trial: str, seed: str, arms: Sequence[Arm]) -> Mapping[int, str]:
    """Draw the arms of customers together; each arm gets its share of them, give or take less than one.

    It follows from seed, trial and who they are, in whatever order they are given. Who was drawn before must
    not be drawn again among others: see ``scheduler.trials.members``.

    Args:
        customer_ids: whom.
        trial: names the programme or campaign.
        seed: of the company.
        arms: in the order in which they share the line from 0 to 1; the last takes what is left.
    """
    begun = blake2b(f"{trial}\0".encode(), key=seed.encode()[:64], digest_size=_SIZE)
    line = sorted((_drawn(begun, customer_id), customer_id) for customer_id in set(customer_ids))
    if not line:
        return {}
    # Alone somebody is anywhere on the line; of several the last by number says where the dealing begins.
    first = line[0][0] if len(line) == 1 else _drawn(begun, f"from {max(customer_ids)}")
    begins, arm, given = int.from_bytes(first, "big") / 256**_SIZE, 0, {}
    ends = [*accumulate(arm.share for arm in arms[:-1]), inf]
    for rank, (_, customer_id) in enumerate(line):
        while (rank + begins) / len(line) >= ends[arm]:
            arm += 1
        given[customer_id] = arms[arm].name
    return given


def _drawn(begun: Any, what: object) -> bytes:
    """Draw a number, as bytes that are in its order."""
    drawn = begun.copy()
    drawn.update(str(what).encode())
    digest: bytes = drawn.digest()
    return digest


def with_holdout(holdout: float, variants: Sequence[str]) -> Sequence[Arm]:
    """Give the arms of a trial: those held out first, then the variants in equal parts."""
    share = (1 - holdout) / len(variants)
    return (Arm(HELD_OUT, holdout), *(Arm(name, share) for name in variants))
