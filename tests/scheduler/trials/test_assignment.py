"""Who gets which variant: always the same, in even parts of few and many, independent from trial to trial."""

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.trials.assignment import HELD_OUT, arm_of, deal, with_holdout

PEOPLE = 2000
SIGMAS = 5.0
"""How far chance may carry: once in some two million trials, and Hypothesis repeats what it found."""

ROUNDING = 1e-9

seeds = st.text(min_size=1, max_size=20)
trials = st.text(min_size=1, max_size=20)
variants = st.lists(st.sampled_from("ABCD"), min_size=1, max_size=4, unique=True)
holdouts = st.floats(0, 0.5)


def assign(trial: str, seed: str, holdout: float, names: list[str], people: int = PEOPLE) -> list[str]:
    drawn = deal(range(people), trial=trial, seed=seed, arms=with_holdout(holdout, names))
    return [drawn[customer] for customer in range(people)]


@pytest.mark.parametrize("people", [10, 20, 100, PEOPLE])
@settings(max_examples=40, deadline=None)
@given(trials, seeds, holdouts, variants)
def test_of_those_drawn_together_each_arm_gets_its_share_give_or_take_one(
    people: int, trial: str, seed: str, holdout: float, names: list[str]
) -> None:
    assigned = assign(trial, seed, holdout, names, people)
    assert assigned == assign(trial, seed, holdout, names, people)
    counts = Counter(assigned)
    for arm in with_holdout(holdout, names):
        assert abs(counts[arm.name] - people * arm.share) < 1 + ROUNDING


@settings(max_examples=40, deadline=None)
@given(trials, seeds)
def test_of_few_one_is_held_out_and_halves_are_halves(trial: str, seed: str) -> None:
    assert Counter(assign(trial, seed, 0.05, ["A"], 20))[HELD_OUT] == 1
    for people in (10, 20, 100, PEOPLE):
        assert Counter(assign(trial, seed, 0.0, ["A", "B"], people)) == {"A": people / 2, "B": people / 2}


@settings(max_examples=20, deadline=None)
@given(trials, seeds, st.lists(st.integers(1, 10**6), min_size=1, max_size=50, unique=True))
def test_the_order_in_which_people_are_given_says_nothing(trial: str, seed: str, people: list[int]) -> None:
    arms = with_holdout(0.3, ["A", "B"])
    assert deal(people, trial=trial, seed=seed, arms=arms) == deal(
        sorted(people), trial=trial, seed=seed, arms=arms
    )


@settings(max_examples=20, deadline=None)
@given(trials, seeds, st.floats(0.05, 0.5), st.sampled_from([1, 3, 10]))
def test_each_is_held_out_as_often_as_the_share_says(
    trial: str, seed: str, holdout: float, together: int
) -> None:
    """Alone or among few, over many draws: 5 σ of those that would be if each were drawn alone."""
    arms = with_holdout(holdout, ["A"])
    drawn = [
        deal(range(first, first + together), trial=trial, seed=seed, arms=arms)[first]
        for first in range(0, PEOPLE * together, together)
    ]
    spread = math.sqrt(PEOPLE * holdout * (1 - holdout))
    assert abs(drawn.count(HELD_OUT) - PEOPLE * holdout) <= SIGMAS * spread + 1


def test_who_is_drawn_alone_is_drawn_by_their_hash() -> None:
    arms = with_holdout(0.5, ["A"])
    alone = [arm_of(customer, trial="visits:x", seed="seed", arms=arms) for customer in range(100)]
    assert alone == [arm_of(customer, trial="visits:x", seed="seed", arms=arms) for customer in range(100)]
    assert 25 <= alone.count(HELD_OUT) <= 75  # 5 σ
    assert deal([], trial="visits:x", seed="seed", arms=arms) == {}


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
