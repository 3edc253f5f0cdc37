"""Answers in a case's history that never went out: one condition for all who ask what was answered.

What happened is never changed. So an answer that was kept back after all, for it belonged to a note, stands
in the history with an event behind it that names it by its number.
"""

from sqlalchemy import ColumnElement, Integer, cast, select

from store.tables.complaints import ComplaintEvent

KEPT_BACK = "kept_back"
"""What such an event is; its text is the number of the answer that it takes back."""


def went_out(complaint_id: int) -> ColumnElement[bool]:
    """Give the condition that leaves out those events of a case that tell of what was kept back."""
    taken_back = select(cast(ComplaintEvent.text, Integer)).where(
        ComplaintEvent.complaint_id == complaint_id, ComplaintEvent.what == KEPT_BACK
    )
    return ComplaintEvent.id.not_in(taken_back)
