"""What comes along with a Telegram message, as references; the bytes stay with Telegram."""

from telegram import (
    Animation,
    Audio,
    Contact,
    Document,
    Location,
    Message,
    PhotoSize,
    Sticker,
    User,
    Venue,
    Video,
    VideoNote,
    Voice,
)

from handlers.incoming import Attachment, AttachmentKind

KINDS = {
    Voice: AttachmentKind.VOICE,
    Video: AttachmentKind.VIDEO,
    VideoNote: AttachmentKind.VIDEO_NOTE,
    Audio: AttachmentKind.AUDIO,
    Animation: AttachmentKind.ANIMATION,
    Document: AttachmentKind.DOCUMENT,
}
"""Files; a file keeps its kind when it is sent on."""


def attachments_of(message: Message) -> tuple[Attachment, ...]:
    """List what comes along with a message: at most one thing, as Telegram has it.

    A thing so new that the library does not know it stands in ``api_kwargs``; of it there is nothing
    to fetch.
    """
    thing = message.venue or message.effective_attachment  # a venue has its location beside it
    if thing is None and message.text is not None:
        return ()
    if thing is None:
        return tuple(Attachment(AttachmentKind.OTHER, "", name) for name in sorted(message.api_kwargs)[:1])
    if isinstance(thing, tuple):
        largest = max((size for size in thing if isinstance(size, PhotoSize)), key=_area, default=None)
        if largest is None:
            return ()
        return (Attachment(AttachmentKind.PHOTO, largest.file_id, size=largest.file_size),)
    return (_attachment(thing, message.from_user),)


def _area(size: PhotoSize) -> int:
    return size.width * size.height


def _attachment(thing: object, sender: User | None) -> Attachment:
    match thing:
        case Voice() | Video() | VideoNote() | Audio() | Animation() | Document():
            name = getattr(thing, "file_name", None) or ""
            return Attachment(KINDS[type(thing)], thing.file_id, name, size=thing.file_size)
        case Sticker():
            return Attachment(AttachmentKind.STICKER, thing.file_id, thing.emoji or "", size=thing.file_size)
        case Contact():
            name = " ".join(filter(None, (thing.first_name, thing.last_name)))
            own = sender is not None and thing.user_id == sender.id
            return Attachment(AttachmentKind.CONTACT, thing.phone_number, name, own=own)
        case Location():
            return _place(thing)
        case Venue():
            return _place(thing.location, thing.title)
        case _:  # a poll, a dice, a game: nothing to fetch
            return Attachment(AttachmentKind.OTHER, "", type(thing).__name__.lower())


def _place(location: Location, name: str = "") -> Attachment:
    return Attachment(AttachmentKind.LOCATION, f"{location.latitude},{location.longitude}", name)
