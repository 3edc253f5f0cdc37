"""Many rows at once are what they would be one by one, on each database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Row, select, text
from sqlalchemy.exc import DBAPIError

from store import many_rows
from store.engine import Database
from store.inserts import insert_into
from store.many_rows import ManyRows
from store.outbox import Button, Draft, enqueue
from store.tables.customers import Purpose
from store.tables.feedback import EntrySource, SatisfactionEntry
from store.tables.queues import MessageKind, OutboxMessage
from store.tables.search import SearchRow, SearchSource
from tests.factories import make_customer

NOW = datetime(2026, 11, 22, 15, 0, 0, 123456, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
TWICE = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON)
TEXTS = ("Hello", "您好\n“quoted” \\ {name} %s %(x)s", "it's 5 €", "\u2028\t\x01", "")


def _drafts(begin: str) -> list[Draft]:
    return [
        Draft(
            kind=MessageKind.CAMPAIGN if number % 2 else MessageKind.ANSWER,
            channel="telegram",
            address=f"{number}",
            text=TEXTS[number % len(TEXTS)],
            buttons=((Button("Да", "yes"), Button("没有", "no", "https://example.org")),)
            if number % 3
            else (),
            purpose=Purpose.OFFERS if number % 2 else None,
            dedupe_key=f"{begin}:{number}",
            not_before=TWICE.replace(fold=number % 2),
            expires_at=NOW + timedelta(microseconds=number),
        )
        for number in range(12)
    ]


def _written(database: Database, begin: str) -> list[Row[*tuple[Any, ...]]]:
    columns = [one for one in OutboxMessage.__table__.columns if one.name not in {"id", "dedupe_key"}]
    with database.reading() as session:
        mine = select(*columns).where(OutboxMessage.dedupe_key.startswith(begin)).order_by(OutboxMessage.id)
        return list(session.execute(mine).all())


def test_together_they_are_what_they_are_one_by_one(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with any_database.transaction() as session:
        assert enqueue(session, _drafts("single"), now=NOW) == 12
        monkeypatch.setattr(many_rows, "MANY", 1)
        assert enqueue(session, [*_drafts("together"), *_drafts("together")], now=NOW) == 12
        assert enqueue(session, _drafts("single"), now=NOW) == 0
    together = _written(any_database, "together")
    assert together == _written(any_database, "single")
    assert [row.address for row in together] == [str(number) for number in range(12)]
    assert {row.not_before for row in together} == {
        TWICE.astimezone(UTC),
        TWICE.astimezone(UTC) + timedelta(hours=1),
    }


@pytest.mark.parametrize("many", [1, 1000])
def test_numbers_and_documents_stay_as_they_are(
    any_database: Database, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(many_rows, "MANY", many)
    names = ("customer_id", "source", "value", "weight", "at", "evidence", "aspects")
    evidence = {"said": 'tea "cold"', "list": [1, 2.5, None, {"深": True}]}
    with any_database.transaction() as session:
        who = make_customer(session).id
        new = insert_into(SatisfactionEntry, dialect=session.get_bind().dialect.name)
        rows = [
            (who, EntrySource.RATING, 0.1 + 0.2, 1e-300, NOW, evidence, None),
            (who, EntrySource.FEEDBACK, -0.0, 12345678.9, NOW, {}, {"tea": 1}),
        ]
        assert ManyRows(new, names).run(session.connection(), rows) == 2
    with any_database.reading() as session:
        entries = session.scalars(select(SatisfactionEntry).order_by(SatisfactionEntry.id)).all()
    read = [tuple(getattr(one, name) for name in names) for one in entries]
    assert read == rows


@pytest.mark.parametrize("many", [1, 1000])
def test_what_a_column_refuses_is_refused(
    any_database: Database, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(many_rows, "MANY", many)
    nobodys = [Draft(MessageKind.ANSWER, "telegram", "1", "Hello", dedupe_key="a", customer_id=404)]
    with pytest.raises(DBAPIError), any_database.transaction() as session:
        enqueue(session, nobodys, now=NOW)
    naive = [
        Draft(
            MessageKind.ANSWER, "telegram", "1", "Hello", dedupe_key="a", not_before=NOW.replace(tzinfo=None)
        )
    ]
    with pytest.raises(ValueError, match="naive"), any_database.transaction() as session:
        enqueue(session, naive, now=NOW)


def test_searched_rows_in_one_statement_are_what_they_are_one_by_one(database: Database) -> None:
    names = ("source", "words", "source_id", "at", "customer_id")
    with database.transaction() as session:
        who, connection = make_customer(session).id, session.connection()
        for begin, is_searched in ((0, False), (100, True), (100, True)):
            new = insert_into(SearchRow, dialect="sqlite")
            new = new.on_conflict_do_nothing(index_elements=["source", "source_id"])
            rows = [
                (SearchSource.CASE, words, begin + place, TWICE.replace(fold=place % 2), who)
                for place, words in enumerate(TEXTS)
            ]
            ManyRows(new, names, is_searched=is_searched).run(connection, rows)
        found = list(session.scalars(select(SearchRow).order_by(SearchRow.id)))
        one_by_one, together = found[: len(TEXTS)], found[len(TEXTS) :]
        assert [one.source_id for one in together] == [100 + one.source_id for one in one_by_one]
        assert [(one.words, one.at, one.customer_id) for one in together] == [
            (one.words, one.at, one.customer_id) for one in one_by_one
        ]
        hits = session.scalars(text("SELECT rowid FROM search_fts WHERE search_fts MATCH 'hello'"))
        assert set(hits) == {one.id for one in found if one.words == "Hello"}
