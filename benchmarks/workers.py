"""How sending grows with workers: ``python -m benchmarks.workers [--messages N] [--workers 1 2 4]``.

Eight bot accounts have messages to send, on a PostgreSQL of the benchmark's own. Worker processes share the
accounts as ``rapport worker`` does (``bot.sharing``): one at a time sends for an account. In a last run one
of them is killed on its way, and others go on with its accounts; nothing may be sent twice.
"""

import argparse
import asyncio
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from benchmarks.botapi.client import LOOK_EVERY_S, Server, wait_for
from benchmarks.processes import Watched, end_on_signals, running
from benchmarks.report import Value, print_report
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.connection import open_telegram
from bot.lanes import Lanes
from bot.sharing.duties import Duty
from bot.sharing.noticeboard import open_notices
from bot.sharing.work import doing_duties
from bot.supervision import Supervisor
from customers.company import Chat, Company
from scheduler.delivery.lane import Lane
from scheduler.delivery.pacing import LaneRules
from store.engine import Database
from store.migrate import migrate
from store.outbox import Draft, enqueue
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.postgres import PostgresServer

ACCOUNTS = 8
CHUNK = 5_000
CHATS_EACH = 10_000_000
HAS = re.compile(r"^has account-(\d+)( no more)?$", re.MULTILINE)
"""What a worker prints when it begins to send for an account, and when it ends."""

BALANCED_AFTER_S = 12.0
"""Workers that start together have shared the accounts out by then."""


def company() -> Company:
    """Give the company; its quiet hours are half a day away, so that the benchmark may run at any time."""
    quiet = (datetime.now(UTC).hour + 12) % 24
    return Company(
        "Lantern Tea",
        "UTC",
        "GB",
        "en",
        Chat("webchat", "staff"),
        quiet_from_hour=quiet,
        quiet_until_hour=(quiet + 1) % 24,
    )


def account(number: int) -> str:
    """Name an account."""
    return f"account-{number}"


@dataclass(slots=True)
class Account(TelegramChannel):
    """One of several accounts on the same app."""

    account: str = ""

    @property
    def name(self) -> str:
        """The account's name, as it stands in the outbox."""
        return self.account


async def work(database_url: str, api_url: str) -> None:
    """Be a worker that can send for every account, until SIGTERM."""
    database, supervisor = Database(database_url), Supervisor()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, supervisor.stop)
    open_lane = partial(Lane, database, company=company(), rules=LaneRules(concurrency=64))
    async with AsyncExitStack() as stack:
        stack.callback(database.close)
        notices = await stack.enter_async_context(open_notices(database))
        lanes = Lanes([account(number) for number in range(ACCOUNTS)], open_lane, notices)
        duties = [
            Duty(f"send:{account(number)}", partial(_send, lanes, number, api_url))
            for number in range(ACCOUNTS)
        ]
        await stack.enter_async_context(doing_duties(database, duties, notices, supervisor))
        print("works", flush=True)
        await supervisor.ended


async def _send(lanes: Lanes, number: int, api_url: str) -> None:
    async def nothing(*_args: object) -> None:
        """No message comes in here."""

    opened = open_telegram(token=f"{number + 1}:benchmark", api_url=api_url, take=nothing, unreadable=nothing)
    async with opened as telegram:
        print(f"has {account(number)}", flush=True)
        try:
            await lanes.send(Account(telegram.channel.bot, account=account(number)))
        finally:
            print(f"has {account(number)} no more", flush=True)


def queue(database: Database, messages: int) -> None:
    """Queue as many messages for each account."""
    now = datetime.now(UTC)
    for number in range(ACCOUNTS):
        for start in range(0, messages, CHUNK):
            drafts = [_draft(number, place) for place in range(start, min(start + CHUNK, messages))]
            with database.transaction() as session:
                enqueue(session, drafts, now=now)


def _draft(number: int, place: int) -> Draft:
    name = account(number)
    return Draft(
        kind=MessageKind.CAMPAIGN,
        channel=name,
        address=str(CHATS_EACH * (number + 1) + place),
        text=f"Message {place} of {name}: our spring teas are here, come and taste them!",
        dedupe_key=f"{name}:{place}",
    )


@contextmanager
def workers(count: int, url: str, server: Server, folder: Path) -> Iterator[list[Watched]]:
    """Let some workers run while the block lasts."""
    command = [sys.executable, "-m", "benchmarks.workers", "--work", url, "--api", server.url]
    with ExitStack() as stack:
        started = []
        for number in range(count):
            process = stack.enter_context(running(command, folder=folder, name=f"worker {number}"))
            started.append(process)
        for process in started:
            wait_for(partial(_works, process), "a worker", process)
        yield started


def _works(process: Watched) -> bool:
    return "works" in process.said()


