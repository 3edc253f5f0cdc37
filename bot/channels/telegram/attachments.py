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
        return () if largest is None else (Attachment(AttachmentKind.PHOTO, largest.file_id),)
    return (_attachment(thing, message.from_user),)


def _area(size: PhotoSize) -> int:
    return size.width * size.height


def _attachment(thing: object, sender: User | None) -> Attachment:  # noqa: PLR0911 - one line for each kind of thing
    match thing:
        case Voice():
            return Attachment(AttachmentKind.VOICE, thing.file_id)
        case Video():
            return Attachment(AttachmentKind.VIDEO, thing.file_id, thing.file_name or "")
        case VideoNote():
            return Attachment(AttachmentKind.VIDEO, thing.file_id)
        case Document():
            return Attachment(AttachmentKind.DOCUMENT, thing.file_id, thing.file_name or "")
        case Contact():
            name = " ".join(filter(None, (thing.first_name, thing.last_name)))
            own = sender is not None and thing.user_id == sender.id
            return Attachment(AttachmentKind.CONTACT, thing.phone_number, name, own=own)
        case Location():
            return _place(thing)
        case Venue():
            return _place(thing.location, thing.title)
        case Audio() | Animation():
            return Attachment(AttachmentKind.OTHER, thing.file_id, thing.file_name or "")
        case Sticker():
            return Attachment(AttachmentKind.OTHER, thing.file_id, thing.emoji or "")
        case _:  # a poll, a dice, a game: nothing to fetch
            return Attachment(AttachmentKind.OTHER, "", type(thing).__name__.lower())


def _place(location: Location, name: str = "") -> Attachment:
    return Attachment(AttachmentKind.LOCATION, f"{location.latitude},{location.longitude}", name)
