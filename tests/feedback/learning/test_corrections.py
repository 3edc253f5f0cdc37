"""A correction by staff is noted once for each feedback, and goes with it."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from feedback.learning.labels import note_correction
from store.engine import Database
from store.errors import NotFoundError
from store.tables.customers import Customer
from store.tables.feedback import Feedback, FeedbackKind
from store.tables.learning import StaffCorrection
from tests.factories import NOW, make_customer, make_staff


def test_the_last_word_on_a_feedback_counts(any_database: Database) -> None:
    with any_database.transaction() as session:
        customer, staff = make_customer(session), make_staff(session)
        feedback = Feedback(
            customer_id=customer.id, kind=FeedbackKind.COMPLAINT, polarity=-0.5, why=[], at=NOW
        )
        session.add(feedback)
        session.flush()
        for minutes, kind in enumerate((FeedbackKind.OTHER, FeedbackKind.COMPLAINT)):
            now = NOW + timedelta(minutes=minutes)
            note_correction(session, feedback_id=feedback.id, kind=kind, staff_id=staff.id, now=now)

        [noted] = session.scalars(select(StaffCorrection)).all()
        assert (noted.feedback_id, noted.kind, noted.staff_id) == (
            feedback.id,
            FeedbackKind.COMPLAINT,
            staff.id,
        )
        assert noted.at == NOW + timedelta(minutes=1)
        session.execute(delete(Customer))
        assert session.scalars(select(StaffCorrection.feedback_id)).all() == []


def test_a_feedback_that_is_gone_cannot_be_corrected(database: Database) -> None:
    with database.transaction() as session:
        staff = make_staff(session)
        with pytest.raises(NotFoundError, match="no feedback 7"):
            note_correction(session, feedback_id=7, kind=FeedbackKind.OTHER, staff_id=staff.id, now=NOW)
