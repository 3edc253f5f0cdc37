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


def share_tickets(files: Files, pages_url: str) -> None:
    """Let apps fetch the pictures of tickets by their codes."""

    async def fetch(code: str) -> bytes:
        return await asyncio.to_thread(partial(draw_ticket, f"{pages_url}{DOOR}{code}"))

    files.sources[TICKETS] = fetch


def draw_ticket(link: str) -> bytes:
    """Draw a link as a QR code; gives a PNG."""
    import segno  # 9 MB: only where tickets are drawn

    drawn = BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="png", scale=PIXELS, border=4)
    return drawn.getvalue()
