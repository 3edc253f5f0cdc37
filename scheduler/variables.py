"""What a marketer's text may leave open: ``{first_name|friend}`` becomes the customer's own or the fall-back.

Everything else in braces stays as it is. A value is put in as it is, never read again, and cut where it is
longer than anybody's would be, so that it is known beforehand how long a text becomes.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from babel import Locale
from babel.dates import get_timezone_location
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from customers.company import Company
from customers.phrases import Phrases, language_of, phrases
from customers.speaking import company_name, spoken_name
from scheduler.audience import Addressee
from scheduler.manners import is_zone
from scheduler.text_length import length
from store.tables.customers import Customer
from store.tables.outreach import Event, EventGuest, Rsvp
from store.tables.staff import Staff

MAX_NAME = 64
"""Characters of a first name that are used: as many as Telegram takes."""

MAX_TITLE = 120
"""Characters of an event's title."""

CLOSE = 4
"""Numbers of which so large a part of a span is asked for are looked up by the span."""

NOT_KNOWN = "…"
"""Stands for a variable that has no fall-back, where nobody is written to."""

WIDEST = "\N{GRINNING FACE}"
"""No character takes more room in a text."""

LONGEST_NAME = MAX_NAME * WIDEST
"""No first name takes more room in a text, for no character takes more than this one."""

SLOT = re.compile(r"\{([^\W\d]\w*)(?:\|([^{}]*))?\}")
"""A word in braces, with what stands in its place where nothing is known."""

BRACED = re.compile(r"(?P<opening>[{｛]+)(?P<name>[^\W\d]\w*)\|?(?:[^{}｛｝]*(?P<closing>[}｝]+))?")
"""What is meant as a variable: a word right behind braces, up to those that close it, if any do. Who writes
Chinese may have wide braces."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a customer beside where they are written to.

    Attributes:
        contact: who looks after them, as customers read it.
        last_event: title of the last event that they came to; where nobody was checked in at the door, of one
            that they said yes to.
    """

    contact: str = ""
    last_event: str = ""


NOTHING_KNOWN = Known()


class Reader(NamedTuple):
    """Who reads a text, and in which language it is: any, not only those that we have sentences in."""

    who: Addressee
    known: Known
    company: Company
    language: str

    @property
    def say(self) -> Phrases:
        """What we ourselves put into it."""
        return phrases(self.language)

    @property
    def places_in(self) -> str:
        """The language in which countries and cities are named: that of the text."""
        return language_of(self.language, self.say.language)


