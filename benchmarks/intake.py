"""How many messages come in: ``python -m benchmarks.intake [--messages N]``.

Messages that we wrote ourselves go the whole road in: read from Telegram's JSON, understood, kept, put on the
record, answered into the outbox, committed (SQLite file with ``synchronous=FULL``, or what ``--database-url``
names, which must be empty). Measured twice: in batches of 100 straight into one transaction each, and through
``Intake.take`` as channels call it, one message at a time from many chats at once. With ``--stored N`` the
database has N messages of a tenth as many customers already. All of it happens in one process, which in the
program is another than the one that talks to apps. With ``--profile`` the first way is profiled.
"""

import argparse
import asyncio
import cProfile
import json
import pstats
import random
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.report import Value, print_report
from benchmarks.years import FIRST_SENDER, fill
from bot.channels.telegram.moves import GroupMoves
from bot.channels.telegram.updates import Me, read_update
from bot.intake import BATCH_LIMIT, Intake, handle_batch, handled_here, understood
from customers.company import Chat, Company
from handlers.incoming import Incoming
from store.engine import Database
from store.tables import Base

COMPANY = Company("Lantern Tea", "Europe/London", "GB", "en", Chat("webchat", "staff"))
START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ME = Me(id=1, username="lantern_tea_bot")
MESSAGES_EACH = 5
SENDERS_AT_ONCE = 100

SAID = (
    ("en", "The {what} arrived this morning and it is lovely, thank you so much!"),
    ("en", "I ordered a {what} on Monday and I am still waiting. Nobody answers the phone."),
    ("en", "My {what} is broken, the lid does not close and it leaks everywhere."),
    ("en", "When does the shop in town open on Sundays?"),
    ("en", "Could you add a smaller {what} to the range? Five people is too much for us."),
    ("en", "Hello"),
    ("en", "I would like to talk to a person please"),
    ("en", "ok"),
    (
        "en",
        "The {what} is fine, nothing special, but delivery was quick and the girl at the till was friendly.",
    ),
    (
        "en",
        "I want a refund for the {what}. It is the second time this happens and I am really disappointed.",
    ),
    ("zh", "昨天收到的{what}很漂亮，谢谢你们！"),
    ("zh", "{what}坏了，打电话也没有人接，太失望了，我要退款。"),
    ("zh", "请问你们周日几点开门？"),
    ("zh", "希望能出一个小一点的{what}。"),
)
WHAT = ("teapot", "kettle", "green tea", "gift box", "cup", "tin of oolong", "strainer", "tray")


def messages(count: int, *, first: int = 0) -> Iterator[bytes]:
    """Compose updates of customers, each of whom writes a few, as Telegram sends them."""
    dice = random.Random(7)
    for number in range(first, first + count):
        language, text = dice.choice(SAID)
        sender = FIRST_SENDER + dice.randrange(max(1, count // MESSAGES_EACH))
        person = {"id": sender, "first_name": f"Ana {sender}"}
        message = {
            "message_id": number,
            "from": {**person, "is_bot": False, "language_code": language},
            "chat": {**person, "type": "private"},
            "date": int(START.timestamp()) + number,
            "text": text.format(what=dice.choice(WHAT)),
        }
        yield json.dumps({"update_id": number, "message": message}).encode()


def read(raw: bytes) -> Incoming:
    """Read an update as the Telegram channel does."""
    incoming = read_update(json.loads(raw), me=ME, moves=GroupMoves(), now=START).incoming
    if incoming is None:
        raise SystemExit("the channel takes an update of the benchmark's for none of our business")
    return incoming


def by_batches(database: Database, updates: Sequence[bytes]) -> None:
    """Handle batches as ``getUpdates`` gives them, each in one transaction."""
    for start in range(0, len(updates), BATCH_LIMIT):
        batch = [read(raw) for raw in updates[start : start + BATCH_LIMIT]]
        understand = understood(batch)
        with database.transaction() as session:
            handle_batch(session, batch, company=COMPANY, now=batch[-1].at, understand=understand)


async def by_chats(database: Database, updates: Sequence[bytes]) -> list[float]:
    """Let many chats hand over one message at a time; returns how long each waited."""
    intake, waits = Intake(database, handled_here(database, COMPANY)), []
    running, rest = asyncio.create_task(intake.run()), iter(updates)

    async def chat() -> None:
        for update in rest:
            began = time.perf_counter()
            await intake.take([read(update)])
            waits.append(time.perf_counter() - began)

    await asyncio.gather(*(chat() for _ in range(SENDERS_AT_ONCE)))
    running.cancel()
    await asyncio.wait([running])
    return waits


def measure(url: str, count: int, way: str, *, stored: int = 0) -> dict[str, Value]:
    """Send messages in by one way, into a database that holds some already."""
    database = Database(url)
    Base.metadata.drop_all(database.engine)
    Base.metadata.create_all(database.engine)
    fill(database, stored, until=START)
    updates = list(messages(count))
    by_batches(database, list(messages(BATCH_LIMIT, first=count)))
    began, cpu, waits = time.perf_counter(), time.process_time(), [0.0]
    try:
        if way == "batches":
            by_batches(database, updates)
        else:
            waits = asyncio.run(by_chats(database, updates))
    finally:
        database.close()
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    waits.sort()
    return {
        "database": database.url.get_backend_name(),
        "way": way,
        "stored": stored,
        "messages": count,
        "messages /s": round(count / took, 1),
        "CPU ms each": round(1000 * cpu / count, 3),
        "p50 ms": round(1000 * waits[len(waits) // 2], 1),
        "p99 ms": round(1000 * waits[len(waits) * 99 // 100], 1),
        "peak MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--stored", type=int, default=0)
    parser.add_argument("--database-url")
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = arguments.database_url or f"sqlite:///{Path(folder) / 'intake.db'}"
        if arguments.profile:
            with cProfile.Profile() as profile:
                measure(url, arguments.messages, "batches", stored=arguments.stored)
            pstats.Stats(profile).sort_stats("cumulative").print_stats(60)
            return
        rows = [
            measure(url, arguments.messages, way, stored=arguments.stored) for way in ("batches", "chats")
        ]
        print_report("intake", rows)


if __name__ == "__main__":
    main()
