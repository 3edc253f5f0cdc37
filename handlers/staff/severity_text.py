"""Why somebody should look at once, and what it is about, in the words that staff read: pure wording."""

from collections.abc import Mapping, Sequence

from customers.phrases import Phrases, listed
from feedback.case_severity import KEY_CUSTOMER, LATE, REPEATED
from feedback.complaint_rules import URGENT, urgent_signals
from feedback.reading.aspects import Aspect
from feedback.reading.severity_signals import Severity, SeveritySignal
from handlers.staff.ladder_text import degree_in_words
from handlers.staff.satisfaction_text import part_in_words
from store.tables.complaints import CaseSeverity

LONGEST_WORDS = 40
PARTS_SHOWN = 6


def urgency_in_words(severity: Sequence[SeveritySignal], say: Phrases, *, urgent: bool) -> str:
    """Say why a complaint comes before others; "" where it does not.

    Args:
        severity: what was found in its words.
        say: the reader's language.
        urgent: whether it does; what is not in these words was written later.
    """
    if not urgent:
        return ""
    signals = urgent_signals(severity)
    if not signals:
        return say("🚨 Urgent: see what they wrote since")
    return say("🚨 Urgent: {signals}", signals=signals_in_words(signals, say))


def other_signals_in_words(severity: Sequence[SeveritySignal], say: Phrases) -> str:
    """Say what else weighs heavily; "" where nothing does."""
    others = [signal for signal in severity if signal.severity not in URGENT]
    return say("Signs: {signals}", signals=signals_in_words(others, say)) if others else ""


def signals_in_words(signals: Sequence[SeveritySignal], say: Phrases) -> str:
    """Name signals, each with the words that it was found by."""
    names = _names(say)
    return listed(
        (
            say("{signal} (“{words}”)", signal=names[signal.severity], words=cut_short(signal.words))
            for signal in signals
        ),
        say,
    )


def severity_in_words(severity: CaseSeverity, reasons: Sequence[str], say: Phrases) -> str:
    """Say how severe a case is and what makes it so; "" where it is as any other.

    Args:
        severity: of the case.
        reasons: keys of ``feedback.case_severity.STAKES``; one that is no longer known is passed over.
        say: the reader's language.
    """
    if severity is CaseSeverity.NORMAL:
        return ""
    names: Mapping[str, str] = {
        **_names(say),
        REPEATED: say("the same again"),
        KEY_CUSTOMER: say("key customer"),
        LATE: say("a promised time was missed"),
    }
    degree = degree_in_words(severity, say)
    why = listed((names[reason] for reason in reasons if reason in names), say)
    if not why:
        return say("Severity: {degree}", degree=degree)
    return say("Severity: {degree} ({reasons})", degree=degree, reasons=why)


def _names(say: Phrases) -> Mapping[str, str]:
    return {
        Severity.SAFETY: say("danger to somebody"),
        Severity.LEGAL: say("legal threat"),
        Severity.MONEY_LOST: say("money lost"),
        Severity.LEAVING: say("may leave us"),
        Severity.ASKED_BEFORE: say("asked before"),
        Severity.DISCRIMINATION: say("discrimination"),
        Severity.DISTRESS: say("a person in distress"),
    }


def aspects_in_words(aspects: Sequence[Aspect], say: Phrases) -> str:
    """Say which parts of the service it is about, each with how it fares; "" where it names none."""
    named = [aspect for aspect in aspects if aspect.words][:PARTS_SHOWN]
    parts = listed((f"{part_in_words(aspect.part, say)} {signed(aspect.polarity)}" for aspect in named), say)
    return say("About: {parts}", parts=parts) if parts else ""


def signed(value: float) -> str:
    """Write a number with its sign and two decimals; the minus is a minus, not a hyphen."""
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")


def cut_short(words: str) -> str:
    """Cut words that are too long to name, and show that they were cut."""
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1].rstrip() + "…"
