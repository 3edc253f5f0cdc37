"""Who is meant, and who of them may be written to: conditions and queries over customers.

Everything first-spoken goes through here, so that the same things always hold somebody back: they said stop,
no address of theirs on a live channel can be reached, a complaint of theirs is open, a promise to them was
broken lately, or they gave a bad rating (``scheduler.left_out``).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    bindparam,
    case,
    exists,
    func,
    literal,
    not_,
    null,
    select,
)
from sqlalchemy.orm import Session, aliased

from customers.company import Company
from customers.consent import consents_to
from scheduler.left_out import LeftOut, Reason, rated_since, reasons_for
from scheduler.segments.conditions import condition_as_kept
from scheduler.segments.reading import EVERYBODY
from store.broken_promises import is_broken, let_down, remembered_since
from store.cases import awaited_since, is_pending
from store.columns import UtcDateTime
from store.low_ratings import is_low_and_last, rated_low
from store.tables.complaints import Complaint
from store.tables.customers import Consent, Customer, Identity, Purpose
from store.tables.desk import Promise
from store.tables.feedback import SatisfactionEntry

__all__ = [
    "EVERYBODY",
    "Addressee",
    "LeftOut",
    "Reach",
    "complains",
    "count_reach",
    "has_more_customers_than",
    "kept_reason",
    "may_be_written_to",
    "select_addressees",
    "select_everybody",
    "since_when",
    "to_addressee",
    "why_left_out",
    "writes_on",
]


class Addressee(NamedTuple):
    """Somebody to write to, and where.

    Attributes:
        customer_id: whom.
        name: as the app shows it; may be empty.
        language: language tag.
        country, timezone: as far as known.
        channel, address: where to write.
    """

    customer_id: int
    name: str
    language: str
    country: str | None
    timezone: str | None
    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an audience can be reached.

    Attributes:
        total: all who are meant.
        left_out: how many of them are left out, and why.
        places: how many of the others there are by time zone and country, each None where it is unknown.
        languages: how many of the others there are by language.
    """

    total: int
    left_out: dict[str, int]
    places: dict[tuple[str | None, str | None], int]
    languages: Mapping[str, int] = field(default_factory=dict)

    @property
    def recipients(self) -> int:
        """How many will be written to."""
        return sum(self.places.values())


def complains(now: datetime) -> ColumnElement[bool]:
    """Give the condition that picks customers with a complaint that is still on their mind."""
    return exists().where(Complaint.customer_id == Customer.id, is_pending(awaited_since(now)))


def select_addressees(channels: Collection[str]) -> Select[*tuple[Any, ...]]:
    """Select customers whom we met on live channels, with their addresses as ``select_everybody`` does."""
    return select_everybody(channels).where(writes_on(channels))


def select_everybody(channels: Collection[str]) -> Select[*tuple[Any, ...]]:
    """Select customers with the address they used last of those that can be reached on live channels.

    The first seven columns make an ``Addressee``; channel and address are null where there is none. For
    planners that note whom they dealt with: who is not selected at all would be looked at every time.
    """
    return _select_everybody(tuple(sorted(channels)))


