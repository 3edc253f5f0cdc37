"""What the server can be told to do wrong."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Literal

PHRASES = {
    400: "Bad Request: the message is not to our liking",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    429: "Too Many Requests: retry after {retry_after}",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


class RefusalError(Exception):
    """The server answers with an error; it carries status, description and parameters."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


@dataclass(slots=True)
class Fault:
    """What happens to the next calls of one method, instead of or around the usual.

    Attributes:
        method: which calls; "" for any.
        times: how many of them.
        skip: how many to let pass first.
        status: answer with this error; 0 for none.
        description: Telegram's words for it.
        parameters: e.g. ``retry_after``, ``migrate_to_chat_id``.
        drop: break the connection ``before`` or ``after`` the call has its effect.
        delay_s: be slow by so many seconds.
        hold: be slow until this is set.
        body: answer with this instead of the Bot API's JSON (with ``status``, or 200).
    """

    method: str = ""
    times: int = 1
    skip: int = 0
    status: int = 0
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    drop: Literal["", "before", "after"] = ""
    delay_s: float = 0.0
    hold: asyncio.Event | None = None
    body: str | None = None

    async def wait(self) -> None:
        """Be as slow as told."""
        if self.hold is not None:
            await self.hold.wait()
        if self.delay_s:
            await asyncio.sleep(self.delay_s)

    def refusal(self) -> RefusalError:
        """Give the error to answer with."""
        words = self.description or PHRASES.get(self.status, "Something went wrong").format(**self.parameters)
        return RefusalError(self.status, words, **self.parameters)


@dataclass(slots=True)
class FaultPlan:
    """The faults that still wait for their calls, in order."""

    waiting: list[Fault] = field(default_factory=list)

    def next_for(self, method: str) -> Fault | None:
        """Take the fault for a call of this method, if one waits."""
        for fault in list(self.waiting):
            if fault.method in {"", method}:
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None
