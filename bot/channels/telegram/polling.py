"""Long polling, one batch at a time: the next request, which confirms a batch, leaves after its commit."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NoReturn

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram.patience import Patience
from bot.channels.telegram.receiver import RawUpdate
from bot.channels.telegram.updates import KINDS, is_update

POLL_S = 25
LIMIT = 100


class UpdatesBot(Bot):
    """A ``Bot`` that also gives updates as they came.

    ``Bot.get_updates`` reads a batch as a whole: one update that it cannot read hides the others, and the
    texts of them all go to the log. Read one by one, only the bad one is set aside.
    """

    async def get_raw_updates(self, *, offset: int, timeout_s: int) -> list[dict[str, Any]]:
        """Confirm the updates below ``offset``, and wait up to ``timeout_s`` for others.

        Raises:
            telegram.error.TelegramError: as ``Bot.get_updates``, and where the answer holds no updates.
        """
        data = {"offset": offset, "limit": LIMIT, "timeout": timeout_s, "allowed_updates": KINDS}
        answer_s = (self._request[0].read_timeout or 0.0) + timeout_s
        updates = await self._post("getUpdates", data, read_timeout=answer_s)
        if not isinstance(updates, list) or not all(map(is_update, updates)):
            raise TelegramError("the answer holds something else than updates")
        return updates


async def poll(
    bot: UpdatesBot, receive: Callable[[Sequence[RawUpdate]], Awaitable[None]], patience: Patience
) -> NoReturn:
    """Fetch updates and hand them on until cancelled.

    A batch in hand when the call is cancelled stays unconfirmed: Telegram gives it again, and the inbox knows
    which of its updates were handled.

    Raises:
        ConfigurationError: Telegram does not know the token any more.
    """
    offset = 0
    batch: list[dict[str, Any]] = []

    async def fetch() -> list[dict[str, Any]]:
        return await bot.get_raw_updates(offset=offset, timeout_s=POLL_S)

    async def handle() -> None:
        await receive(batch)

    while True:
        batch = await patience.persist("fetching updates", fetch)
        if batch:
            await patience.persist("handling updates", handle)
            offset = max(update["update_id"] for update in batch) + 1
