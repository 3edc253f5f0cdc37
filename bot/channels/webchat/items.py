"""How a message looks to a page: one JSON object, the same from the history and from a push."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.channels.webchat.identity import Visitor
from bot.channels.webchat.rooms import NAME
from handlers.incoming import AttachmentKind
from scheduler.delivery.channel import Outgoing
from store.history import Said
from store.outbox import Button, ButtonRows


def item_of(said: Said, reader: Visitor, names: Mapping[str, str]) -> dict[str, Any]:
    """Write a message as one reader sees it.

    Args:
        said: the message.
        reader: who reads it.
        names: the names of staff, by who speaks.
    """
    return {
        "id": said.id,
        "from": _author(said, reader),
        "name": names.get(said.sender or "", ""),
        "at": said.at.isoformat(),
        "text": said.text,
        "buttons": rows_of(said.buttons),
        "document": said.document_name,
        "attachments": _attachments(said, reader),
        "replyTo": said.reply_to,
        "edited": said.edited,
    }


def message_frame(said: Said, reader: Visitor, names: Mapping[str, str]) -> dict[str, Any]:
    """Write what a page gets when something was said."""
    return {"type": "message", "item": item_of(said, reader, names)}


def edit_frame(said: Said) -> dict[str, Any]:
    """Write what a page gets when something that was said reads otherwise now."""
    return {
        **({"attachments": []} if said.taken_back else {}),
        "type": "edit",
        "id": said.id,
        "text": said.text,
        "buttons": rows_of(said.buttons),
        "edited": said.edited,
    }


def said_by_us(message: Outgoing, at: datetime) -> Said:
    """See a message that is being sent as one that was said."""
    return Said(
        id=str(message.id),
        sender=None,
        at=at,
        text=message.text,
        buttons=message.buttons,
        document_name=None if message.document is None else message.document.name,
        attachments=tuple(asdict(one) for one in message.attachments),
        taken_back=message.takes_back,
        reply_to=message.reply_to,
    )


def rows_of(buttons: ButtonRows) -> list[list[dict[str, str]]]:
    """Write rows of buttons."""
    return [[_button(button) for button in row] for row in buttons]


def _button(button: Button) -> dict[str, str]:
    return {"label": button.label, "data": button.data, **({"link": button.link} if button.link else {})}


def _author(said: Said, reader: Visitor) -> str:
    if said.sender is None:
        return "company"
    return "me" if said.sender == reader.sender else "other"


def _attachments(said: Said, reader: Visitor) -> list[dict[str, Any]]:
    """Write what came along with a message, with the paths by which this reader gets it."""
    if said.sender is not None:
        return [_attachment(attachment, reader) for attachment in said.attachments]
    return [_sent(said.id, place, file, reader) for place, file in enumerate(said.attachments)]


def _sent(row_id: str, place: int, file: Mapping[str, Any], reader: Visitor) -> dict[str, Any]:
    """Write what went along with a message of ours; staff get a file of the web chat from where it lies."""
    path = f"{'/staff' if reader.is_staff else '/chat'}/sent/{row_id}/{place}"
    if reader.is_staff and file["channel"] == NAME:
        path = f"/staff/files/{file['reference']}"
    return {"kind": file["kind"], "name": file["name"], "path": path}


def _attachment(attachment: Mapping[str, Any], reader: Visitor) -> dict[str, Any]:
    reference = str(attachment["reference"])
    if attachment["kind"] == AttachmentKind.LOCATION:
        latitude, _, longitude = reference.partition(",")
        return {"kind": "location", "latitude": float(latitude), "longitude": float(longitude)}
    path = f"/staff/files/{reference}" if reader.is_staff else f"/chat/files/{reference.partition('/')[2]}"
    return {"kind": str(attachment["kind"]), "name": attachment.get("name", ""), "path": path}
