"""What is found by words: a copy of them, cut up alike for both databases, that a beat keeps up to date."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import DDL, ForeignKey, Index, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.tables.base import Base

AS_TSVECTOR = "array_to_tsvector(array_remove(string_to_array(words, ' '), ''))"
"""The words as PostgreSQL searches them: no dictionary or parser of its own changes them."""


class SearchSource(StrEnum):
    """Where words stand: what somebody wrote, what a case is about, what was noted in it."""

    MESSAGE = "message"
    CASE = "case"
    EVENT = "event"


class SearchRow(Base):
    """The words of one message, case or event; ``words`` are cut up by ``store.search_words``.

    SQLite finds them by ``search_fts``, an FTS5 table that triggers keep the same, PostgreSQL by an index of
    them as ``tsvector``.
    """

    __tablename__ = "search_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[SearchSource] = mapped_column(EnumText(SearchSource))
    source_id: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    words: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        Index(None, "customer_id"),
        Index("ix_search_rows_words", text(AS_TSVECTOR), postgresql_using="gin").ddl_if(dialect="postgresql"),
    )


class SearchPlace(Base):
    """How far the index is: up to which number of a source, or up to when of what was corrected."""

    __tablename__ = "search_places"

    source: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    at: Mapped[datetime]


_DELETED = "INSERT INTO search_fts (search_fts, rowid, words) VALUES ('delete', old.id, old.words);"
_ADDED = "INSERT INTO search_fts (rowid, words) VALUES (new.id, new.words);"
_FTS = (
    (
        "CREATE VIRTUAL TABLE IF NOT EXISTS search_fts USING fts5"
        " (words, content='search_rows', content_rowid='id', tokenize='ascii', detail='none', columnsize=0)"
    ),
    f"CREATE TRIGGER search_rows_added AFTER INSERT ON search_rows BEGIN {_ADDED} END",
    f"CREATE TRIGGER search_rows_deleted AFTER DELETE ON search_rows BEGIN {_DELETED} END",
    f"CREATE TRIGGER search_rows_changed AFTER UPDATE ON search_rows BEGIN {_DELETED} {_ADDED} END",
)
for _moment, _statement in (
    *(("after_create", statement) for statement in _FTS),
    ("before_drop", "DROP TABLE IF EXISTS search_fts"),
):
    _ddl = DDL(_statement)  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types
    event.listen(SearchRow.__table__, _moment, _ddl.execute_if(dialect="sqlite"))
