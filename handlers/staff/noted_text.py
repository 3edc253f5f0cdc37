"""What was noted with an event, in the words that staff read; codes and moments are worded when shown."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from customers.local_time import moment_in
from customers.phrases import Phrases
from feedback.complaint_rules import EventKind
from handlers.staff.alert_text import shortened
from handlers.staff.causes import causes_in_words
from handlers.staff.concession_text import kinds_in_words
from store.tables.desk import ConcessionKind

QUOTED_CHARACTERS = 140
_PROMISED = re.compile(r"(?P<line>.+) – (?P<due>\d{4}-\d\d-\d\d \d\d:\d\d) UTC")
_CONCESSION = re.compile(r"(?P<kind>\w+) (?P<amount>[^:]+): (?P<reason>.+)")
_OUTCOME = re.compile(r"(?P<cause>[^:]+): (?P<remedy>.+)")


def noted_in_words(what: str, noted: str, say: Phrases, zone: str) -> str | None:
    """Word what was noted with a reminder, a promise, a concession or an end.

    Args:
        what: the kind of event.
        noted: the event's text, in one line.
        say: the reader's language.
        zone: IANA name of the reader's zone.

    Returns:
        "" where there is nothing to add; None for events of other kinds, and for what nobody can read.
    """
    word = _WORDED.get(what)
    return None if word is None else word(noted, say, zone)


def _reminded(noted: str, say: Phrases, _zone: str) -> str | None:
    return {"remind": "", "file": "", "remind_last": say("for the last time")}.get(noted)


def _promised(noted: str, say: Phrases, zone: str) -> str | None:
    found = _PROMISED.fullmatch(noted)
    if found is None:
        return None
    try:
        due = datetime.fromisoformat(found["due"]).replace(tzinfo=UTC)
    except ValueError:
        return None
    words = shortened(found["line"], QUOTED_CHARACTERS)
    return say("“{words}”, due {due}", words=words, due=moment_in(due, zone, say))


def _concession(noted: str, say: Phrases, _zone: str) -> str | None:
    found = _CONCESSION.fullmatch(noted)
    if found is None or found["kind"] not in list(ConcessionKind):
        return None
    kind = ConcessionKind(found["kind"])
    given = kinds_in_words(say)[kind]
    if kind is not ConcessionKind.APOLOGY:
        given = say("{kind}, {amount}", kind=given, amount=found["amount"])
    return say("{what}: “{words}”", what=given, words=shortened(found["reason"], QUOTED_CHARACTERS))


def _ended(noted: str, say: Phrases, _zone: str) -> str | None:
    found = _OUTCOME.fullmatch(noted)
    if found is None:
        return None
    cause = causes_in_words([found["cause"]], say)[found["cause"]]
    return say("{what}: “{words}”", what=cause, words=shortened(found["remedy"], QUOTED_CHARACTERS))


_WORDED: Mapping[str, Callable[[str, Phrases, str], str | None]] = {
    EventKind.REMINDED: _reminded,
    EventKind.PROMISED: _promised,
    EventKind.CONCESSION_PROPOSED: _concession,
    EventKind.CONCESSION_GIVEN: _concession,
    EventKind.CONCESSION_REFUSED: _concession,
    EventKind.RESOLVED: _ended,
    EventKind.FILED: _ended,
}
