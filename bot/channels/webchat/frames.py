"""What a page may say to us: JSON frames, read strictly. Nothing in them is trusted."""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Literal

from customers.phrases import Phrases
from handlers.incoming import MAX_TEXT, clean_text
from scheduler.manners import is_zone
from store.errors import InputError
from store.history import Cursor

MAX_FRAME_BYTES = 4_000_000
"""Room for ``MAX_TEXT`` characters, each written as two escapes, and then some."""

MAX_ATTACHMENTS = 10
MAX_BUTTON_BYTES = 64
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,5}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_CURSOR = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")


class Fault(Enum):
    """Why a frame cannot be taken."""

    UNREADABLE = auto()
    UNKNOWN = auto()
    EMPTY = auto()
    TOO_LONG = auto()
    TOO_FAST = auto()
    BAD_ATTACHMENT = auto()
    NOT_NOW = auto()


class FrameError(InputError):
    """A frame cannot be taken.

    Attributes:
        fault: why.
        uuid: which message it was, where the frame says so much.
    """

    def __init__(self, fault: Fault, uuid: str | None = None) -> None:
        super().__init__(fault.name)
        self.fault = fault
        self.uuid = uuid


@dataclass(frozen=True, slots=True)
class Hello:
    """A page introduces itself; a language or time zone that is none is dropped."""

    language: str | None
    timezone: str | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A page asks for what was said before a cursor."""

    before: Cursor


@dataclass(frozen=True, slots=True)
class Ping:
    """A page asks whether we are there."""


@dataclass(frozen=True, slots=True)
class FileSent:
    """A file that was uploaded before."""

    token: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place on earth, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Say:
    """Somebody writes; ``uuid`` is made by the page and stays the same when it sends again."""

    uuid: str
    text: str
    reply_to: str | None
    attachments: tuple[FileSent | Place, ...]


@dataclass(frozen=True, slots=True)
class Tap:
    """Somebody taps a button under the message ``id``."""

    uuid: str
    id: str
    data: str


@dataclass(frozen=True, slots=True)
class Correct:
    """Somebody corrects their message ``id``."""

    uuid: str
    id: str
    text: str


Frame = Hello | Earlier | Ping | Say | Tap | Correct


def read_frame(raw: str) -> Frame:
    """Read one frame.

    Raises:
        FrameError: it is no frame of ours, or says something nobody may say.
    """
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise FrameError(Fault.UNREADABLE) from error
    if not isinstance(fields, dict):
        raise FrameError(Fault.UNREADABLE)
    read = _READERS.get(fields["type"]) if isinstance(fields.get("type"), str) else None
    if read is None:
        raise FrameError(Fault.UNKNOWN)
    return read(fields)


def explain(fault: Fault, say: Phrases) -> str:
    """Tell a person why their message was not taken."""
    sentences: Mapping[Fault, str] = {
        Fault.UNREADABLE: say("This page sent something we could not read. Reloading it helps."),
        Fault.UNKNOWN: say("This page asked for something we do not know. Reloading it helps."),
        Fault.EMPTY: say("There was nothing in that message. Write a few words and send it again."),
        Fault.TOO_LONG: say(
            "This message is longer than {limit} characters. Please send it in parts.", limit=f"{MAX_TEXT:,}"
        ),
        Fault.TOO_FAST: say("That was a lot at once. The rest follows in a moment."),
        Fault.NOT_NOW: say("We could not take that just now. It is sent again in a moment."),
        Fault.BAD_ATTACHMENT: say("This file did not arrive. Please attach it again."),
    }
    return sentences[fault]


def _hello(fields: Mapping[str, Any]) -> Hello:
    language, zone = fields.get("language"), fields.get("timezone")
    return Hello(
        language if isinstance(language, str) and _LANGUAGE.fullmatch(language) else None,
        zone if isinstance(zone, str) and _is_zone(zone) else None,
    )


def _is_zone(name: str) -> bool:
    return 0 < len(name) <= 64 and is_zone(name)  # noqa: PLR2004 - the longest IANA name has 32


def _earlier(fields: Mapping[str, Any]) -> Earlier:
    before = fields.get("before")
    found = _CURSOR.fullmatch(before) if isinstance(before, str) else None
    if found is None:
        raise FrameError(Fault.UNREADABLE)
    return Earlier(Cursor(int(found[1]), int(found[2])))


def write_cursor(cursor: Cursor) -> str:
    """Write a cursor as a page gives it back."""
    return f"{cursor.message_id}.{cursor.outbox_id}"


def _say(fields: Mapping[str, Any]) -> Say:
    uuid = _uuid(fields)
    text = _text(fields, uuid)
    reply_to = fields.get("reply_to")
    attachments = fields.get("attachments") or []
    if not isinstance(attachments, list) or len(attachments) > MAX_ATTACHMENTS:
        raise FrameError(Fault.BAD_ATTACHMENT, uuid)
    if not text.strip() and not attachments:
        raise FrameError(Fault.EMPTY, uuid)
    return Say(
        uuid=uuid,
        text=text,
        reply_to=None if reply_to is None else _message_id(reply_to, uuid),
        attachments=tuple(_attachment(attachment, uuid) for attachment in attachments),
    )


def _tap(fields: Mapping[str, Any]) -> Tap:
    uuid, data = _uuid(fields), fields.get("data")
    if not isinstance(data, str):
        raise FrameError(Fault.UNREADABLE, uuid)
    data = clean_text(data)
    if not 0 < len(data.encode()) <= MAX_BUTTON_BYTES:
        raise FrameError(Fault.UNREADABLE, uuid)
    return Tap(uuid, _message_id(fields.get("id"), uuid), data)


def _correct(fields: Mapping[str, Any]) -> Correct:
    uuid = _uuid(fields)
    text = _text(fields, uuid)
    if not text.strip():
        raise FrameError(Fault.EMPTY, uuid)
    return Correct(uuid, _message_id(fields.get("id"), uuid), text)


def _uuid(fields: Mapping[str, Any]) -> str:
    uuid = fields.get("uuid")
    if not isinstance(uuid, str) or _UUID.fullmatch(uuid) is None:
        raise FrameError(Fault.UNREADABLE)
    return uuid


def _text(fields: Mapping[str, Any], uuid: str) -> str:
    text = fields.get("text", "")
    if not isinstance(text, str):
        raise FrameError(Fault.UNREADABLE, uuid)
    if len(text) > MAX_TEXT:
        raise FrameError(Fault.TOO_LONG, uuid)
    return clean_text(text)


def _message_id(value: object, uuid: str) -> str:
    if not isinstance(value, str) or _MESSAGE_ID.fullmatch(value) is None:
        raise FrameError(Fault.UNREADABLE, uuid)
    return value


def _attachment(fields: object, uuid: str) -> FileSent | Place:
    match fields:
        case {"token": str(token), "name": str(name)}:
            return FileSent(token, clean_text(name)[:200])
        case {"latitude": float() | int() as latitude, "longitude": float() | int() as longitude}:
            if _within(latitude, 90) and _within(longitude, 180):
                return Place(float(latitude), float(longitude))
    raise FrameError(Fault.BAD_ATTACHMENT, uuid)


def _within(degrees: float, most: Literal[90, 180]) -> bool:
    return not isinstance(degrees, bool) and math.isfinite(degrees) and abs(degrees) <= most


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Frame]] = {
    "hello": _hello,
    "earlier": _earlier,
    "ping": lambda _fields: Ping(),
    "say": _say,
    "tap": _tap,
    "edit": _correct,
}
