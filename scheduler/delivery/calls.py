"""One call to the app, and the note of what came of it."""

import asyncio
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from scheduler.delivery.attempts import Attempt, GiveUp, after_failure
from scheduler.delivery.channel import Channel, FileMissingError, UnreachableError
from scheduler.delivery.patience import Patience
from scheduler.delivery.traffic import Traffic
from scheduler.delivery.turns import Note, Ready
from store.departures import Ended, PutBack, Sent
from store.errors import RapportError, TemporaryError
from store.tables.queues import OutboxState

log = logging.getLogger(__name__)

WITHOUT_PICTURE = "the picture could not be brought"
"""Noted with a message that went without what may be missing."""

CALL_LIMIT_S = 90.0
"""A call that takes longer is given up; channels have shorter limits of their own."""

WARN_EVERY_S = 600.0
"""How often the log says that staff cannot be reached, while alerts are tried again."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls an app and judges what it answers.

    Attributes:
        channel: the app.
        traffic: is told how the app answers.
        clock, monotonic: time.
        jitter: 0 to 1 at random, for waits after failures.
        patience: with each message.
    """

    channel: Channel
    traffic: Traffic
    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    jitter: Callable[[], float]
    patience: Patience = field(default_factory=lambda: Patience(CALL_LIMIT_S))
    _warned_at: dict[str, float] = field(default_factory=dict)

    async def call(self, ready: Ready) -> Note:
        """Send one message; whatever goes wrong with it is judged, logged and noted."""
        row = ready.row
        try:
            external_id, without = await self.patience.wait_for(self._send(ready))
        except TimeoutError:
            unclear = TemporaryError(f"no answer within {CALL_LIMIT_S:.0f} s", maybe_delivered=True)
            return self._after_failure(ready, unclear)
        except Exception as error:  # noqa: BLE001 - the edge: one delivered row; it is judged and logged
            return self._after_failure(ready, error)
        self._note_answer(took=True)
        return Note(row.address, Sent(row.id, external_id, self.clock(), without))

    async def look(self) -> None:
        """Ask the app, which has taken nothing for a while, whether it answers."""
        try:
            async with asyncio.timeout(CALL_LIMIT_S):
                await self.channel.look()
        except TimeoutError:
            self._note_failure(None, TemporaryError(f"no answer within {CALL_LIMIT_S:.0f} s"))
        except TemporaryError as error:
            self._note_failure(None, error)
        except Exception as error:  # noqa: BLE001 - the edge: what else it may be, a message finds out
            log.info("%s answers, though with an error (%s)", self.channel.name, type(error).__name__)
            self.traffic.looked()
        else:
            self.traffic.looked()

    def put_back(self, ready: Ready) -> Note:
        """Note that a claimed message was not sent after all: it keeps its place."""
        row = ready.row
        stopped = "the program was stopped first"
        return Note(row.address, PutBack(row.id, row.not_before, row.attempts, row.maybe_repeat, stopped))

    def give_up(self, ready: Ready) -> Note:
        """Note that nobody waited for the end of a call."""
        return self._judge(
            ready, TemporaryError("the program was stopped during the call", maybe_delivered=True)
        )

    async def _send(self, ready: Ready) -> tuple[str, str | None]:
        """Send a message; tell what the app calls it, and what it had to go without."""
        if ready.original is not None:
            await self.channel.edit(ready.original, ready.outgoing)
            return ready.original, None
        try:
            return await self.channel.send(ready.outgoing), None
        except FileMissingError as error:
            log.warning("message %d goes without its picture: %s", ready.row.id, error)
            return await self.channel.send(replace(ready.outgoing, attachments=())), WITHOUT_PICTURE

    def _after_failure(self, ready: Ready, error: Exception) -> Note:
        if isinstance(error, TemporaryError):
            self._note_failure(ready.row.address, error)
        else:
            self._note_answer(took=False)
        return self._judge(ready, error)

    def _judge(self, ready: Ready, error: Exception) -> Note:
        row, is_edit = ready.row, ready.original is not None
        attempt = Attempt(
            kind=row.kind,
            number=row.attempts,
            is_edit=is_edit,
            maybe_repeat=row.maybe_repeat,
            expires_at=row.expires_at,
            in_outage=self.traffic.in_outage,
            to_staff=row.to_staff,
        )
        fate = after_failure(attempt, error, now=self.clock(), jitter=self.jitter())
        if isinstance(fate, GiveUp):
            _tell_end(ready, fate, error)
            return Note(row.address, Ended(row.id, fate.state, fate.reason))
        if isinstance(error, UnreachableError):
            self._warn_of_staff_chat(row.address, error)
        log.info("message %d to %s is tried again in %.1f s: %s", row.id, row.address, fate.wait_s, error)
        if fate.holds_chat:
            self.traffic.hold(row.address, self.monotonic() + fate.wait_s)
        retry_at = self.clock() + timedelta(seconds=fate.wait_s)
        again = PutBack(row.id, row.not_before, row.attempts, fate.maybe_repeat, fate.reason, retry_at)
        return Note(row.address, again)

    def _warn_of_staff_chat(self, address: str, error: UnreachableError) -> None:
        """Tell the operator, now and then, that alerts wait."""
        now = self.monotonic()
        if now - self._warned_at.get(address, -math.inf) < WARN_EVERY_S:
            return
        self._warned_at[address] = now
        log.warning(
            "alerts do not reach the staff chat %s:%s (%s) and wait: add the bot to the group, and check "
            "RAPPORT_STAFF_CHAT",
            self.channel.name,
            address,
            error,
        )

    def note_rest(self) -> None:
        """Note that nothing waits, so that no message can find out whether the app takes them again."""
        if self.traffic.in_outage:
            self._note_answer(took=False)

    def _note_answer(self, *, took: bool) -> None:
        if self.traffic.answered(took=took):
            log.warning("%s answers again: delivery goes on", self.channel.name)

    def _note_failure(self, address: str | None, error: TemporaryError) -> None:
        """Note a failure, and log where the lane pauses; no address where the app itself was asked."""
        was_out = self.traffic.in_outage
        pause_s = self.traffic.failed(address, error, self.monotonic())
        if pause_s is not None:
            level = logging.INFO if was_out else logging.WARNING
            log.log(
                level, "%s does not take messages (%s): pause of %.0f s", self.channel.name, error, pause_s
            )


def _tell_end(ready: Ready, fate: GiveUp, error: Exception) -> None:
    """Log a message that ends unsent; with a traceback where the error is not one that channels raise."""
    row = ready.row
    log.log(
        logging.INFO if fate.state is OutboxState.UNREACHABLE else logging.WARNING,
        "message %d (%s) to %s is %s: %s",
        row.id,
        row.kind,
        row.address,
        fate.state,
        fate.reason,
        exc_info=None if isinstance(error, RapportError) else error,
    )
