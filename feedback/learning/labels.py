"""Labels: what customers and staff themselves said that a message was. Nothing here commits."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from hashlib import blake2b
from itertools import islice
from typing import TypeVarTuple

from sqlalchemy import Row, Select, or_, select, text
from sqlalchemy.orm import Session

from feedback.stars import stars_in
from store.errors import NotFoundError
from store.feedback_kinds import FeedbackKind
from store.inserts import insert_into
from store.tables.complaints import Complaint, ComplaintState
from store.tables.conversations import Message
from store.tables.feedback import IS_RATING, Feedback, SatisfactionEntry
from store.tables.learning import StaffCorrection

Rest = TypeVarTuple("Rest")
AT_MOST = 5_000
"""Labels of each source that are learnt from, the newest ones."""
OF_ONE_AT_MOST = 50
"""Of these, of one customer: who rates a thousand times does not push out what others said."""
READ_AT_ONCE = 500
COMPLAINT_MATTER = "complaint:"
NEGATIVE, NEUTRAL, POSITIVE = range(3)
"""As in ``reading.model``, which would load NumPy for whoever only notes a correction."""
CLASS_OF_STARS = {1: NEGATIVE, 2: NEGATIVE, 3: NEUTRAL, 4: POSITIVE, 5: POSITIVE}


@dataclass(frozen=True, slots=True)
class Label:
    """What a message was, by the word of its writer or of staff.

    Attributes:
        key: what is labelled, ``f<feedback>`` or ``c<complaint>``.
        customer_id: who wrote it.
        text: their words.
        sentiment: the place of the class in ``CLASSES``; None where nobody said.
        complaint: whether it was one; None where nobody said.
    """

    key: str
    customer_id: int
    text: str
    sentiment: int | None = None
    complaint: bool | None = None


def find_labels(session: Session) -> Sequence[Label]:
    """Find all that was said of messages, in an order that does not change.

    A rating counts for the words that it was given to, unless they were edited since or are nothing but the
    rating. A complaint that its customer confirmed as solved was one, unless staff said that it was none.
    """
    labels = {label.key: label for label in _ratings(session)}
    refuted: set[str] = set()
    for label, about in _corrections(session):
        rated = labels.get(label.key, label)
        labels[label.key] = replace(rated, complaint=label.complaint)
        if about is not None and not label.complaint:
            refuted.add(about)
    confirmed = [label for label in _confirmed(session) if label.key not in refuted]
    known = sorted((*labels.values(), *confirmed), key=lambda label: (label.key[0], int(label.key[1:])))
    return [label for label in known if label.text.strip()]


def fingerprint(labels: Sequence[Label]) -> str:
    """Name labels; others have another name."""
    digest = blake2b(digest_size=8)
    for label in labels:
        digest.update(repr(astuple(label)).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def _ratings(session: Session) -> Iterator[Label]:
    known = (
        select(Feedback.id, Feedback.customer_id, Message.text, SatisfactionEntry.evidence)
        .join(Feedback, Feedback.id == SatisfactionEntry.feedback_id)
        .join(Message, Message.id == Feedback.message_id)
        .where(
            text(IS_RATING),
            or_(Message.edited_at.is_(None), Message.edited_at <= SatisfactionEntry.at),
        )
        .order_by(SatisfactionEntry.id.desc())
    )
    for number, customer_id, written, evidence in _newest(session, known):
        words = _words(written)
        sentiment = CLASS_OF_STARS.get(evidence.get("stars", 0))
        if sentiment is not None and stars_in(words, asked=False) is None:
            yield Label(f"f{number}", customer_id, words, sentiment)


def _corrections(session: Session) -> Iterator[tuple[Label, str | None]]:
    """Give what staff or the writer said, and the case that the message had joined."""
    known = (
        select(Feedback.id, Feedback.customer_id, Message.text, StaffCorrection.kind, Message.about)
        .join(Feedback, Feedback.id == StaffCorrection.feedback_id)
        .join(Message, Message.id == Feedback.message_id)
        .where(or_(Message.edited_at.is_(None), Message.edited_at <= StaffCorrection.at))
        .order_by(StaffCorrection.feedback_id.desc())
    )
    for number, customer_id, written, kind, about in _newest(session, known):
        was_complaint = kind is FeedbackKind.COMPLAINT
        case = about.replace(COMPLAINT_MATTER, "c", 1) if about else None
        yield Label(f"f{number}", customer_id, _words(written), complaint=was_complaint), case


def _confirmed(session: Session) -> Iterator[Label]:
    known = (
        select(Complaint.id, Complaint.customer_id, Complaint.text)
        .where(Complaint.state == ComplaintState.CONFIRMED, Complaint.first_response_at.is_not(None))
        .order_by(Complaint.id.desc())
    )
    for number, customer_id, written in _newest(session, known):
        yield Label(f"c{number}", customer_id, _words(written), complaint=True)


def _newest(session: Session, known: Select[int, int, *Rest]) -> Iterator[Row[int, int, *Rest]]:
    """Find the newest labels, of nobody more than a few.

    Args:
        session: the open transaction.
        known: gives number and customer first, the newest first; it is read no further than needed.
    """
    taken: Counter[int] = Counter()
    with session.execute(known, execution_options={"yield_per": READ_AT_ONCE}) as rows:
        chosen = (row for row in rows if taken[row[1]] < OF_ONE_AT_MOST)
        for row in islice(chosen, AT_MOST):
            taken[row[1]] += 1
            yield row


def _words(written: str) -> str:
    """Give the words of a message without the command before them, whatever blank stands between."""
    return "".join(written.split(maxsplit=1)[1:]) if written.startswith("/") else written


def note_correction(
    session: Session, *, feedback_id: int, kind: FeedbackKind, staff_id: int | None, now: datetime
) -> None:
    """Note what a message was, by the word of staff or of its writer; the last word on a feedback counts.

    Args:
        session: the open transaction.
        feedback_id: the feedback that was understood wrongly, or rightly.
        kind: what it was; any but ``COMPLAINT`` says that it was no complaint.
        staff_id: who says so; None where it is the customer who wrote it.
        now: aware UTC.

    Raises:
        NotFoundError: there is no such feedback; its customer may have erased it.
    """
    session.flush()
    if session.get(Feedback, feedback_id) is None:
        raise NotFoundError(f"there is no feedback {feedback_id} any more: nothing was noted")
    said = {"kind": kind, "staff_id": staff_id, "at": now}
    new = insert_into(StaffCorrection, dialect=session.get_bind().dialect.name)
    session.execute(
        new.values(feedback_id=feedback_id, **said).on_conflict_do_update(
            index_elements=["feedback_id"], set_=said
        )
    )
