"""What a customer complained about before: whether they did, whether again, and how often about the same."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.new_rows import AnyCase
from store.one_of import is_one_of
from store.read_ahead import Question
from store.tables.complaints import Complaint, ComplaintState

SAME_CAUSE_WITHIN = timedelta(days=90)
"""Complaints of one customer about the same cause are counted together for so long."""


class PastCase(NamedTuple):
    """A stored case of a customer: its number, what it came from, and whether staff called it none."""

    number: int
    cause: str | None
    opened_at: datetime
    is_complaint: bool


_CASES = (
    select(
        Complaint.customer_id,
        Complaint.id,
        Complaint.cause,
        Complaint.opened_at,
        Complaint.state != ComplaintState.DISMISSED,
    )
    .where(is_one_of(Complaint.customer_id, "customer_ids"))
    .order_by(Complaint.id)
)


def _find_cases(session: Session, customer_ids: Collection[int]) -> Mapping[int, Sequence[PastCase]]:
    """Give all stored cases of some customers, the oldest first; what others wrote waits to be written."""
    found: dict[int, list[PastCase]] = defaultdict(list)
    for whose, *case in session.connection().execute(_CASES, {"customer_ids": list(customer_ids)}):
        found[whose].append(PastCase._make(case))
    return found


PAST_CASES = Question[int, Sequence[PastCase]](_find_cases, nothing=())
"""By customer, their stored cases, the oldest first."""


def is_first(session: Session, complaint: AnyCase) -> bool:
    """Tell whether a customer never complained before."""
    stored = PAST_CASES.answer(session, complaint.customer_id)
    return not stored or stored[0].number >= complaint.id


def complained_again(session: Session, customer_id: int) -> bool:
    """Tell whether a customer has complained more than once, as far as it is stored."""
    return len(PAST_CASES.answer(session, customer_id)) > 1


def earlier_of_cause(
    session: Session, *, customer_id: int, cause: str | None, now: datetime
) -> Sequence[int]:
    """Find a customer's stored complaints of the last 90 days about one cause, the oldest first.

    What staff called no complaint does not count; what is still open counts with the cause that it seems to
    have.
    """
    if cause is None:
        return ()
    since = now - SAME_CAUSE_WITHIN
    return [
        case.number
        for case in PAST_CASES.answer(session, customer_id)
        if case.cause == cause and case.is_complaint and case.opened_at > since
    ]
