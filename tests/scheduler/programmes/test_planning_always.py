"""Whatever a customer does, each visit and retry comes on the day that a slow, obvious reference says."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from scheduler.definitions.programme import Programme, written
from scheduler.programmes.asking import AGAIN
from store.engine import Database
from tests.factories import NOW
from tests.scheduler.programmes.house import House

DAYS = 50


def reference(programme: Programme, begin: datetime, contacts: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Live through day after day, at noon; a contact comes an hour after noon."""
    since, stretch, asked, attempt = begin - timedelta(days=1), 1.0, None, 0
    retry = timedelta(days=programme.retry_after_days or 7)
    for day in range(DAYS):
        now = begin + timedelta(days=day)
        if now >= since + programme.period * stretch:
            yield day, "asked"
            since, asked, attempt = now, now, 0
        elif asked is not None and now >= asked + retry:
            if attempt or programme.retry_after_days is None:
                asked, stretch = None, min(stretch * programme.longer, programme.longest)
            else:
                yield day, "asked again"
                since, asked, attempt = now, now, 1
        if day in contacts:
            since, stretch, asked = now + timedelta(hours=1), 1.0, None


def lived(house: House, contacts: Sequence[int], customer_id: int) -> Iterator[tuple[int, str]]:
    """Let the planners live through the same days."""
    for day in range(DAYS):
        for message in house.plans():
            yield day, "asked again" if message.dedupe_key.endswith(AGAIN) else "asked"
        house.sends()
        house.plans(minutes=10)
        house.now += timedelta(minutes=50)
        if day in contacts:
            house.writes(customer_id)
        house.now += timedelta(hours=23)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    contacts=st.lists(st.integers(0, DAYS - 1), max_size=5, unique=True),
    period=st.integers(5, 25),
    retry=st.sampled_from([None, 1, 2]),
    longer=st.sampled_from([1.0, 1.5, 2.0]),
)
def test_each_visit_comes_on_its_day(
    database: Database, contacts: list[int], period: int, retry: int | None, longer: float
) -> None:
    with database.transaction() as session:
        for table in ("outbox", "visits", "visit_turns", "definitions", "customers"):
            session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - our own words
    house = House(database, now=NOW)
    programme = Programme(
        name="all", period_days=period, retry_after_days=retry, longer=longer, task=False, holdout=0.0
    )
    house.defines("all", **written(programme))
    customer_id = house.silent(timedelta(days=1))
    assert list(lived(house, contacts, customer_id)) == list(reference(programme, NOW, contacts))
