"""The benchmark of the desk does what it says, on a small base; what it measures is not looked at."""

import pytest

from benchmarks.desk import BEATS, fill, measure_at_once, measure_beats, measure_clocks, measure_timeline
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
