"""What one process tells the others: hints that there may be something to do or to show.

A hint is never the only way to learn of something: lanes look by themselves now and then, pages read the
history. So hints may be lost, are kept in no queue, and equal ones that wait are one. ``MISSED`` in place of
a payload says that some may have been lost: look at everything.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Protocol

log = logging.getLogger(__name__)

MISSED = ""
"""Heard in place of a payload: something may have been missed."""

Hear = Callable[[str], None]


class Notices(Protocol):
    """Tells all processes of one database, this one included, what may concern them."""

    async def publish(self, topic: str, payload: str) -> None:
        """Let everybody who hears a topic know; never raises, and never waits for the others."""

    def subscribe(self, topic: str, hear: Hear) -> None:
        """Call ``hear`` on the event loop's thread with each payload of a topic, or with ``MISSED``."""


class LocalNotices:
    """The notices of a program that is alone with its database."""

    def __init__(self) -> None:
        self._hearers: defaultdict[str, list[Hear]] = defaultdict(list)

    def subscribe(self, topic: str, hear: Hear) -> None:
        """Call ``hear`` on the event loop's thread with each payload of a topic."""
        self._hearers[topic].append(hear)

    async def publish(self, topic: str, payload: str) -> None:
        """Tell this process."""
        self.tell(topic, payload)

    def tell(self, topic: str, payload: str) -> None:
        """Let those who hear a topic in this process know."""
        for hear in self._hearers.get(topic, ()):
            try:
                hear(payload)
            except Exception:
                log.exception("a notice about %s could not be heard", topic)

    def tell_missed(self) -> None:
        """Let all who hear anything in this process know that something may have been missed."""
        for topic in list(self._hearers):
            self.tell(topic, MISSED)
