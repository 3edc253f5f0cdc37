"""How many messages go out: ``python -m benchmarks.road_out [--messages N] [--repeat N]``.

A broadcast to as many chats, without limit, to a Bot API server on a core of its own. Rapport is the program
as it runs: the messages lie in its outbox, each is claimed, cleared, sent and noted as sent, with
``synchronous=FULL``. Its peers send from a list and store nothing; each at several numbers of calls at once.
Each sender has one core; PostgreSQL's server, which syncs, has the other one with the Bot API server.
Medians of the repetitions, taken in turn.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.botapi.client import Server
from benchmarks.peers.install import peers_python
from benchmarks.processes import end_on_signals, starting_on
from benchmarks.report import Value, print_report
from benchmarks.senders import SERVER_CORE, Outcome, peer_sends, rapport_sends
from tests.postgres import PostgresServer

AIMS = ("ptb", 3.0), ("aiogram", 0.8)


@dataclass(frozen=True, slots=True)
class Entrant:
    """Who sends, and how many calls at once; for Rapport, on which database."""

    who: str
    script: str = ""
    at_once: int = 0
    database: str = ""
    uvloop: bool = False

    @property
    def name(self) -> str:
        """As it stands in the table."""
        return f"{self.who}, {self.database or f'{self.at_once} at once'}{', uvloop' * self.uvloop}"


ENTRANTS = (
    Entrant("rapport", database="sqlite"),
    Entrant("rapport", database="postgresql"),
    *(Entrant("ptb", "ptb_send", at_once) for at_once in (1, 16, 64, 100)),
    *(Entrant("aiogram", "aiogram_send", at_once) for at_once in (16, 64, 100)),
    Entrant("aiogram", "aiogram_send", 64, uvloop=True),
    *(Entrant("aiohttp", "aiohttp_send", at_once) for at_once in (64, 100)),
    Entrant("aiohttp", "aiohttp_send", 64, uvloop=True),
)


def measure(entrant: Entrant, messages: int, python: Path | None) -> Outcome:
    """Let one of them send to a new server."""
    with (
        TemporaryDirectory(prefix="rapport-road-out-") as name,
        Server.running(Path(name), core=SERVER_CORE) as server,
    ):
        folder = Path(name)
        if python is not None and entrant.script:
            return peer_sends(
                entrant.script,
                server,
                python=python,
                folder=folder,
                messages=messages,
                at_once=entrant.at_once,
                uvloop=entrant.uvloop,
            )
        with _database_url(entrant) as url:
            return rapport_sends(server, folder=folder, messages=messages, per_s=None, database_url=url)


@contextmanager
def _database_url(entrant: Entrant) -> Iterator[str | None]:
    if entrant.database != "postgresql":
        yield None
        return
    with ExitStack() as stack:
        with starting_on(SERVER_CORE):
            postgres = stack.enter_context(PostgresServer.running(syncs=True))
        yield stack.enter_context(postgres.new_database())


def row(entrant: Entrant, outcomes: Sequence[Outcome]) -> dict[str, Value]:
    """Sum up the repetitions of one entrant."""
    return {
        "who": entrant.name,
        "stores": "every result" if entrant.database else "nothing",
        "messages": max(one.sent for one in outcomes),
        "messages /s": round(median(one.per_s for one in outcomes)),
        "slowest": round(min(one.per_s for one in outcomes)),
        "fastest": round(max(one.per_s for one in outcomes)),
        "CPU ms each": round(median(one.cpu_ms for one in outcomes), 3),
        "peak MB": max(one.peak_mb for one in outcomes),
        "missing": max(one.lost for one in outcomes),
        "repeats": max(one.repeats for one in outcomes),
    }


def beside(rates: dict[Entrant, float]) -> list[dict[str, Value]]:
    """Compare Rapport with the best of each peer."""
    rows: list[dict[str, Value]] = []
    for ours in (entrant for entrant in rates if entrant.database):
        for peer, aim in AIMS:
            theirs = [rate for entrant, rate in rates.items() if entrant.who == peer]
            if theirs:
                ratio = round(rates[ours] / max(theirs), 2)
                rows.append(
                    {"rapport on": ours.database, "beside": f"{peer} at its best", "ratio": ratio, "aim": aim}
                )
    return rows


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", nargs="+", help="names, or parts of names, e.g. rapport 'aiogram, 64'")
    options = parser.parse_args()
    end_on_signals()
    entrants = [one for one in ENTRANTS if not options.only or any(part in one.name for part in options.only)]
    python = peers_python() if any(one.script for one in entrants) else None
    outcomes: dict[Entrant, list[Outcome]] = {entrant: [] for entrant in entrants}
    for _ in range(options.repeat):
        for entrant in entrants:
            outcomes[entrant].append(measure(entrant, options.messages, python))
    print_report("road_out", [row(entrant, done) for entrant, done in outcomes.items()])
    ratios = beside({one: median(each.per_s for each in done) for one, done in outcomes.items()})
    if ratios:
        print_report("road_out, side by side", ratios)


if __name__ == "__main__":
    main()
