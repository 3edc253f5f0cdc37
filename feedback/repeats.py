"""Which of a customer's cases new words belong to, and how often they complained about the same cause."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from customers.company import Company
from feedback.complaint_rules import EventKind
from feedback.past_cases import earlier_of_cause
from feedback.reading.aspects import Aspect
from feedback.reading.taxonomy import OTHER
from feedback.same_matter import Bond, bond, matter_of
from feedback.understanding import Understand
from store.new_rows import AnyCase
from store.occasions import claim_occasion
from store.one_of import is_one_of
from store.read_ahead import Question
from store.tables.complaints import Complaint, ComplaintEvent

WORDS_READ = 20
"""Of what was added to a customer's open cases, so much is compared."""
TOO_OFTEN = 3
"""So many of them are told to a manager."""


Cases = tuple[int, ...]
"""The numbers of one customer's cases."""


class Added(NamedTuple):
    """What a customer added to a case."""

    complaint_id: int
    at: datetime
    text: str


_NEWEST_WORDS = (
    select(
        ComplaintEvent.complaint_id,
        ComplaintEvent.id,
        ComplaintEvent.at,
        ComplaintEvent.text,
        func.row_number()
        .over(partition_by=ComplaintEvent.complaint_id, order_by=ComplaintEvent.id.desc())
        .label("place"),
    )
    .where(
        is_one_of(ComplaintEvent.complaint_id, "cases"),
        ComplaintEvent.what == str(EventKind.WORDS_ADDED),
    )
    .subquery()
)
_TOLD = (
    select(_NEWEST_WORDS.c.complaint_id, _NEWEST_WORDS.c.at, _NEWEST_WORDS.c.text)
    .where(_NEWEST_WORDS.c.place <= WORDS_READ)
    .order_by(_NEWEST_WORDS.c.id.desc())
)


def parts_of(aspects: Iterable[Aspect]) -> Sequence[str]:
    """Name the parts of the service that words speak of, the one that fares worst first."""
    return [one.part for one in sorted(aspects, key=_polarity) if one.part != OTHER]


def _polarity(aspect: Aspect) -> float:
    return aspect.polarity


def claim_too_often(
    session: Session, complaint: AnyCase, *, now: datetime
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
    new = matter_of(words, partial(_parts_in, words, understand))
    told = TOLD.answer(session, tuple(case.id for case in cases))
    within = timedelta(days=company.desk.repeat_days)
    best, closest = None, Bond.NONE
    for case in sorted(cases, key=lambda one: one is not current):
        said = [one for one in told if one.complaint_id == case.id]
        text = "\n".join([case.text, *(one.text for one in said)])
        matter = matter_of(text, partial(_parts_in, case.text, understand))
        last = max([case.opened_at, *(one.at for one in said)])
        found = bond(new, matter, age=now - case.opened_at, silence=now - last, within=within)
        if found > closest and (case is current or found > Bond.LOOSE):
            best, closest = case, found
    return best


def _parts_in(text: str, understand: Understand) -> Sequence[str]:
    return parts_of(understand(text).aspects)


def _find_told(session: Session, groups: Collection[Cases]) -> Mapping[Cases, Sequence[Added]]:
    """Give what customers added to their cases lately, the newest first."""
    group_of = {number: group for group in groups for number in group}
    told: dict[Cases, list[Added]] = defaultdict(list)
    for row in session.connection().execute(_TOLD, {"cases": list(group_of)}):
        added = told[group_of[row.complaint_id]]
        if len(added) < WORDS_READ:
            added.append(Added(*row))
    return told


TOLD = Question[Cases, Sequence[Added]](_find_told, nothing=())
"""By a customer's cases, what was added to them lately."""
