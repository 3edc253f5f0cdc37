"""From an occasion and a customer to the message that leaves: its words, its buttons, its particulars."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_timezone_name

from customers.company import Company
from customers.phrases import Phrases, phrases
from scheduler.audience import Addressee
from scheduler.variables import first_name
from store.outbox import Button, ButtonRows, Draft
from store.tables.customers import Purpose
from store.tables.outreach import Event, Rsvp
from store.tables.queues import MessageKind

MARKS = range(1, 6)


def visit_draft(
    who: Addressee,
    *,
    company: Company,
    contact: str | None,
    visit_id: int,
    key: str,
    leaves: datetime,
    expires: datetime,
) -> Draft:
    """Compose the question of a return visit, with a button for each mark."""
    say = phrases(who.language)
    sender = (
        say("This is {contact} from {company}.", contact=contact, company=company.name)
        if contact
        else say("This is {company}.", company=company.name)
    )
    asks = say(
        "It has been a while, so I wanted to ask: how are things with us? "
        "Tap a number, from 1 (bad) to 5 (great). You can also just write to me."
    )
    return Draft(
        kind=MessageKind.VISIT,
        channel=who.channel,
        address=who.address,
        customer_id=who.customer_id,
        purpose=Purpose.VISITS,
        text=f"{hello(say, who.name)} {sender}\n{asks}",
        buttons=(tuple(Button(str(mark), f"visit:{visit_id}:{mark}") for mark in MARKS),),
        dedupe_key=key,
        about=f"visit:{visit_id}",
        not_before=leaves,
        expires_at=expires,
    )


def reminder_draft(
    who: Addressee, event: Event, answer: Rsvp, *, key: str, leaves: datetime, expires: datetime
) -> Draft:
    """Compose the reminder to a guest of an event, who can change their answer under it."""
    say = phrases(who.language)
    details = event_details(event, say)
    if answer is Rsvp.GOING:
        text = say("See you soon! A reminder of what you signed up for:\n{details}", details=details)
    else:
        text = say("A reminder of an event you may come to:\n{details}\nWill you make it?", details=details)
    return Draft(
        kind=MessageKind.REMINDER,
        channel=who.channel,
        address=who.address,
        customer_id=who.customer_id,
        purpose=Purpose.INVITATIONS,
        text=text,
        buttons=rsvp_buttons(event.id, say),
        dedupe_key=key,
        about=f"event:{event.id}",
        not_before=leaves,
        expires_at=expires,
    )


def invitation_text(event: Event, say: Phrases, *, name: str, company: Company) -> str:
    """Write the invitation to an event."""
    invites = say("{company} would like to invite you:", company=company.name)
    return f"{hello(say, name)} {invites}\n{event_details(event, say)}\n{say('Will you come?')}"


def rsvp_buttons(event_id: int, say: Phrases) -> ButtonRows:
    """Make the three buttons that answer an invitation."""
    labels = {Rsvp.GOING: say("Going"), Rsvp.MAYBE: say("Maybe"), Rsvp.NO: say("No")}
    return (tuple(Button(label, f"rsvp:{event_id}:{answer}") for answer, label in labels.items()),)


def event_details(event: Event, say: Phrases) -> str:
    """Say what, when and where an event is, a line each; the time is that of the place."""
    return f"{event.title}\n{event_time(event, say)}\n{event.place}"


def event_time(event: Event, say: Phrases) -> str:
    """Say when an event starts, in the reader's language and by the clock of the place."""
    return local_time(event.starts_at, event.timezone, say)


def local_time(moment: datetime, zone: str, say: Phrases) -> str:
    """Say a moment by the clock of a zone, with the zone's name."""
    local = moment.astimezone(ZoneInfo(zone))
    when = format_datetime(
        local, "EEEE d MMMM y, HH:mm" if say.language != "zh" else "y年M月d日EEEE HH:mm", locale=say.language
    )
    return f"{when} ({get_timezone_name(local, locale=say.language, width='long')})"


def hello(say: Phrases, name: str) -> str:
    """Greet somebody by first name, where the app told us one."""
    first = first_name(name)
    return say("Hello {name}!", name=first) if first else say("Hello!")
