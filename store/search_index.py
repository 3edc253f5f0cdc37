"""The index of words, brought up to date by a beat: never in the transaction of a message.

What is to be added is read and cut up in a view for which nobody waits (``see_unindexed``), and written in a
short transaction (``add_to_index``). How far each source is stands in ``search_places``; erasing a customer
takes their rows along by the foreign key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Executable, Select, bindparam, exists, func, literal, or_, select, update
from sqlalchemy.orm import Session

from store.inserts import insert_into
from store.kept_back import KEPT_BACK
from store.many_rows import ManyRows
from store.one_of import is_one_of
from store.search_words import words_of
from store.tables.complaints import Complaint, ComplaintEvent
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.search import SearchPlace, SearchRow, SearchSource

AT_ONCE = 250
"""Texts of each source that are added in one transaction: a few hundredths of a second of the writer."""
STILL_COMING = 5_000
"""Numbers below the newest that are looked at again: on PostgreSQL a lower number may be committed later."""
CORRECTED = "corrected"
CORRECTED_AGAIN_WITHIN = timedelta(seconds=30)
NOT_FOUND = (
    *("words_added", "answered", "reopened"),
    *("breached", "escalated", "raised", "delayed", "rated", "assigned", "reminded", "undelivered"),
    KEPT_BACK,
)
"""Events whose text is a customer's message, too, or nobody's words at all."""
_COLUMNS = ("source", "source_id", "customer_id", "at", "words")
_values_of = attrgetter(*_COLUMNS)
Texts = Select[*tuple[Any, ...]]
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one text, to be written; the fields are those of ``SearchRow``."""

    source: SearchSource
    source_id: int
    customer_id: int
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Unindexed:
    """What a look found.

    Attributes:
        new: what the index does not hold yet.
        corrected: what it holds as it was.
        places: how far each source is after this.
    """

    new: Sequence[Words]
    corrected: Sequence[Words]
    places: Mapping[str, tuple[int, datetime]]


def see_unindexed(session: Session, *, now: datetime) -> Unindexed:
    """Look for texts that are not in the index yet, or not as they are now; only reads."""
    connection = session.connection()
    places = {place.source: place for place in connection.execute(_PLACES)}
    new: list[Words] = []
    after: dict[str, tuple[int, datetime]] = {}
    still_coming = 0 if session.get_bind().dialect.name == "sqlite" else STILL_COMING
    for source in _SOURCES:
        before = places[source].number if source in places else 0
        rows = connection.execute(_missing(source), {"after": before}).all()
        newest = connection.scalar(_newest(source)) or 0
        seen = rows[-1].number if len(rows) == AT_ONCE else newest
        new += [_cut_up(source, row) for row in rows]
        place = max(before, min(seen, newest - still_coming))
        if place != before:
            after[source] = (place, now)
    corrected, until = _see_corrected(session, places[CORRECTED].at if CORRECTED in places else None)
    if until is not None:
        after[CORRECTED] = (0, until)
    return Unindexed(new, corrected, after)


def add_to_index(session: Session, seen: Unindexed, *, now: datetime) -> int:
    """Add what was seen; a planner, does not commit. Whoever was erased meanwhile stays out.

    Returns:
        How many texts were added or brought up to date.
    """
    del now  # what was seen holds as of then
    dialect, connection = session.get_bind().dialect.name, session.connection()
    who = sorted({one.customer_id for one in seen.new})
    # A lock that keeps an erasure that begins now waiting until our rows are there for it to find.
    there = set(connection.scalars(_THERE, {"who": who}))
    rows = [_values_of(one) for one in seen.new if one.customer_id in there]
    _insert_new(dialect).run(connection, rows)
    for one in seen.corrected:
        this = (SearchRow.source == one.source, SearchRow.source_id == one.source_id)
        connection.execute(update(SearchRow).where(*this).values(words=one.words))
    for source, (number, at) in seen.places.items():
        connection.execute(_note_place(dialect), {"source": source, "number": number, "at": at})
    return len(rows) + len(seen.corrected)


@cache
def _insert_new(dialect: str) -> ManyRows:
    new = insert_into(SearchRow, dialect=dialect)
    new = new.on_conflict_do_nothing(index_elements=["source", "source_id"])
    return ManyRows(new, _COLUMNS, is_searched=True)