@cache
def _select_everybody(channels: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    """Build the statement once: it takes longer than to run it for a few customers."""
    return (
        select(
            Customer.id,
            Customer.display_name,
            Customer.language,
            Customer.country,
            Customer.timezone,
            Identity.channel,
            Identity.address,
        )
        .select_from(Customer)
        .outerjoin(Identity, Identity.id == _best_identity(channels))
    )


def to_addressee(row: Row[*tuple[Any, ...]]) -> Addressee:
    """Read a row of ``select_addressees``."""
    return Addressee._make(row[:7])


def may_be_written_to(
    purpose: Purpose, *, company: Company, now: datetime
) -> tuple[ColumnElement[bool], ...]:
    """Give the conditions, on ``select_addressees``, under which nothing holds a customer back."""
    holds = _conditions(purpose, since_when(company, now))
    return tuple(not_(holds[one.left_out]) for one in reasons_for(purpose, company.outreach))


def why_left_out(purpose: Purpose, *, company: Company, now: datetime) -> ColumnElement[str | None]:
    """Give the column, on ``select_addressees``, that tells what holds a customer back; null is nothing."""
    return _named(reasons_for(purpose, company.outreach), _conditions(purpose, since_when(company, now)))


@cache
def kept_reason(purpose: Purpose, reasons: tuple[Reason, ...]) -> ColumnElement[str | None]:
    """Give the column of ``why_left_out`` for a statement that is built once.

    Args:
        purpose: of the message.
        reasons: what holds it back (``reasons_for``); ``since_when`` gives its parameters when it is run.
    """
    since = {name: bindparam(name, type_=UtcDateTime()) for name in ("awaited", "remembered", "rated")}
    return _named(reasons, _conditions(purpose, since))


def since_when(company: Company, now: datetime) -> Mapping[str, datetime]:
    """Tell since when a case, a broken promise and a bad rating hold back, by the names of parameters."""
    return {
        "awaited": awaited_since(now),
        "remembered": remembered_since(now),
        "rated": rated_since(company.outreach, now),
    }


def _named(
    reasons: Sequence[Reason], holds: Mapping[LeftOut, ColumnElement[bool]]
) -> ColumnElement[str | None]:
    named = ((holds[one.left_out], literal(str(one.left_out))) for one in reasons)
    return case(*named, else_=null())


def _conditions(
    purpose: Purpose, since: Mapping[str, datetime] | Mapping[str, BindParameter[datetime]]
) -> Mapping[LeftOut, ColumnElement[bool]]:
    """Give the condition of each reason, asked of one customer after the other."""
    return {
        LeftOut.STOPPED: not_(consents_to(purpose)),
        LeftOut.UNREACHABLE: Identity.id.is_(None),
        LeftOut.COMPLAINT: exists().where(Complaint.customer_id == Customer.id, is_pending(since["awaited"])),
        LeftOut.PROMISE: let_down(Customer.id, since["remembered"]),
        LeftOut.RATING: rated_low(Customer.id, since["rated"]),
    }


def count_reach(
    session: Session,
    audience: str,
    *,
    purpose: Purpose,
    channels: Collection[str],
    company: Company,
    now: datetime,
) -> Reach:
    """Count who of a segment would be written to now, and who not and why; only reads.

    It says of everybody what ``why_left_out`` says of one, from a few passes instead of questions about each.
    """
    met = (
        select(Identity.customer_id, func.count().filter(Identity.unreachable_since.is_(None)).label("open"))
        .where(Identity.channel.in_(sorted(channels)))
        .group_by(Identity.customer_id)
        .subquery()
    )
    who = met.c.customer_id
    since = rated_since(company.outreach, now)
    stopped = select(Consent.customer_id).where(Consent.purpose == purpose, Consent.granted.is_(False))
    holds: Mapping[LeftOut, ColumnElement[bool]] = {
        LeftOut.STOPPED: who.in_(stopped),
        LeftOut.UNREACHABLE: met.c.open == 0,
        LeftOut.COMPLAINT: who.in_(select(Complaint.customer_id).where(is_pending(awaited_since(now)))),
        LeftOut.PROMISE: who.in_(select(Promise.customer_id).where(is_broken(remembered_since(now)))),
        LeftOut.RATING: who.in_(select(SatisfactionEntry.customer_id).where(is_low_and_last(since))),
    }
    named = (
        (holds[one.left_out], literal(str(one.left_out))) for one in reasons_for(purpose, company.outreach)
    )
    reason = case(*named, else_=null()).label("reason")
    each = (
        select(reason, Customer.timezone, Customer.country, Customer.language)
        .select_from(met)
        .join(Customer, Customer.id == met.c.customer_id)
        .where(condition_as_kept(session, audience, company=company, now=now, of_all=True))
        .subquery()
    )
    columns = (each.c.reason, each.c.timezone, each.c.country, each.c.language)
    rows = session.execute(select(*columns, func.count()).group_by(*columns))
    return _reach_of((row[0], row[1], row[2], row[3], row[4]) for row in rows)


def _reach_of(rows: Iterable[tuple[str | None, str | None, str | None, str, int]]) -> Reach:
    """Add up reason, time zone, country, language and how many there are of them."""
    counts: Counter[str | None] = Counter()
    places: Counter[tuple[str | None, str | None]] = Counter()
    languages: Counter[str] = Counter()
    for why, timezone, country, language, number in rows:
        counts[why] += number
        if why is None:
            places[timezone, country] += number
            languages[language] += number
    return Reach(
        total=counts.total(),
        left_out={str(reason): counts[reason] for reason in LeftOut if reason in counts},
        places=dict(places),
        languages=dict(languages),
    )


def has_more_customers_than(session: Session, number: int) -> bool:
    """Tell whether there are more customers than a number, roughly and at once: those erased count along."""
    return (session.scalar(select(func.max(Customer.id))) or 0) > number


def writes_on(channels: Collection[str]) -> ColumnElement[bool]:
    """Give the condition that picks customers whom we met on a live channel, reachable or not."""
    own = aliased(Identity)
    return exists().where(own.customer_id == Customer.id, own.channel.in_(sorted(channels)))


def _best_identity(channels: Collection[str]) -> ScalarSelect[int]:
    own = aliased(Identity)
    return (
        select(own.id)
        .where(
            own.customer_id == Customer.id, own.unreachable_since.is_(None), own.channel.in_(sorted(channels))
        )
        .order_by(own.last_used_at.desc(), own.id.desc())
        .limit(1)
        .correlate(Customer)
        .scalar_subquery()
    )
