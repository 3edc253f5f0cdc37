"""The account of all requests that the server got, and waiting for one without looking again and again."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.patience import PATIENCE_S


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    Attributes:
        number: its place in the account, from 0.
        method: e.g. ``sendMessage``.
        payload: its parameters, those that hold JSON decoded; a file is ``{"name", "content"}``.
        at: when it was answered; aware UTC.
        status: the HTTP status it was answered with; 0 where the connection was dropped.
        taken: whether it had its effect.
        result: what was answered, where it was taken.
    """

    number: int
    method: str
    payload: dict[str, Any]
    at: datetime
    status: int
    taken: bool
    result: Any


@dataclass(slots=True)
class Account:
    """All calls, in order."""

    calls: list[Call] = field(default_factory=list)
    _waiting: list[tuple[Callable[[Call], bool], asyncio.Future[Call]]] = field(default_factory=list)

    def add(self, call: Call) -> None:
        """Write a call down and wake whoever waits for it."""
        self.calls.append(call)
        for entry in list(self._waiting):
            wanted, future = entry
            if not future.done() and wanted(call):
                future.set_result(call)
                self._waiting.remove(entry)

    async def wait_for(self, wanted: Callable[[Call], bool], *, after: int = 0) -> Call:
        """Give the first call from number ``after`` on that is wanted, now or when it comes.

        Raises:
            AssertionError: none came in time; it lists those that did.
        """
        for call in self.calls[after:]:
            if wanted(call):
                return call
        future: asyncio.Future[Call] = asyncio.get_running_loop().create_future()
        entry = (wanted, future)
        self._waiting.append(entry)
        try:
            return await asyncio.wait_for(future, PATIENCE_S)
        except TimeoutError:
            came = "\n".join(f"  {call.method} {call.status} {call.payload}" for call in self.calls[after:])
            raise AssertionError(f"no such call; those that came:\n{came}") from None
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)
