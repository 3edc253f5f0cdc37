"""What staff read in an alert: pure wording, in the company's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from customers.phrases import Phrases, listed
from feedback.understanding import Understanding, Weight
from handlers.staff.satisfaction_text import satisfaction_in_words
from handlers.staff.severity_text import (
    aspects_in_words,
    cut_short,
    other_signals_in_words,
    severity_in_words,
    signed,
    urgency_in_words,
)
from store.tables.complaints import ENDED, CaseSeverity, ComplaintState
from store.tables.customers import Standing
from store.trends import Trend

QUOTED_CHARACTERS = 1_000
"""How much of a customer's words staff see at once; all of it is kept."""

NEW_FOR = timedelta(days=30)
"""For how long a customer who has not complained yet is a new one."""

WORDS_SHOWN = 6
"""How many of the words that weighed are named."""


@dataclass(frozen=True, slots=True)
class Case:
    """All that an alert shows of a complaint, as it stands now.

    Attributes:
        head: a line above all else, e.g. that it is repeated; "" for none.
        reference, name, standing, words: which complaint, whose, and what they wrote.
        is_new: whether they have only just come, and this is their first complaint.
        understanding: what was understood of the words, and why.
        index, confidence, trend: the customer's satisfaction (0–100, 0–1).
        risk: why the customer may be lost; "" where nothing says so.
        is_withdrawn: whether it was closed on the customer's word that it was no complaint.
        unfiled: whether it has ended, and cause and remedy are missing.
        due: by when they are answered, or the case is settled, on the company's clock.
        is_answered: whether somebody has answered them.
        contact, owner: who looks after the customer, and who has the complaint; None for nobody.
        state: where it stands.
        read_twice: whether a second look changed how the words are read, and did not open the case.
        urgent: whether it comes before others.
        severity, reasons: how much is at stake, and the keys of why.
    """

    head: str
    reference: str
    name: str
    standing: Standing
    is_new: bool
    words: str
    understanding: Understanding
    index: float
    confidence: float
    trend: Trend
    due: str
    is_answered: bool
    contact: str | None
    owner: str | None
    state: ComplaintState
    urgent: bool
    risk: str = ""
    read_twice: bool = False
    unfiled: bool = False
    is_withdrawn: bool = False
    severity: CaseSeverity = CaseSeverity.NORMAL
    reasons: Sequence[str] = ()


def compose(case: Case, say: Phrases) -> str:
    """Write an alert."""
    lines = [
        case.head,
        urgency_in_words(case.understanding.severity, say, urgent=case.urgent),
        f"{case.reference} · {case.name} · {standing_in_words(case.standing, say, is_new=case.is_new)}",
        say("“{words}”", words=shortened(case.words)),
        "",
        _sentiment(case.understanding, say, read_twice=case.read_twice),
        aspects_in_words(case.understanding.aspects, say),
        other_signals_in_words(case.understanding.severity, say),
        severity_in_words(case.severity, case.reasons, say),
        _satisfaction(case, say),
        _due(case, say),
        say("Designated contact: {name}", name=case.contact) if case.contact else "",
        _state(case, say),
    ]
    head, urgency, title, words, gap, *rest = lines
    return "\n".join([*filter(None, [head, urgency]), title, words, gap, *filter(None, rest)])


def shortened(words: str, limit: int = QUOTED_CHARACTERS) -> str:
    """Cut words that are too long to quote, and show that they were cut."""
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def standing_in_words(standing: Standing, say: Phrases, *, is_new: bool = False) -> str:
    """Name a customer's standing; one who is new and no key customer is called new."""
    if standing is Standing.KEY:
        return say("key customer")
    return say("new customer") if is_new else say("regular customer")


def is_newcomer(created_at: datetime, at: datetime) -> bool:
    """Tell whether somebody who came at one moment was still new at another; both aware."""
    return at - created_at < NEW_FOR


def polarity_in_words(polarity: float, say: Phrases) -> str:
    """Name a polarity (−1 … 1)."""
    named = (
        (-0.6, say("very negative")),
        (-0.15, say("negative")),
        (0.15, say("neutral or mixed")),
        (0.6, say("positive")),
    )
    return next((name for limit, name in named if polarity <= limit), say("very positive"))


def _sentiment(understanding: Understanding, say: Phrases, *, read_twice: bool) -> str:
    polarity = understanding.polarity
    values = {"sentiment": polarity_in_words(polarity, say), "polarity": signed(polarity)}
    summary = (
        say("Sentiment, read twice: {sentiment} ({polarity})", **values)
        if read_twice
        else say("Sentiment: {sentiment} ({polarity})", **values)
    )
    heaviest = sorted(understanding.why, key=_heaviness)[:WORDS_SHOWN]
    why = listed((f"{cut_short(weight.words)} {signed(weight.weight)}" for weight in heaviest), say)
    return say("{what}: {more}", what=summary, more=why) if why else summary


def _heaviness(weight: Weight) -> float:
    return -abs(weight.weight)


def _satisfaction(case: Case, say: Phrases) -> str:
    satisfaction = satisfaction_in_words(case.index, case.confidence, case.trend, say)
    risk = say("⚠️ At risk: {reason}", reason=case.risk) if case.risk else ""
    return "\n".join(filter(None, [satisfaction, risk]))


def _due(case: Case, say: Phrases) -> str:
    if case.state in ENDED:
        return ""
    if case.is_answered:
        return say("To be settled by: {due}", due=case.due)
    return say("Answer due: {due}", due=case.due)


def _state(case: Case, say: Phrases) -> str:
    return "\n".join(filter(None, [_where_it_stands(case, say), _unfiled(case, say)]))


def _where_it_stands(case: Case, say: Phrases) -> str:
    owner = case.owner or say("Somebody who has left")
    match case.state:
        case ComplaintState.OPEN:
            said = say("👤 {name} is to see to it.", name=owner) if case.owner else ""
        case ComplaintState.CLAIMED:
            said = say("✋ {name} has it.", name=owner)
        case ComplaintState.WAITING:
            said = say("⏳ {name} waits for the customer's answer; the clock stands still.", name=owner)
        case ComplaintState.RESOLVED:
            said = say("☑️ {name} says it is solved; the customer has been asked.", name=owner)
        case ComplaintState.CONFIRMED:
            said = say("✅ The customer says it is solved.")
        case ComplaintState.UNCONFIRMED:
            said = say("🕰 Unconfirmed: the customer never said whether it is solved.")
        case ComplaintState.DISMISSED if case.is_withdrawn:
            said = say("🚫 The customer says that it was no complaint. It is closed.")
        case ComplaintState.DISMISSED:
            said = say("🚫 {name}: this was no complaint. It is closed.", name=owner)
    return said


def _unfiled(case: Case, say: Phrases) -> str:
    """Say that a case which has ended is not closed yet."""
    return say("📁 Cause and remedy are missing: {name}", name=case.owner or "–") if case.unfiled else ""
