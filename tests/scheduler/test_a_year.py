"""A year of customers in many zones, played by the planners and the clearance that the program has.

``make year`` plays it with 5,000 customers, which takes about a minute; the suite with fewer.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from store.tables.customers import Purpose
from tests.factories import COMPANY
from tests.tables import new_sqlite
from tests.year import looking
from tests.year.calendar import PERIOD
from tests.year.looking import Found, look
from tests.year.people import CHANNEL
from tests.year.playing import play

BEGINS = datetime(2027, 1, 4, 0, 30, tzinfo=UTC)
CUSTOMERS = int(os.environ.get("YEAR_CUSTOMERS", "300"))
DAYS, HOURS = 365, 8.0
OUR = replace(COMPANY, channels=frozenset({CHANNEL}))
SHOWN = 5
COVERED = 0.99
WEST = ["GB", "US", "DE", "AU", "NZ"]
HELD_BACK = {"stopped", "unreachable", "complaint", "promise", "rating", "too many"}


def test_a_year_in_which_nothing_is_broken_and_nearly_all_is_said(tmp_path: Path) -> None:
    year = play(
        new_sqlite(tmp_path / "rapport.db"),
        OUR,
        begins=BEGINS,
        customers=CUSTOMERS,
        days=DAYS,
        hours=HOURS,
        seed=2028,  # one in which 300 people meet each reason, the rare broken promise included
    )
    found = look(year)
    year.database.close()
    broken = {
        what: shown for what, findings in looks(found).items() if (shown := list(islice(findings, SHOWN)))
    }
    assert not broken
    left = list(looking.unexplained(found))
    assert len(found.sent) / (len(found.sent) + len(left)) >= COVERED, left[:SHOWN]
    assert len(found.sent) > CUSTOMERS * 5
    assert {one.purpose for one in found.sent} == set(Purpose)
    assert {one.reason for one in found.unsaid} >= HELD_BACK


def looks(found: Found) -> Mapping[str, Iterator[str]]:
    """Give what must never happen, with what was found of it."""
    period, slack = timedelta(days=PERIOD), timedelta(days=20)
    return {
        "twice": looking.sent_twice(found),
        "in quiet hours": looking.sent_in_quiet_hours(found),
        "too many": looking.sent_beyond_the_cap(found, most=OUR.outreach.most, within=OUR.outreach.within),
        "in spite": looking.sent_in_spite(found),
        "Spring Festival": looking.not_greeted(found, "spring_festival:2027", ["CN"]),
        "Christmas": looking.not_greeted(found, "christmas:2027", WEST),
        "forgotten": looking.never_visited(found, period=period, slack=slack, longest=3.0),
    }
