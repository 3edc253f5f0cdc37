"""The satisfaction record: each thing that tells how content a customer is becomes a dated entry.

After every change the summary on the customer is worked out again from all their entries. The customer's row
is locked first, so that two processes cannot each overlook the other's entry. Nothing here commits.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.satisfaction import (
    COMPLAINT_OPENED_VALUE,
    PRIOR_VALUE,
    SOURCE_WEIGHTS,
    Evidence,
    Trend,
    confidence,
    summarise,
    trend,
    value_of_outcome,
    value_of_polarity,
    value_of_stars,
)
from feedback.understanding import NEUTRAL_BELOW, Understanding
from store.tables.complaints import Complaint
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.feedback import EntrySource, Feedback, FeedbackKind, SatisfactionEntry

ALWAYS_TELLING = frozenset({FeedbackKind.COMPLAINT, FeedbackKind.PRAISE})
TELLING_BY_SENTIMENT = frozenset({FeedbackKind.SUGGESTION, FeedbackKind.OTHER, FeedbackKind.PERSON_REQUEST})


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """How content a customer is: ``index`` 0–100, ``confidence`` in it 0–1, and where it is going."""

    index: float
    confidence: float
    trend: Trend


def tells_satisfaction(understanding: Understanding) -> bool:
    """Decide whether a message says how content the customer is, and so makes an entry.

    Complaints and praise do; suggestions, requests for a person and unclear words do where their sentiment is
    not neutral. A question, a greeting or an opt-out says nothing about it, whatever its words.
    """
    if understanding.kind in TELLING_BY_SENTIMENT:
        return abs(understanding.polarity) >= NEUTRAL_BELOW
    return understanding.kind in ALWAYS_TELLING


def record_feedback(
    session: Session, *, customer: Customer, message: Message, understanding: Understanding, now: datetime
) -> Feedback:
    """Keep what a customer told us, and enter it where it carries sentiment.

    Args:
        session: the open transaction.
        customer: who told us.
        message: the stored message; its moment is the entry's.
        understanding: what the message says.
        now: aware UTC; a message that claims to be from the future counts from now.
    """
    _lock(session, customer)
    feedback = Feedback(
        customer_id=customer.id,
        message_id=message.id,
        kind=understanding.kind,
        polarity=understanding.polarity,
        why=_why(understanding),
        at=min(message.at, now),
    )
    session.add(feedback)
    session.flush()
    _enter_feedback(session, feedback, understanding)
    recompute(session, customer)
    return feedback


def revise_feedback(
    session: Session, *, customer: Customer, message: Message, understanding: Understanding
) -> None:
    """Understand an edited message anew; one that was no feedback stays none."""
    _lock(session, customer)
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
    _enter_feedback(session, feedback, understanding)
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
    _lock(session, customer)
    subject = {"feedback_id": feedback_id, "complaint_id": complaint_id, "visit_id": visit_id}
    source = EntrySource.RATING if visit_id is None else EntrySource.VISIT_ANSWER
    _enter(session, customer.id, source, value=value, at=now, evidence={"stars": stars}, subject=subject)
    recompute(session, customer)


def record_complaint_opened(
    session: Session, *, customer: Customer, complaint: Complaint, now: datetime
) -> None:
    """Enter that a customer had reason to complain."""
    _lock(session, customer)
    _enter(
        session,
        customer.id,
        EntrySource.COMPLAINT_OPENED,
        value=COMPLAINT_OPENED_VALUE,
        at=now,
        evidence={},
        subject={"complaint_id": complaint.id},
    )
    recompute(session, customer)


def record_complaint_outcome(
    session: Session, *, customer: Customer, complaint: Complaint, solved: bool, now: datetime
) -> None:
    """Enter the customer's word on whether a complaint is solved; a later word replaces the earlier."""
    _lock(session, customer)
    _enter(
        session,
        customer.id,
        EntrySource.COMPLAINT_OUTCOME,
        value=value_of_outcome(solved=solved),
        at=now,
        evidence={"solved": solved},
        subject={"complaint_id": complaint.id},
    )
    recompute(session, customer)


def satisfaction_of(session: Session, customer: Customer, now: datetime) -> Satisfaction:
    """Tell how content a customer is; the prior with confidence 0 where they never said."""
    return Satisfaction(
        index=PRIOR_VALUE if customer.index is None else customer.index,
        confidence=confidence(customer.evidence_weight, customer.evidence_at, now),
        trend=trend(evidence_of(session, customer.id), now),
    )


def recompute(session: Session, customer: Customer) -> None:
    """Work out the summary on the customer from all their entries."""
    summary = summarise(evidence_of(session, customer.id))
    customer.index = None if summary.at is None else summary.index
    customer.evidence_weight = summary.weight
    customer.evidence_at = summary.at


def evidence_of(session: Session, customer_id: int) -> list[Evidence]:
    """Load the entries of a customer's satisfaction record."""
    rows = session.execute(
        select(SatisfactionEntry.value, SatisfactionEntry.weight, SatisfactionEntry.at).where(
            SatisfactionEntry.customer_id == customer_id
        )
    )
    return [Evidence(value, weight, at) for value, weight, at in rows]


def _lock(session: Session, customer: Customer) -> None:
    session.execute(select(Customer.id).where(Customer.id == customer.id).with_for_update())


def _why(understanding: Understanding) -> list[dict[str, Any]]:
    return [asdict(weight) for weight in understanding.why]


def _enter_feedback(session: Session, feedback: Feedback, understanding: Understanding) -> None:
    """Make the entry of a feedback say what it says now; one that says nothing has no entry."""
    subject = {"feedback_id": feedback.id}
    if not tells_satisfaction(understanding):
        standing = _find(session, feedback.customer_id, EntrySource.FEEDBACK, subject)
        if standing is not None:
            session.delete(standing)
            session.flush()
        return
    _enter(
        session,
        feedback.customer_id,
        EntrySource.FEEDBACK,
        value=value_of_polarity(understanding.polarity),
        at=feedback.at,
        evidence={"kind": str(understanding.kind), "why": _why(understanding)},
        subject=subject,
    )


def _enter(
    session: Session,
    customer_id: int,
    source: EntrySource,
    *,
    value: float,
    at: datetime,
    evidence: dict[str, Any],
    subject: Mapping[str, int | None],
) -> None:
    """Write an entry, in place of the one of the same source on the same subject, if there is one."""
    entry = _find(session, customer_id, source, subject)
    if entry is None:
        entry = SatisfactionEntry(customer_id=customer_id, source=source, **subject)
        session.add(entry)
    entry.value, entry.weight, entry.at = value, SOURCE_WEIGHTS[source], at
    entry.evidence = evidence
    session.flush()


def _find(
    session: Session, customer_id: int, source: EntrySource, subject: Mapping[str, int | None]
) -> SatisfactionEntry | None:
    """Find the entry on a subject; a rating of nothing in particular is always a new one."""
    named = {name: value for name, value in subject.items() if value is not None}
    if not named:
        return None
    return session.scalar(
        select(SatisfactionEntry)
        .filter_by(customer_id=customer_id, source=source, **named)
        .order_by(SatisfactionEntry.id)
        .limit(1)
    )
