"""The satisfaction record: each thing that tells how content a customer is becomes a dated entry.

The summary on the customer always says what all their entries add up to: a new entry is added to it; when one
was changed or taken back, it is worked out again from all. Whoever calls holds the customer's row
(``customers_by_sender`` locks it), so that two processes cannot each overlook the other's entry. Nothing here
commits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedback.at_risk import AtRisk, Known, at_risk
from feedback.evidence import evidence_of
from feedback.reading.aspects import Aspect
from feedback.satisfaction import (
    COMPLAINT_OPENED_VALUE,
    PRIOR_VALUE,
    SOURCE_WEIGHTS,
    Evidence,
    Summary,
    added,
    confidence,
    summarise,
    trend,
    value_of_outcome,
    value_of_polarity,
    value_of_stars,
    weight_of_reading,
)
from feedback.second_look.deciding import Look
from feedback.understanding import NEUTRAL_BELOW, Understanding
from store.customer_changes import change_customer
from store.new_rows import AnyCase, AnyMessage, NewEntry, NewFeedback, put, waiting
from store.numbering import next_number
from store.read_ahead import forget_ahead
from store.tables.complaints import Complaint
from store.tables.customers import Customer
from store.tables.feedback import EntrySource, Feedback, FeedbackKind, SatisfactionEntry
from store.trends import Trend

_COMPLAINT = FeedbackKind.COMPLAINT
ALWAYS_TELLING = frozenset({FeedbackKind.COMPLAINT, FeedbackKind.PRAISE})
TELLING_BY_SENTIMENT = frozenset({FeedbackKind.SUGGESTION, FeedbackKind.OTHER, FeedbackKind.PERSON_REQUEST})


@dataclass(frozen=True, slots=True)
class Read:
    """What an entry has to know of the reading of a message.

    Attributes:
        certainty: how likely the reading is right, 0–1.
        aspects: the value (0–100) of each part of the service that it speaks of; None where it names none.
    """

    certainty: float
    aspects: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """How content a customer is.

    Attributes:
        index: 0–100.
        confidence: in the index, 0–1.
        trend: where it is going.
        turned: why they may be lost, where they turned from happy to unhappy.
    """

    index: float
    confidence: float
    trend: Trend
    turned: AtRisk | None = None


def tells_satisfaction(understanding: Understanding | Look) -> bool:
    """Decide whether a message says how content the customer is, and so makes an entry.

    Complaints and praise do; suggestions, requests for a person and unclear words do where their sentiment is
    not neutral. A question, a greeting or an opt-out says nothing about it, whatever its words.
    """
    if understanding.kind in TELLING_BY_SENTIMENT:
        return abs(understanding.polarity) >= NEUTRAL_BELOW
    return understanding.kind in ALWAYS_TELLING


def record_feedback(
    session: Session, *, customer: Customer, message: AnyMessage, understanding: Understanding, now: datetime
) -> NewFeedback:
    """Keep what a customer told us, and enter it where it carries sentiment.

    Args:
        session: the open transaction.
        customer: who told us.
        message: the message; its moment is the entry's.
        understanding: what the message says.
        now: aware UTC; a message that claims to be from the future counts from now.
    """
    feedback = NewFeedback(
        id=next_number(session, Feedback),
        customer_id=customer.id,
        message_id=message.id,
        kind=understanding.kind,
        polarity=understanding.polarity,
        why=_why(understanding),
        at=min(message.at, now),
    )
    put(session, feedback)
    if tells_satisfaction(understanding):
        _add(session, customer, _feedback_entry(customer, feedback, _read(understanding)))
    return feedback


def revise_feedback(
    session: Session, *, customer: Customer, message: AnyMessage, understanding: Understanding
) -> None:
    """Understand an edited message anew; one that was no feedback stays none."""
    feedback = session.scalar(
        select(Feedback)
        .where(Feedback.message_id == message.id, Feedback.customer_id == customer.id)
        .order_by(Feedback.id.desc())
        .limit(1)
    )
    if feedback is None:
        return
    feedback.kind = understanding.kind
    feedback.polarity = understanding.polarity
    feedback.why = _why(understanding)
    _take_back(session, customer, EntrySource.FEEDBACK, feedback_id=feedback.id)
    if tells_satisfaction(understanding):
        put(session, _feedback_entry(customer, feedback, _read(understanding)))
    recompute(session, customer)


def refine_feedback(
    session: Session, *, customer: Customer, feedback: Feedback, look: Look, named: Sequence[Aspect] = ()
) -> None:
    """Let a second look at a message count in place of the first; the words that weighed stay.

    Args:
        session: the open transaction.
        customer: whose it is.
        feedback: what was made of the message.
        look: what both looks found.
        named: the parts of the service that the first look finds in it, where no entry holds them yet.
    """
    before, feedback.kind, feedback.polarity = feedback.polarity, look.kind, look.polarity
    first = _take_back(session, customer, EntrySource.FEEDBACK, feedback_id=feedback.id)
    if tells_satisfaction(look):
        certainty = certainty_of(look.kind, look.polarity, look.probabilities, {_COMPLAINT: look.complaint})
        aspects = _values_of(named) if first is None else first.aspects
        read = Read(certainty, _aspects_after(before, look.polarity, aspects))
        put(session, _feedback_entry(customer, feedback, read, looks=2))
    recompute(session, customer)


def record_rating(
    session: Session,
    *,
    customer: Customer,
    stars: int,
    now: datetime,
    feedback_id: int | None = None,
    complaint_id: int | None = None,
    visit_id: int | None = None,
) -> None:
    """Enter a rating of 1–5; rating the same feedback, complaint or visit again replaces the entry.

    Args:
        session: the open transaction.
        customer: who rates; the caller has checked that what they rate is theirs.
        stars: 1–5.
        now: aware UTC.
        feedback_id: the feedback that is rated, if it is one.
        complaint_id: the complaint whose handling is rated, if it is one.
        visit_id: the return visit that is answered, if it is one.

    Raises:
        InputError: ``stars`` is not between 1 and 5.
    """
    value = value_of_stars(stars)
    subject = {"feedback_id": feedback_id, "complaint_id": complaint_id, "visit_id": visit_id}
    source = EntrySource.RATING if visit_id is None else EntrySource.VISIT_ANSWER
    entry = _entry(customer, source, value=value, at=now, evidence={"stars": stars}, **subject)
    _replace(session, customer, entry, **subject)


def record_complaint_opened(
    session: Session, *, customer: Customer, complaint: AnyCase, now: datetime
) -> None:
    """Enter that a customer had reason to complain."""
    entry = _entry(
        customer,
        EntrySource.COMPLAINT_OPENED,
        value=COMPLAINT_OPENED_VALUE,
        at=now,
        complaint_id=complaint.id,
    )
    _add(session, customer, entry)


def record_complaint_outcome(
    session: Session,
    *,
    customer: Customer,
    complaint: Complaint,
    solved: bool,
    now: datetime,
    source: EntrySource = EntrySource.COMPLAINT_OUTCOME,
) -> None:
    """Enter whether a complaint is solved, or a promise in it was kept; a later word replaces the earlier."""
    value, what = value_of_outcome(solved=solved), "kept" if source is EntrySource.PROMISE else "solved"
    entry = _entry(customer, source, value=value, at=now, evidence={what: solved}, complaint_id=complaint.id)
    _replace(session, customer, entry, complaint_id=complaint.id)


def satisfaction_of(session: Session, customer: Customer, now: datetime) -> Satisfaction:
    """Tell how content a customer is; the prior with confidence 0 where they never said."""
    evidence = evidence_of(session, customer.id)
    return Satisfaction(
        index=PRIOR_VALUE if customer.index is None else customer.index,
        confidence=confidence(customer.evidence_weight, customer.evidence_at, now),
        trend=trend(evidence, now),
        turned=at_risk(Known(evidence, customer.last_contact_at), now),
    )


def recompute(session: Session, customer: Customer) -> None:
    """Work out the summary on the customer from all their entries."""
    _note(session, customer, summarise(evidence_of(session, customer.id)))


def _note(session: Session, customer: Customer, summary: Summary) -> None:
    index = None if summary.at is None else summary.index
    change_customer(session, customer, index=index, evidence_weight=summary.weight, evidence_at=summary.at)


def newest_entries(session: Session, customer_id: int, limit: int) -> Sequence[SatisfactionEntry]:
    """List the newest entries of a customer's satisfaction record, the newest first."""
    return session.scalars(
        select(SatisfactionEntry)
        .where(SatisfactionEntry.customer_id == customer_id)
        .order_by(SatisfactionEntry.at.desc(), SatisfactionEntry.id.desc())
        .limit(limit)
    ).all()


