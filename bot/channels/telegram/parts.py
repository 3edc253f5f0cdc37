"""How a message of any length becomes messages that Telegram takes."""

import unicodedata
from dataclasses import dataclass, replace

from handlers.incoming import clean_text
from scheduler.delivery.channel import Outgoing
from scheduler.text_length import length
from store.outbox import ButtonRows, Document, Enclosure

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
"""Limits of the Bot API, in UTF-16 units."""

ENDS = ("\n\n", "\n", "。", "！", "？", ". ", "! ", "? ", " ", "，")
"""Where a long text is best cut, best first; the cut comes after."""

JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class Part:
    """One call to Telegram.

    Attributes:
        text: within the limit; the caption where there is a file.
        buttons, document, reply_to: as in ``Outgoing``.
        attachment: one of ``Outgoing``.
    """

    text: str
    buttons: ButtonRows = ()
    document: Document | None = None
    reply_to: str | None = None
    attachment: Enclosure | None = None


WITHOUT_CAPTION = frozenset({"sticker", "video_note"})
"""Kinds of attachments that Telegram shows without words."""


def parts_of(message: Outgoing) -> tuple[Part, ...]:
    """Plan the calls for a message: the first replies, the last carries the buttons.

    What goes along comes before the text, which is the caption of the last of it. A text too long for a
    caption follows.
    """
    text = clean_text(message.text)
    if message.document is None and not message.attachments and length(text) <= TEXT_LIMIT:
        return (Part(text, message.buttons, reply_to=message.reply_to),)
    files = [Part("", document=message.document)] if message.document is not None else []
    files += [Part("", attachment=one) for one in message.attachments]
    if files and (not text or (length(text) <= CAPTION_LIMIT and _takes_caption(files[-1]))):
        bodies = [*files[:-1], replace(files[-1], text=text, buttons=message.buttons)]
    else:
        *earlier, last = split(text, TEXT_LIMIT)
        bodies = [*files, *(Part(piece) for piece in earlier), Part(last, message.buttons)]
    return (replace(bodies[0], reply_to=message.reply_to), *bodies[1:])


def _takes_caption(part: Part) -> bool:
    return part.attachment is None or part.attachment.kind not in WITHOUT_CAPTION


def split(text: str, limit: int) -> list[str]:
    """Cut a text into pieces of at most ``limit`` UTF-16 units, at line, sentence or word ends.

    The pieces together are the text; those that would show nothing are left out, unless all would.
    """
    pieces = []
    while length(text) > limit:
        cut = _cut(text[: _fitting(text, limit)])
        pieces.append(text[:cut])
        text = text[cut:]
    pieces.append(text)
    return [piece for piece in pieces if piece.strip()] or pieces[:1]


def _fitting(text: str, limit: int) -> int:
    """Count the characters from the start that fit, not parting one from the marks that belong to it."""
    units = count = 0
    for character in text:
        units += 2 if character > "\uffff" else 1
        if units > limit:
            break
        count += 1
    whole = count
    while whole > count // 2 and _belong_together(text[whole - 1], text[whole]):
        whole -= 1
    return whole if whole > count // 2 else count


def _belong_together(left: str, right: str) -> bool:
    return JOINER in (left, right) or unicodedata.category(right).startswith("M")


def _cut(window: str) -> int:
    """Choose where to cut inside a window that is too short for the text: late, and at the best end."""
    half = len(window) // 2
    for end in ENDS:
        place = window.rfind(end, half)
        if place >= 0:
            return place + len(end)
    return len(window)
