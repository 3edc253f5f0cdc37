"""What the start prints: where to chat, where alerts appear, what is off and how to switch it on."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from bot.config import WEB_STAFF_CHAT, Settings
from bot.pace_notes import pace_notes
from bot.staff_commands import desk_code, staff_link
from customers.staff import has_joined


def announcement(session: Session, settings: Settings, *, now: datetime, pages: bool) -> list[str]:
    """Compose the lines that tell an operator how to reach the program.

    Where staff use the web and none of them has joined, each call makes a new one-time link: output is often
    kept in a log, and whoever reads that would get in. A worker without ``pages`` has nothing to reach. Does
    not commit.
    """
    if not pages:
        return [
            f"A Rapport worker is running for {settings.company_name}. Press Ctrl+C to stop.",
            *_notes(settings),
            "  It shares the work of its database. `rapport doctor` checks the settings.",
        ]
    return [
        f"Rapport is running for {settings.company_name}. Press Ctrl+C to stop.",
        "",
        *_lines(session, settings, now),
    ]


def _lines(session: Session, settings: Settings, now: datetime) -> Iterator[str]:
    yield f"  Customers chat at      {settings.base_url}/chat"
    if settings.staff == WEB_STAFF_CHAT:
        yield from _web_staff(session, settings, now)
    else:
        yield f"  Staff alerts appear in Telegram chat {settings.staff.address}"
    if settings.telegram_token is not None:
        how = "calls us" if settings.telegram_mode == "webhook" else "is polled"
        yield f"  Telegram               on ({how})"
    yield ""
    yield from _notes(settings)
    yield from _switched_off(settings)


def _web_staff(session: Session, settings: Settings, now: datetime) -> Iterator[str]:
    if has_joined(session):
        yield f"  Staff alerts appear at {settings.base_url}/staff"
        yield "                         (`rapport staff link` signs one more browser in)"
    else:
        yield f"  Staff alerts appear at {staff_link(settings, desk_code(session, now=now))}"
        yield "                         (signs one browser in, once; `rapport staff link` prints the next)"


def _notes(settings: Settings) -> Iterator[str]:
    return (f"  Note: {note}." for note in pace_notes(settings))


def _switched_off(settings: Settings) -> Iterator[str]:
    """Name what is off, each with the setting that switches it on."""
    if settings.telegram_token is None:
        yield "  Off: Telegram. Get a token from @BotFather and set RAPPORT_TELEGRAM_TOKEN."
    elif settings.staff == WEB_STAFF_CHAT:
        yield "  Off: alerts in Telegram. Set RAPPORT_STAFF_CHAT=telegram:<number of your staff group>."
    if settings.public_url is None:
        yield "  Off: access from other machines. Set RAPPORT_HTTP_HOST and RAPPORT_PUBLIC_URL."
    yield "  Every setting is explained in docs/settings.md; `rapport doctor` checks them."
