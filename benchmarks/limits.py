"""How near the limit and never over it: ``python -m benchmarks.limits [--seconds N]``.

The Bot API server takes so many messages in any trailing second and refuses what is more with a 429. Each
sends for some seconds at 30/s (what Telegram allows) and at 1000/s (what it allows for paid broadcasts), with
and without latency: Rapport as it runs, and its peers in the ways that are in use.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.botapi.client import Server
from benchmarks.peers.install import peers_python
from benchmarks.processes import end_on_signals
from benchmarks.report import Value, print_report
from benchmarks.senders import SERVER_CORE, Outcome, peer_sends, rapport_sends

LIMITS = (30, 1000)
LATENCIES_MS = (0, 50)


@dataclass(frozen=True, slots=True)
class Entrant:
    """Who sends, and how many calls at once; a script of None is Rapport."""

    name: str
    script: str | None = None
    at_once: int = 1


ENTRANTS = (
    Entrant("rapport"),
    Entrant("ptb AIORateLimiter, 16 at once", "ptb_ratelimiter", 16),
    Entrant("ptb AIORateLimiter, 64 at once", "ptb_ratelimiter", 64),
    Entrant("ptb loop with sleep(0.05)", "sleep_loop"),
    Entrant("ptb loop that waits out a 429", "ptb_send"),
    Entrant("ptb, 16 at once, wait out a 429", "ptb_send", 16),
    Entrant("ptb, 64 at once, wait out a 429", "ptb_send", 64),
    Entrant("aiogram, 64 at once, wait out a 429", "aiogram_send", 64),
)


def measure(entrant: Entrant, limit: int, latency_ms: int, seconds: float, python: Path | None) -> Outcome:
    """Let one of them send for some seconds to a new server."""
    messages = round(limit * seconds)
    with TemporaryDirectory(prefix="rapport-limits-") as name:
        folder = Path(name)
        with Server.running(folder, limit=limit, latency_ms=latency_ms, core=SERVER_CORE) as server:
            if entrant.script is None or python is None:
                return rapport_sends(server, folder=folder, messages=messages, per_s=limit)
            return peer_sends(
                entrant.script,
                server,
                python=python,
                folder=folder,
                messages=messages,
                at_once=entrant.at_once,
                per_s=limit,
                seconds=seconds,
            )


def row(entrant: Entrant, limit: int, latency_ms: int, outcome: Outcome) -> dict[str, Value]:
    """Show one measurement."""
    return {
        "limit /s": limit,
        "latency ms": latency_ms,
        "who": entrant.name,
        "sent": outcome.sent,
        "of the limit %": round(100 * outcome.steady_per_s / limit, 1),
        "429s": outcome.refused,
        "429s %": round(100 * outcome.refused / max(1, outcome.refused + outcome.sent), 2),
        "lost": outcome.lost,
        "repeats": outcome.repeats,
        "most in 1 s": outcome.most,
        "CPU ms each": round(outcome.cpu_ms, 2),
    }


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--limits", type=int, nargs="+", default=LIMITS, help="messages a second")
    parser.add_argument("--latency-ms", type=int, nargs="+", default=LATENCIES_MS)
    parser.add_argument("--only", nargs="+", help="names, or parts of names, e.g. rapport AIORateLimiter")
    options = parser.parse_args()
    end_on_signals()
    entrants = [one for one in ENTRANTS if not options.only or any(part in one.name for part in options.only)]
    python = peers_python() if any(one.script for one in entrants) else None
    rows = [
        row(entrant, limit, latency_ms, measure(entrant, limit, latency_ms, options.seconds, python))
        for limit in options.limits
        for latency_ms in options.latency_ms
        for entrant in entrants
    ]
    print_report("limits", rows)


if __name__ == "__main__":
    main()
