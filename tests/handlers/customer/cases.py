"""Looking into complaints after a talk."""

from sqlalchemy import func, select

from feedback.complaints import find_complaint, history
from store.tables.complaints import Complaint, ComplaintState
from tests.talk import Talk

BROKEN = "The teapot arrived broken and I am still waiting for my refund, three weeks now"


def state(talk: Talk, complaint_id: int = 1) -> ComplaintState:
    """Where a complaint stands."""
    with talk.database.reading() as session:
        return find_complaint(session, complaint_id).state


def count(talk: Talk) -> int:
    """How many complaints there are."""
    with talk.database.reading() as session:
        return session.scalars(select(func.count(Complaint.id))).one()


def words_of(talk: Talk, complaint_id: int = 1) -> list[tuple[str, str]]:
    """What happened in a complaint, with the words of each event."""
    with talk.database.reading() as session:
        return [(event.what, event.text) for event in history(session, complaint_id)]
