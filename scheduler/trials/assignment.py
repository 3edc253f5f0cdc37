"""Who gets which variant: by chance, yet the same each time it is asked."""

from collections.abc import Collection, Mapping, Sequence
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
    return arms_of([customer_id], trial=trial, seed=seed, arms=arms)[customer_id]


def arms_of(
    customer_ids: Collection[int], *, trial: str, seed: str, arms: Sequence[Arm]
) -> Mapping[int, str]:
    """Tell which arm of a trial each of some customers is in: see ``arm_of``."""
    begun = blake2b(f"{trial}\0".encode(), key=seed.encode()[:64], digest_size=_SIZE)
    given = {}
    for customer_id in customer_ids:
        drawn = begun.copy()
        drawn.update(str(customer_id).encode())
        given[customer_id] = _arm_at(int.from_bytes(drawn.digest(), "big") / 256**_SIZE, arms)
    return given


def _arm_at(place: float, arms: Sequence[Arm]) -> str:
    for arm in arms[:-1]:
        if place < arm.share:
            return arm.name
        place -= arm.share
    return arms[-1].name


def with_holdout(holdout: float, variants: Sequence[str]) -> Sequence[Arm]:
    """Give the arms of a trial: those held out first, then the variants in equal parts."""
    share = (1 - holdout) / len(variants)
    return (Arm(HELD_OUT, holdout), *(Arm(name, share) for name in variants))
