"""How fast ``/find`` is among very many messages; a part of ``benchmarks.desk``."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate, islice
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from benchmarks.planning import read
from benchmarks.report import Value
from handlers.staff.find import FOUND
from store.engine import Database
from store.search import Hit, search
from store.search_index import count_unindexed
from store.search_words import words_of
from store.tables.conversations import Message
from store.tables.search import AS_TSVECTOR, SearchPlace, SearchRow, SearchSource

NOW = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
CHUNK = 10_000
SENTENCES, VOCABULARY, LONGEST = 20_000, 30_000, 25
"""Different sentences, of 3 to so many words; a word is as frequent as its rank makes it (Zipf)."""
CHINESE = "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着"
EVERY = {"teapot": 3, "refunded": 100, "amphora": 50_000, "退款": 6, "紫砂壶盖": 50_000}
"""Each of these words is in one message of so many."""
QUESTIONS: Mapping[str, str] = {
    "a rare word": "amphora",
    "a word of one message in 100": "refund",
    "a frequent word": "teapot",
    "a frequent and a rare word": "teapot amphora",
    "two frequent words": "teapot wa",
    "how very many words begin": "wba",
    "a rare Chinese word": "紫砂壶盖",
    "a frequent Chinese word": "退款",
    "one Chinese character": "的",
    "a word that nobody wrote": "xylophone",
}
TIMES = 3


def fill_messages(database: Database, count: int, *, customers: int) -> None:
    """Write messages of customers, and the index of their words as its beat leaves it."""
    rows = _messages(count, customers)
    if not database.is_sqlite:  # its index is built at once in the end: that is many times faster
        _run(database, "DROP INDEX ix_search_rows_words")
    while chunk := list(islice(rows, CHUNK)):
        with database.transaction() as session:
            session.execute(insert(Message), [message for message, _ in chunk])
            session.execute(insert(SearchRow), [indexed for _, indexed in chunk])
    with database.transaction() as session:
        session.add(SearchPlace(source=SearchSource.MESSAGE, number=count, at=NOW))
    if not database.is_sqlite:
        _run(database, f"CREATE INDEX ix_search_rows_words ON search_rows USING gin (({AS_TSVECTOR}))")
        _run(database, "VACUUM ANALYZE")


def measure_find(database: Database) -> Iterator[dict[str, Value]]:
    """Measure what staff look for: of several times the slowest, and how much is shown of it."""
    for name, words in QUESTIONS.items():
        find = partial(_find, words=words)
        measured = [read(f"/find: {name}", database, find) for _ in range(TIMES)]
        row, hits = max(measured, key=lambda one: float(one[0]["ms"]))
        yield {**row, "done": len(hits)}


def _run(database: Database, statement: str) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))


def _find(session: Session, words: str) -> Sequence[Hit]:
    count_unindexed(session, before=NOW)
    return search(session, words, FOUND)


def _messages(count: int, customers: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Make messages, and their rows in the index."""
    sentences = [(one, words_of(one)) for one in _sentences()]
    for number in range(1, count + 1):
        said, words = sentences[number * 7919 % SENTENCES]
        also = [word for word, every in EVERY.items() if number * 104_729 % every == 0]
        at, customer_id = NOW - timedelta(seconds=30) * (count - number + 3), 1 + number % customers
        message = {
            "id": number,
            "customer_id": customer_id,
            "channel": "telegram",
            "address": str(customer_id),
            "sender": str(customer_id),
            "text": " ".join([said, *also]),
            "attachments": [],
            "at": at,
        }
        indexed = {
            "source": SearchSource.MESSAGE,
            "source_id": number,
            "customer_id": customer_id,
            "at": at,
            "words": " ".join([words, *map(words_of, also)]),
        }
        yield message, indexed


def _sentences() -> Iterator[str]:
    """Make sentences: four of five in words of letters, the others in Chinese."""
    chance = random.Random(20_261_125)
    ranks = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    for number in range(SENTENCES):
        length = chance.randint(3, LONGEST)
        if number % 5:
            picked = chance.choices(range(VOCABULARY), cum_weights=ranks, k=length)
            yield " ".join(map(_spelt, picked))
        else:
            yield "".join(chance.choices(CHINESE, cum_weights=ranks[: len(CHINESE)], k=length))


def _spelt(rank: int) -> str:
    """Spell a word by its rank, the shortest the most frequent: "wa", "wb", …, "wba"."""
    letters = ""
    while rank or not letters:
        rank, letter = divmod(rank, 26)
        letters = chr(ord("a") + letter) + letters
    return f"w{letters}"
