"""The benchmark of queueing a campaign: it sees to it that nobody is lost and nobody has two."""

from benchmarks.campaign import plan, queue
from benchmarks.planning import fill
from store.engine import Database


async def test_a_campaign_is_queued_to_all_but_those_who_are_left_out(any_database: Database) -> None:
    fill(any_database, 400, 20)
    row = await queue(any_database, plan())
    assert row["queued"] == 400 - int(str(row["left out"]))
    assert 16 < int(str(row["left out"])) < 100  # who said stop, and the holdout
    assert row["batches"] == 1
