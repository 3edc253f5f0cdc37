"""The server as benchmarks use it: started in a process of its own, its books read over HTTP."""

import json
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import Watched, running

START_TIMEOUT_S = 60.0
LOOK_EVERY_S = 0.05
LOG_SHOWN = 3000


@dataclass(frozen=True, slots=True)
class Server:
    """A Bot API server on this machine; ``url`` is what bots are told."""

    url: str
    process: Watched

    @classmethod
    @contextmanager
    def running(
        cls,
        folder: Path,
        *,
        limit: int | None = None,
        latency_ms: float = 0,
        updates: int = 0,
        options: Sequence[str] = (),
        core: int | None = None,
    ) -> Iterator["Server"]:
        """Serve while the block lasts.

        Args:
            folder: where its log goes.
            limit: messages that any trailing second may hold; None for as many as come.
            latency_ms: how long each answer takes on its way.
            updates: how many text messages wait for the bot.
            options: more arguments of ``python -m benchmarks.botapi``.
            core: the only core that it may use; None for all.
        """
        port = free_port()
        given = ["--port", str(port), "--latency-ms", str(latency_ms), "--updates", str(updates), *options]
        given += ["--limit", str(limit)] if limit is not None else []
        command = [sys.executable, "-m", "benchmarks.botapi", *given]
        url = f"http://127.0.0.1:{port}"
        with running(command, folder=folder, name="botapi", core=core) as process:
            wait_for(lambda: url in process.said(), "the Bot API server", process)
            yield cls(url, process)

    def book(self, name: str) -> Any:
        """Read its books: ``count`` (cheap), ``stats`` (``stats?chats=1``), ``sent`` or ``confirmations``."""
        with urllib.request.urlopen(f"{self.url}/{name}") as answer:  # noqa: S310 - our own server
            return json.load(answer)

    def sent(self) -> int:
        """Tell how many messages it took."""
        count: int = self.book("count")["sent"]
        return count


def free_port() -> int:
    """Find a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(
    condition: Callable[[], bool], what: str, process: Watched, *, limit_s: float = START_TIMEOUT_S
) -> None:
    """Wait until something is true; ends the benchmark where it does not come, or the process has ended."""
    until = time.monotonic() + limit_s
    while not condition():
        if process.process.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"waited for {what} in vain; the process said:\n{process.said()[-LOG_SHOWN:]}")
        time.sleep(LOOK_EVERY_S)
