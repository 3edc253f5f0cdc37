"""What all that we say first has in common: how a customer is greeted, and how a moment is said."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_timezone_name

from customers.phrases import Phrases
from scheduler.variables import first_name


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
