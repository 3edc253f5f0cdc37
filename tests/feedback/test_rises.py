"""A sudden rise of one cause: found when it is there, and hardly ever when it is not."""

import math
import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.rises import BASE_DAYS, FEWEST, RARE, Opened, chance, is_rise, restlessness, rises

TODAY = date(2026, 11, 20)  # a Friday
LONG_AGO = TODAY - timedelta(days=400)
counts = st.integers(0, 60)


def poisson(source: random.Random, mean: float) -> int:
    """Draw a number of events; Knuth's product of uniforms."""
    limit, count, product = math.exp(-mean), 0, source.random()
    while product > limit:
        count, product = count + 1, product * source.random()
    return count


def days(cause: str, per_day: dict[int, int]) -> list[Opened]:
    """Complaints, so many on each day before today."""
    return [
        Opened(1000 - 10 * past + number, cause, TODAY - timedelta(days=past))
        for past, count in per_day.items()
        for number in range(count)
    ]


@given(recent=counts, base=counts, share=st.floats(0.01, 0.5))
def test_the_tail_is_that_of_the_binomial_distribution(recent: int, base: int, share: float) -> None:
    total = recent + base
    slow = sum(
        math.comb(total, count) * share**count * (1 - share) ** (total - count)
        for count in range(recent, total + 1)
    )

    assert chance(recent, base, share=share) == pytest.approx(slow, abs=1e-9)


@given(recent=st.integers(1, 60), base=counts, share=st.floats(0.01, 0.5))
def test_more_is_less_likely(recent: int, base: int, share: float) -> None:
    assert chance(recent + 1, base, share=share) <= chance(recent, base, share=share) + 1e-12


def test_many_counts_are_no_trouble() -> None:
    assert chance(20_000, 100_000, share=1 / 9) < 1e-9
    assert chance(12_500, 100_000, share=1 / 9) == pytest.approx(0.5, abs=0.01)


def test_a_rise_is_found_on_the_day() -> None:
    quiet = dict.fromkeys(range(3, BASE_DAYS, 4), 1)  # one in four days

    (rise,) = rises(days("delivery", quiet | {0: 6}), today=TODAY, known_since=LONG_AGO)

    assert (rise.cause, rise.days, len(rise.complaint_ids)) == ("delivery", 1, 6)
    assert rise.usual == pytest.approx(14 / 56)


def test_a_rise_is_found_in_the_week() -> None:
    quiet = dict.fromkeys(range(5, BASE_DAYS, 4), 1)

    (rise,) = rises(days("app", quiet | {0: 3, 1: 3, 2: 3, 3: 2}), today=TODAY, known_since=LONG_AGO)

    assert (rise.days, len(rise.complaint_ids)) == (7, 11)


def test_few_are_no_rise_and_neither_is_what_is_usual() -> None:
    assert not is_rise(FEWEST - 1, [0] * BASE_DAYS, days=1)
    assert is_rise(FEWEST, [0] * BASE_DAYS, days=1)
    assert not is_rise(9, [6] * BASE_DAYS, days=1)


def test_a_company_that_has_just_begun_has_nothing_usual() -> None:
    started = TODAY - timedelta(days=5)

    assert rises(days("price", {0: 20}), today=TODAY, known_since=started) == []


def test_a_restless_cause_alarms_no_sooner() -> None:
    restless = [0, 0, 0, 12] * 14

    assert restlessness(restless) > 5
    assert restlessness([2] * 56) == 1
    assert not is_rise(12, restless, days=1)
    assert is_rise(12, [3] * 56, days=1)


@pytest.mark.parametrize("mean", [0.3, 1.0, 4.0, 15.0])
def test_chance_alone_alarms_hardly_ever(mean: float) -> None:
    """Days of causes that nothing happens to: at most so many alarms as are promised, and a little luck."""
    source, tried = random.Random(f"rises {mean}"), 3_000

    alarms = sum(
        is_rise(poisson(source, mean), [poisson(source, mean) for _ in range(BASE_DAYS)], days=1)
        for _ in range(tried)
    )

    assert alarms <= tried * RARE + 3 * math.sqrt(tried * RARE)


def test_a_fourfold_rise_of_a_common_cause_is_found() -> None:
    source, tried = random.Random("fourfold"), 300

    found = sum(
        is_rise(poisson(source, 16), [poisson(source, 4) for _ in range(BASE_DAYS)], days=1)
        for _ in range(tried)
    )

    assert found > 0.8 * tried