def certainty_of(
    kind: FeedbackKind,
    polarity: float,
    probabilities: tuple[float, float, float],
    kinds: Mapping[FeedbackKind, float],
) -> float:
    """Tell how likely a reading is right about how content somebody is, 0–1.

    It is the probability of the sentiment that was read, or, of a complaint or praise, that of its being one:
    either says which way the entry points.

    Args:
        kind: what the message was read as.
        polarity: −1…1, as it was read.
        probabilities: of negative, neutral and positive.
        kinds: of what kind the message is, as far as that is known.
    """
    side = 0 if polarity <= -NEUTRAL_BELOW else 2 if polarity >= NEUTRAL_BELOW else 1
    of_kind = kinds.get(kind, 0.0) if kind in ALWAYS_TELLING else 0.0
    return max(probabilities[side], of_kind)


def _read(read: Understanding) -> Read:
    certainty = certainty_of(read.kind, read.polarity, read.probabilities, dict(read.kinds))
    return Read(certainty, _values_of(read.aspects))


def _values_of(aspects: Sequence[Aspect]) -> dict[str, Any] | None:
    return {aspect.part: round(value_of_polarity(aspect.polarity), 1) for aspect in aspects} or None


def _aspects_after(before: float, after: float, aspects: dict[str, Any] | None) -> dict[str, Any] | None:
    """Give the values of the parts of the service when a message's polarity has turned out to be another.

    The only part that is spoken of fares as the message does. Of several, none fares better than a message
    that turned out to be bad, nor worse than one that turned out to be good.
    """
    value = round(value_of_polarity(after), 1)
    if not aspects or (len(aspects) > 1 and before * after >= 0):
        return aspects
    if len(aspects) == 1:
        return dict.fromkeys(aspects, value)
    bound = min if after < 0 else max
    return {part: bound(old, value) for part, old in aspects.items()}


