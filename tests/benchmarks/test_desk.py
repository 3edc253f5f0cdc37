"""The benchmark of the desk does what it says, on a small base; what it measures is not looked at."""

import pytest

from benchmarks.desk import (
    BEATS,
    COMPANY,
    NOW,
    fill,
    measure_at_once,
    measure_beats,
    measure_clocks,
    measure_timeline,
)
from benchmarks.finding import fill_messages, measure_find
from benchmarks.handing_over import measure_handover
from handlers.staff.find import FOUND
from store.engine import Database


def test_every_beat_of_the_desk_is_run_and_a_case_is_opened(any_database: Database) -> None:
    fill(any_database, 300, 50)
    done = {str(row["planner"]): row["done"] for row in measure_beats(any_database)}

    assert {name.partition(":")[0] for name in done} == set(BEATS)
    assert done["ladder: an ordinary moment"]
    assert done["ladder: nothing is due"] == 0
    assert done["alerts: nothing is due"] == 0
    assert measure_at_once(any_database, 120)["done"] == 120
    assert int(measure_timeline(any_database, 50)["done"]) >= 50
    with pytest.raises(SystemExit, match="cases fell due"):
        measure_at_once(any_database, 1_000)
    assert len(list(measure_clocks())) == 2


def test_somebody_leaves_and_words_are_found(any_database: Database) -> None:
    fill(any_database, 120, 5)
    left, meanwhile = measure_handover(any_database, 40, company=COMPANY, now=NOW)
    assert (left["done"], meanwhile["done"]) == (40, 1)
    fill_messages(any_database, 600, customers=120)
    found = {str(row["planner"]): row["done"] for row in measure_find(any_database)}
    assert found["/find: a frequent word"] == FOUND
    assert found["/find: a word that nobody wrote"] == 0
