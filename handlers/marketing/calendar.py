"""``/calendar``: what we are going to say first in the next days, as text, and a moment later as a picture.

With many customers the text comes a moment later, too: counting them takes a second or so, for which nobody
else should have to wait.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import phrases
from handlers.buttons import number
from handlers.context import StaffContext
from handlers.marketing.calendar_picture import Picture
from handlers.marketing.calendar_text import calendar_in_words, calendar_picture
from handlers.staff import desk
from handlers.staff.digest import SOURCE, drawn_language
from handlers.staff.roles import may_market
from scheduler.audience import has_more_customers_than
from scheduler.calendar_ahead import LOOKED_AHEAD_DAYS, days_ahead
from store.outbox import Draft, Enclosure, enqueue
from store.tables.digests import CALENDARS, DigestPicture
from store.tables.queues import MessageKind

MOST_DAYS = 92
COUNTED_AT_ONCE = 20_000
"""Customers for whom the text comes at once: some 50 ms on a small machine."""

UNTOLD = f"{CALENDARS}untold:"
"""Begins the occasion of a calendar whose text was not told yet."""

WORTH_SENDING = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A calendar that was asked for.

    Attributes:
        row_id: number of the row that asks for it.
        occasion: names it once for ever.
        text: what is still to be told; "" where that was done at once.
        picture: what is to be drawn.
        otherwise: what is read in its place where it cannot be shown.
    """

    row_id: int
    occasion: str
    text: str
    picture: Picture
    otherwise: str


def show(context: StaffContext) -> Sequence[Draft]:
    """Tell what is planned for the next 30 days, or for as many as are asked for."""
    if not may_market(context.staff):
        return desk.unknown_command(context)
    say, asked = context.say, context.incoming.argument.strip()
    days = number(asked) if asked else LOOKED_AHEAD_DAYS
    if days is None or not 1 <= days <= MOST_DAYS:
        text = say("How many days? Send a number from 1 to {most}: /calendar 14", most=MOST_DAYS)
        return (context.answer(text),)
    is_large = has_more_customers_than(context.session, COUNTED_AT_ONCE)
    key = f"{UNTOLD if is_large else CALENDARS}{context.incoming.channel}:{context.incoming.update_id}"
    context.session.add(
        DigestPicture(
            occasion=key,
            channel=context.incoming.channel,
            address=context.incoming.address,
            reply_to=key,
            since=context.now,
            until=context.now + timedelta(days=days),
            asked_at=context.now,
        )
    )
    if is_large:
        return (context.answer(say("One moment, I am counting …"), dedupe_key=key),)
    found = days_ahead(context.session, company=context.company, now=context.now, days=days)
    return (context.answer(calendar_in_words(found, context.company, say), dedupe_key=key),)


def see_calendars(session: Session, *, company: Company, now: datetime) -> Sequence[Wanted]:
    """See which calendars were asked for and are not drawn; only reads."""
    asked = session.scalars(
        select(DigestPicture)
        .where(DigestPicture.content.is_(None), DigestPicture.occasion.startswith(CALENDARS))
        .order_by(DigestPicture.id)
    ).all()
    return [_wanted(session, row, company, now) for row in asked]


def _wanted(session: Session, row: DigestPicture, company: Company, now: datetime) -> Wanted:
    say = phrases(company.language)
    days = days_ahead(session, company=company, now=now, days=(row.until - row.since).days)
    return Wanted(
        row.id,
        row.occasion,
        calendar_in_words(days, company, say) if row.occasion.startswith(UNTOLD) else "",
        calendar_picture(days, company, drawn_language(company)),
        say("The picture of the calendar cannot be shown here."),
    )


def send_calendar(session: Session, wanted: Wanted, content: bytes | None, *, now: datetime) -> int:
    """Queue a calendar that was asked for, once; does not commit.

    Args:
        session: an open write transaction.
        wanted: what ``see_calendars`` saw; another process may have sent it since.
        content: the picture as PNG; None where none can be drawn: then the text goes alone.
        now: aware UTC.

    Returns:
        How many messages were queued.
    """
    row = session.get(DigestPicture, wanted.row_id, with_for_update=True)
    if row is None or row.content is not None:
        return 0
    files: tuple[Enclosure, ...] = ()
    channel, address, reply_to = row.channel, row.address, row.reply_to
    if content is None:
        session.delete(row)
    else:
        row.content = b64encode(content).decode("ascii")
        files = (Enclosure("photo", SOURCE, str(row.id), "calendar.png", wanted.otherwise),)
    session.flush()
    if not (wanted.text or files):
        return 0
    draft = Draft(
        kind=MessageKind.PROGRESS,
        channel=channel,
        address=address,
        text=wanted.text,
        attachments=files,
        dedupe_key=f"{wanted.occasion}:picture",
        reply_to=reply_to,
        expires_at=now + WORTH_SENDING,
    )
    return enqueue(session, [draft], now=now)
