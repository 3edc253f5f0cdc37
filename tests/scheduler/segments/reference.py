"""Who is in a segment, worked out slowly and plainly for one customer: what the SQL is compared with."""

import operator
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from hypothesis import strategies as st

from feedback.satisfaction import Evidence, trend
from scheduler.segments.tree import (
    AllOf,
    Among,
    AnyOf,
    Compared,
    Condition,
    Dated,
    Holds,
    Known,
    Lately,
    LongAgo,
    Name,
    Named,
    Not,
    Operator,
    Side,
    Span,
    Tree,
    Unit,
    Value,
)
from store.tables.complaints import ComplaintState
from store.tables.customers import Purpose
from store.tables.outreach import Rsvp
from tests.factories import COMPANY, NOW
from tests.scheduler.segments.people import STAFF, TITLES, Person

COMPARE: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.IS: operator.eq,
    Operator.IS_NOT: operator.ne,
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.MORE: operator.gt,
    Operator.AT_LEAST: operator.ge,
}
PENDING = (ComplaintState.OPEN, ComplaintState.CLAIMED, ComplaintState.WAITING)


def meets(tree: Tree, person: Person) -> bool:
    """Tell whether a customer is in a segment."""
    match tree:
        case Not(part):
            return not meets(part, person)
        case AllOf(parts):
            return all(meets(part, person) for part in parts)
        case AnyOf(parts):
            return any(meets(part, person) for part in parts)
        case _:
            return _holds(tree, tree.name.words, person)


def _holds(condition: Condition, name: str, person: Person) -> bool:
    moments, words, happenings = _moments(person), _words(person), _happenings(person)
    if name == "birthday":
        found = _birthday(condition, person)
    elif name in moments:
        found = _of_moment(condition, moments[name])
    elif name in words:
        found = _of_words(condition, words[name])
    elif name in happenings:
        found = _of_happening(condition, happenings[name])
    elif name == "index" and isinstance(condition, Compared | Known):
        found = _of_number(condition, person.index)
    else:
        found = _flags(person)[name] if isinstance(condition, Holds) else _of_rows(condition, name, person)
    return found


def _flags(person: Person) -> dict[str, bool]:
    return {
        "all": True,
        "key": person.standing == "key",
        "zh": person.language == "zh",
        "at risk": person.at_risk,
        "open complaint": any(
            state in PENDING or (state is ComplaintState.RESOLVED and NOW - at < timedelta(days=7))
            for at, state in person.complaints
        ),
        "birthday this month": (person.birthday or "").startswith("11-"),
    }


def _words(person: Person) -> dict[str, set[str]]:
    evidence = [Evidence(value, weight, at) for at, value, weight, _ in person.entries]
    return {
        "standing": {str(person.standing)},
        "language": {person.language},
        "country": {person.country or ""} - {""},
        "source": {person.source or ""} - {""},
        "contact": {person.contact or ""} - {""},
        "tag": set(person.tags),
        "consent": {str(purpose) for purpose in Purpose if purpose not in person.stopped},
        "trend": {str(trend(evidence, NOW))},
    }


def _moments(person: Person) -> dict[str, datetime | None]:
    return {"created": person.created, "last contact": person.last_contact, "visited": person.visited}


def _happenings(person: Person) -> dict[str, list[tuple[datetime, str]]]:
    return {
        "complained": [(at, "") for at, state in person.complaints if state is not ComplaintState.DISMISSED],
        "bought": [(at, "") for at, _ in person.purchases],
        "rated": [(at, "") for at, _, _, is_rating in person.entries if is_rating],
        "going to": [(at, title) for title, at, said, _ in person.guests if said is Rsvp.GOING],
        "declined": [(at, title) for title, at, said, _ in person.guests if said is Rsvp.NO],
        "attended": [(at, title) for title, at, _, came in person.guests if came],
    }


def _of_words(condition: Condition, has: set[str]) -> bool:
    match condition:
        case Compared(_, Operator.IS, value):
            return value.what in has
        case Compared(_, Operator.IS_NOT, value):
            return value.what not in has
        case Among(_, values):
            return any(value.what in has for value in values)
        case Known(_, known):
            return bool(has) == known
    raise AssertionError(condition)


def _of_number(condition: Compared | Known, number: float | None) -> bool:
    if isinstance(condition, Known):
        return (number is not None) == condition.known
    return number is not None and COMPARE[condition.operator](number, condition.value.what)


def _of_moment(condition: Condition, at: datetime | None) -> bool:
    match condition:
        case Known(_, known):
            return (at is not None) == known
        case Lately(_, span):
            return at is not None and at >= _ago(span)
        case LongAgo(_, span):
            return at is not None and at < _ago(span)
        case Dated(_, side, day):
            return at is not None and (at < _begins(day)) == (side is Side.BEFORE)
    raise AssertionError(condition)


def _of_happening(condition: Condition, rows: list[tuple[datetime, str]]) -> bool:
    match condition:
        case Holds():
            return bool(rows)
        case Named(_, value, within):
            since = datetime.min.replace(tzinfo=NOW.tzinfo) if within is None else _ago(within)
            return any(title == value.what and at >= since for at, title in rows)
    return _of_moment(condition, max((at for at, _ in rows), default=None))