@cache
def _note_place(dialect: str) -> Executable:
    new = insert_into(SearchPlace, dialect=dialect)
    is_now = {"number": new.excluded.number, "at": new.excluded.at}
    return new.on_conflict_do_update(index_elements=["source"], set_=is_now)


def keep_index(session: Session, seen: Unindexed, *, now: datetime) -> int:
    """Add what was seen; the beat's planner, does not commit.

    Returns:
        How much was added where there is more to add at once; else 0, for nothing is to be sent.
    """
    added = add_to_index(session, seen, now=now)
    return added if added >= AT_ONCE else 0


def count_unindexed(session: Session, *, before: datetime, most: int = 1_000) -> int:
    """Count the messages written before a moment that are not in the index yet, up to ``most``."""
    place = session.get(SearchPlace, SearchSource.MESSAGE)
    missing = _missing(SearchSource.MESSAGE).where(Message.at < before).limit(most)
    counted = select(func.count()).select_from(missing.subquery())
    return session.scalar(counted, {"after": 0 if place is None else place.number}) or 0


_PLACES = select(SearchPlace.source, SearchPlace.number, SearchPlace.at)
_THERE = select(Customer.id).where(is_one_of(Customer.id, "who")).with_for_update(read=True)


@cache
def _missing(source: SearchSource) -> Texts:
    """Select the texts of a source, from behind a number (``after``) on, that the index does not hold yet."""
    texts, number = _SOURCES[source]
    held = exists().where(SearchRow.source == source, SearchRow.source_id == number)
    return texts.where(number > bindparam("after"), ~held).order_by(number).limit(AT_ONCE)


@cache
def _newest(source: SearchSource) -> Select[int]:
    return select(func.max(_SOURCES[source][1]))


def _see_corrected(session: Session, seen: datetime | None) -> tuple[Sequence[Words], datetime | None]:
    """Look for messages that the index holds as they were; also tells up to when all were looked at."""
    since = _BEGINNING if seen is None else seen - CORRECTED_AGAIN_WITHIN
    rows = session.connection().execute(_CORRECTED, {"since": since}).all()
    if not rows:
        return [], None
    texts = {row.id: row.text for row in rows}
    held = session.scalars(
        select(SearchRow).where(SearchRow.source == SearchSource.MESSAGE, SearchRow.source_id.in_(texts))
    )
    changed = [
        Words(SearchSource.MESSAGE, one.source_id, one.customer_id, one.at, words)
        for one, words in ((one, words_of(texts[one.source_id])) for one in held)
        if words != one.words
    ]
    until: datetime = rows[-1].edited_at + (CORRECTED_AGAIN_WITHIN if len(rows) == AT_ONCE else timedelta())
    return changed, until if seen is None or until > seen else None


_CORRECTED = (
    select(Message.id, Message.text, Message.edited_at)
    .where(Message.edited_at > bindparam("since"))
    .order_by(Message.edited_at, Message.id)
    .limit(AT_ONCE)
)


def _cut_up(source: SearchSource, row: Any) -> Words:
    customer_id = row.customer_id or int(row.about.rpartition(":")[2])
    return Words(source, row.number, customer_id, row.at, words_of(row.text))


_SOURCES: Mapping[SearchSource, tuple[Texts, Any]] = {
    # What customers wrote, commands without words left out, and what staff wrote to them outside any case.
    SearchSource.MESSAGE: (
        select(
            Message.id.label("number"), Message.customer_id, Message.about, Message.at, Message.text
        ).where(
            Message.text != "",
            or_(~Message.text.startswith("/"), Message.text.contains(" ")),
            or_(Message.customer_id.is_not(None), Message.about.startswith("customer:")),
        ),
        Message.id,
    ),
    SearchSource.CASE: (
        select(
            Complaint.id.label("number"),
            Complaint.customer_id,
            literal("").label("about"),
            Complaint.opened_at.label("at"),
            Complaint.text,
        ),
        Complaint.id,
    ),
    SearchSource.EVENT: (
        select(
            ComplaintEvent.id.label("number"),
            Complaint.customer_id,
            literal("").label("about"),
            ComplaintEvent.at,
            ComplaintEvent.text,
        )
        .join(Complaint, Complaint.id == ComplaintEvent.complaint_id)
        .where(ComplaintEvent.text != "", ComplaintEvent.what.not_in(NOT_FOUND)),
        ComplaintEvent.id,
    ),
}
"""For each source, which texts of it are found, and by which number they are counted."""
