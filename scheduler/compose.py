"""From an occasion and a customer to the message that leaves: its words, its buttons, its particulars."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_timezone_name

from customers.company import Company
from customers.phrases import Phrases, phrases
from scheduler.audience import Addressee
from scheduler.variables import first_name
from store.outbox import Button, Draft
from store.tables.customers import Purpose
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
