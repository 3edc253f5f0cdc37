"""The satisfaction index, as a pure function of dated entries."""

import math
import random
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.satisfaction import (
    PRIOR_VALUE,
    PRIOR_WEIGHT,
    SOURCE_WEIGHTS,
    Evidence,
    Summary,
    added,
    confidence,
    summarise,
    trend,
    value_of_outcome,
    value_of_polarity,
    value_of_stars,
    weight_of_reading,
)
from store.errors import InputError
from store.tables.feedback import EntrySource
from store.trends import HALF_LIFE, TREND_NOISE, Trend
from tests.factories import NOW

DOCS = Path(__file__).parents[2] / "docs" / "satisfaction.md"

evidence_lists = st.lists(
    st.builds(
        Evidence,
        value=st.floats(0, 100),
        weight=st.floats(0.1, 10),
        at=st.integers(-2000, 2000).map(lambda days: NOW + timedelta(days=days)),
    ),
    max_size=30,
)


def rated(value: float, days_ago: float, weight: float = 3.0) -> Evidence:
    return Evidence(value, weight, NOW - timedelta(days=days_ago))


def test_nothing_said_gives_the_prior_and_no_confidence() -> None:
    assert summarise([]) == Summary(index=PRIOR_VALUE, weight=0.0, at=None)
    assert confidence(0.0, None, NOW) == 0.0


def test_one_rating_moves_the_index_part_of_the_way() -> None:
    summary = summarise([rated(100, 0)])
    assert PRIOR_VALUE < summary.index < 100
    assert summary.index == pytest.approx((PRIOR_WEIGHT * PRIOR_VALUE + 3 * 100) / (PRIOR_WEIGHT + 3))


def test_recent_entries_weigh_more() -> None:
    got_worse = summarise([rated(100, 200), rated(0, 0)])
    got_better = summarise([rated(0, 200), rated(100, 0)])
    assert got_worse.index < 50 < got_better.index


def test_an_entry_counts_half_after_the_half_life() -> None:
    old = Evidence(0, 2.0, NOW - HALF_LIFE)
    assert summarise([old, Evidence(0, 1.0, NOW)]).weight == pytest.approx(2.0)


def test_silence_lowers_confidence_and_not_the_index() -> None:
    summary = summarise([rated(75, 0)])
    soon = confidence(summary.weight, summary.at, NOW)
    later = confidence(summary.weight, summary.at, NOW + timedelta(days=365))
    assert 0 < later < soon < 1
    assert summarise([rated(75, 400)]).index == pytest.approx(summary.index)


def test_a_clock_that_runs_behind_adds_no_confidence() -> None:
    assert confidence(3.0, NOW, NOW - timedelta(days=500)) == confidence(3.0, NOW, NOW)


@given(evidence_lists, st.randoms(use_true_random=False))
def test_the_order_of_the_entries_does_not_matter(entries: list[Evidence], random: object) -> None:
    shuffled = sorted(entries, key=lambda entry: (entry.value, entry.at), reverse=True)
    assert summarise(shuffled) == summarise(entries)


@given(evidence_lists)
def test_index_and_confidence_stay_in_their_bounds(entries: list[Evidence]) -> None:
    summary = summarise(entries)
    assert 0 <= summary.index <= 100
    assert 0 <= confidence(summary.weight, summary.at, NOW) < 1


@given(evidence_lists, st.integers(0, 5000))
def test_moving_all_entries_in_time_changes_no_index(entries: list[Evidence], days: int) -> None:
    moved = [Evidence(one.value, one.weight, one.at - timedelta(days=days)) for one in entries]
    assert summarise(moved).index == pytest.approx(summarise(entries).index)


@given(evidence_lists.filter(bool))
def test_a_better_newest_entry_never_lowers_the_index(entries: list[Evidence]) -> None:
    newest = max(entry.at for entry in entries)
    before = summarise([*entries, Evidence(0, 3.0, newest)])
    assert summarise([*entries, Evidence(100, 3.0, newest)]).index >= before.index


def test_trend_is_unknown_without_evidence_on_both_sides() -> None:
    assert trend([], NOW) is Trend.UNKNOWN
    assert trend([rated(0, 1), rated(0, 2)], NOW) is Trend.UNKNOWN
    assert trend([rated(0, 60), rated(0, 90)], NOW) is Trend.UNKNOWN
    assert trend([rated(100, 60), rated(0, 1, weight=1.0)], NOW) is Trend.UNKNOWN


@pytest.mark.parametrize(
    ("before", "lately", "expected"),
    [(100, 0, Trend.FALLING), (25, 100, Trend.RISING), (75, 75, Trend.STEADY), (75, 65, Trend.STEADY)],
)
def test_trend_follows_differences_that_chance_does_not_explain(
    before: float, lately: float, expected: Trend
) -> None:
    assert trend([rated(before, 60), rated(before, 50), rated(lately, 3), rated(lately, 1)], NOW) is expected


