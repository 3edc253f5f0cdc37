"""A year of customers in many zones, played by the planners and the clearance that the program has.

``make year`` plays it with 5,000 customers, which takes about a minute; the suite with fewer.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest

from scheduler import festival_calendar
from scheduler.festival_calendar import festivals_of
from scheduler.festivals.habits import occasions_of
from store.tables.customers import Purpose
from tests.factories import COMPANY
from tests.tables import new_sqlite
from tests.year import looking, reckoning
from tests.year.calendar import AFTER_CASE, AFTER_PURCHASE, CORRECTED, KEY_PERIOD, PERIOD
from tests.year.looking import COVERED, Found, look
from tests.year.people import CHANNEL
from tests.year.playing import play

CUSTOMERS = int(os.environ.get("YEAR_CUSTOMERS", "300"))
DAYS, HOURS = 365, 10.0
OUR = replace(COMPANY, channels=frozenset({CHANNEL}))
SHOWN = 5
HELD_BACK = {"stopped", "unreachable", "complaint", "promise", "rating", "too many", "too late"}
PERIODS = {
    "key-customers": timedelta(days=KEY_PERIOD),
    "everybody": timedelta(days=PERIOD),
    "after-a-purchase": timedelta(days=AFTER_PURCHASE),
    "after-a-case": timedelta(days=AFTER_CASE),
}


@pytest.fixture
def calendars(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Let calendars be read anew, and leave nothing of what is read."""
    monkeypatch.setattr(festival_calendar, "_read_ahead", {})
    forget()
    yield monkeypatch
    monkeypatch.undo()
    forget()


def forget() -> None:
    festivals_of.cache_clear()
    occasions_of.cache_clear()


def release() -> None:
    """Let a new release of the calendars say that a festival is a day later."""
    country, name, before, _ = CORRECTED
    known = festivals_of(country, before.year)
    assert [one.day for one in known if one.name == name] == [before]
    later = replace(next(one for one in known if one.name == name), day=before + timedelta(days=1))
    corrected = tuple(later if one.name == name else one for one in known)
    festival_calendar.keep_calendars({(country, before.year): corrected})
    forget()


@pytest.mark.usefixtures("calendars")
def test_a_year_in_which_nothing_is_broken_and_nearly_all_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    year = play(
        new_sqlite(tmp_path / "rapport.db"),
        OUR,
        correct=release,
        customers=CUSTOMERS,
        days=DAYS,
        hours=HOURS,
        seed=2028,
    )
    with capsys.disabled():
        print(f"\n{CUSTOMERS:,} customers: their year took {year.took_s:.1f} s")  # noqa: T201 - for whoever waits
    found = look(year)
    account = reckoning.account_of(found)
    broken = {
        what: shown for what, findings in looks(found).items() if (shown := list(islice(findings, SHOWN)))
    }
    year.database.close()
    assert not broken
    assert not account.wrong[:SHOWN]
    left = list(looking.unexplained(found))
    assert account.said / (account.said + len(account.wrong) + len(left)) >= COVERED, left[:SHOWN]
    assert year.moved
    assert {one.purpose for one in found.sent} == set(Purpose)
    assert {one.reason for one in found.unsaid} >= HELD_BACK


def looks(found: Found) -> Mapping[str, Iterator[str]]:
    """Give what must never happen, with what was found of it."""
    period, slack = timedelta(days=PERIOD), timedelta(days=20)
    return {
        "twice": looking.sent_twice(found),
        "to whom chance held out": looking.wrote_to_held_out(found),
        "in quiet hours": looking.sent_in_quiet_hours(found),
        "too many": looking.sent_beyond_the_cap(found, most=OUR.outreach.most, within=OUR.outreach.within),
        "in spite": looking.sent_in_spite(found),
        "forgotten": looking.never_visited(found, period=period, slack=slack, longest=3.0),
        "too early": reckoning.visited_too_early(found, PERIODS),
        "miscounted": looking.miscounted(found),
    }
