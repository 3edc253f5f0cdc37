"""What comes in: one update of a messaging app, whichever app it was."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from operator import attrgetter

MAX_TEXT = 100_000
"""Characters of one message that are kept; the longest any app sends is far below."""

MAX_NAME = 200
"""Characters of a person's or file's name that are kept."""


class IncomingKind(StrEnum):
    """What happened in the app."""

    MESSAGE = "message"
    EDIT = "edit"
    BUTTON = "button"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"


class AttachmentKind(StrEnum):
    """What came along with a message."""

    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    VIDEO_NOTE = "video_note"
    AUDIO = "audio"
    ANIMATION = "animation"
    STICKER = "sticker"
    DOCUMENT = "document"
    CONTACT = "contact"
    LOCATION = "location"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A reference to what came along; the bytes stay with the app.

    Attributes:
        kind: what it is.
        reference: how the app finds it again (a file id), a phone number, or ``latitude,longitude``.
        name: a file's or person's name, where there is one.
        own: whether the app says that it is the sender's own contact.
        size: bytes of a file, where the app tells.
    """

    kind: AttachmentKind
    reference: str
    name: str = ""
    own: bool = False
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who speaks, as the app tells it.

    Attributes:
        id: the app's number for the person.
        name: as the app shows it; "" where it shows none.
        username: the app's handle, if any.
        language: language tag, e.g. ``zh-hans``.
        timezone: IANA name, where the app tells it.
    """

    id: str
    name: str = ""
    username: str | None = None
    language: str | None = None
    timezone: str | None = None

    def __reduce__(self) -> tuple[type["Sender"], tuple[object, ...]]:
        """Go to another process by the values alone, as ``Incoming`` does."""
        return Sender, _SENDER(self)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update.

    Attributes:
        channel: the app's name.
        update_id: unique in the channel, the same when the app repeats the update.
        kind: what happened.
        address: the chat, where answers go.
        sender: who spoke.
        at: when, by the app's clock.
        text: plain text or caption; "" where there is none.
        message_id: what the app calls the message (for a button: the message it hangs under).
        reply_to: what the app calls the message that this one replies to.
        button: the data of a tapped button.
        attachments: references to what came along.
        private: whether the chat is between one person and us.
        album: what the app calls the pictures that were sent together; None for what came alone.
    """

    channel: str
    update_id: str
    kind: IncomingKind
    address: str
    sender: Sender
    at: datetime
    text: str = ""
    message_id: str | None = None
    reply_to: str | None = None
    button: str | None = None
    attachments: tuple[Attachment, ...] = ()
    private: bool = True
    album: str | None = None

    def __reduce__(self) -> tuple[type["Incoming"], tuple[object, ...]]:
        """Go to another process by the values alone: dataclasses with slots take twice as long otherwise."""
        return Incoming, _INCOMING(self)

    @property
    def command(self) -> str | None:
        """The command that the text begins with, in lower case and without ``/`` and ``@bot``.

        Two slashes are none: staff begin a note with them.
        """
        if self.kind is not IncomingKind.MESSAGE or not self.text.startswith("/") or self.text[1:2] == "/":
            return None
        word, *_ = self.text.split(maxsplit=1)
        return word[1:].partition("@")[0].lower()

    @property
    def argument(self) -> str:
        """What follows the command, without outer spaces."""
        _, *rest = self.text.split(maxsplit=1) or [""]
        return rest[0].strip() if rest else ""


_SENDER = attrgetter(*(one.name for one in fields(Sender)))
_INCOMING = attrgetter(*(one.name for one in fields(Incoming)))
_TEXTS = attrgetter("update_id", "address", "text", "message_id", "reply_to", "button", "album")


def clean_text(text: str) -> str:
    """Make a text storable everywhere: no NUL, no lone surrogate, at most ``MAX_TEXT`` characters."""
    if text.isascii() and "\x00" not in text:
        return text[:MAX_TEXT]
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "")[:MAX_TEXT]


def cleaned(update: Incoming) -> Incoming:
    """Make everything in an update storable, whatever an app lets through; names are cut to ``MAX_NAME``."""
    if _is_clean(update):
        return update
    sender = update.sender
    return replace(
        update,
        update_id=clean_text(update.update_id),
        address=clean_text(update.address),
        sender=Sender(
            id=clean_text(sender.id),
            name=clean_text(sender.name)[:MAX_NAME],
            username=_cleaned(sender.username),
            language=_cleaned(sender.language),
            timezone=_cleaned(sender.timezone),
        ),
        text=clean_text(update.text),
        message_id=_cleaned(update.message_id),
        reply_to=_cleaned(update.reply_to),
        button=_cleaned(update.button),
        album=_cleaned(update.album),
        attachments=tuple(
            replace(item, reference=clean_text(item.reference), name=clean_text(item.name)[:MAX_NAME])
            for item in update.attachments
        ),
    )


def _is_clean(update: Incoming) -> bool:
    """Whether nothing in an update needs cleaning, as in nearly all."""
    if update.attachments or len(update.sender.name) > MAX_NAME:
        return False
    texts = "".join(filter(None, (*_TEXTS(update), *_SENDER(update.sender))))
    if len(texts) > MAX_TEXT or "\x00" in texts:
        return False
    try:
        texts.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return True


def _cleaned(text: str | None) -> str | None:
    return None if text is None else clean_text(text)
