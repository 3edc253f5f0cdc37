"""The talk with one open page: each frame in turn, and an acknowledgement once it is safe."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.channels.webchat.connection import NO_LONGER_STAFF, Connection
from bot.channels.webchat.flood import Flood
from bot.channels.webchat.frames import (
    Correct,
    Earlier,
    Fault,
    FileSent,
    FrameError,
    Hello,
    Ping,
    Place,
    Say,
    Tap,
    explain,
    read_frame,
)
from bot.channels.webchat.identity import Visitor
from bot.channels.webchat.items import edit_frame, message_frame
from bot.channels.webchat.mirror import Event, Mirror, News
from bot.channels.webchat.past import read_past
from bot.channels.webchat.rooms import NAME, Rooms
from bot.channels.webchat.uploads import Uploads
from customers.company import Company
from customers.phrases import Phrases, language_of, phrases
from handlers.incoming import Attachment, AttachmentKind, Incoming, IncomingKind, Sender
from store.engine import Database
from store.history import Cursor, Said, active_names, has_heard

log = logging.getLogger(__name__)

RETRY_AFTER_S = 3.0
"""After which a page sends again what could not be taken."""

Act = Say | Tap | Correct


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a conversation needs of the program."""

    database: Database
    take: Callable[[Sequence[Incoming]], Awaitable[None]]
    company: Company
    rooms: Rooms
    mirror: Mirror
    uploads: Uploads
    flood: Flood
    clock: Callable[[], datetime]


class Conversation:
    """Answers the frames of one page, in their order."""

    def __init__(self, connection: Connection, around: Surroundings) -> None:
        self._connection = connection
        self._around = around
        self._visitor = connection.visitor
        self._name = ""

    async def welcome(self) -> bool:
        """Find out who this is; a page of somebody who left the staff is closed, and False returned."""
        if not self._visitor.is_staff:
            return True
        names = await self._around.database.read(active_names, channel=NAME, senders=[self._visitor.sender])
        if self._visitor.sender not in names:
            self._connection.close(NO_LONGER_STAFF)
            return False
        self._name = names[self._visitor.sender]
        return True

    async def answer(self, raw: str) -> None:
        """Handle one frame of the page; whatever is wrong with it is told and ends nothing."""
        try:
            frame = read_frame(raw)
            if isinstance(frame, Ping):
                self._connection.push({"type": "pong"})
                return
            wait_s = self._around.flood.wait_s(self._visitor.sender)
            if wait_s:
                self._refuse(FrameError(Fault.TOO_FAST, getattr(frame, "uuid", None)), wait_s)
            elif isinstance(frame, Hello):
                self._connection.language, self._connection.timezone = frame.language, frame.timezone
                await self._show_history(None)
            elif isinstance(frame, Earlier):
                await self._show_history(frame.before)
            else:
                await self._hand_over(frame)
        except FrameError as error:
            self._refuse(error)
        except Exception:
            log.exception("a frame of %s could not be handled", self._visitor.side)
            self._refuse(FrameError(Fault.NOT_NOW), RETRY_AFTER_S)

    def refuse_binary(self) -> None:
        """Tell a page that sent bytes that we read text."""
        self._refuse(FrameError(Fault.UNREADABLE))

    async def _hand_over(self, act: Act) -> None:
        """Let intake handle what somebody did, then acknowledge it and show it on the chat's other pages."""
        if not await self.welcome():
            return
        incoming = self._incoming(act, await self._attachments(act))
        await self._around.take([incoming])
        self._connection.push(
            {"type": "taken", "uuid": act.uuid, "id": message_id(act.uuid), "at": incoming.at.isoformat()}
        )
        if isinstance(act, Tap):
            await self._forget_erased_files()
        else:
            await self._show_others(act, incoming)

    def _incoming(self, act: Act, attachments: tuple[Attachment, ...]) -> Incoming:
        visitor = self._visitor
        incoming = Incoming(
            channel=NAME,
            update_id=hashlib.sha256(f"{visitor.sender}\n{act.uuid}".encode()).hexdigest(),
            kind=IncomingKind.MESSAGE,
            address=visitor.address,
            sender=Sender(
                id=visitor.sender,
                name=self._name,
                language=self._connection.language,
                timezone=self._connection.timezone,
            ),
            at=self._around.clock(),
            message_id=message_id(act.uuid),
            attachments=attachments,
            private=not visitor.is_staff,
        )
        match act:
            case Say():
                return replace(incoming, text=act.text, reply_to=act.reply_to)
            case Tap():
                return replace(incoming, kind=IncomingKind.BUTTON, message_id=act.id, button=act.data)
            case Correct():
                return replace(incoming, kind=IncomingKind.EDIT, message_id=act.id, text=act.text)

    async def _attachments(self, act: Act) -> tuple[Attachment, ...]:
        if not isinstance(act, Say):
            return ()
        return tuple([await self._attachment(sent, act.uuid) for sent in act.attachments])

    async def _attachment(self, sent: FileSent | Place, uuid: str) -> Attachment:
        if isinstance(sent, Place):
            return Attachment(AttachmentKind.LOCATION, f"{sent.latitude:.6f},{sent.longitude:.6f}")
        kept = await asyncio.to_thread(self._around.uploads.find, self._visitor.address, sent.token)
        if kept is None:
            raise FrameError(Fault.BAD_ATTACHMENT, uuid)
        return Attachment(kept.kind, kept.reference, sent.name)

    async def _show_others(self, act: Say | Correct, incoming: Incoming) -> None:
        """Show the chat's other pages, here and in other processes, what was said on this one."""
        said = _said(act, incoming)
        names = {incoming.sender.id: self._name}

        def frame_for(reader: Visitor) -> dict[str, Any]:
            return edit_frame(said) if said.edited else message_frame(said, reader, names)

        await self._around.rooms.push(incoming.address, frame_for, but=self._connection)
        event = Event.CORRECTED if said.edited else Event.HEARD
        await self._around.mirror.tell(News(event, incoming.address, said.id, incoming.at))

    async def _show_history(self, before: Cursor | None) -> None:
        past = await read_past(self._around.database, self._visitor.address, before)
        self._connection.push(past.frame_for(self._visitor))

    async def _forget_erased_files(self) -> None:
        """Delete the files of a customer's chat whose messages were just erased."""
        address, uploads = self._visitor.address, self._around.uploads
        if self._visitor.is_staff or not await asyncio.to_thread(uploads.holds, address):
            return
        if not await self._around.database.read(has_heard, channel=NAME, address=address):
            await asyncio.to_thread(uploads.forget, address)

    def _refuse(self, error: FrameError, wait_s: float = 0.0) -> None:
        self._connection.push(
            {
                "type": "refused",
                "uuid": error.uuid,
                "text": explain(error.fault, self._say),
                "retryAfter": round(wait_s, 1),
            }
        )

    @property
    def _say(self) -> Phrases:
        return phrases(language_of(self._connection.language, self._around.company.language))


def _said(act: Say | Correct, incoming: Incoming) -> Said:
    """See what a page does as what was said."""
    said = Said(id=message_id(act.uuid), sender=incoming.sender.id, at=incoming.at, text=act.text)
    if isinstance(act, Correct):
        return replace(said, id=act.id, edited=True)
    attachments = [
        {"kind": attachment.kind, "reference": attachment.reference, "name": attachment.name}
        for attachment in incoming.attachments
    ]
    return replace(said, attachments=attachments, reply_to=act.reply_to)


def message_id(uuid: str) -> str:
    """Name a message after the id that its page made for it, so that the page knows the name too."""
    return f"m-{uuid}"
