"""How a message of any length becomes messages that Telegram takes."""

import unicodedata
from dataclasses import dataclass

from handlers.incoming import clean_text
from scheduler.delivery.channel import Outgoing
from scheduler.text_length import length
from store.outbox import ButtonRows, Document

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
        text: within the limit; the caption where there is a document.
        buttons, document, reply_to: as in ``Outgoing``.
    """

    text: str
    buttons: ButtonRows = ()
    document: Document | None = None
    reply_to: str | None = None


def parts_of(message: Outgoing) -> tuple[Part, ...]:
    """Plan the calls for a message: the first replies, the last carries the buttons.

    A text too long for a caption follows its document.
    """
    text, document = clean_text(message.text), message.document
    if document is not None and length(text) <= CAPTION_LIMIT:
        return (Part(text, message.buttons, document, message.reply_to),)
    *earlier, last = split(text, TEXT_LIMIT)
    bodies = [*(Part(piece) for piece in earlier), Part(last, message.buttons)]
    if document is not None:
        bodies.insert(0, Part("", (), document))
    first = bodies[0]
    return (Part(first.text, first.buttons, first.document, message.reply_to), *bodies[1:])


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
