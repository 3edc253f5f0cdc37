"""Who gets which variant: by chance, yet the same each time it is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

HELD_OUT = "held out"
"""The arm of those who get nothing, for comparison."""

_SIZE = 8


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of treating customers in a trial, and which part of them get it, 0–1."""

    name: str
    share: float


def arm_of(customer_id: int, *, trial: str, seed: str, arms: Sequence[Arm]) -> str:
    """Tell which arm of a trial a customer is in.

    It follows from seed, trial and customer alone (a keyed hash, taken as a number between 0 and 1), so that
    it is stable, needs no table, and is independent from trial to trial.

    Args:
        customer_id: whom.
        trial: names the programme or campaign.
        seed: of the company.
        arms: in the order in which they share the line from 0 to 1; the last takes what is left.
    """
    digest = blake2b(f"{trial}\0{customer_id}".encode(), key=seed.encode()[:64], digest_size=_SIZE).digest()
    place = int.from_bytes(digest, "big") / 256**_SIZE
    for arm in arms[:-1]:
        if place < arm.share:
            return arm.name
        place -= arm.share
    return arms[-1].name


def with_holdout(holdout: float, variants: Sequence[str]) -> Sequence[Arm]:
    """Give the arms of a trial: those held out first, then the variants in equal parts."""
    share = (1 - holdout) / len(variants)
    return (Arm(HELD_OUT, holdout), *(Arm(name, share) for name in variants))
