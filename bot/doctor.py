"""``rapport doctor``: what works, what does not, and how to mend it. It changes nothing."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import func, select

from bot.channels.telegram.connection import open_telegram
from bot.config import Settings
from bot.intake import utc_now
from bot.pace_notes import pace, pace_notes
from bot.readiness import check_revision, faults_named, look_at_file
from bot.second_looks import outcomes_in_words
from feedback.second_look.model import why_not
from store.engine import Database
from store.errors import RapportError
from store.second_looks import COUNTED, LookTally, tally_looks
from store.tables.queues import InboxUpdate
from store.uncertain import count_uncertain

LEAST_FREE_MB = 500
CLOCK_SLACK = timedelta(minutes=2)
LOOK_LATE_AFTER = timedelta(minutes=10)
RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that is right shows a moment before the program was made."""


class Mark(StrEnum):
    """How a finding is marked."""

    GOOD = " ok"
    OFF = "off"
    NOTE = " ! "
    BAD = "BAD"


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


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything the program needs."""
    now = utc_now()
    here = await asyncio.to_thread(lambda: [*_database(settings, now), *_machine(settings, now)])
    return [*here, _aspects(settings), *await _telegram(settings), *_pace(settings)]


def _database(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look at the database, and at the clock beside what the database remembers."""
    database = Database(settings.database_url.get_secret_value())
    path = Path(str(database.url.database))
    try:
        look_at_file(settings, budget_s=None)
        if database.is_sqlite and not path.exists():
            yield Finding(Mark.OFF, f"database: {path} does not exist yet; the first start makes it")
            return
        with faults_named():
            check_revision(database)
        yield Finding(Mark.GOOD, f"database: {database.url.get_backend_name()}, reachable and up to date")
        with database.reading() as session:
            yield _clock(now, session.scalar(select(func.max(InboxUpdate.received_at))))
            yield from _uncertain(count_uncertain(session))
            yield from _second_look(settings, tally_looks(session), now)
    except RapportError as error:
        yield Finding(Mark.BAD, f"database: {error}")
    finally:
        database.close()


def _uncertain(count: int) -> Iterator[Finding]:
    if count:
        yield Finding(
            Mark.NOTE,
            f"outbox: uncertain whether they arrived: {count:,} messages;"
            " `rapport outbox uncertain` shows them",
        )


def _second_look(settings: Settings, tally: LookTally, now: datetime) -> Iterator[Finding]:
    """Say whether messages are read twice, how many were, and what that changed."""
    missing = why_not()
    if settings.second_look == "off":
        yield Finding(Mark.OFF, "second look: set RAPPORT_SECOND_LOOK=auto to switch it on")
    elif missing is not None:
        yield Finding(Mark.OFF, f"second look: {missing}; until then messages get the first look alone")
    else:
        yield Finding(Mark.GOOD, "second look: it is installed")
    if tally.outcomes:
        yield Finding(Mark.GOOD, f"{outcomes_in_words(tally.outcomes)} (of the newest {COUNTED:,})")
    late = tally.waiting_since is not None and now - tally.waiting_since > LOOK_LATE_AFTER
    if late and settings.second_look != "off":
        yield Finding(
            Mark.NOTE,
            f"second look: {tally.waiting:,} messages wait since {tally.waiting_since:%Y-%m-%d %H:%M} UTC;"
            " the running program reads them, as far as it can: its log says more",
        )


def _clock(now: datetime, newest: datetime | None) -> Finding:
    if now < RELEASED:
        return Finding(Mark.BAD, f"clock: it shows {now:%Y-%m-%d}, before this program was made; set it")
    if newest is not None and newest > now + CLOCK_SLACK:
        return Finding(
            Mark.BAD,
            f"clock: it shows {now:%Y-%m-%d %H:%M} UTC, but a message came at {newest:%H:%M}; set it",
        )
    return Finding(Mark.GOOD, f"clock: {now:%Y-%m-%d %H:%M} UTC")


def _machine(settings: Settings, now: datetime) -> Iterator[Finding]:
    local = now.astimezone(ZoneInfo(settings.timezone))
    days = len(holidays.country_holidays(settings.country, years=now.year))
    yield Finding(Mark.GOOD, f"time zone: {settings.timezone}, where it is {local:%H:%M}")
    yield Finding(Mark.GOOD, f"calendar: {settings.country}, {days} holidays in {now.year}")
    folder = next(
        path
        for path in (settings.data_dir.absolute(), *settings.data_dir.absolute().parents)
        if path.exists()
    )
    free_mb = shutil.disk_usage(folder).free // 2**20
    if free_mb < LEAST_FREE_MB:
        yield Finding(Mark.BAD, f"disk: {free_mb} MB free in {folder}; make room for {LEAST_FREE_MB} MB")
    elif not os.access(folder, os.W_OK):
        yield Finding(Mark.BAD, f"disk: {folder} cannot be written; change its owner or RAPPORT_DATA_DIR")
    else:
        yield Finding(Mark.GOOD, f"disk: {free_mb:,} MB free in {folder}")


def _aspects(settings: Settings) -> Finding:
    """Name the parts of the service; a file that is wrong has ended the command before."""
    whose = f"from {settings.aspects}" if settings.aspects else "that come with Rapport (RAPPORT_ASPECTS)"
    parts = settings.taxonomy.parts
    return Finding(Mark.GOOD, f"aspects: {len(parts)} parts of the service {whose}: {', '.join(parts)}")


def _pace(settings: Settings) -> list[Finding]:
    if settings.telegram_token is None:
        return []
    in_force = Finding(Mark.GOOD, f"pace: Telegram gets at most {pace(settings)}")
    return [in_force, *(Finding(Mark.NOTE, f"pace: {note}") for note in pace_notes(settings))]


async def _telegram(settings: Settings) -> list[Finding]:
    token, secret = settings.telegram_token, settings.telegram_webhook_secret
    if token is None:
        return [Finding(Mark.OFF, "Telegram: set RAPPORT_TELEGRAM_TOKEN to switch it on")]
    try:
        async with open_telegram(
            token=token.get_secret_value(),
            api_url=settings.telegram_api_url,
            mode=settings.telegram_mode,
            public_url=settings.public_url,
            webhook_secret=None if secret is None else secret.get_secret_value(),
            take=_take_nothing,
            unreadable=_take_nothing,
            staff_chat=settings.telegram_staff_chat,
        ) as telegram:
            checkup = await telegram.check()
    except RapportError as error:
        return [Finding(Mark.BAD, f"Telegram: {error}")]
    faults = [Finding(Mark.BAD, f"Telegram: {fault}") for fault in checkup.faults]
    how = f"webhook {checkup.webhook_url}" if checkup.webhook_url else "polling"
    return [Finding(Mark.GOOD, f"Telegram: @{checkup.username} by {how}"), *faults]


async def _take_nothing(*_updates: object) -> None:
    """Receive nothing: the doctor only asks."""
