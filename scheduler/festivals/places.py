"""Where customers are and what they speak: the few places that exist, found without reading everybody."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, bindparam, func, null, select, union_all
from sqlalchemy.orm import Session

from customers.company import Company
from store.tables.customers import Customer


@dataclass(frozen=True, slots=True)
class Place:
    """Language, country and time zone as customers' profiles have them; the last two may be unknown."""

    language: str
    country: str | None
    timezone: str | None

    def country_for(self, company: Company) -> str:
        """Tell by which country's calendar people there live: the company's where theirs is unknown."""
        return (self.country or company.country).upper()

    def is_here(self) -> tuple[ColumnElement[bool], ...]:
        """Give the conditions that pick its customers."""
        return (
            Customer.language == self.language,
            Customer.country.is_(None) if self.country is None else Customer.country == self.country,
            Customer.timezone.is_(None) if self.timezone is None else Customer.timezone == self.timezone,
        )

    @staticmethod
    def is_there(known: Collection[str]) -> tuple[ColumnElement[bool], ...]:
        """Give the same for a statement that is built once, by the names of what is known of a place."""
        return tuple(
            column == bindparam(column.key) if column.key in known else column.is_(None)
            for column in (Customer.language, Customer.country, Customer.timezone)
        )

    @property
    def values(self) -> Mapping[str, str]:
        """What is known of it: the parameters of ``is_there``."""
        known = {"language": self.language, "country": self.country, "timezone": self.timezone}
        return {name: value for name, value in known.items() if value is not None}


def places(session: Session) -> Sequence[Place]:
    """Give every triple of language, country and zone that some customer has, and perhaps some more."""
    return [Place(*row) for row in session.connection().execute(_PLACES)]


def _all_places() -> CompoundSelect[*tuple[Any, ...]]:
    """Find the triples by hopping through their index, from each value to the next larger one.

    However many customers there are, it takes a step for each triple. Where the steps of a country end stands
    a null, which is the place of those whose zone is unknown, too.
    """
    language, country, timezone = Customer.language, Customer.country, Customer.timezone
    spoken = select(func.min(language).label("language")).cte("spoken", recursive=True)
    larger = select(func.min(language)).where(language > spoken.c.language).scalar_subquery()
    spoken = spoken.union_all(select(larger).where(spoken.c.language.is_not(None)))

    def first(column: Any, *where: ColumnElement[bool]) -> ColumnElement[Any]:
        return select(func.min(column)).where(*where).scalar_subquery()

    countries = (
        select(spoken.c.language, first(country, language == spoken.c.language).label("country"))
        .where(spoken.c.language.is_not(None))
        .cte("countries", recursive=True)
    )
    beyond = (language == countries.c.language, country > countries.c.country)
    countries = countries.union_all(
        select(countries.c.language, first(country, *beyond)).where(countries.c.country.is_not(None))
    )

    within = (language == countries.c.language, country == countries.c.country)
    known = (
        select(countries.c.language, countries.c.country, first(timezone, *within).label("timezone"))
        .where(countries.c.country.is_not(None))
        .cte("known", recursive=True)
    )
    east = (language == known.c.language, country == known.c.country, timezone > known.c.timezone)
    known = known.union_all(
        select(known.c.language, known.c.country, first(timezone, *east)).where(known.c.timezone.is_not(None))
    )

    lost = (language == spoken.c.language, country.is_(None))
    nowhere = (
        select(spoken.c.language, first(timezone, *lost).label("timezone"))
        .where(spoken.c.language.is_not(None))
        .cte("nowhere", recursive=True)
    )
    after = (language == nowhere.c.language, country.is_(None), timezone > nowhere.c.timezone)
    nowhere = nowhere.union_all(
        select(nowhere.c.language, first(timezone, *after)).where(nowhere.c.timezone.is_not(None))
    )
    return union_all(
        select(known.c.language, known.c.country, known.c.timezone),
        select(nowhere.c.language, null().label("country"), nowhere.c.timezone),
    )


_PLACES = _all_places()
