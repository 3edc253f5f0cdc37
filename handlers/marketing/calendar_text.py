"""What the calendar ahead says, as text and as what its picture shows: pure wording."""

from collections.abc import Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_time
from babel.numbers import format_decimal

from customers.company import Company
from customers.phrases import Phrases, listed
from customers.speaking import company_name
from handlers.marketing.calendar_picture import Bar, Entry, Picture
from scheduler.calendar_ahead import CampaignAhead, Day, EventAhead
from scheduler.festivals.ahead import FestivalAhead
from scheduler.festivals.wording import festival_name

LONGEST_TITLE = 60
DRAWN_ENTRIES = 14


def calendar_in_words(days: Sequence[Day], company: Company, say: Phrases) -> str:
    """Say what is planned, day by day; days without anything are passed over.

    Args:
        days: at least one.
        company: by whose clock they are.
        say: the reader's language.
    """
    told = [line for day in days if not day.is_empty for line in _lines(day, company, say)]
    head = _head(days, company, say)
    if not told:
        return f"{head}\n{say('Nothing is planned.')}"
    return "\n".join([head, _sum(days, say), "", *told, "", *_notes(days, say)])


def calendar_picture(days: Sequence[Day], company: Company, say: Phrases) -> Picture:
    """Say what the picture of the days shows."""
    kinds = (say("visits"), say("greetings"), say("reminders and thanks"), say("campaigns and invitations"))
    bars = [
        Bar(
            label=_short(day.day, say),
            counts=(day.visits, day.greetings, day.to_guests, day.sent_to_many),
            is_weekend=day.day.isoweekday() > 5,  # noqa: PLR2004 - Saturday and Sunday
        )
        for day in days
    ]
    entries = [Entry(_short(day.day, say), text) for day in days for text in _marked(day, company, say)]
    left = len(entries) - DRAWN_ENTRIES
    if left > 0:
        entries = [*entries[:DRAWN_ENTRIES], Entry("", say("… and {number} more", number=left))]
    return Picture(
        title=say("{company} – what is planned", company=company_name(company, say)),
        subtitle=_range(days, say),
        days_title=say("Messages a day, at most"),
        kinds=kinds,
        bars=bars,
        entries=entries,
    )


def _head(days: Sequence[Day], company: Company, say: Phrases) -> str:
    return say("🗓 {range}, by our clock ({zone})", range=_range(days, say), zone=company.timezone)


def _range(days: Sequence[Day], say: Phrases) -> str:
    first, last = (format_skeleton("yMMMd", day.day, locale=say.locale) for day in (days[0], days[-1]))
    return f"{first} – {last}"


def _sum(days: Sequence[Day], say: Phrases) -> str:
    total = sum(day.messages for day in days)
    busiest = max(days, key=lambda day: day.messages)
    if not total:
        return say("No message is due so far.")
    return say.count(
        "{total} message at most; the fullest day is {day} with {most}.",
        "{total} messages at most; the fullest day is {day} with {most}.",
        total,
        total=_number(total, say),
        day=_day(busiest.day, say),
        most=_number(busiest.messages, say),
    )


def _notes(days: Sequence[Day], say: Phrases) -> Iterator[str]:
    if any(one.estimated for day in days for one in day.festivals):
        yield say("Estimated days depend on the moon; when the calendar is corrected, greetings move along.")
    yield say("Who has said stop by then, complains, or had enough messages gets none.")


def _lines(day: Day, company: Company, say: Phrases) -> Iterator[str]:
    """Tell one day: how many messages, and below it what stands in the calendar."""
    parts = listed(_counts(day, say), say)
    name = _day(day.day, say)
    yield say("{day}: {what}", day=name, what=parts) if parts else name
    for text in _marked(day, company, say):
        yield f"• {text}"


def _counts(day: Day, say: Phrases) -> Iterator[str]:
    if day.visits:
        yield say.count("{number} visit", "{number} visits", day.visits)
    if day.greetings:
        yield say.count("{number} greeting", "{number} greetings", day.greetings)
    if day.reminders:
        yield say.count("{number} reminder", "{number} reminders", day.reminders)
    if day.thanks:
        yield say.count("thanks to {number} guest", "thanks to {number} guests", day.thanks)
    if day.sent_to_many:
        yield say.count("{number} campaign message", "{number} campaign messages", day.sent_to_many)


def _marked(day: Day, company: Company, say: Phrases) -> Iterator[str]:
    for festival in day.festivals:
        yield _festival(festival, company, say)
    for event in day.events:
        yield _event(event, company, say)
    for campaign in day.campaigns:
        yield _campaign(campaign, company, say)


def _festival(one: FestivalAhead, company: Company, say: Phrases) -> str:
    name = festival_name(one.festival, say, one.title, company_language=company.language)
    people = say.count("{number} customer", "{number} customers", one.people)
    if one.estimated:
        return say("{name} (estimated): {people}", name=name, people=people)
    return say("{name}: {people}", name=name, people=people)


def _event(one: EventAhead, company: Company, say: Phrases) -> str:
    return say(
        "Event “{title}” at {time}: {going} of {capacity} places",
        title=_cut(one.title),
        time=_time(one, company, say),
        going=one.going,
        capacity=one.capacity,
    )


def _campaign(one: CampaignAhead, company: Company, say: Phrases) -> str:
    time, title = _time(one, company, say), _cut(one.title)
    if one.people is None:
        return say("Campaign “{title}” at {time}: its audience cannot be read", title=title, time=time)
    people = say.count("{number} customer", "{number} customers", one.people)
    if one.recurs:
        return say(
            "Campaign “{title}” at {time}, again and again: {people}", title=title, time=time, people=people
        )
    return say("Campaign “{title}” at {time}: {people}", title=title, time=time, people=people)


def _time(one: EventAhead | CampaignAhead, company: Company, say: Phrases) -> str:
    at = one.starts_at if isinstance(one, EventAhead) else one.at
    return format_time(at.astimezone(ZoneInfo(company.timezone)), "HH:mm", locale=say.locale)


def _day(day: date, say: Phrases) -> str:
    return format_skeleton("MMMEd", day, locale=say.locale)


def _short(day: date, say: Phrases) -> str:
    return format_skeleton("MMMd", day, locale=say.locale)


def _cut(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def _number(number: int, say: Phrases) -> str:
    return format_decimal(number, locale=say.language)
