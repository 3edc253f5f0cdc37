"""Updates on their way to the bot: fetched by long polling, or posted to its webhook until it says 200."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp

from tests.botapi.faults import RefusalError
from tests.patience import PATIENCE_S

RETRY_S = 0.05
"""Between two tries of the webhook; Telegram waits longer."""

AT_ONCE = 8
"""Webhook posts under way at a time; those of one chat keep their order, as with Telegram."""


@dataclass(slots=True)
class Updates:
    """The updates that the bot has not confirmed yet, by id."""

    pending: dict[int, dict[str, Any]] = field(default_factory=dict)
    webhook: dict[str, Any] = field(default_factory=dict)
    allowed: Any = None
    latest: dict[str, Any] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(700_000_001))
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    polls: int = 0
    _posting: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def push(self, **content: Any) -> int:
        """Let something happen; returns the update's id."""
        number = next(self._ids)
        self.push_raw({"update_id": number, **content})
        return number

    def push_raw(self, update: dict[str, Any]) -> None:
        """Let an update wait exactly as it is given, e.g. a second time."""
        self.pending[update["update_id"]] = self.latest = update
        self.wake()

    def wake(self) -> None:
        """Let polls and posts look again."""
        task = asyncio.get_running_loop().create_task(self._notify())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def fetch(self, payload: dict[str, Any]) -> list[dict[str, Any]]:
        """Answer ``getUpdates``: forget what is below the offset, wait for what is not."""
        if self.webhook.get("url"):
            raise RefusalError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete "
                "the webhook first",
            )
        self.allowed = payload.get("allowed_updates", self.allowed)
        self.polls += 1
        poll, offset = self.polls, int(payload.get("offset", 0))
        for number in [number for number in self.pending if number < offset]:
            del self.pending[number]
        async with self._changed:
            self._changed.notify_all()
            with suppress(TimeoutError):
                async with asyncio.timeout(float(payload.get("timeout", 0))):
                    await self._changed.wait_for(lambda: self.pending or self.polls != poll)
        if self.polls != poll:
            raise RefusalError(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
                "running",
            )
        return [self.pending[number] for number in sorted(self.pending)][: int(payload.get("limit", 100))]

    async def wait_until_confirmed(self) -> None:
        """Return when the bot has confirmed all."""
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(lambda: not self.pending)

    async def post_to_webhook(self) -> None:
        """Post what waits, wherever there is a webhook, until cancelled."""
        async with aiohttp.ClientSession() as session:
            while True:
                async with self._changed:
                    await self._changed.wait_for(lambda: self.webhook.get("url") and self._next() is not None)
                    update = self._next()
                if update is not None:
                    number = update["update_id"]
                    self._posting[number] = asyncio.create_task(self._post(session, update))

    def _next(self) -> dict[str, Any] | None:
        """Choose the next update to post: the oldest of a chat that has none under way."""
        if len(self._posting) >= AT_ONCE:
            return None
        busy = {_chat_of(self.pending[number]) for number in self._posting if number in self.pending}
        for number in sorted(self.pending):
            if number not in self._posting and _chat_of(self.pending[number]) not in busy:
                return self.pending[number]
        return None

    async def _post(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> None:
        number = update["update_id"]
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", "")}
        try:
            async with session.post(self.webhook["url"], json=update, headers=headers) as response:
                status = response.status
                fault = f"Wrong response from the webhook: {status} {response.reason}"
        except (aiohttp.ClientError, OSError) as error:
            status, fault = 0, f"Connection failed: {type(error).__name__}"
        if status == HTTPStatus.OK:
            self.pending.pop(number, None)
        else:
            self.webhook["last_error_message"] = fault
            await asyncio.sleep(RETRY_S)
        self._posting.pop(number, None)
        await self._notify()

    async def close(self) -> None:
        """Stop posting."""
        tasks = [*self._posting.values(), *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _chat_of(update: dict[str, Any]) -> object:
    for content in update.values():
        if isinstance(content, dict):
            chat = (content.get("message") or content).get("chat", {})
            return chat.get("id") if isinstance(chat, dict) else None
    return None
