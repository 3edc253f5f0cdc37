"""How we keep trying while Telegram, or the way to it, is down."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from telegram.error import Conflict, TelegramError

from bot.channels.telegram.errors import is_token_refused, token_refused, wait_s_of
from store.errors import ConfigurationError

log = logging.getLogger(__name__)

T = TypeVar("T")

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0


@dataclass(slots=True)
class Patience:
    """Repeats a call until it succeeds, with growing, jittered waits.

    Attributes:
        sleep: waits for so many seconds.
        jitter: gives a number in 0..1 that spreads the waits of several programs.
        token_works: whether Telegram has accepted the token before.
        trouble: what fails at present; None while all goes well.
    """

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = random.random
    token_works: bool = False
    trouble: str | None = None

    async def persist(self, doing: str, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call until it succeeds, and return what it returned.

        Args:
            doing: what is being tried, for the log.
            call: makes one try.

        Raises:
            ConfigurationError: Telegram does not know the token, or the call itself raised it.
        """
        failures = 0
        while True:
            try:
                result = await call()
            except ConfigurationError:
                raise
            except Exception as error:  # the edge: whatever fails is logged and tried again
                if is_token_refused(error, known_good=self.token_works):
                    raise token_refused() from error
                wait_s = self._wait_s(failures, error)
                failures += 1
                self.trouble = f"{doing} failed ({type(error).__name__})"
                _report(doing, error, wait_s)
            else:
                self.trouble = None
                return result
            await self.sleep(wait_s)

    def _wait_s(self, failures: int, error: Exception) -> float:
        growing = min(FIRST_WAIT_S * 2.0 ** min(failures, 16), LONGEST_WAIT_S) * (0.5 + self.jitter() / 2)
        asked = wait_s_of(error) if isinstance(error, TelegramError) else None
        return max(growing, asked or 0.0)


def _report(doing: str, error: Exception, wait_s: float) -> None:
    if isinstance(error, Conflict):
        log.error(
            "Telegram: %s failed, because another program uses the same bot (%s). Stop the other one, or "
            "give this one a bot of its own (RAPPORT_TELEGRAM_TOKEN); trying again in %.1f s",
            doing,
            error.message,
            wait_s,
        )
    elif isinstance(error, TelegramError):
        log.warning("Telegram: %s failed (%s); trying again in %.1f s", doing, error.message, wait_s)
    else:
        log.error("Telegram: %s failed; trying again in %.1f s", doing, wait_s, exc_info=error)
