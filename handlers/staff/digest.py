"""The digest of the desk: every working morning by itself, and at any time by /digest."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.desk import Rung
from customers.phrases import Phrases, phrases
from customers.staff import reachable_staff
from feedback.desk_report import desk_report, had_cases
from feedback.digest_days import Period, due_period, lately
from feedback.escalation import who_hears
from handlers.context import StaffContext
from handlers.staff.digest_picture import Picture, has_chinese_font
from handlers.staff.digest_text import digest_in_words, picture_of
from store.occasions import claim_occasion
from store.outbox import Draft, Enclosure, enqueue
from store.tables.desk import DoneOnce
from store.tables.digests import DIGESTS, DigestPicture
from store.tables.queues import MessageKind

SOURCE = "digests"
"""Where the pictures come from, as ``Enclosure.channel``: no app, but our own tables."""
KEPT_FOR = timedelta(days=7)
WORTH_SENDING = timedelta(hours=12)
DAY_WORDS = frozenset({"", "day", "today", "daily", "天", "今天", "每天"})
WEEK_WORDS = frozenset({"week", "weekly", "周", "本周", "每周"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A digest that is to be sent, or the picture of one that was.

    Attributes:
        occasion: names it once for ever.
        channel, address: the chat.
        text: what it says; "" where only the picture is missing, or there is nothing to tell.
        picture: what is to be drawn; None where there is nothing to tell.
        otherwise: what is read in its place where it cannot be shown.
        since, until: what it covers.
        asked_for: number of the row that asks for the picture; None for the one of the day.
    """

    occasion: str
    channel: str
    address: str
    text: str
    picture: Picture | None
    otherwise: str
    since: datetime
    until: datetime
    asked_for: int | None = None


def tell(context: StaffContext) -> Sequence[Draft]:
    """Tell the digest of the last day, or of the last week; the picture follows when it is drawn."""
    words = context.incoming.argument.strip().lower()
    if words not in (*DAY_WORDS, *WEEK_WORDS):
        return (context.answer(context.say("Send /digest for the last day, or /digest week.")),)
    period = lately(context.now, is_week=words in WEEK_WORDS)
    company, say = context.company, context.say
    report = desk_report(context.session, period.since, period.until, zone=company.timezone)
    if report.is_empty:
        return (context.answer(say("There is nothing to tell: no case is open, and none was new.")),)
    key = f"digest:asked:{context.incoming.channel}:{context.incoming.update_id}"
    context.session.add(
        DigestPicture(
            occasion=key,
            channel=context.incoming.channel,
            address=context.incoming.address,
            reply_to=key,
            since=period.since,
            until=period.until,
            asked_at=context.now,
        )
    )
    text = digest_in_words(report, company, say, is_week=period.is_week)
    return (context.answer(text, dedupe_key=key),)


def see_digests(session: Session, *, company: Company, now: datetime) -> Sequence[Wanted]:
    """See which digest is due and not sent, and which pictures were asked for; only reads."""
    asked = session.scalars(
        select(DigestPicture)
        .where(DigestPicture.content.is_(None), DigestPicture.occasion.startswith(DIGESTS))
        .order_by(DigestPicture.id)
    )
    wanted = [_asked(session, row, company) for row in asked]
    period = due_period(company, now)
    if period is None or session.get(DoneOnce, period.occasion) is not None:
        return wanted
    return [*wanted, _due(session, period, company, now)]


def _due(session: Session, period: Period, company: Company, now: datetime) -> Wanted:
    """Compose the digest that is due; where it has nothing to tell, it only has to be noted."""
    say, chat = phrases(company.language), company.staff_chat
    nothing = Wanted(
        period.occasion, chat.channel, chat.address, "", None, _not_shown(say), period.since, period.until
    )
    if not had_cases(session, period.until):  # all that there is by now is told by the next one
        return nothing
    report = desk_report(session, period.since, period.until, zone=company.timezone)
    if report.is_empty:
        return nothing
    leads = who_hears(reachable_staff(session, channels=company.channels), Rung.LEAD, owner_id=None, now=now)
    text = digest_in_words(
        report, company, say, is_week=period.is_week, leads=list(dict.fromkeys(one.name for one in leads))
    )
    picture = picture_of(report, company, drawn_language(company), is_week=period.is_week)
    return replace(nothing, text=text, picture=picture)


def _asked(session: Session, row: DigestPicture, company: Company) -> Wanted:
    report = desk_report(session, row.since, row.until, zone=company.timezone)
    is_week = row.until - row.since > timedelta(days=1)
    picture = picture_of(report, company, drawn_language(company), is_week=is_week)
    return Wanted(
        row.occasion,
        row.channel,
        row.address,
        "",
        picture,
        _not_shown(phrases(company.language)),
        row.since,
        row.until,
        asked_for=row.id,
    )


def _not_shown(say: Phrases) -> str:
    return say("The picture of this digest cannot be shown here.")


def drawn_language(company: Company) -> Phrases:
    """Give the language of labels: staff's, unless no font here has its characters."""
    say = phrases(company.language)
    return say if say.language != "zh" or has_chinese_font() else phrases("en")


def send_digest(session: Session, wanted: Wanted, content: bytes | None, *, now: datetime) -> int:
    """Queue a digest with its picture, or the picture alone, once; does not commit.

    Args:
        session: an open write transaction.
        wanted: what ``see_digests`` saw; another process may have sent it since.
        content: the picture as PNG; None where none can be drawn: then the text goes alone.
        now: aware UTC.

    Returns:
        How many messages were queued.
    """
    session.execute(delete(DigestPicture).where(DigestPicture.asked_at < now - KEPT_FOR))
    row = _row_of(session, wanted, now)
    if row is None:
        return 0
    if content is None:
        session.delete(row)
    else:
        row.content = b64encode(content).decode("ascii")
    session.flush()
    if not (wanted.text or (wanted.asked_for is not None and content is not None)):
        return 0
    files = (
        () if content is None else (Enclosure("photo", SOURCE, str(row.id), "digest.png", wanted.otherwise),)
    )
    draft = Draft(
        kind=MessageKind.PROGRESS,
        channel=wanted.channel,
        address=wanted.address,
        text=wanted.text,
        attachments=files,
        dedupe_key=wanted.occasion if wanted.text else f"{wanted.occasion}:picture",
        reply_to=row.reply_to,
        expires_at=now + WORTH_SENDING,
    )
    return enqueue(session, [draft], now=now)


def _row_of(session: Session, wanted: Wanted, now: datetime) -> DigestPicture | None:
    """Give the picture's row: the one that asks for it, or a new one; None where all was done meanwhile."""
    if wanted.asked_for is not None:
        row = session.get(DigestPicture, wanted.asked_for, with_for_update=True)
        return row if row is not None and row.content is None else None
    if not claim_occasion(session, wanted.occasion, now=now):
        return None
    row = DigestPicture(
        occasion=wanted.occasion,
        channel=wanted.channel,
        address=wanted.address,
        since=wanted.since,
        until=wanted.until,
        asked_at=now,
    )
    session.add(row)
    session.flush()
    return row


def read_picture(session: Session, reference: str) -> bytes | None:
    """Give a picture that was drawn; None where there is none any more."""
    row = session.get(DigestPicture, int(reference)) if reference.isdecimal() else None
    return None if row is None or row.content is None else b64decode(row.content)
