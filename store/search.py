"""Finding cases and messages by words: one function for both databases.

SQLite finds the rows by FTS5, PostgreSQL by an index of ``tsvector``; both hold the same words
(``store.search_words``), so both find the same. Which of the newest finds is best is decided here, alike.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import BindParameter, bindparam, select, text
from sqlalchemy.orm import Session

from store.search_words import Question, question_of, snippet
from store.tables.complaints import Complaint, ComplaintEvent
from store.tables.conversations import Message
from store.tables.search import AS_TSVECTOR, SearchRow, SearchSource

RANKED = 500
"""Of what is found, so many of the newest are compared with each other."""
LOOKED_THROUGH = 5_000
"""On PostgreSQL so many of the newest rows are looked through first: its index gives all that hold a word, in
no order, and of a word in every third of a million messages that is a third of a million rows."""

_USUAL_WORDS = 20.0
_SATURATION = 1.2
_OF_LENGTH = 0.5
"""Okapi BM25 (Robertson and Zaragoza 2009) without weights of words: all of them are in every find."""

_HOLDS = f"{AS_TSVECTOR} @@ CAST(:terms AS tsquery)"
_BY_FTS5 = text("SELECT rowid FROM search_fts WHERE search_fts MATCH :terms ORDER BY rowid DESC LIMIT :most")
_AMONG_THE_NEWEST = text(
    "SELECT id FROM (SELECT id, words FROM search_rows ORDER BY id DESC LIMIT :looked_through) AS newest"  # noqa: S608 - nothing of a question is in it
    f" WHERE {_HOLDS} ORDER BY id DESC LIMIT :most"
)
# What was found first and put in order then: else the newest rows would be read until enough are found.
_BY_GIN = text(
    f"WITH found AS MATERIALIZED (SELECT id FROM search_rows WHERE {_HOLDS})"  # noqa: S608 - as above
    " SELECT id FROM found ORDER BY id DESC LIMIT :most"
)
_THESE: BindParameter[int] = bindparam("ids", expanding=True)
_ROWS = select(
    SearchRow.source, SearchRow.source_id, SearchRow.customer_id, SearchRow.at, SearchRow.words
).where(SearchRow.id.in_(_THESE))
_MESSAGES = select(Message.id, Message.text, Message.about, Message.customer_id).where(Message.id.in_(_THESE))
_CASES = select(Complaint.id, Complaint.text).where(Complaint.id.in_(_THESE))
_EVENTS = select(ComplaintEvent.id, ComplaintEvent.text, ComplaintEvent.complaint_id).where(
    ComplaintEvent.id.in_(_THESE)
)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found.

    Attributes:
        source: what it is.
        source_id: its number.
        customer_id: whom it concerns.
        complaint_id: the case that it belongs to; None outside any.
        at: when it was written.
        snippet: the words around what was looked for, in one line.
        rank: how well it fits; higher is better.
        by_customer: whether the customer wrote it.
    """

    source: SearchSource
    source_id: int
    customer_id: int
    complaint_id: int | None
    at: datetime
    snippet: str
    rank: float
    by_customer: bool


def search(session: Session, words: str, limit: int) -> Sequence[Hit]:
    """Find cases and messages that hold all of these words, the best first; of each case its best find.

    Args:
        session: the open transaction.
        words: as somebody wrote them; nothing in them has a meaning of its own.
        limit: how many at most.
    """
    question = question_of(words)
    if not question.terms:
        return []
    dialect = session.get_bind().dialect.name
    ids = _newest(session, _spelt(question, dialect), dialect)
    rows = session.execute(_ROWS, {"ids": ids}).all()
    found = [row for row in rows if all(run in row.words for run in question.runs)]
    ranks = {(row.source, row.source_id): _rank(row.words, question) for row in found}
    written = _written(session, found)
    found.sort(key=lambda row: (-ranks[row.source, row.source_id], -row.at.timestamp()))
    return [
        Hit(
            source=row.source,
            source_id=row.source_id,
            customer_id=row.customer_id,
            complaint_id=one.complaint_id,
            at=row.at,
            snippet=snippet(one.text, question),
            rank=ranks[row.source, row.source_id],
            by_customer=one.by_customer,
        )
        for row, one in islice(_one_of_each_case(found, written), limit)
    ]


def _newest(session: Session, terms: str, dialect: str) -> Sequence[int]:
    """Find the newest rows that hold all terms, ``RANKED`` at most."""
    values: dict[str, Any] = {"terms": terms, "most": RANKED}
    if dialect == "sqlite":
        return session.execute(_BY_FTS5, values).scalars().all()
    found = session.execute(_AMONG_THE_NEWEST, values | {"looked_through": LOOKED_THROUGH}).scalars().all()
    return found if len(found) >= RANKED else session.execute(_BY_GIN, values).scalars().all()


def _one_of_each_case(
    rows: Sequence[Any], written: Mapping[tuple[SearchSource, int], "_Written"]
) -> Iterator[tuple[Any, "_Written"]]:
    """Give of each case the row that comes first, and all that belong to none."""
    seen: set[int] = set()
    for row in rows:
        one = written.get((row.source, row.source_id))
        if one is not None and one.complaint_id not in seen:
            if one.complaint_id is not None:
                seen.add(one.complaint_id)
            yield row, one


def _spelt(question: Question, dialect: str) -> str:
    """Spell the terms for a database; they are words by now, and stand in quotes beside that."""
    if dialect == "sqlite":
        return " AND ".join(f'"{term.word}"{" *" if term.begins else ""}' for term in question.terms)
    return " & ".join(f"'{term.word}'{':*' if term.begins else ''}" for term in question.terms)


def _rank(words: str, question: Question) -> float:
    """Tell how well words fit; rounded, so that of those that fit alike the newest comes first."""
    there = words.split(" ")
    dampened = _SATURATION * (1 - _OF_LENGTH + _OF_LENGTH * len(there) / _USUAL_WORDS)
    counts = (
        sum(word.startswith(term.word) if term.begins else word == term.word for word in there)
        for term in question.terms
    )
    return round(sum(count / (count + dampened) for count in counts) / len(question.terms), 1)


@dataclass(frozen=True, slots=True)
class _Written:
    """What somebody wrote, and where it belongs."""

    text: str
    complaint_id: int | None
    by_customer: bool


def _written(session: Session, rows: Sequence[Any]) -> Mapping[tuple[SearchSource, int], _Written]:
    """Read the texts of rows, as they are now."""
    ids = {source: [row.source_id for row in rows if row.source is source] for source in SearchSource}
    found: dict[tuple[SearchSource, int], _Written] = {}
    for number, words, about, customer_id in session.execute(_MESSAGES, {"ids": ids[SearchSource.MESSAGE]}):
        case = _case_of(about)
        found[SearchSource.MESSAGE, number] = _Written(words, case, by_customer=customer_id is not None)
    for number, words in session.execute(_CASES, {"ids": ids[SearchSource.CASE]}):
        found[SearchSource.CASE, number] = _Written(words, number, by_customer=True)
    for number, words, case in session.execute(_EVENTS, {"ids": ids[SearchSource.EVENT]}):
        found[SearchSource.EVENT, number] = _Written(words, case, by_customer=False)
    return found


def _case_of(about: str | None) -> int | None:
    kind, _, number = (about or "").partition(":")
    return int(number) if kind == "complaint" and number.isdecimal() else None
