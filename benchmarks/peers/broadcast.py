"""What all who broadcast have in common: the messages, the arguments, and what they say in the end."""

import argparse
import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass

TOKEN = "123456789:AAbenchmark-token_of-the-bot-api"  # noqa: S105 - the benchmark's server takes any
FIRST_CHAT = 100_000_000
TEXT = "Hello Ana, the new oolong has come in from Nantou. Shall we keep tin {number} for you until Saturday?"


@dataclass(slots=True)
class Broadcast:
    """Messages to as many chats, until all are sent or the time is over.

    Attributes:
        api_url: where the Bot API is; the method is at ``<api_url>/bot<token>/<method>``.
        messages: how many.
        at_once: calls side by side.
        per_s: what the app allows; 0 for no limit.
        seconds: after which no more messages are begun; 0 for never.
        tried, lost: messages begun, and those given up.
    """

    api_url: str
    messages: int
    at_once: int
    per_s: float
    seconds: float
    tried: int = 0
    lost: int = 0

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Give chats and texts; each message is given once, whoever asks."""
        end = time.monotonic() + self.seconds if self.seconds else None
        while self.tried < self.messages and (end is None or time.monotonic() < end):
            number = self.tried
            self.tried += 1
            yield FIRST_CHAT + number, TEXT.format(number=number)


def run(send_all: Callable[[Broadcast], Coroutine[None, None, None]]) -> None:
    """Read what shall be sent from the command line, send it, and say how it went as a line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--api-url", required=True)
    parser.add_argument("--messages", type=int, required=True)
    parser.add_argument("--at-once", type=int, default=1)
    parser.add_argument("--per-s", type=float, default=0.0)
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--uvloop", type=int, default=0, help="1: on the faster event loop")
    options = parser.parse_args()
    broadcast = Broadcast(options.api_url, options.messages, options.at_once, options.per_s, options.seconds)
    with asyncio.Runner(loop_factory=_uvloop() if options.uvloop else None) as runner:
        runner.run(send_all(broadcast))
    print(json.dumps({"tried": broadcast.tried, "lost": broadcast.lost}))


def _uvloop() -> Callable[[], asyncio.AbstractEventLoop]:
    import uvloop

    return uvloop.new_event_loop
