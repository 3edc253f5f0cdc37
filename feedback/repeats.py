"""Which of a customer's cases new words belong to, and how often they complained about the same cause."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from customers.company import Company
from feedback.complaint_rules import EventKind
from feedback.reading.aspects import Aspect
from feedback.reading.taxonomy import OTHER
from feedback.same_matter import Bond, bond, matter_of
from feedback.understanding import Understand
from store.columns import UtcDateTime
from store.occasions import claim_occasion
from store.tables.complaints import Complaint, ComplaintEvent, ComplaintState

SAME_CAUSE_WITHIN = timedelta(days=90)
"""Complaints of one customer about the same cause are counted together for so long."""
WORDS_READ = 20
"""Of what was added to a customer's open cases, so much is compared."""
TOO_OFTEN = 3
"""So many of them are told to a manager."""


_OF_CAUSE = (
    select(Complaint.id)
    .where(
        Complaint.customer_id == bindparam("customer_id"),
        Complaint.state != ComplaintState.DISMISSED,
        Complaint.cause.concat("") == bindparam("cause"),
        Complaint.opened_at > bindparam("since", type_=UtcDateTime()),
    )
    .order_by(Complaint.id)
)
"""The cause is kept from its index: by that, SQLite would read all that anybody complained about it."""

_TOLD = (
    select(ComplaintEvent.complaint_id, ComplaintEvent.at, ComplaintEvent.text)
    .where(
        ComplaintEvent.complaint_id.in_(bindparam("cases", expanding=True)),
        ComplaintEvent.what == str(EventKind.WORDS_ADDED),
    )
    .order_by(ComplaintEvent.id.desc())
    .limit(WORDS_READ)
)


def parts_of(aspects: Iterable[Aspect]) -> Sequence[str]:
    """Name the parts of the service that words speak of, the one that fares worst first."""
    return [one.part for one in sorted(aspects, key=_polarity) if one.part != OTHER]


def _polarity(aspect: Aspect) -> float:
    return aspect.polarity


def earlier_of_cause(
    session: Session, *, customer_id: int, cause: str | None, now: datetime
) -> Sequence[int]:
    """Find a customer's stored complaints of the last 90 days about one cause, the oldest first.

    What staff called no complaint does not count; what is still open counts with the cause that it seems to
    have.
    """
    if cause is None:
        return ()
    whose = {"customer_id": customer_id, "cause": cause, "since": now - SAME_CAUSE_WITHIN}
    return session.connection().scalars(_OF_CAUSE, whose).all()  # what others wrote waits to be written


def claim_too_often(
    session: Session, complaint: Complaint, *, now: datetime
) -> tuple[str, Sequence[int]] | None:
    """Take it on oneself to tell that a customer complains about the same too often; does not commit.

    Returns:
        The name of the occasion and the cases, the oldest first; None where it is not too often, or was told.
    """
    stored = earlier_of_cause(session, customer_id=complaint.customer_id, cause=complaint.cause, now=now)
    cases = [*(number for number in stored if number != complaint.id), complaint.id]
    if complaint.cause is None or len(cases) < TOO_OFTEN:
        return None
    occasion = f"too-often:{cases[0]}:{complaint.cause}"
    return (occasion, cases) if claim_occasion(session, occasion, now=now) else None


def case_of_matter(
    session: Session,
    *,
    cases: Sequence[Complaint],
    current: Complaint,
    words: str,
    understand: Understand,
    company: Company,
    now: datetime,
) -> Complaint | None:
    """Find the case that a customer's words are about; None where they are another matter.

    Args:
        session: the open transaction.
        cases: those that are still on the customer's mind.
        current: the case that is on their mind, to which what is unclear belongs.
        words: theirs.
        understand: what a text means.
        company: whose desk says for how long a case is joined.
        now: aware UTC.
    """
    new = matter_of(words, parts_of(understand(words).aspects))
    told = _told(session, [case.id for case in cases])
    within = timedelta(days=company.desk.repeat_days)
    best, closest = None, Bond.NONE
    for case in sorted(cases, key=lambda one: one is not current):
        said = told.get(case.id, [])
        text = "\n".join([case.text, *(words for _, words in said)])
        matter = matter_of(text, parts_of(understand(case.text).aspects))
        last = max([case.opened_at, *(at for at, _ in said)])
        found = bond(new, matter, age=now - case.opened_at, silence=now - last, within=within)
        if found > closest and (case is current or found > Bond.LOOSE):
            best, closest = case, found
    return best


def _told(session: Session, complaint_ids: Sequence[int]) -> Mapping[int, list[tuple[datetime, str]]]:
    """Give what customers added to their cases lately, by case."""
    rows = session.connection().execute(_TOLD, {"cases": list(complaint_ids)})
    told: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for complaint_id, at, text in rows:
        told[complaint_id].append((at, text))
    return told
