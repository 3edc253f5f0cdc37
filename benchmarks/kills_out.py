"""What a broadcast loses to kill -9: ``python -m benchmarks.kills_out [--messages N] [--kills N]``.

While Rapport sends a campaign (``at_most_once``) to a Bot API server that enforces the limit in any trailing
second, it is killed two seconds after its first message since each start, and started again. In the end every
message of the outbox is compared with what the server took.
"""

import argparse
import time
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from benchmarks.botapi.client import LOOK_EVERY_S, Server, wait_for
from benchmarks.processes import Watched, end_on_signals
from benchmarks.report import Value, print_report
from benchmarks.senders import SERVER_CORE, Rapport
from store.engine import Database
from store.tables.queues import MessageKind, OutboxMessage, OutboxState

KILL_AFTER_S = 2.0
SPARE_S = 3.0
"""What is left to send after the last kill, in seconds at the limit."""


@dataclass(frozen=True, slots=True)
class Kill:
    """A kill: its moment, that of the next start (monotonic), and the messages that were under way."""

    at: float
    started_again_at: float
    in_doubt: int


@dataclass(slots=True)
class Story:
    """What happened in one broadcast.

    Attributes:
        messages: how many were queued, each with a text of its own.
        kills: in their order.
        states: the state of each text of the outbox in the end.
        arrived: moment and text of each message that the server took.
        refused: 429s.
        most: messages taken in any second.
    """

    messages: int
    kills: list[Kill] = field(default_factory=list)
    states: dict[str, OutboxState] = field(default_factory=dict)
    arrived: list[tuple[float, str]] = field(default_factory=list)
    refused: int = 0
    most: int = 0

    def pauses_s(self) -> list[float]:
        """Tell for how long nothing was sent after each kill."""
        moments = [moment for moment, _ in self.arrived]
        places = [(kill.at, bisect_right(moments, kill.started_again_at)) for kill in self.kills]
        return [moments[place] - at for at, place in places if place < len(moments)]


def broadcast(limit: int, messages: int, kills: int, latency_ms: float) -> Story:
    """Send a campaign and kill the program so often, as long as there is something to send."""
    story = Story(messages)
    with TemporaryDirectory(prefix="rapport-kills-out-") as name:
        folder = Path(name)
        with Server.running(folder, limit=limit, latency_ms=latency_ms, core=SERVER_CORE) as server:
            rapport = Rapport.filled(folder, server, messages=messages, per_s=limit)
            killed = [_run_and_kill(rapport) for _ in range(kills)]
            with rapport.running() as process:
                wait_for(
                    rapport.rests, "the end of the broadcast", process, limit_s=60 + 2 * messages / limit
                )
            stats = server.book("stats")
            story.refused, story.most = stats["refused"], stats["most_in_a_second"]
            story.arrived = [(moment, text) for moment, _, text in server.book("sent")]
        story.states = _states(rapport)
    starts = [started for started, _, _ in killed[1:]] + [time.monotonic()]
    story.kills = [Kill(at, again, doubt) for (_, at, doubt), again in zip(killed, starts, strict=True)]
    return story


def _run_and_kill(rapport: Rapport) -> tuple[float, float, int]:
    """Run the program until two seconds after its first message; gives start, kill, and what is in doubt."""
    started, before = time.monotonic(), rapport.server.sent()
    with rapport.running() as process:
        wait_for(lambda: rapport.server.sent() > before, "the first message", process)
        _let_it_send(process)
        at = time.monotonic()
        process.kill()
    return started, at, rapport.states()[OutboxState.SENDING]


def _let_it_send(process: Watched) -> None:
    until = time.monotonic() + KILL_AFTER_S
    while process.process.poll() is None and time.monotonic() < until:
        time.sleep(LOOK_EVERY_S)


def _states(rapport: Rapport) -> dict[str, OutboxState]:
    database = Database(rapport.database_url)
    kinds = select(OutboxMessage.body, OutboxMessage.state).where(OutboxMessage.kind == MessageKind.CAMPAIGN)
    try:
        with database.reading() as session:
            return {body["text"]: state for body, state in session.execute(kinds)}
    finally:
        database.close()


def row(limit: int, latency_ms: float, story: Story) -> dict[str, Value]:
    """Account for every message."""
    times = Counter(text for _, text in story.arrived)
    sent = {text for text, state in story.states.items() if state is OutboxState.SENT}
    uncertain = {text for text, state in story.states.items() if state is OutboxState.UNCERTAIN}
    unaccounted = story.states.keys() - sent - uncertain
    vanished = story.messages - len(story.states)
    pauses = sorted(story.pauses_s()) or [0.0]
    return {
        "limit /s": limit,
        "latency ms": latency_ms,
        "messages": story.messages,
        "kills": len(story.kills),
        "lost": vanished + len(unaccounted) + len(sent - times.keys()),
        "repeated": sum(1 for count in times.values() if count > 1),
        "unknown to the outbox": len(times.keys() - sent - uncertain),
        "uncertain": len(uncertain),
        "of these arrived": len(uncertain & times.keys()),
        "most a kill": max((kill.in_doubt for kill in story.kills), default=0),
        "goes on after s": round(pauses[len(pauses) // 2], 2),
        "at most s": round(pauses[-1], 2),
        "429s": story.refused,
        "most in 1 s": story.most,
    }


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000, help="at the highest limit")
    parser.add_argument("--kills", type=int, default=9)
    parser.add_argument("--limits", type=int, nargs="+", default=(1000, 30))
    parser.add_argument("--latency-ms", type=float, default=20)
    options = parser.parse_args()
    end_on_signals()
    rows = []
    for limit in options.limits:
        enough = round(limit * (options.kills * (KILL_AFTER_S + 0.5) + SPARE_S))
        messages = min(options.messages, enough)
        rows.append(
            row(limit, options.latency_ms, broadcast(limit, messages, options.kills, options.latency_ms))
        )
    print_report("kills_out", rows)


if __name__ == "__main__":
    main()
