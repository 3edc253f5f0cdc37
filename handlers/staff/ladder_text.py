"""What was noted of a step of the ladder, in the words that staff read: pure wording."""

from datetime import datetime

from customers.desk import Rung
from customers.local_time import moment_in
from customers.phrases import Phrases
from feedback.case_clocks import Goal
from feedback.complaint_rules import EventKind
from store.tables.complaints import CaseSeverity


def step_in_words(what: str, noted: str, say: Phrases, zone: str) -> str | None:
    """Say whom a step told, which time it was about, or how severe it made the case.

    Args:
        what: the kind of event.
        noted: the event's text, as ``feedback.escalation`` wrote it.
        say: the reader's language.
        zone: IANA name of the reader's zone.

    Returns:
        None for events of other kinds, and for what nobody can read.
    """
    if what == EventKind.ESCALATED:
        rungs = {
            Rung.OWNER: say("whoever is accountable"),
            Rung.LEAD: say("the leads"),
            Rung.MANAGER: say("the managers"),
        }
        return next((name for rung, name in rungs.items() if rung == noted), None)
    if what == EventKind.RAISED:
        return degree_in_words(noted, say)
    if what in (EventKind.BREACHED, EventKind.DELAYED):
        return _time_in_words(noted, say, zone)
    return None


def degree_in_words(severity: str, say: Phrases) -> str | None:
    """Name how severe a case is; None for what is no such degree."""
    names = {
        CaseSeverity.NORMAL: say("normal"),
        CaseSeverity.HIGH: say("high"),
        CaseSeverity.CRITICAL: say("critical"),
    }
    return next((name for degree, name in names.items() if degree == severity), None)


def _time_in_words(noted: str, say: Phrases, zone: str) -> str | None:
    goal, _, moment = noted.partition(" ")
    try:
        due = moment_in(datetime.fromisoformat(moment), zone, say)
    except ValueError:
        return None
    if goal == Goal.FIRST_RESPONSE:
        return say("first answer by {due}", due=due)
    return say("settled by {due}", due=due)