def test_a_trend_is_seldom_seen_where_there_is_none() -> None:
    chance = random.Random(7)  # the same noise in each run
    seen = 0
    for _ in range(1_000):
        entries = [
            Evidence(chance.gauss(50, TREND_NOISE / math.sqrt(weight)), weight, NOW - timedelta(days=days))
            for weight, days in ((1.0, 90), (3.0, 70), (0.6, 45), (1.0, 20), (0.8, 10), (3.0, 5))
        ]
        seen += trend(entries, NOW) in (Trend.RISING, Trend.FALLING)
    assert 50 <= seen <= 130  # one in ten, by the number of standard errors that is asked for


def test_an_unsure_reading_weighs_less_and_a_rating_more_than_any() -> None:
    weights = [weight_of_reading(probability) for probability in (0.0, 0.2, 0.5, 0.9, 1.0)]
    assert weights == pytest.approx([1 / 3, 1 / 3, 0.5, 0.9, 1.0])
    assert max(weights) < SOURCE_WEIGHTS[EntrySource.VISIT_ANSWER] < SOURCE_WEIGHTS[EntrySource.RATING]


@given(evidence_lists, st.floats(0, 1), st.floats(0, 1))
def test_the_surer_the_reading_the_more_it_moves_the_index(
    entries: list[Evidence], one: float, other: float
) -> None:
    newest = max((entry.at for entry in entries), default=NOW)
    before = summarise([*entries, Evidence(50, 0.1, newest)]).index
    unsure, sure = sorted((one, other))
    moved = [
        abs(summarise([*entries, Evidence(50, 0.1, newest), Evidence(0, weight, newest)]).index - before)
        for weight in map(weight_of_reading, (unsure, sure))
    ]
    assert moved[0] <= moved[1] + 1e-9


def test_every_source_has_a_weight_and_ratings_weigh_most() -> None:
    assert set(SOURCE_WEIGHTS) == set(EntrySource)
    assert max(SOURCE_WEIGHTS, key=lambda source: SOURCE_WEIGHTS[source]) is EntrySource.RATING
    assert min(SOURCE_WEIGHTS.values()) > 0


def test_what_sources_say_becomes_values() -> None:
    assert [value_of_stars(stars) for stars in range(1, 6)] == [0, 25, 50, 75, 100]
    assert [value_of_polarity(polarity) for polarity in (-1, 0, 1, 7)] == [0, 50, 100, 100]
    assert value_of_outcome(solved=False) < 50 < value_of_outcome(solved=True)


@pytest.mark.parametrize("stars", [0, 6, -1, 100])
def test_a_rating_out_of_range_is_refused(stars: int) -> None:
    with pytest.raises(InputError):
        value_of_stars(stars)


def numbers_stated(text: str) -> dict[str, float]:
    return {name: float(number) for name, number in re.findall(r"\*\*([a-z0-9 /]+): ([\d.]+)\*\*", text)}


def test_the_worked_example_of_the_documentation_is_true() -> None:
    text = DOCS.read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| (\d{4}-\d\d-\d\d) \|([^|]*)\| (\w+) \| ([\d.]+) \| ([\d.]+) \|", text, re.MULTILINE
    )
    assert len(rows) == 3
    entries = []
    for day, what, source, value, weight in rows:
        certainty = re.search(r"certainty ([\d.]+)", what)
        of_source = SOURCE_WEIGHTS[EntrySource(source)]
        assert float(weight) == (weight_of_reading(float(certainty[1])) if certainty else of_source)
        entries.append(Evidence(float(value), float(weight), datetime.fromisoformat(f"{day}T12:00:00+00:00")))
    summary = summarise(entries)
    assert summary.at is not None
    told = summary.index * (PRIOR_WEIGHT + summary.weight) - PRIOR_WEIGHT * PRIOR_VALUE
    stated = numbers_stated(text)
    for name, number in (
        ("index", summary.index),
        ("weight", summary.weight),
        ("confidence that day", confidence(summary.weight, summary.at, summary.at)),
        ("confidence 90 days later", confidence(summary.weight, summary.at, summary.at + HALF_LIFE)),
        ("mean of both", (told + 1.5 * 20) / (summary.weight + 1.5)),
    ):
        assert stated[name] == pytest.approx(number, abs=0.005), name


@given(evidence_lists)
def test_adding_one_by_one_gives_what_all_together_give(evidence: list[Evidence]) -> None:
    summary = summarise([])
    for entry in evidence:
        summary = added(summary, entry)
    together = summarise(evidence)
    assert summary.at == together.at
    assert summary.index == pytest.approx(together.index)
    assert summary.weight == pytest.approx(together.weight)
