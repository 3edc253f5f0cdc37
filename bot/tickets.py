"""Tickets as pictures: a QR code that leads to the page where staff check a guest in."""

import asyncio
from functools import partial
from io import BytesIO

from bot.channels.files import Files
from handlers.customer.going import TICKETS

DOOR = "/staff/door/"
"""The page behind a ticket's QR code; the code follows."""

PIXELS = 10
"""Of one module: large enough for a phone's camera across a table."""


def share_tickets(files: Files, pages_url: str | None) -> None:
    """Let apps fetch the pictures of tickets by their codes.

    Where phones cannot reach our pages, a picture has the code alone, for /checkin.
    """

    async def fetch(code: str) -> bytes:
        says = code if pages_url is None else f"{pages_url}{DOOR}{code}"
        return await asyncio.to_thread(partial(draw_ticket, says))

    files.sources[TICKETS] = fetch


def draw_ticket(says: str) -> bytes:
    """Draw a link or a code as a QR code; gives a PNG."""
    import segno  # 9 MB: only where tickets are drawn

    drawn = BytesIO()
    segno.make(says, error="m", micro=False).save(drawn, kind="png", scale=PIXELS, border=4)
    return drawn.getvalue()
