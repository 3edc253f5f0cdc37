"""What a customer answers to a visit is noted with it, question by question."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.definitions.kept import find_definition
from scheduler.definitions.programme import (
    PERIODIC,
    Programme,
    Step,
    StepKind,
    default_programmes,
    read_programme,
)
from store.errors import InputError, NotFoundError
from store.tables.definitions import DefinitionKind
from store.tables.feedback import Feedback
from store.tables.outreach import Visit, VisitState

LONGEST_KEPT = 1000
"""Characters of an answer in words that are kept with the visit; the message itself is kept whole."""

LOW_MARK = 2
"""Stars: who gives no more is asked what went wrong."""

WORDS_WITHIN = timedelta(days=3)
"""For how long a customer's next words are taken as the answer to a question that waits for words."""

Answer = int | str


def visit_of(session: Session, visit_id: int, customer_id: int) -> Visit:
    """Give a visit of one customer.

    Raises:
        NotFoundError: there is none, or it was another's.
    """
    visit = session.get(Visit, visit_id)
    if visit is None or visit.customer_id != customer_id:
        raise NotFoundError(f"customer {customer_id} has no visit {visit_id}")
    return visit


def programme_of(session: Session, visit: Visit, *, company: Company) -> Programme | None:
    """Find the programme of a visit, running or not; None where it is gone."""
    kept = find_definition(session, DefinitionKind.PROGRAMME, visit.programme)
    if kept is not None:
        try:
            return read_programme(kept.name, kept.body)
        except InputError:
            return None
    return default_programmes(company)[0] if visit.programme == PERIODIC else None


def note_answer(visit: Visit, step: Step, answer: Answer, *, now: datetime) -> None:
    """Note the answer to a question; a later one replaces it. Does not commit.

    After a low mark it is seen later whether words came (``steps``).

    Args:
        visit: whose question it is.
        step: the question.
        answer: the number that was tapped, or the words.
        now: aware UTC.
    """
    kept = answer[:LONGEST_KEPT] if isinstance(answer, str) else answer
    visit.answers = {**visit.answers, step.key: kept}
    visit.state, visit.answered_at, visit.next_step_at = VisitState.ANSWERED, now, None
    if step.kind is StepKind.STARS and isinstance(answer, int):
        visit.rating = answer
        visit.next_step_at = now + WORDS_WITHIN if answer <= LOW_MARK else None


def said_anything(session: Session, visit: Visit) -> bool:
    """Tell whether a customer has said anything in words since they answered a visit; only reads."""
    since = visit.answered_at or visit.created_at
    asked = {"customer": visit.customer_id, "since": since}
    return session.connection().execute(_SAID, asked).first() is not None


_SAID = (
    select(Feedback.id)
    .where(Feedback.customer_id == bindparam("customer"), Feedback.at >= bindparam("since"))
    .limit(1)
)


def step_after(programme: Programme, visit: Visit, step: Step) -> tuple[int, Step] | None:
    """Find the next question after one that has no answer yet, with its place; None where there is none."""
    keys = [one.key for one in programme.steps]
    begin = keys.index(step.key) + 1 if step.key in keys else len(keys)
    later = enumerate(programme.steps[begin:], start=begin)
    return next(((place, one) for place, one in later if one.key not in visit.answers), None)
