"""How content somebody is by their answers to a return visit, as an entry of their satisfaction record."""

from collections.abc import Sequence
from datetime import datetime
from statistics import fmean

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.record import recompute, record_rating
from feedback.satisfaction import SOURCE_WEIGHTS, value_of_stars
from store.errors import InputError
from store.tables.customers import Customer
from store.tables.feedback import EntrySource, SatisfactionEntry

MOST_SCORE = 10


def value_of_score(score: int) -> float:
    """Turn an answer of 0–10 to "would you recommend us?" into 0–100.

    The scale is that of Reichheld, "The One Number You Need to Grow", Harvard Business Review 12/2003.

    Raises:
        InputError: it is not between 0 and 10.
    """
    if not 0 <= score <= MOST_SCORE:
        raise InputError(f"a score is between 0 and {MOST_SCORE}, not {score}")
    return 100.0 * score / MOST_SCORE


def record_visit_answers(
    session: Session,
    *,
    customer: Customer,
    visit_id: int,
    stars: Sequence[int],
    scores: Sequence[int],
    now: datetime,
) -> None:
    """Enter what somebody gave to the questions of a visit, which all make one entry; does not commit.

    Args:
        session: the open transaction.
        customer: who answers; the caller has checked that the visit is theirs.
        visit_id: which visit.
        stars: marks of 1–5 so far.
        scores: of 0–10 so far; together there is one at least. The mean of all counts.
        now: aware UTC.

    Raises:
        InputError: a mark or a score is outside its scale.
    """
    if len(stars) == 1 and not scores:
        record_rating(session, customer=customer, stars=stars[0], now=now, visit_id=visit_id)
        return
    value = fmean([*map(value_of_stars, stars), *map(value_of_score, scores)])
    session.flush()  # a first answer may still wait to be written
    source = EntrySource.VISIT_ANSWER
    entry = session.scalar(
        select(SatisfactionEntry).filter_by(customer_id=customer.id, source=source, visit_id=visit_id)
    )
    if entry is None:
        entry = SatisfactionEntry(
            customer_id=customer.id, source=source, weight=SOURCE_WEIGHTS[source], visit_id=visit_id
        )
        session.add(entry)
    entry.value, entry.at = value, now
    entry.evidence = {"stars": list(stars), "scores": list(scores)}
    session.flush()
    recompute(session, customer)
