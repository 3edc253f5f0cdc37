"""Labels: what customers and staff themselves said that a message was. Nothing here commits."""

from datetime import datetime

from sqlalchemy.orm import Session

from store.errors import NotFoundError
from store.feedback_kinds import FeedbackKind
from store.inserts import insert_into
from store.tables.feedback import Feedback
from store.tables.learning import StaffCorrection


def note_correction(
    session: Session, *, feedback_id: int, kind: FeedbackKind, staff_id: int, now: datetime
) -> None:
    """Note what a message was, by the word of a member of staff; the last word on a feedback counts.

    Args:
        session: the open transaction.
        feedback_id: the feedback that was understood wrongly, or rightly.
        kind: what it was; any but ``COMPLAINT`` says that it was no complaint.
        staff_id: who says so.
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