def measure(postgres: PostgresServer, count: int, messages: int, *, kill: bool = False) -> dict[str, Value]:
    """Send with so many workers, and account for every message."""
    with TemporaryDirectory(prefix="rapport-workers-") as name, postgres.new_database() as url:
        folder, database = Path(name), Database(url)
        migrate(database)
        with Server.running(folder) as server, workers(count, url, server, folder) as processes:
            time.sleep(BALANCED_AFTER_S if count > 1 else 1.0)
            queue(database, messages)
            killed = _kill_one(processes, server, messages) if kill else "none"
            _wait_until_sent(database, processes[-1])
            stats, sent = server.book("stats"), server.book("sent")
        states, lost = _states(database), _count_lost(database, sent)
        database.close()
    total = ACCOUNTS * messages
    return {
        "workers": count,
        "killed": killed,
        "messages": total,
        "sent /s": round((stats["sent"] - 1) / (stats["last"] - stats["first"]), 1),
        "repeats": stats["repeats"],
        "uncertain": states.get(OutboxState.UNCERTAIN, 0),
        "lost": lost + total - sum(states.values()),
        "longest silence s": round(_longest_silence(sent), 1),
        "CPU ms each": round(
            1000 * sum(one.cpu_s(stats["first"], stats["last"]) for one in processes) / total, 3
        ),
        "peak MB": round(max(one.peak_mb for one in processes)),
    }


def _count_lost(database: Database, sent: list[tuple[float, str, str]]) -> int:
    """Count messages that are called sent and never arrived, or are neither sent nor shown as uncertain."""
    arrived = {chat for _, chat, _ in sent}
    with database.reading() as session:
        rows = session.execute(select(OutboxMessage.address, OutboxMessage.state)).all()
    return sum(
        row.address not in arrived
        if row.state is OutboxState.SENT
        else row.state is not OutboxState.UNCERTAIN
        for row in rows
    )


def _kill_one(processes: list[Watched], server: Server, messages: int) -> str:
    """Kill a worker that has more to send, when a fifth is sent; tells how many accounts it had.

    The last worker is spared, for somebody must go on.
    """
    while server.sent() < ACCOUNTS * messages / 5:
        time.sleep(LOOK_EVERY_S)
    while server.sent() < ACCOUNTS * messages:
        sent = Counter(_account_of(chat) for _, chat, _ in server.book("sent"))
        held = [accounts_of(process.said()) for process in processes[:-1]]
        if (doomed := busy(held, sent, messages)) is not None:
            processes[doomed].kill()
            return f"one with {len(held[doomed])} accounts"
        time.sleep(LOOK_EVERY_S)
    raise SystemExit("all was sent before a worker could be killed; send more with --messages")


def accounts_of(log: str) -> set[int]:
    """Tell for which accounts a worker sends, by what it printed."""
    held = set[int]()
    for number, ended in HAS.findall(log):
        (held.discard if ended else held.add)(int(number))
    return held


def busy(held: Sequence[Set[int]], sent: Mapping[int, int], messages: int) -> int | None:
    """Choose a worker whose end is felt: every account has begun, and one of its own has more to send.

    Args:
        held: the accounts of each worker.
        sent: how many messages of each account arrived.
        messages: how many each account has in all.
    """
    if any(not sent.get(number, 0) for number in range(ACCOUNTS)):
        return None
    return next(
        (place for place, own in enumerate(held) if any(sent[number] < messages for number in own)), None
    )


def _account_of(chat: str) -> int:
    return int(chat) // CHATS_EACH - 1


def _longest_silence(sent: list[tuple[float, str, str]]) -> float:
    """Tell for how many seconds an account that had more to send sent nothing; all had from the start."""
    last = dict.fromkeys(range(ACCOUNTS), sent[0][0]) if sent else {}
    longest = 0.0
    for moment, chat, _ in sent:
        number = _account_of(chat)
        longest = max(longest, moment - last[number])
        last[number] = moment
    return longest


def _wait_until_sent(database: Database, process: Watched) -> None:
    def rests() -> bool:
        states = _states(database)
        return not states.get(OutboxState.QUEUED, 0) and not states.get(OutboxState.SENDING, 0)

    wait_for(rests, "the end of the messages", process, limit_s=600)


def _states(database: Database) -> dict[OutboxState, int]:
    with database.reading() as session:
        counted = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
        return dict(session.execute(counted).all())


def main() -> None:
    """Read the arguments, measure, print; or be one of the workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=5_000, help="for each of the eight accounts")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("--api", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        asyncio.run(work(arguments.work, arguments.api))
        return
    end_on_signals()
    with PostgresServer.running(syncs=True) as postgres:
        rows = [measure(postgres, count, arguments.messages) for count in arguments.workers]
        rows.append(measure(postgres, max(arguments.workers), arguments.messages, kill=True))
    print_report("workers", rows)


if __name__ == "__main__":
    main()
