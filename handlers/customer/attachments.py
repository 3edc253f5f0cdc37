"""What comes along with a message, or instead of one: in words, and as the real thing that is sent on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from customers.phrases import Phrases
from handlers.context import CustomerContext
from handlers.incoming import Attachment, AttachmentKind, Incoming, IncomingKind
from store.outbox import Draft, Enclosure
from store.tables.queues import MessageKind

PHONE_LENGTH = 32

FILES = frozenset(AttachmentKind) - {AttachmentKind.CONTACT, AttachmentKind.LOCATION}
"""What has bytes that can be sent on; the others are said in words."""

FETCHED_AT_MOST = 20_000_000
"""Bytes of a file that can be brought from one app to another; Telegram gives a bot no larger one
(https://core.telegram.org/bots/api#getfile). Within one app there is no such limit."""


def in_words(attachment: Attachment, say: Phrases) -> str:
    """Describe an attachment to staff."""
    name, reference = attachment.name, attachment.reference
    shown = {
        AttachmentKind.DOCUMENT: name,
        AttachmentKind.AUDIO: name,
        AttachmentKind.CONTACT: f"{name} {reference}".strip(),
        AttachmentKind.LOCATION: reference,
    }.get(attachment.kind, "")
    described = kind_in_words(attachment.kind, say)
    return f"[{described}: {shown}]" if shown else f"[{described}]"


def kind_in_words(kind: AttachmentKind, say: Phrases) -> str:
    """Name what came along."""
    return {
        AttachmentKind.PHOTO: say("a photo"),
        AttachmentKind.VOICE: say("a voice message"),
        AttachmentKind.VIDEO: say("a video"),
        AttachmentKind.VIDEO_NOTE: say("a video message"),
        AttachmentKind.AUDIO: say("a recording"),
        AttachmentKind.ANIMATION: say("a moving picture"),
        AttachmentKind.STICKER: say("a sticker"),
        AttachmentKind.DOCUMENT: say("a file"),
        AttachmentKind.CONTACT: say("a contact"),
        AttachmentKind.LOCATION: say("a place"),
    }.get(kind, say("an attachment"))


def described(words: str, incoming: Incoming, say: Phrases) -> str:
    """Give words together with what came along, as staff read it."""
    return " ".join(filter(None, [words, *(in_words(item, say) for item in incoming.attachments)]))


def stored(attachment: Attachment) -> dict[str, Any]:
    """Write an attachment as it is kept with its message; how large it was is of no use later."""
    return {
        "kind": attachment.kind,
        "reference": attachment.reference,
        "name": attachment.name,
        "own": attachment.own,
    }


def restored(kept: Mapping[str, Any]) -> Attachment:
    """Read what ``stored`` wrote."""
    return Attachment(AttachmentKind(kept["kind"]), kept["reference"], kept["name"], own=kept["own"])


def files_in(incoming: Incoming) -> Sequence[Attachment]:
    """Pick what can be sent on; what a correction mentions was sent on before."""
    is_new = incoming.kind is IncomingKind.MESSAGE
    return [item for item in incoming.attachments if is_new and _is_file(item)]


def sendable(kept: Sequence[Mapping[str, Any]]) -> Sequence[Attachment]:
    """Pick what can be sent on of what came along with a message that was kept."""
    return [item for item in map(restored, kept) if _is_file(item)]


def _is_file(item: Attachment) -> bool:
    return item.kind in FILES and bool(item.reference)


def too_large(attachment: Attachment, *, came_on: str, goes_to: str) -> bool:
    """Tell whether a file cannot be brought from one app to another."""
    return came_on != goes_to and (attachment.size or 0) > FETCHED_AT_MOST


def enclosure(attachment: Attachment, channel: str, otherwise: str) -> Enclosure:
    """Let a file go along with a message of ours.

    Args:
        attachment: what came in.
        channel: on which app.
        otherwise: what its reader is told in its place where it cannot be brought to them.
    """
    return Enclosure(str(attachment.kind), channel, attachment.reference, attachment.name, otherwise)


def for_staff(
    items: Sequence[Attachment], say: Phrases, *, came_on: str, staff_channel: str
) -> tuple[Enclosure, ...]:
    """Let what a customer sent be shown to staff; of what is too large they are told."""

    def otherwise(item: Attachment) -> str:
        shown = in_words(item, say)
        if too_large(item, came_on=came_on, goes_to=staff_channel):
            return say("⚠️ {what} is too large to be shown here: ask for it in another way.", what=shown)
        return say("⚠️ {what} cannot be shown here: ask the customer to send it again.", what=shown)

    return tuple(enclosure(item, came_on, otherwise(item)) for item in items)


def for_customer(items: Sequence[Attachment], say: Phrases, *, came_on: str) -> tuple[Enclosure, ...]:
    """Let what somebody of the staff sent go along to a customer, in the customer's language."""

    def otherwise(item: Attachment) -> str:
        what = kind_in_words(item.kind, say)
        return say("⚠️ We sent you {what}, but it could not be brought here. Just ask for it.", what=what)

    return tuple(enclosure(item, came_on, otherwise(item)) for item in items)


def album_key(incoming: Incoming) -> str:
    """Name the one answer to the pictures of an album that come without words."""
    return f"album:{incoming.channel}:{incoming.address}:{incoming.album}"


def once_an_album(drafts: Sequence[Draft], incoming: Incoming) -> Sequence[Draft]:
    """Let the pictures of an album that come without words be answered once, and not each."""
    if incoming.album is None or incoming.text.strip():
        return drafts
    key, here = album_key(incoming), (incoming.channel, incoming.address)
    return [
        replace(draft, dedupe_key=key)
        if draft.kind is MessageKind.ANSWER
        and not draft.dedupe_key
        and (draft.channel, draft.address) == here
        else draft
        for draft in drafts
    ]


def keep_phone(context: CustomerContext) -> bool:
    """Keep the number of a customer who shares their own contact, as the app says; a name proves nothing.

    Returns:
        Whether a number was kept.
    """
    own = [item.reference for item in context.incoming.attachments if _is_own(item)]
    if not own:
        return False
    context.customer.phone = own[-1][:PHONE_LENGTH]
    return True


def _is_own(attachment: Attachment) -> bool:
    return attachment.kind is AttachmentKind.CONTACT and attachment.own and bool(attachment.reference)
