"""What an intake loses to kill -9: ``python -m benchmarks.kills_in [--messages N] [--kills N]``.

Text messages wait at a Bot API server; each bot takes them by polling or by webhook, is killed at random
moments and started again on the same data. In the end the books of the server (what it gave, which answers it
took) are compared with the rows of the bot: which messages have none, which have two. A message whose row is
there but whose answer never came counts as unanswered; one that was answered again after a kill as repeated.
"""

import argparse
import random
import time
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from benchmarks.botapi.client import LOOK_EVERY_S, Server, free_port
from benchmarks.botapi.updates import compose, per_chat
from benchmarks.peers.install import peers_python
from benchmarks.processes import end_on_signals
from benchmarks.receivers import (
    UNHURRIED,
    Effects,
    Mode,
    Peer,
    Rapport,
    Receiver,
    answers_by_chat,
    on_new_database,
)
from benchmarks.report import Value, print_report
from tests.postgres import PostgresServer

NAMES = ("rapport", "postgresql", "ptb", "aiogram")
LONGEST_LIFE_S = 1.0
"""A bot is killed at a random moment up to so long after the first sign of work since its start."""

QUIET_S = 20.0
"""Where nothing happens for so long after a start, nothing is left to do."""

AFTERWARDS_S = 2.0
"""How long answers that come again are waited for."""


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to one bot.

    Attributes:
        kills: how often it was killed.
        given: updates that the server gave, or posted and saw confirmed.
        effects: what the bot has kept.
        lost: updates that were given and confirmed, or given to a peer, and have no row.
        unanswered, repeated: answers that never came, and that came again.
    """

    kills: int
    given: int
    effects: Effects
    lost: int
    unanswered: int
    repeated: int


def receive(
    receiver: Receiver,
    mode: Mode,
    *,
    messages: int,
    kills: int,
    dice: random.Random,
) -> Story:
    """Let a bot receive everything, and kill it so often as long as there is something to receive."""
    updates = compose(messages)
    expected = per_chat(updates)
    with TemporaryDirectory(prefix="rapport-kills-in-") as name:
        folder, port, killed = Path(name), free_port(), 0
        with Server.running(folder, updates=messages) as server:
            while killed < kills:
                with receiver.running(folder, server, mode, port) as process:
                    if not _works(server, QUIET_S):
                        break
                    time.sleep(dice.uniform(0, LONGEST_LIFE_S))
                    process.kill()
                    killed += 1
            with receiver.running(folder, server, mode, port):
                _wait_for_the_end(server, expected)
            count = server.book("count")
            answered = answers_by_chat(server)
        effects = receiver.effects(folder, updates)
    return Story(
        kills=killed,
        given=max(count["fetched"], count["confirmed"]),
        effects=effects,
        lost=sum(update.number not in effects.kept for update in updates),
        unanswered=(expected - answered).total(),
        repeated=(answered - expected).total(),
    )


def _works(server: Server, quiet_s: float) -> bool:
    """Wait for the next sign of work; tells whether one came."""
    before, until = _progress(server), time.monotonic() + quiet_s
    while _progress(server) == before:
        if time.monotonic() > until:
            return False
        time.sleep(LOOK_EVERY_S)
    return True


def _wait_for_the_end(server: Server, expected: Counter[int]) -> None:
    """Wait until nothing happens any more; not for long where every answer has come."""
    while _works(server, QUIET_S if expected - answers_by_chat(server) else AFTERWARDS_S):
        pass


def _progress(server: Server) -> tuple[int, int, int]:
    count = server.book("count")
    return count["sent"], count["fetched"], count["confirmed"]


def row(receiver: Receiver, mode: Mode, story: Story) -> dict[str, Value]:
    """Make a row of the table."""
    return {
        "bot": receiver.name,
        "by": mode,
        "kills": story.kills,
        "given": story.given,
        "lost": story.lost,
        "lost %": round(100 * story.lost / max(1, story.given), 2),
        "rows twice": story.effects.kept.total() - len(story.effects.kept),
        "unanswered": story.unanswered,
        "answers repeated": story.repeated,
        "halves": "; ".join(story.effects.halves) or "none",
    }


def main() -> None:
    """Read the arguments, kill, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--modes", nargs="+", choices=get_args(Mode), default=get_args(Mode))
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    asked = parser.parse_args()
    end_on_signals()
    python = peers_python() if {"ptb", "aiogram"} & set(asked.only) else Path()
    receivers: dict[str, Receiver] = {
        "rapport": Rapport(UNHURRIED),
        "postgresql": Rapport(UNHURRIED, "PostgreSQL"),
        "ptb": Peer(python, "ptb"),
        "aiogram": Peer(python, "aiogram"),
    }
    dice, rows = random.Random(asked.seed), []
    with PostgresServer.running(syncs=True) if "postgresql" in asked.only else nullcontext() as postgres:
        for mode in asked.modes:
            for name in asked.only:
                with on_new_database(receivers[name], postgres) as receiver:
                    story = receive(receiver, mode, messages=asked.messages, kills=asked.kills, dice=dice)
                rows.append(row(receiver, mode, story))
                print(rows[-1], flush=True)
    print_report(f"kills during the intake, dice {asked.seed}", rows)


if __name__ == "__main__":
    main()
