"""An event as calendars take it: an iCalendar file (RFC 5545) that later ones correct or take back."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from customers.company import Company
from customers.time_zones import zone_info
from store.outbox import Document
from store.tables.outreach import Event, EventGuest

if TYPE_CHECKING:
    from icalendar import Event as Entry

FILE_NAME = "event.ics"
MEDIA_TYPE = "text/calendar"
PRODUCT = "-//Rapport//Events//EN"
NO_ADDRESS = "invalid:nomail"
"""An organizer is required, and has to be a URI; we are no mail address that could be answered."""

ZONE_RULES = timedelta(days=400)
"""For so long around an event the rules of its zone go along: every change of the clocks near it is in it."""

KEPT = 256
"""Files that are kept, since all guests of an event get the same one."""


class _Facts(NamedTuple):
    """All that a file says."""

    uid: str
    sequence: int
    written_at: datetime
    starts_at: datetime
    ends_at: datetime | None
    timezone: str
    title: str
    place: str
    map_link: str | None
    organizer: str
    is_cancelled: bool


def has_entry(guest: EventGuest) -> bool:
    """Tell whether a guest was given an entry for their calendar that was not taken back."""
    return guest.entry_turns % 2 == 1


def give_entry(event: Event, guest: EventGuest, *, company: Company) -> Document:
    """Give a guest an entry for their calendar, or the newest state of the one that they have.

    Notes that they have it; does not commit.
    """
    if not has_entry(guest):
        guest.entry_turns += 1
    return calendar_file(event, company=company, turns=guest.entry_turns)


def end_entry(event: Event, guest: EventGuest, *, company: Company, now: datetime) -> Document | None:
    """Take the entry off a guest's calendar who has one; None for nobody else. Does not commit."""
    if not has_entry(guest):
        return None
    guest.entry_turns += 1
    return calendar_file(event, company=company, turns=guest.entry_turns, ended_at=now)


def calendar_file(
    event: Event, *, company: Company, turns: int = 1, ended_at: datetime | None = None
) -> Document:
    """Write an event as a file that calendars open, or that takes it off them.

    All files of an event have the same UID; by their SEQUENCE, which grows with its revision and with each
    time that a guest's entry is ended or given anew, a calendar knows the newest (RFC 5546, 2.1.4). Times are
    those of the place, with the rules of its zone.

    Args:
        event: it; one that was cancelled is taken off calendars.
        company: who we are.
        turns: how often the guest's entry was given and ended by turns, this time included.
        ended_at: when this guest's entry was ended; None where they have it.
    """
    created_at = event.created_at.astimezone(UTC)
    facts = _Facts(
        uid=str(uuid5(NAMESPACE_URL, f"rapport:event:{event.id}:{created_at.isoformat()}")),
        sequence=event.revision + turns - 1,
        written_at=ended_at or event.changed_at or event.created_at,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        timezone=event.timezone,
        title=event.title,
        place=event.place,
        map_link=event.map_link,
        organizer=company.name,
        is_cancelled=ended_at is not None or event.cancelled_at is not None,
    )
    return Document(FILE_NAME, MEDIA_TYPE, _write(facts))


@lru_cache(maxsize=KEPT)
def _write(facts: _Facts) -> str:
    from icalendar import Calendar  # 3 MB: only where there are guests

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "CANCEL" if facts.is_cancelled else "PUBLISH")
    calendar.add_component(_entry(facts))
    last = facts.ends_at or facts.starts_at
    calendar.add_missing_timezones(
        first_date=(facts.starts_at - ZONE_RULES).date(), last_date=(last + ZONE_RULES).date()
    )
    written: bytes = calendar.to_ical()
    return written.decode()


def _entry(facts: _Facts) -> "Entry":
    from icalendar import Event as Entry
    from icalendar import vCalAddress

    zone = zone_info(facts.timezone)
    entry = Entry()
    entry.add("uid", facts.uid)
    entry.add("sequence", facts.sequence)
    entry.add("dtstamp", facts.written_at.astimezone(UTC))
    entry.add("dtstart", _on_the_clock(facts.starts_at, zone))
    if facts.ends_at is not None:
        entry.add("dtend", _on_the_clock(facts.ends_at, zone))
    entry.add("summary", facts.title)
    entry.add("location", facts.place)
    if facts.map_link:
        entry.add("url", facts.map_link)
    organizer = vCalAddress(NO_ADDRESS)
    organizer.params["CN"] = facts.organizer
    entry.add("organizer", organizer)
    entry.add("status", "CANCELLED" if facts.is_cancelled else "CONFIRMED")
    return entry


def _on_the_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """Give a moment by a zone's clock; the second of two same hours in UTC, since a file names the first."""
    local = moment.astimezone(zone)
    return moment.astimezone(UTC) if local.fold else local
