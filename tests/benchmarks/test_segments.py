"""The benchmark of segments, small: each of its filters is read, counted and given, in both ways to ask."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from benchmarks import segments
from benchmarks.segments import COMPANY, FILTERS, NOW, explain, fill, measure
from scheduler.segments.conditions import condition_of
from store.engine import Database
from store.tables.customers import Customer
from tests.tables import new_sqlite


def test_its_filters_pick_some_and_each_way_to_ask_picks_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "MADE", 500)
    database = Database(new_sqlite(tmp_path / "segments.db"))
    fill(database, 1_500)
    with database.reading() as session:
        for source in FILTERS:
            row = measure(database, source)
            one_by_one = condition_of(session, source, company=COMPANY, now=NOW)
            assert session.scalar(select(func.count(Customer.id)).where(one_by_one)) == row["picked"]
            assert row["picked"] or source.startswith("birthday")
    assert any("ix_purchases" in line for line in explain(database, "bought within 30 days"))
    database.close()
