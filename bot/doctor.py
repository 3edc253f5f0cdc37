"""``rapport doctor``: what works, what does not, and how to mend it."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from bot.channels.telegram_app import TelegramFindings, examine_telegram
from bot.config import Settings
from bot.intake import utc_now
from bot.readiness import check_revision, first_line
from scheduler.festivals import festivals_on
from store.engine import Database
from store.errors import RapportError

LEAST_FREE_MB = 500
CLOCK_SLACK = timedelta(seconds=30)
RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that is right shows an earlier time than the program's making."""


class Mark(StrEnum):
    """How a finding is marked."""

    GOOD = "ok  "
    OFF = "off "
    BAD = "BAD "


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    mark: Mark
    what: str

    @property
    def bad(self) -> bool:
        """Whether somebody must act."""
        return self.mark is Mark.BAD

    @property
    def line(self) -> str:
        """The finding as the operator reads it."""
        return f"[{self.mark}] {self.what}"


async def examine(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> list[Finding]:
    """Look at everything the program needs; changes nothing."""
    findings = await asyncio.to_thread(lambda: [_database(settings), *_machine(settings, clock())])
    return findings + [finding async for finding in _telegram(settings, clock)]
