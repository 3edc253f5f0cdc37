"""When a complaint is still on the customer's mind: one condition for talk, planners and delivery."""

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, and_, or_

from store.tables.complaints import Complaint, ComplaintState

WORD_AWAITED = timedelta(days=7)
"""For how long a customer's silence after "is it solved?" keeps the case pending: one who never answers would
else be left out for ever, and all they write later would join a case of long ago."""


def awaited_since(now: datetime) -> datetime:
    """Tell since when the customer's word on a solution is still awaited."""
    return now - WORD_AWAITED


def is_pending(since: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Give the condition that picks complaints that nobody solved, or whose customer may still say no.

    Args:
        since: ``awaited_since(now)``.
    """
    return or_(
        Complaint.state.in_([ComplaintState.OPEN, ComplaintState.CLAIMED, ComplaintState.WAITING]),
        and_(Complaint.state == ComplaintState.RESOLVED, Complaint.resolved_at > since),
    )
