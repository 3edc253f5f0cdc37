"""The benchmark of the planners does what it says, on a small base; what it measures is not looked at."""

import pytest

from benchmarks.planning import check_queued, fill, measure_campaign, measure_planners
from store.engine import Database
from store.tables.queues import MessageKind


def test_what_is_due_is_done_and_a_campaign_goes_through_all_its_states(any_database: Database) -> None:
    fill(any_database, 400, 20)
    done = {row["planner"]: row["done"] for row in measure_planners(any_database)}
    assert done["visits: all that are due"] == 20
    assert done["visits: nobody is due"] == 0
    assert done["festivals: Christmas"] == 300
    rows = list(measure_campaign(any_database))
    counted = [row["done"] for row in rows if row["planner"] == "campaign: count"]
    moved = {row["planner"]: row["done"] for row in rows}
    assert counted == [384, 384, 384]
    assert moved["campaign: take out of the line"] == moved["campaign: skip"] == 384
    with pytest.raises(SystemExit, match="20 messages to 20 customers, but 21 are meant"):
        check_queued(any_database, MessageKind.VISIT, 21)
