"""What the peers' bots keep: a row for each message, committed before it is answered."""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, event
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

TOKEN = "123456789:AAbenchmark-token_of-the-bot-api"  # noqa: S105 - the benchmark's server takes any
WAIT_S = 3600


class Base(DeclarativeBase):
    """The tables."""


class Said(Base):
    """A message of a customer."""

    __tablename__ = "said"

    id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(BigInteger)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str]


@dataclass(frozen=True, slots=True)
class Rows:
    """The database, open."""

    sessions: async_sessionmaker[AsyncSession]

    async def keep(self, *, update_id: int, chat_id: int, text: str) -> None:
        """Commit a message."""
        async with self.sessions.begin() as session:
            session.add(Said(update_id=update_id, chat_id=chat_id, text=text))


@asynccontextmanager
async def open_rows(database: str) -> AsyncIterator[Rows]:
    """Open an SQLite file, or a PostgreSQL database by its URL; what is committed is on the disk.

    The pool is SQLAlchemy's own, which does better here than one connection and no worse than forty; but
    nobody gives up waiting for a connection or for SQLite's one writer, because that would lose messages.
    """
    if "://" in database:
        engine = create_async_engine(database, pool_timeout=WAIT_S)
    else:
        patient = {"timeout": WAIT_S}
        engine = create_async_engine(
            f"sqlite+aiosqlite:///{database}", pool_timeout=WAIT_S, connect_args=patient
        )
        event.listen(engine.sync_engine, "connect", _prepare)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield Rows(async_sessionmaker(engine, expire_on_commit=False))
    await engine.dispose()


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def arguments() -> argparse.Namespace:
    """Read what every intake script is told."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--api-url", required=True)
    parser.add_argument("--database", required=True, help="an SQLite file, or a URL")
    parser.add_argument("--mode", choices=("polling", "webhook"), required=True)
    parser.add_argument("--port", type=int, default=0, help="of the webhook")
    parser.add_argument("--secret", default="")
    parser.add_argument("--at-once", type=int, default=1, help="messages handled side by side")
    return parser.parse_args()
