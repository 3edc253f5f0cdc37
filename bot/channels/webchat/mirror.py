"""Pages that are open in other processes: they are told a row's number, and read the row themselves.

What is shown here goes straight to the pages here. A hint that is lost costs nothing but time: a page that
comes back reads the history, and when hints may have been lost, all open pages are shown the end of theirs.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.channels.webchat.identity import Visitor
from bot.channels.webchat.items import edit_frame, message_frame
from bot.channels.webchat.past import read_past
from bot.channels.webchat.rooms import NAME, Rooms
from bot.notices import MISSED, Notices
from store.engine import Database
from store.history import Said, past_and_present_names, read_change, read_heard, read_sent

log = logging.getLogger(__name__)

TOPIC = "webchat"
MAX_WAITING = 1_000
"""Hints that wait to be read; when there are more, the pages are shown the end of their history instead."""

BATCH = 100
"""Rows that are read in one go."""

RETRY_S = 2.0


class Event(StrEnum):
    """What happened in a chat."""

    SENT = "sent"
    CHANGED = "changed"
    HEARD = "heard"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class News:
    """Something that every open page of a chat should show.

    Attributes:
        event: what happened.
        address: the chat.
        id: the number of the outbox row that was sent, or that changes another; or what the page calls what
            it said or corrected.
        at: when it was shown first, aware UTC.
    """

    event: Event
    address: str
    id: str
    at: datetime


class Mirror:
    """Tells other processes what is shown here, and (while ``run`` runs) shows here what they tell."""

    def __init__(self, database: Database, rooms: Rooms, notices: Notices) -> None:
        self._database, self._rooms, self._notices = database, rooms, notices
        self._origin = secrets.token_hex(4)
        self._waiting: dict[News, None] = {}
        self._missed = self._puzzled = False
        self._bell = asyncio.Event()
        notices.subscribe(TOPIC, self.hear)

    async def tell(self, news: News) -> None:
        """Let the other processes show something; its row has been committed. Never raises."""
        fields = [self._origin, news.event, news.address, news.id, news.at.isoformat()]
        await self._notices.publish(TOPIC, json.dumps(fields))

    def hear(self, payload: str) -> None:
        """Take note of what another process tells; what concerns no open page is forgotten at once."""
        if payload == MISSED:
            self._missed = True
            self._bell.set()
            return
        try:
            origin, event, address, id_, at = json.loads(payload)
            news = News(Event(event), address, id_, datetime.fromisoformat(at))
        except (ValueError, TypeError):
            self._note_strange()
            return
        if origin == self._origin or not self._rooms.is_open(address):
            return
        self._missed = self._missed or len(self._waiting) >= MAX_WAITING
        if not self._missed:
            self._waiting[news] = None
        self._bell.set()

    def _note_strange(self) -> None:
        """Say once that processes of different versions run; pages learn the rest when they connect again."""
        if not self._puzzled:
            self._puzzled = True
            log.warning(
                "web chat: another process tells what this one does not understand, so pages show some things"
                " late: let all processes run the same version"
            )

    async def run(self) -> None:
        """Show what other processes told, until cancelled."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            try:
                await self._show_all()
            except SQLAlchemyError as error:
                log.warning(
                    "web chat: what other processes showed cannot be read (%s): again in %.0f s",
                    type(error).__name__,
                    RETRY_S,
                )
                self._missed = True
                self._bell.set()
                await asyncio.sleep(RETRY_S)
            except Exception:
                log.exception("web chat: what other processes showed could not be shown here")

    async def _show_all(self) -> None:
        while self._waiting or self._missed:
            if self._missed:
                self._missed = False
                self._waiting.clear()
                await self._catch_up()
                continue
            batch = list(self._waiting)[:BATCH]
            for news in batch:
                del self._waiting[news]
            for news, said, names in await self._database.read(_read, batch):
                await self._rooms.push(news.address, _Frame(news, said, names))

    async def _catch_up(self) -> None:
        """Show the end of its history to every open page; the page leaves what it shows already."""
        for address in self._rooms.addresses():
            past = await read_past(self._database, address, None)
            await self._rooms.push(address, past.frame_for)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What each reader gets to see of something."""

    news: News
    said: Said
    names: Mapping[str, str]

    def __call__(self, reader: Visitor) -> Mapping[str, Any]:
        if self.news.event in {Event.CHANGED, Event.CORRECTED}:
            return edit_frame(self.said)
        return message_frame(self.said, reader, self.names)


def _read(session: Session, batch: Sequence[News]) -> list[tuple[News, Said, Mapping[str, str]]]:
    """Read what the news are about; what has been erased meanwhile is left out."""
    found = [(news, said) for news in batch if (said := _read_one(session, news)) is not None]
    senders = {said.sender for _, said in found if said.sender is not None}
    names = past_and_present_names(session, channel=NAME, senders=senders)
    return [(news, said, names) for news, said in found]


def _read_one(session: Session, news: News) -> Said | None:
    if news.event in {Event.HEARD, Event.CORRECTED}:
        return read_heard(session, channel=NAME, address=news.address, external_id=news.id)
    row_id = int(news.id)
    if news.event is Event.CHANGED:
        return read_change(session, channel=NAME, address=news.address, row_id=row_id)
    said = read_sent(session, channel=NAME, address=news.address, row_id=row_id)
    return said and replace(said, at=news.at)
