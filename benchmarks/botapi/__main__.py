"""The server alone: ``python -m benchmarks.botapi --port 8081 --updates 20000``.

It serves any token, prints where it listens, and ends with SIGTERM. ``GET /count``, ``/stats``
(``?chats=1``), ``/sent`` and ``/confirmations`` show its books as JSON; moments are seconds of the monotonic
clock.
"""

import argparse
import asyncio
import gc
import signal

import uvloop

from benchmarks.botapi.account import Account
from benchmarks.botapi.server import CONNECTIONS, BenchServer
from benchmarks.botapi.updates import People, compose
from benchmarks.botapi.webhook import Hook


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--updates", type=int, default=0, help="how many text messages wait for the bot")
    parser.add_argument("--skip", type=int, default=0, help="how many came in an earlier run")
    parser.add_argument("--chats", type=int, default=0, help="from how many chats; a fifth where not given")
    parser.add_argument("--apart", type=int, default=1, help="how far the chats' numbers are apart")
    parser.add_argument("--webhook", default="", help="post there from the start")
    parser.add_argument("--secret", default="")
    parser.add_argument("--connections", type=int, help="posts at a time, whatever setWebhook asks for")
    parser.add_argument("--limit", type=int, help="messages that any trailing second may hold")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="added to every answer")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    hook = (
        Hook(arguments.webhook, arguments.secret, arguments.connections or CONNECTIONS)
        if arguments.webhook
        else None
    )
    server = BenchServer(
        compose(arguments.updates, people=People(arguments.chats, arguments.apart), skip=arguments.skip),
        Account(limit=arguments.limit),
        latency_s=arguments.latency_ms / 1000,
        webhook=hook,
        connections=arguments.connections,
    )
    gc.freeze()
    serving = asyncio.create_task(server.serve(arguments.port, lambda line: print(line, flush=True)))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    await asyncio.wait([serving])
    if not serving.cancelled():
        serving.result()


def main() -> None:
    """Read the arguments and serve."""
    uvloop.run(_run(_arguments()))


if __name__ == "__main__":
    main()
