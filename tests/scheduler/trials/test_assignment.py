"""Who gets which variant: always the same, in fair parts, and independent from trial to trial."""

import math
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.trials.assignment import HELD_OUT, arm_of, with_holdout

PEOPLE = 2000
SIGMAS = 5.0
"""How far chance may carry: once in some two million trials, and Hypothesis repeats what it found."""

seeds = st.text(min_size=1, max_size=20)
trials = st.text(min_size=1, max_size=20)
variants = st.lists(st.sampled_from("ABCD"), min_size=1, max_size=4, unique=True)
holdouts = st.floats(0, 0.5)


def assign(trial: str, seed: str, holdout: float, names: list[str]) -> list[str]:
    arms = with_holdout(holdout, names)
    return [arm_of(customer, trial=trial, seed=seed, arms=arms) for customer in range(PEOPLE)]


@settings(max_examples=40, deadline=None)
@given(trials, seeds, holdouts, variants)
def test_arms_are_fair_and_the_same_each_time(
    trial: str, seed: str, holdout: float, names: list[str]
) -> None:
    assigned = assign(trial, seed, holdout, names)
    assert assigned == assign(trial, seed, holdout, names)
    counts = Counter(assigned)
    for arm in with_holdout(holdout, names):
        expected = PEOPLE * arm.share
        spread = math.sqrt(PEOPLE * arm.share * (1 - arm.share))
        assert abs(counts[arm.name] - expected) <= SIGMAS * spread + 1


@settings(max_examples=30, deadline=None)
@given(trials, trials, seeds)
def test_one_trial_says_nothing_of_another(one: str, other: str, seed: str) -> None:
    first = assign(one, seed, 0.5, ["A"])
    second = assign(other, seed, 0.5, ["A"])
    if one == other:
        assert first == second
        return
    both = sum(a == b == HELD_OUT for a, b in zip(first, second, strict=True))
    assert abs(both - PEOPLE / 4) <= SIGMAS * math.sqrt(PEOPLE * 3 / 16)


@settings(max_examples=30, deadline=None)
@given(trials, seeds, st.floats(0.05, 0.4), st.floats(0, 0.1))
def test_a_greater_holdout_holds_the_same_customers_out_and_some_more(
    trial: str, seed: str, holdout: float, more: float
) -> None:
    few = assign(trial, seed, holdout, ["A", "B"])
    many = assign(trial, seed, holdout + more, ["A", "B"])
    assert all(later == HELD_OUT for earlier, later in zip(few, many, strict=True) if earlier == HELD_OUT)


def test_another_seed_draws_others() -> None:
    assert assign("visits:x", "one", 0.5, ["A"]) != assign("visits:x", "two", 0.5, ["A"])


def test_nobody_is_held_out_where_the_holdout_is_none() -> None:
    assert set(assign("visits:x", "seed", 0.0, ["A", "B"])) == {"A", "B"}
