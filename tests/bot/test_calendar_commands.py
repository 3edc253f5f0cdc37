"""``rapport calendar`` and ``rapport birthday``."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.calendar_commands import keep_birthday, show_calendar
from bot.config import Settings
from store.engine import Database
from store.errors import InputError, NotFoundError
from store.tables.customers import Customer
from tests.factories import make_customer


@pytest.fixture
def settings() -> Settings:
    """The settings of a company in London."""
    return Settings(company_name="Lantern Tea", timezone="Europe/London", country="GB")


def test_the_days_ahead_are_printed(database: Database, settings: Settings) -> None:
    birthday = datetime.now(UTC) + timedelta(days=3)
    with database.transaction() as session:
        make_customer(session, birthday=f"{birthday:%m-%d}")

    (text,) = show_calendar(database, settings, days=5)
    assert text.startswith("🗓 ")
    assert "1 greeting" in text or "2 greetings" in text


def test_a_birthday_is_kept_told_and_erased(database: Database) -> None:
    with database.transaction() as session:
        number = make_customer(session).id

    assert keep_birthday(database, customer=number, day=None) == "Ana has no birthday here."
    assert (
        keep_birthday(database, customer=number, day="29 Feb 1996")
        == "Ana has their birthday on 29 February."
    )
    with database.reading() as session:
        assert session.get_one(Customer, number).birthday == "02-29"
    assert keep_birthday(database, customer=number, day="off") == "Ana has no birthday here."


def test_what_is_wrong_is_said(database: Database) -> None:
    with pytest.raises(NotFoundError, match="there is no customer 7"):
        keep_birthday(database, customer=7, day="3 May")
    with database.transaction() as session:
        number = make_customer(session).id
    with pytest.raises(InputError, match="There is no"):
        keep_birthday(database, customer=number, day="31 April")