@dataclass(frozen=True, slots=True)
class Variable:
    """Something that a text may leave open.

    Attributes:
        value: gives a customer's own; "" where it is not known.
        longest: characters that are used of it; None where the company's name says it.
        is_loaded: whether ``know`` must have looked it up.
        otherwise: what stands in its place where the text has no fall-back; None where it needs one.
    """

    value: Callable[[Reader], str]
    longest: int | None = MAX_NAME
    is_loaded: bool = False
    otherwise: Callable[[Phrases], str] | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that a text leaves open.

    Attributes:
        name: of the variable, known or not.
        fallback: what the text says in its place; None where it says nothing.
        start, end: where it stands.
    """

    name: str
    fallback: str | None
    start: int
    end: int


class Filled(NamedTuple):
    """A text as one customer reads it.

    Attributes:
        text: what they read.
        fell_back: names of the variables that are not known of them.
    """

    text: str
    fell_back: frozenset[str] = frozenset()


def first_name(name: str) -> str:
    """Take the first word of a name as the app shows it, ``MAX_NAME`` at most; "" where there is none."""
    words = name.split(maxsplit=1)
    return words[0][:MAX_NAME] if words else ""


def slots_of(text: str) -> tuple[Slot, ...]:
    """Find what a text leaves open, known or not, in the order of the text."""
    return _slots(text)


@lru_cache(maxsize=256)
def _slots(text: str) -> tuple[Slot, ...]:
    return tuple(Slot(found[1], found[2], found.start(), found.end()) for found in SLOT.finditer(text))


@lru_cache(maxsize=256)
def _taken_apart(text: str) -> tuple[tuple[tuple[str, Slot, Variable], ...], str]:
    """Take a text apart: its variables, each with the words before it, and the words after the last."""
    parts, at = [], 0
    for slot in _slots(text):
        if slot.name in VARIABLES:
            parts.append((text[at : slot.start], slot, VARIABLES[slot.name]))
            at = slot.end
    return tuple(parts), text[at:]


def needs_look_up(texts: Collection[str]) -> bool:
    """Tell whether one of these texts says something that ``know`` must look up."""
    return any(
        slot.name in VARIABLES and VARIABLES[slot.name].is_loaded for text in texts for slot in slots_of(text)
    )


def know(
    session: Session, customer_ids: Collection[int], *, company: Company, now: datetime
) -> Mapping[int, Known]:
    """Look up what texts may say of customers; who is not in it, of them nothing is known."""
    if not customer_ids:
        return {}
    names = _contacts(session, customer_ids, company)
    titles = _last_events(session, customer_ids, now)
    return {one: Known(names.get(one, ""), titles.get(one, "")) for one in names.keys() | titles.keys()}


def _contacts(session: Session, customer_ids: Collection[int], company: Company) -> Mapping[int, str]:
    """Give the name of who looks after each, as customers read it; many have the same few."""
    have_one = select(Customer.id, Customer.contact_id).where(
        _among(Customer.id, customer_ids), Customer.contact_id.is_not(None)
    )
    rows = session.execute(have_one).all()
    numbers = {row[1] for row in rows}
    if not numbers:
        return {}
    at_work = session.scalars(select(Staff).where(Staff.id.in_(numbers), Staff.active.is_(True)))
    names = {one.id: spoken_name(one, company) for one in at_work}
    return {customer_id: names[staff_id] for customer_id, staff_id in rows if staff_id in names}


def _last_events(session: Session, customer_ids: Collection[int], now: datetime) -> Mapping[int, str]:
    """Give the title of the last event that each came to, as far as is known."""
    rows = session.execute(
        select(EventGuest.customer_id, Event.id, Event.title, EventGuest.checked_in_at)
        .join(Event, Event.id == EventGuest.event_id)
        .where(
            _among(EventGuest.customer_id, customer_ids),
            or_(EventGuest.answer == Rsvp.GOING, EventGuest.checked_in_at.is_not(None)),
            Event.starts_at <= now,
            Event.cancelled_at.is_(None),
        )
        .order_by(Event.starts_at)
    ).all()
    unseen = {row.id for row in rows if row.checked_in_at is None}
    with_door = _with_door(session, unseen) if unseen else frozenset()
    return {
        row.customer_id: row.title for row in rows if row.checked_in_at is not None or row.id not in with_door
    }


def _with_door(session: Session, event_ids: Collection[int]) -> frozenset[int]:
    """Tell at which events somebody was checked in: who was not, did not come."""
    checked = select(EventGuest.event_id).where(
        EventGuest.event_id == Event.id, EventGuest.checked_in_at.is_not(None)
    )
    return frozenset(session.scalars(select(Event.id).where(Event.id.in_(event_ids), checked.exists())))


def _among(column: InstrumentedAttribute[int], numbers: Collection[int]) -> ColumnElement[bool]:
    """Give the condition for numbers; those that lie close are a span, which costs less than each of them."""
    first, last = min(numbers), max(numbers)
    is_close = last - first < CLOSE * len(numbers)
    return column.between(first, last) if is_close else column.in_(numbers)


def fill(text: str, reader: Reader) -> Filled:
    """Put what is known of a customer into a text; what is no variable stays as it is."""
    parts, rest = _taken_apart(text)
    if not parts:
        return Filled(text)
    pieces: list[str] = []
    fell_back: list[str] = []
    for before, slot, variable in parts:
        value = variable.value(reader)[: variable.longest]
        if not value:
            fell_back.append(slot.name)
            value = _otherwise(slot, reader.say)
        pieces += (before, value)
    pieces.append(rest)
    return Filled("".join(pieces), frozenset(fell_back))


def _otherwise(slot: Slot, say: Phrases) -> str:
    if slot.fallback is not None:
        return slot.fallback
    otherwise = VARIABLES[slot.name].otherwise
    return "" if otherwise is None else otherwise(say)


def longest(text: str, company: Company) -> int:
    """Tell how long a text becomes with the longest values in it, in UTF-16 units."""
    units = length(text)
    for slot in slots_of(text):
        if slot.name in VARIABLES:
            units += _most_units(slot, company) - length(text[slot.start : slot.end])
    return units


def _most_units(slot: Slot, company: Company) -> int:
    most = VARIABLES[slot.name].longest
    value = length(company.name) if most is None else most * length(WIDEST)
    return max(value, length(slot.fallback or ""))


def miswritten_slots(text: str) -> tuple[Slot, ...]:
    """Find what begins like a variable in a text and is not written as one, in the order of the text.

    Such are ``{city|`` that is never closed, ``{{city}}``, ``{city: here}`` and, of what is a variable, wide
    braces. Their fall-back is none.
    """
    return tuple(
        Slot(found["name"], None, found.start(), found.end())
        for found in BRACED.finditer(text)
        if not SLOT.fullmatch(found[0]) and ("{" in found["opening"] or found["name"] in VARIABLES)
    )


def unknown_slots(text: str) -> tuple[Slot, ...]:
    """Find what looks like a variable in a text and is none, in the order of the text."""
    return tuple(slot for slot in slots_of(text) if slot.name not in VARIABLES)


def bare_slots(text: str) -> tuple[Slot, ...]:
    """Find the variables of a text that may be empty and have no fall-back there."""
    return tuple(
        slot
        for slot in slots_of(text)
        if slot.fallback is None and slot.name in VARIABLES and VARIABLES[slot.name].otherwise is None
    )


def meant_by(name: str) -> str | None:
    """Guess which variable is meant by a name that is none; None where it is like none."""
    close = get_close_matches(name.lower(), VARIABLES, n=1)
    return close[0] if close else None


def _country(reader: Reader) -> str:
    return _country_in((reader.who.country or "").upper(), reader.places_in)


def _city(reader: Reader) -> str:
    return _city_in(reader.who.timezone or "", reader.places_in)


@lru_cache(maxsize=1024)
def _country_in(code: str, language: str) -> str:
    names: Mapping[str, str] = Locale.parse(language).territories
    return names.get(code, "")


@lru_cache(maxsize=2048)
def _city_in(zone: str, language: str) -> str:
    if not is_zone(zone) or "/" not in zone or zone.startswith("Etc/"):
        return ""
    city = get_timezone_location(zone, locale=language, return_city=True)
    return str(city).rpartition("/")[2]


def _company(reader: Reader) -> str:
    return company_name(reader.company, reader.say)


VARIABLES: Mapping[str, Variable] = MappingProxyType(
    {
        "first_name": Variable(
            lambda reader: first_name(reader.who.name), otherwise=lambda say: say("friend")
        ),
        "full_name": Variable(lambda reader: " ".join(reader.who.name.split())),
        "contact": Variable(lambda reader: reader.known.contact, is_loaded=True),
        "company": Variable(_company, longest=None, otherwise=lambda _say: ""),
        "country": Variable(_country),
        "city": Variable(_city),
        "last_event": Variable(lambda reader: reader.known.last_event, longest=MAX_TITLE, is_loaded=True),
    }
)
"""All variables; what staff alone may know of a customer, such as their standing, is none."""


def as_staff_reads(text: str, name: str, company: Company, say: Phrases) -> str:
    """Show a text to whoever wrote it, as if it went to them; what is not known of them falls back."""
    who = Addressee(0, name, say.language, None, None, "", "")
    return fill(text, Reader(who, NOTHING_KNOWN, company, say.language)).text


def as_nobody_reads(text: str, language: str | None) -> str:
    """Show a text with every variable's fall-back, as where it is named by its beginning.

    Args:
        text: what a marketer wrote.
        language: of the text; None where it is not known: then our own fall-backs are none.
    """
    parts, rest = _taken_apart(text)
    pieces: list[str] = []
    for before, slot, variable in parts:
        otherwise = slot.fallback
        if otherwise is None and language is not None and variable.otherwise is not None:
            otherwise = variable.otherwise(phrases(language)) or None
        pieces += (before, NOT_KNOWN if otherwise is None else otherwise)
    return "".join([*pieces, rest])
