"""What happened in a case, in the words that staff read: pure wording."""

from customers.local_time import minute_in
from customers.phrases import Phrases
from feedback.case_history import ALERTED, TOLD, WROTE, Side, TimelineEntry
from feedback.complaint_rules import EventKind, reference
from handlers.staff.alert_text import shortened
from handlers.staff.ladder_text import step_in_words
from handlers.staff.noted_text import QUOTED_CHARACTERS, noted_in_words


def entry_in_words(entry: TimelineEntry, say: Phrases, zone: str, *, with_case: bool = False) -> str:
    """Say when something happened, who did it, what it was, and the words that go with it.

    Args:
        entry: what happened.
        say: the reader's language.
        zone: IANA name of the reader's zone.
        with_case: whether to name the case, where there is one.
    """
    when = minute_in(entry.at, zone, say)
    case = f" · {reference(entry.complaint_id)}" if with_case and entry.complaint_id is not None else ""
    named = what_in_words(_kind(entry), say)
    what = say("{when} · {who}: {what}", when=f"{when}{case}", who=_who(entry, say), what=named)
    step = step_in_words(entry.what, entry.why, say, zone)
    if step is not None:
        return say("{what} – {words}", what=what, words=step)
    if entry.what == "rated" and entry.why.isdecimal():
        return f"{what} {'★' * int(entry.why)}"
    line = " ".join(entry.why.split())
    noted = noted_in_words(entry.what, line, say, zone)
    if noted is not None:
        return say("{what} – {words}", what=what, words=noted) if noted else what
    words = shortened(line, QUOTED_CHARACTERS)
    return say("{what} – “{words}”", what=what, words=words) if words else what


def _kind(entry: TimelineEntry) -> str:
    """Give the kind of an entry; an older program noted that it asked staff as a reminder, too."""
    return EventKind.ASKED_TO_FILE if (entry.what, entry.why) == ("reminded", "file") else entry.what


def what_in_words(what: str, say: Phrases) -> str:
    """Name what happened; what this program does not know is named as it was stored."""
    return _named(say).get(what, what.replace("_", " "))


def _who(entry: TimelineEntry, say: Phrases) -> str:
    if entry.side is Side.STAFF:
        return entry.who or say("Somebody who has left")
    return say("customer") if entry.side is Side.CUSTOMER else say("Rapport")


def _named(say: Phrases) -> dict[str, str]:
    return {
        "opened": say("opened the case"),
        "words_added": say("wrote more"),
        "taken": say("took the case"),
        "assigned": say("is responsible from now on"),
        "responded": say("answered"),
        "waiting": say("waits for the customer"),
        "answered": say("answered what we asked"),
        "reminded": say("reminded the customer"),
        "asked_to_file": say("asked staff for cause and remedy"),
        "not_asked": say("could not remind the customer"),
        "resolved": say("said that it is solved"),
        "confirmed": say("confirmed that it is solved"),
        "unconfirmed": say("closed it after the customer's silence"),
        "filed": say("noted cause and remedy"),
        "noted": say("noted for colleagues"),
        "reopened": say("opened it again"),
        "dismissed": say("called it no complaint"),
        "withdrawn": say("said that it was no complaint"),
        "undismissed": say("called it a complaint after all"),
        "escalated": say("reminded staff"),
        "breached": say("the time was up"),
        "raised": say("made it more severe"),
        "delayed": say("told the customer that it takes longer"),
        "promised": say("promised"),
        "promise_kept": say("kept a promise"),
        "promise_confirmed": say("confirmed a promise"),
        "promise_broken": say("a promise was broken"),
        "promise_withdrawn": say("withdrew a promise"),
        "concession_proposed": say("proposed to make good"),
        "concession_given": say("made good"),
        "concession_refused": say("refused to make good so"),
        "rated": say("rated how it was handled"),
        "undelivered": say("could not bring this to the customer"),
        "kept_back": say("kept this back, for it belongs to a note"),
        WROTE: say("wrote"),
        TOLD: say("wrote to the customer"),
        ALERTED: say("alerted staff"),
    }