def _of_rows(condition: Condition, name: str, person: Person) -> bool:
    if isinstance(condition, Known):
        return bool(person.feedback) == condition.known
    assert isinstance(condition, Compared)
    rows: Sequence[tuple[datetime, float]] = {
        "complaints": [(at, 1) for at, state in person.complaints if state is not ComplaintState.DISMISSED],
        "purchases": [(at, 1) for at, _ in person.purchases],
        "spent": person.purchases,
        "rating": [(at, 1 + value / 25) for at, value, _, is_rating in person.entries if is_rating],
        "sentiment": person.feedback,
    }[name]
    lately = [number for at, number in rows if condition.within is None or at >= _ago(condition.within)]
    compare, wanted = COMPARE[condition.operator], float(condition.value.what)  # type: ignore[arg-type]  # a number
    if name == "rating":
        return any(compare(stars, wanted) for stars in lately)
    if name == "sentiment":
        taken = lately if condition.within is not None else lately[-5:]
        return bool(taken) and compare(sum(taken) / len(taken), wanted)
    return compare(sum(lately), wanted)


def _birthday(condition: Condition, person: Person) -> bool:
    if isinstance(condition, Known):
        return (person.birthday is not None) == condition.known
    first = NOW.astimezone(ZoneInfo(COMPANY.timezone)).replace(hour=0, tzinfo=None)
    last = first + _length(condition.span) if isinstance(condition, Lately) else first
    days = [(first + timedelta(days=number)).date() for number in range((last - first).days + 1)]
    return any(_has_birthday(person.birthday, day) for day in days)


def _has_birthday(birthday: str | None, day: date) -> bool:
    if birthday == "02-29" and (day + timedelta(days=1)).day == 1:
        return day.month == 2
    return birthday == f"{day:%m-%d}"


def _ago(span: Span) -> datetime:
    return NOW - _length(span)


def _length(span: Span) -> relativedelta:
    return relativedelta(**{str(span.unit): span.number})  # type: ignore[arg-type]  # a unit is a name there


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(COMPANY.timezone))


SPANS = st.sampled_from(
    [
        Span(1, Unit.WEEKS),
        Span(30, Unit.DAYS),
        Span(3, Unit.MONTHS),
        Span(1, Unit.YEARS),
        Span(900, Unit.HOURS),
    ]
)
_DAYS = st.sampled_from([date(2026, 1, 1), date(2026, 11, 1)])
_WORDS = {
    "standing": ("key", "regular"),
    "language": ("en", "zh", "de"),
    "country": ("GB", "IN"),
    "source": ("qr-shop", "other"),
    "contact": STAFF,
    "tag": ("wholesale", "茶友", "nobody's"),
    "consent": tuple(map(str, Purpose)),
    "trend": ("rising", "steady", "falling", "unknown"),
}
_NUMBERS = {
    "complaints": ("0", "1", "2"),
    "purchases": ("0", "1", "3"),
    "spent": ("0", "100", "500"),
    "rating": ("1", "2", "5"),
    "sentiment": ("0", "-0.5", "1"),
}
_TIMED = ("created", "last contact", "visited", "complained", "bought", "rated", "attended", "going to")


def _about_words(name: str) -> st.SearchStrategy[Condition]:
    values = st.sampled_from(_WORDS[name]).map(Value)
    return st.one_of(
        st.builds(Compared, st.just(Name(name)), st.sampled_from([Operator.IS, Operator.IS_NOT]), values),
        st.builds(Among, st.just(Name(name)), st.lists(values, min_size=1, max_size=2).map(tuple)),
    )


def _about_number(name: str) -> st.SearchStrategy[Condition]:
    numbers = st.sampled_from(_NUMBERS[name]).map(lambda number: Value(Decimal(number)))
    return st.builds(Compared, st.just(Name(name)), st.sampled_from(Operator), numbers, st.none() | SPANS)


def _names(*names: str) -> st.SearchStrategy[Name]:
    return st.sampled_from(names).map(Name)


CONDITIONS: st.SearchStrategy[Condition] = st.one_of(
    st.sampled_from(sorted(_WORDS)).flatmap(_about_words),
    st.sampled_from(sorted(_NUMBERS)).flatmap(_about_number),
    st.builds(
        Holds, _names("all", "key", "zh", "at risk", "open complaint", "birthday this month", "bought")
    ),
    st.builds(Holds, _names("complained", "rated", "declined", "attended", "birthday")),
    st.builds(Lately, _names(*_TIMED, "birthday"), SPANS),
    st.builds(LongAgo, _names(*_TIMED), SPANS),
    st.builds(Dated, _names(*_TIMED), st.sampled_from(Side), _DAYS),
    st.builds(
        Known,
        _names("country", "source", "contact", "tag", "index", "sentiment", "birthday", "visited"),
        st.booleans(),
    ),
    st.builds(
        Named,
        _names("going to", "declined", "attended"),
        st.sampled_from(TITLES).map(Value),
        st.none() | SPANS,
    ),
    st.builds(
        Compared,
        _names("index"),
        st.sampled_from(Operator),
        st.sampled_from(["0", "59.5", "60"]).map(lambda number: Value(Decimal(number))),
    ),
)


def _joined(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, inner), st.builds(AllOf, parts), st.builds(AnyOf, parts))


TREES: st.SearchStrategy[Tree] = st.recursive(CONDITIONS, _joined, max_leaves=4)
