"""What comes along with a message, or instead of one."""

from customers.phrases import Phrases
from handlers.context import CustomerContext
from handlers.incoming import Attachment, AttachmentKind, Incoming

PHONE_LENGTH = 32


def in_words(attachment: Attachment, say: Phrases) -> str:
    """Describe an attachment to staff."""
    name, reference = attachment.name, attachment.reference
    described = {
        AttachmentKind.PHOTO: say("a photo"),
        AttachmentKind.VOICE: say("a voice message"),
        AttachmentKind.VIDEO: say("a video"),
        AttachmentKind.DOCUMENT: say("a file"),
        AttachmentKind.CONTACT: say("a contact"),
        AttachmentKind.LOCATION: say("a place"),
    }.get(attachment.kind, say("an attachment"))
    shown = {
        AttachmentKind.DOCUMENT: name,
        AttachmentKind.CONTACT: f"{name} {reference}".strip(),
        AttachmentKind.LOCATION: reference,
    }.get(attachment.kind, "")
    return f"[{described}: {shown}]" if shown else f"[{described}]"


def described(words: str, incoming: Incoming, say: Phrases) -> str:
    """Give words together with what came along, as staff read it."""
    return " ".join(filter(None, [words, *(in_words(item, say) for item in incoming.attachments)]))


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
