"""Whether the app answers at all: when failures pile up, the lane pauses and then probes."""

import math
from dataclasses import dataclass

TOLERATED = 5
"""Failures in a row before the lane pauses; a few bad messages are not an outage."""

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0


@dataclass(slots=True)
class Health:
    """Counts failures in a row that say "not now"; pure but for its own counters.

    Attributes:
        failures: how many since the last success.
        paused_until: monotonic moment before which nothing is sent.
        answers: whether the app answered when it was asked during an outage; then a message may try.
    """

    failures: int = 0
    paused_until: float = -math.inf
    answers: bool = False
    _pause_s: float = FIRST_PAUSE_S

    @property
    def probing(self) -> bool:
        """Whether only one message at a time may try whether the app is back."""
        return self.failures >= TOLERATED

    def succeeded(self) -> bool:
        """Note that the app took a message, or refused it with a clear word.

        Returns:
            Whether this ends an outage.
        """
        was_out = self.probing
        self.failures, self._pause_s = 0, FIRST_PAUSE_S
        self.paused_until, self.answers = -math.inf, False
        return was_out

    def failed(self, now: float) -> float | None:
        """Note that the app could not take a message.

        Returns:
            For how many seconds the lane pauses because of it, where it begins to.
        """
        self.failures += 1
        self.answers = False
        if not self.probing or now < self.paused_until:
            return None
        pause_s = self._pause_s
        self.paused_until = now + pause_s
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        return pause_s
