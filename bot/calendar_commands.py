"""``rapport calendar`` and ``rapport birthday``: what is planned for the next days, and whose day it is."""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.config import Settings
from customers.birthdays import birthday_in_words, read_birthday
from customers.phrases import SOURCE_LANGUAGE, phrases
from customers.profile import find_by_id, name_for_staff
from handlers.marketing.calendar_text import calendar_in_words
from scheduler.calendar_ahead import days_ahead
from scheduler.festivals.choices import tell_birthday
from store.engine import Database
from store.errors import NotFoundError

FORGET = "off"


def show_calendar(database: Database, settings: Settings, *, days: int) -> Iterator[str]:
    """Print what is planned for the next days, today included."""
    company = settings.company
    with database.reading() as session:
        found = days_ahead(session, company=company, now=datetime.now(UTC), days=days)
    yield calendar_in_words(found, company, phrases(SOURCE_LANGUAGE))


def keep_birthday(database: Database, *, customer: int, day: str | None) -> str:
    """Keep or erase a customer's birthday; returns what to tell the operator.

    Args:
        database: where customers are.
        customer: number of the customer.
        day: as people write it, without a year or with one; ``off`` erases it, None only tells it.

    Raises:
        NotFoundError: there is no such customer.
        InputError: it is no day.
    """
    say = phrases(SOURCE_LANGUAGE)
    with database.transaction() as session:
        found = find_by_id(session, customer)
        if found is None:
            raise NotFoundError(f"there is no customer {customer}")
        if day is not None:
            told = None if day.strip().lower() == FORGET else read_birthday(day, say)
            tell_birthday(session, found, told)
        name = name_for_staff(found, say)
        if found.birthday is None:
            return f"{name} has no birthday here."
        return f"{name} has their birthday on {birthday_in_words(found.birthday, say)}."
