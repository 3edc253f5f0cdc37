"""What a digest says, as text and as what its picture shows: pure wording."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from babel.numbers import format_decimal

from customers.company import Company
from customers.phrases import Phrases, listed
from customers.speaking import company_name
from feedback.case_clocks import Goal
from feedback.desk_report import CauseCount, DeskReport
from handlers.staff.causes import causes_in_words
from handlers.staff.digest_picture import Bar, Day, Picture, Tile
from store.tables.complaints import ComplaintState

CAUSES_SHOWN = 6
CAUSES_NAMED = 3
LOW_STARS = 2


def digest_in_words(
    report: DeskReport, company: Company, say: Phrases, *, is_week: bool, leads: Sequence[str] = ()
) -> str:
    """Say what a digest tells, line by line.

    Args:
        report: the numbers.
        company: whose desk it is.
        say: the reader's language.
        is_week: whether it covers a week.
        leads: the names of those who should read it.
    """
    since = _moment(report.since, company, say)
    head = (
        say("📊 The week since {moment}", moment=since) if is_week else say("📊 Since {moment}", moment=since)
    )
    lines = [
        head,
        _flow(report, say),
        _open(report, say),
        _missed(report, say),
        _promises(report, say),
        _csat(report, say),
        *_causes(report, say),
        say("For {names}", names=listed(leads, say)) if leads else "",
    ]
    return "\n".join(line for line in lines if line)


def picture_of(report: DeskReport, company: Company, say: Phrases, *, is_week: bool) -> Picture:
    """Say what the picture of a digest shows."""
    since, until = (_moment(moment, company, say) for moment in (report.since, report.until))
    mean, missed = report.csat_mean, sum(report.missed.values())
    return Picture(
        title=say("{company} – complaints of the week", company=company_name(company, say))
        if is_week
        else say("{company} – complaints", company=company_name(company, say)),
        subtitle=f"{since} – {until}",
        tiles=(
            Tile(say("new"), str(report.opened)),
            Tile(say("open now"), str(report.open_now)),
            Tile(say("targets missed"), str(missed), alarming=missed > 0),
            Tile(say("of 5 stars"), "–" if mean is None else _decimal(mean, say)),
        ),
        days_title=say("Day by day"),
        opened=say("new"),
        ended=say("ended"),
        days=[Day(_day(one.day, say), one.opened, one.ended) for one in report.days],
        ages_title=say("Open, by age"),
        ages=[Bar(name, count) for name, count in zip(_ages(say), report.open_by_age, strict=True)],
        csat_title=say("Marks of customers"),
        csat=[Bar("★" * stars, report.csat.get(stars, 0)) for stars in range(5, 0, -1)],
        causes_title=say("Causes of the last 7 days, and the usual week"),
        causes=[
            Bar(name, one.count, one.usual, stands_out=one.is_rising)
            for name, one in _named(report.causes[:CAUSES_SHOWN], say)
        ],
    )


def _flow(report: DeskReport, say: Phrases) -> str:
    ended = report.ended
    line = say("New: {opened} · ended: {ended}", opened=report.opened, ended=sum(ended.values()))
    parts = [
        say("{count} confirmed", count=ended.get(ComplaintState.CONFIRMED, 0)),
        say("{count} without their word", count=ended.get(ComplaintState.UNCONFIRMED, 0)),
        say("{count} no complaint", count=ended.get(ComplaintState.DISMISSED, 0)),
    ]
    return say("{what} ({more})", what=line, more=listed(parts, say)) if sum(ended.values()) else line


def _open(report: DeskReport, say: Phrases) -> str:
    line = say("Open: {count}", count=report.open_now)
    ages = [f"{name} {count}" for name, count in zip(_ages(say), report.open_by_age, strict=True) if count]
    line = say("{what} ({more})", what=line, more=listed(ages, say)) if ages else line
    if report.awaiting:
        line += " · " + say("{count} wait for the customer’s word", count=report.awaiting)
    return line


def _missed(report: DeskReport, say: Phrases) -> str:
    if not sum(report.missed.values()):
        return say("No target was missed.")
    return say(
        "⚠️ Targets missed: answer {answers}, solution {solutions}",
        answers=report.missed.get(Goal.FIRST_RESPONSE, 0),
        solutions=report.missed.get(Goal.RESOLUTION, 0),
    )


def _promises(report: DeskReport, say: Phrases) -> str:
    parts = []
    if report.promises_due:
        parts.append(say("{count} due within a day", count=report.promises_due))
    if report.kept_rate is not None:
        kept = say(
            "{kept} of {all} kept ({share} %)",
            kept=report.promises_kept,
            all=report.promises_kept + report.promises_broken,
            share=round(100 * report.kept_rate),
        )
        parts.append(kept)
    if report.promises_broken:
        parts.append(say("⚠️ {count} broken", count=report.promises_broken))
    return say("Promises: {parts}", parts=" · ".join(parts)) if parts else ""


def _csat(report: DeskReport, say: Phrases) -> str:
    mean, marks = report.csat_mean, sum(report.csat.values())
    if mean is None:
        return ""
    low = sum(count for stars, count in report.csat.items() if stars <= LOW_STARS)
    line = say.count(
        "Customers gave {mean} of 5 stars ({number} rating)",
        "Customers gave {mean} of 5 stars ({number} ratings)",
        marks,
        mean=_decimal(mean, say),
    )
    return f"{line} · {say('{count} low', count=low)}" if low else line


def _causes(report: DeskReport, say: Phrases) -> Sequence[str]:
    rising = [
        say(
            "📈 Rising: {cause}, {count} in 7 days (usually {usual})",
            cause=name,
            count=one.count,
            usual=_decimal(one.usual, say),
        )
        for name, one in _named(report.causes, say)
        if one.is_rising
    ]
    most = [f"{name} {one.count}" for name, one in _named(report.causes[:CAUSES_NAMED], say)]
    line = [say("Most common in 7 days: {causes}", causes=listed(most, say))] if most else []
    return [*rising, *line]


def _named(causes: Sequence[CauseCount], say: Phrases) -> Sequence[tuple[str, CauseCount]]:
    names = causes_in_words([one.cause for one in causes], say)
    return [(names[one.cause], one) for one in causes]


def _ages(say: Phrases) -> Sequence[str]:
    return (say("under a day"), say("1–3 days"), say("3–7 days"), say("over 7 days"))


def _moment(moment: datetime, company: Company, say: Phrases) -> str:
    local = moment.astimezone(ZoneInfo(company.timezone))
    day = format_skeleton("MMMEd", local, locale=say.locale)
    return say("{day}, {time}", day=day, time=format_skeleton("Hm", local, locale=say.locale))


def _day(day: date, say: Phrases) -> str:
    return str(format_skeleton("MMMd", day, locale=say.locale))


def _decimal(number: float, say: Phrases) -> str:
    return str(format_decimal(round(number, 1), locale=say.language))
