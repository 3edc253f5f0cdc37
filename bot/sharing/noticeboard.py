"""Where the processes of a database leave their notices: in the database itself, where there are several."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.notices import LocalNotices, Notices
from store.engine import Database


@asynccontextmanager
async def open_notices(database: Database) -> AsyncIterator[Notices]:
    """Open the notices of a database while the block lasts; what it says of the connection is in the log."""
    if database.is_sqlite:
        yield LocalNotices()
        return
    from bot.postgres_notices import open_postgres_notices  # its driver is of no use beside an SQLite file

    async with open_postgres_notices(database) as notices:
        yield notices
