"""How content customers are, in the words that staff read: pure wording."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from customers.local_time import day_in
from customers.phrases import Phrases, listed
from feedback.at_risk import AtRisk
from feedback.complaint_rules import reference
from feedback.roll_ups import RollUp, Standings
from handlers.marketing.answers import name_audience
from scheduler.audience import EVERYBODY
from store.feedback_kinds import FeedbackKind
from store.tables.customers import Standing
from store.tables.feedback import EntrySource, RiskReason, SatisfactionEntry
from store.trends import Trend


def satisfaction_in_words(index: float, confidence: float, trend: Trend, say: Phrases) -> str:
    """Say how content a customer is.

    Args:
        index: 0–100.
        confidence: in it, 0–1.
        trend: where it goes.
        say: the reader's language.
    """
    trends: Mapping[Trend, str] = {
        Trend.RISING: say("rising"),
        Trend.STEADY: say("steady"),
        Trend.FALLING: say("falling"),
        Trend.UNKNOWN: say("trend not known yet"),
    }
    return say(
        "Satisfaction: {index} of 100 (confidence {confidence} %), {trend}",
        index=round(index),
        confidence=round(confidence * 100),
        trend=trends[trend],
    )


def risk_in_words(risk: AtRisk, say: Phrases, now: datetime) -> str:
    """Say why a customer may be lost."""
    if risk.reason is RiskReason.TURNED:
        return say(
            "turned from happy to unhappy: {before} of 100 before, {lately} in the last 30 days",
            before=round(risk.before),
            lately=round(risk.lately),
        )
    return say.count(
        "silent for {number} day after {reference}, which they never called solved",
        "silent for {number} days after {reference}, which they never called solved",
        (now - risk.since).days,
        reference=reference(risk.complaint_id or 0),
    )


def part_in_words(part: str, say: Phrases) -> str:
    """Name a part of the service; one that the company named itself is called so."""
    named = {
        "delivery": say("delivery"),
        "product": say("product"),
        "price": say("price"),
        "staff": say("staff"),
        "billing": say("billing"),
        "app": say("app and website"),
        "waiting": say("waiting times"),
        "other": say("other things"),
    }
    return named.get(part, part)


def entry_in_words(entry: SatisfactionEntry, say: Phrases, zone: str) -> str:
    """Say what an entry of a record is, when it came, and its value."""
    return say(
        "{day}: {what}, {value} of 100",
        day=day_in(entry.at, zone, say),
        what=_what(entry, say),
        value=round(entry.value),
    )


def _what(entry: SatisfactionEntry, say: Phrases) -> str:
    if entry.source is EntrySource.FEEDBACK:
        kinds = {FeedbackKind.COMPLAINT: say("complaint in words"), FeedbackKind.PRAISE: say("praise")}
        what = kinds.get(FeedbackKind(entry.evidence.get("kind", FeedbackKind.OTHER)), say("message"))
        if entry.evidence.get("looks", 1) > 1:
            what = say("{what}, read twice", what=what)
        parts = listed((part_in_words(part, say) for part in entry.aspects or {}), say)
        return say("{what} ({more})", what=what, more=parts) if parts else what
    named = {
        EntrySource.RATING: say("rating"),
        EntrySource.VISIT_ANSWER: say("answer to how things are"),
        EntrySource.COMPLAINT_OPENED: say("complaint opened"),
        EntrySource.COMPLAINT_OUTCOME: say("word on whether a complaint is solved"),
        EntrySource.PROMISE: say("a promise kept or broken"),
        EntrySource.EVENT: say("rating of an event"),
    }
    return named[entry.source]


def standings_in_words(standings: Standings, say: Phrases, now: datetime) -> Sequence[str]:
    """Say what all records add up to, line by line: the company, its segments, the parts of the service."""
    lines = [_customers(name_audience(EVERYBODY, say), standings.company, say, now)]
    segments = {**{str(one): standings.of_standing(one) for one in Standing}, **standings.by_language()}
    lines += [
        _customers(name_audience(name, say), one, say, now)
        for name, one in segments.items()
        if one.mean is not None
    ]
    if standings.aspects:
        parts = sorted(standings.aspects.items(), key=lambda item: item[1].mean or 0.0)
        lines += ["", say("Parts of the service, the worst first (last 180 days):")]
        lines += [_part(name, one, say, now) for name, one in parts]
    return lines


def _customers(name: str, one: RollUp, say: Phrases, now: datetime) -> str:
    return say.count(
        "{name}: {index} of 100 ({number} customer, confidence {confidence} %)",
        "{name}: {index} of 100 ({number} customers, confidence {confidence} %)",
        one.number,
        name=name,
        index=round(one.mean or 0.0),
        confidence=round(100 * one.confidence(now)),
    )


def _part(name: str, one: RollUp, say: Phrases, now: datetime) -> str:
    return say.count(
        "{name}: {index} of 100 ({number} mention, confidence {confidence} %)",
        "{name}: {index} of 100 ({number} mentions, confidence {confidence} %)",
        one.number,
        name=part_in_words(name, say),
        index=round(one.mean or 0.0),
        confidence=round(100 * one.confidence(now)),
    )
