"""A year of 5,000 customers in many zones, played by the planners and the clearance that the program has."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from store.tables.customers import Purpose
from tests.factories import COMPANY
from tests.tables import new_sqlite
from tests.year import looking
from tests.year.calendar import PERIOD
from tests.year.looking import Found, look
from tests.year.people import CHANNEL
from tests.year.playing import play

BEGINS = datetime(2027, 1, 4, 0, 30, tzinfo=UTC)
CUSTOMERS, DAYS, HOURS = 5000, 365, 8.0
COMPANY_OF_THE_YEAR = replace(COMPANY, channels=frozenset({CHANNEL}))
SHOWN = 10
COVERED = 0.99


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """What a year left behind."""
    url = new_sqlite(tmp_path_factory.mktemp("year") / "rapport.db")
    year = play(
        url, COMPANY_OF_THE_YEAR, begins=BEGINS, customers=CUSTOMERS, days=DAYS, hours=HOURS, seed=2027
    )
    yield look(year)
    year.database.close()


def none_of(found: Iterator[str]) -> None:
    """See that nothing was found; some of it is shown where there is."""
    assert not list(islice(found, SHOWN))


def test_much_was_said(found: Found) -> None:
    sent = len(found.sent)
    assert sent > CUSTOMERS * 5
    assert {one.purpose for one in found.sent} == set(Purpose)
    assert {one.reason for one in found.unsaid} >= {
        "stopped",
        "unreachable",
        "complaint",
        "promise",
        "rating",
    }


def test_nothing_came_twice(found: Found) -> None:
    none_of(looking.sent_twice(found))


def test_no_quiet_hour_was_broken(found: Found) -> None:
    none_of(looking.sent_in_quiet_hours(found))


def test_nobody_got_more_than_they_may(found: Found) -> None:
    outreach = COMPANY_OF_THE_YEAR.outreach
    none_of(looking.sent_beyond_the_cap(found, most=outreach.most, within=outreach.within))


def test_nobody_was_written_to_whom_something_spoke_against(found: Found) -> None:
    none_of(looking.sent_in_spite(found))


def test_nearly_all_that_was_possible_was_said(found: Found) -> None:
    left = list(looking.unexplained(found))
    covered = len(found.sent) / (len(found.sent) + len(left))
    assert covered >= COVERED, left[:SHOWN]


def test_everybody_was_greeted_who_could_be(found: Found) -> None:
    none_of(looking.not_greeted(found, "spring_festival:2027", ["CN"]))
    none_of(looking.not_greeted(found, "christmas:2027", ["GB", "US", "DE", "AU", "NZ"]))


def test_nobody_who_was_silent_was_forgotten(found: Found) -> None:
    none_of(
        looking.never_visited(found, period=timedelta(days=PERIOD), slack=timedelta(days=20), longest=3.0)
    )
