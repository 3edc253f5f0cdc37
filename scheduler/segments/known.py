"""Where what segments ask of customers stands in the database, and which words name it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache

from babel import Locale
from babel.localedata import locale_identifiers
from sqlalchemy import and_, exists, not_, or_, select
from sqlalchemy.orm import aliased

from customers.consent import consents_to
from customers.phrases import SOURCE_LANGUAGE
from customers.tags import as_tag
from scheduler.manners import is_zone
from scheduler.segments.around import Around
from scheduler.segments.asking import any_of, has_row, has_rows, is_among
from scheduler.segments.kinds import Truth
from store.broken_promises import is_broken, remembered_since
from store.cases import awaited_since, is_pending
from store.low_ratings import RATINGS
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer, CustomerTag, Identity, Purpose
from store.tables.desk import Promise
from store.tables.feedback import CustomerAtRisk, SatisfactionEntry
from store.tables.outreach import Campaign, CampaignAnswer, Event, EventGuest
from store.tables.staff import Staff
from store.trends import TREND_WINDOW, Trend, select_with_trend, trend_shows

NEWEST_NAMED = 500
"""Events and campaigns that are known by name, the newest first."""

is_stars = SatisfactionEntry.source.in_(RATINGS)
counts_as_complaint = Complaint.state != ComplaintState.DISMISSED


def goes(trends: Sequence[str], around: Around) -> Truth:
    """Those whose satisfaction goes one of some ways."""
    return any_of(around, [_goes(Trend(trend), around) for trend in trends])


def _goes(trend: Trend, around: Around) -> Truth:
    """Those with a trend; only of those who told us something lately are all entries read."""
    whose, recent = SatisfactionEntry.customer_id, aliased(SatisfactionEntry)
    if around.of_all:
        found = is_among(around, select_with_trend(trend, around.now))
    else:
        told_lately = has_row(around, recent.customer_id, recent.at > around.now - TREND_WINDOW)
        found = and_(told_lately, has_rows(around, whose, together=trend_shows(trend, around.now)))
    return not_(found) if trend is Trend.UNKNOWN else found


def one_of(members: type[StrEnum]) -> Callable[[str, Around], str | None]:
    """Give what reads one of some words, in small letters or large."""

    def read(word: str, _: Around) -> str | None:
        return next((str(member) for member in members if member == word.lower()), None)

    return read


def at_risk(around: Around) -> Truth:
    """Those who may be lost, as of the last look at all records."""
    return has_row(around, CustomerAtRisk.customer_id)


def has_open_complaint(around: Around) -> Truth:
    """Those with a complaint that is still on their mind."""
    pending = is_pending(awaited_since(around.now))
    return has_row(around, Complaint.customer_id, pending)


def was_let_down(around: Around) -> Truth:
    """Those to whom a promise was broken lately."""
    return has_row(around, Promise.customer_id, is_broken(remembered_since(around.now)))


def is_reachable(around: Around) -> Truth:
    """Those whom we can write to on an app that is switched on: most, so each is looked up by itself."""
    own = aliased(Identity)
    channels_on = own.channel.in_(sorted(around.company.channels))
    return exists().where(own.customer_id == Customer.id, own.unreachable_since.is_(None), channels_on)


def writes_by(channels: Sequence[str], around: Around) -> Truth:
    """Those who have written on one of some apps."""
    own = aliased(Identity)
    return has_row(around, own.customer_id, own.channel.in_(channels))


def tagged(tags: Sequence[str], around: Around) -> Truth:
    """Those who bear one of some tags."""
    return has_row(around, CustomerTag.customer_id, CustomerTag.tag.in_(tags))


def is_tagged(around: Around) -> Truth:
    """Those who bear any tag."""
    return has_row(around, CustomerTag.customer_id)


def allows(purposes: Sequence[str], _: Around) -> Truth:
    """Those who allow what is sent for one of some purposes."""
    return or_(*(consents_to(Purpose(purpose)) for purpose in purposes))


def looked_after_by(names: Sequence[str], _: Around) -> Truth:
    """Those whose designated contact is called so and still works here."""
    known = select(Staff.id).where(Staff.name.in_(names), Staff.active.is_(True))
    return and_(Customer.contact_id.is_not(None), Customer.contact_id.in_(known))


def has_contact(_: Around) -> Truth:
    """Those whose designated contact still works here."""
    active = select(Staff.id).where(Staff.active.is_(True))
    return and_(Customer.contact_id.is_not(None), Customer.contact_id.in_(active))


def staff_names(around: Around) -> Sequence[str]:
    """Name those who work here."""
    return around.session.scalars(select(Staff.name).where(Staff.active.is_(True)).order_by(Staff.name)).all()


def read_staff(word: str, around: Around) -> str | None:
    """Read the name of somebody who works here."""
    return _named(word, staff_names(around))


def read_tag(word: str, _: Around) -> str | None:
    """Read a tag, whether anybody bears it or not."""
    return as_tag(word) or None


def tags(around: Around) -> Sequence[str]:
    """Name the tags there are."""
    named = select(CustomerTag.tag).distinct().order_by(CustomerTag.tag)
    return around.session.scalars(named.limit(NEWEST_NAMED)).all()


def read_language(word: str, _: Around) -> str | None:
    """Read a language tag such as ``zh``."""
    return word.lower() if word.lower() in _languages() else None


def is_language(word: str) -> bool:
    """Tell whether a word is the two-letter tag of a language."""
    return len(word) == len("zh") and word in _languages()


def language_tags(_: Around) -> Sequence[str]:
    """Name the languages that there are."""
    return sorted(_languages())


def read_country(word: str, _: Around) -> str | None:
    """Read the code of a country, such as GB, or its English name."""
    countries = _countries()
    return word.upper() if word.upper() in countries else _countries_by_name().get(word.lower())


def country_names(_: Around) -> Sequence[str]:
    """Name the countries, for what may have been meant."""
    return [*_countries(), *_countries_by_name()]


def read_zone(word: str, _: Around) -> str | None:
    """Read the name of a time zone."""
    return word if is_zone(word) else None


def read_channel(word: str, around: Around) -> str | None:
    """Read the name of an app that is switched on."""
    return _named(word, channels(around))


def channels(around: Around) -> Sequence[str]:
    """Name the apps that are switched on."""
    return sorted(around.company.channels)


def event_titles(around: Around) -> Sequence[str]:
    """Name the newest events."""
    return _distinct(
        around.session.scalars(select(Event.title).order_by(Event.id.desc()).limit(NEWEST_NAMED))
    )


def at_event(title: str) -> Truth:
    """Pick the guests of events of a title."""
    return EventGuest.event_id.in_(select(Event.id).where(Event.title == title))


def campaign_names(around: Around) -> Sequence[str]:
    """Name the newest campaigns: those that have a name by it, and each by its number."""
    newest = select(Campaign.name, Campaign.id).order_by(Campaign.id.desc()).limit(NEWEST_NAMED)
    rows = around.session.execute(newest).all()
    return _distinct([*(name for name, _ in rows if name), *(str(number) for _, number in rows)])


def of_campaign(name: str) -> Truth:
    """Pick the answers to campaigns of a name, or to the one of a number."""
    called = CampaignAnswer.campaign_id.in_(select(Campaign.id).where(Campaign.name == name))
    is_number = name.isascii() and name.isdecimal()
    return or_(called, CampaignAnswer.campaign_id == int(name)) if is_number else called


def _named(word: str, names: Iterable[str]) -> str | None:
    return next((name for name in names if name.casefold() == word.casefold()), None)


def _distinct(names: Iterable[str]) -> Sequence[str]:
    return list(dict.fromkeys(names))


@cache
def _languages() -> frozenset[str]:
    return frozenset(tag for tag in locale_identifiers() if tag.isalpha() and tag != "root")


@cache
def _countries() -> Mapping[str, str]:
    """Give the English names of the countries by their codes."""
    named = ((str(code), str(name)) for code, name in Locale(SOURCE_LANGUAGE).territories.items())
    return {code: name for code, name in named if len(code) == len("GB") and code.isalpha()}


@cache
def _countries_by_name() -> Mapping[str, str]:
    return {name.lower(): code for code, name in _countries().items()}