def _why(understanding: Understanding) -> list[dict[str, Any]]:
    return [{"words": weight.words, "weight": weight.weight} for weight in understanding.why]


def _add(session: Session, customer: Customer, entry: NewEntry) -> None:
    """Write an entry that stands beside all others."""
    put(session, entry)
    index = PRIOR_VALUE if customer.index is None else customer.index
    before = Summary(index, customer.evidence_weight, customer.evidence_at)
    _note(session, customer, added(before, Evidence(entry.value, entry.weight, entry.at)))


def _replace(session: Session, customer: Customer, entry: NewEntry, **subject: int | None) -> None:
    """Write an entry in place of the one of the same source on the same subject, if there is one."""
    if _take_back(session, customer, entry.source, **subject) is not None:
        put(session, entry)
        recompute(session, customer)
    else:
        _add(session, customer, entry)


def _take_back(
    session: Session, customer: Customer, source: EntrySource, **subject: int | None
) -> "_Taken | None":
    """Delete the entry on a subject; a rating of nothing in particular replaces none.

    Returns:
        What it knew that a later reading may not; None where there was none.
    """
    named = {name: value for name, value in subject.items() if value is not None}
    if not named:
        return None
    if any(entry.customer_id == customer.id for entry in waiting(session, NewEntry)):
        session.flush()
    of_subject = delete(SatisfactionEntry).filter_by(customer_id=customer.id, source=source, **named)
    # By the connection: the session would write first all that waits, for each customer anew.
    forget_ahead(session)
    taken = session.connection().execute(of_subject.returning(SatisfactionEntry.aspects)).all()
    return _Taken(taken[0].aspects) if taken else None


@dataclass(frozen=True, slots=True)
class _Taken:
    """An entry that was taken back."""

    aspects: dict[str, Any] | None


def _feedback_entry(
    customer: Customer, feedback: Feedback | NewFeedback, read: Read, *, looks: int = 1
) -> NewEntry:
    """Make the entry of a feedback that tells how content a customer is, after so many looks."""
    return NewEntry(
        customer_id=customer.id,
        source=EntrySource.FEEDBACK,
        value=value_of_polarity(feedback.polarity),
        weight=weight_of_reading(read.certainty),
        at=feedback.at,
        evidence={
            "kind": str(feedback.kind),
            "certainty": round(read.certainty, 3),
            "why": feedback.why,
            **({"looks": looks} if looks > 1 else {}),
        },
        feedback_id=feedback.id,
        aspects=read.aspects,
    )


def _entry(
    customer: Customer,
    source: EntrySource,
    *,
    value: float,
    at: datetime,
    evidence: dict[str, Any] | None = None,
    **about: int | None,
) -> NewEntry:
    return NewEntry(
        customer.id,
        source,
        value,
        SOURCE_WEIGHTS[source],
        at,
        evidence or {},
        feedback_id=about.get("feedback_id"),
        complaint_id=about.get("complaint_id"),
        visit_id=about.get("visit_id"),
    )
