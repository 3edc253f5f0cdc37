"""The satisfaction record in the database: its entries, and the summary that always follows from them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.evidence import evidence_of
from feedback.record import (
    newest_entries,
    recompute,
    record_complaint_outcome,
    record_feedback,
    record_rating,
    refine_feedback,
    revise_feedback,
    satisfaction_of,
)
from feedback.satisfaction import PRIOR_VALUE, summarise
from feedback.second_look.deciding import Look
from feedback.understanding import Understanding, Weight, understand
from store.engine import Database
from store.errors import InputError
from store.new_rows import NewFeedback
from store.tables.complaints import Complaint
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.feedback import EntrySource, Feedback, FeedbackKind, SatisfactionEntry
from store.tables.outreach import Visit
from store.trends import Trend
from tests.factories import NOW, make_customer
from tests.feedback.cases import make_complaint
from tests.tables import new_sqlite


def make_message(session: Session, customer: Customer, text: str = "", at: datetime = NOW) -> Message:
    message = Message(
        customer_id=customer.id,
        channel="telegram",
        address="77",
        sender="77",
        external_id=None,
        text=text,
        attachments=[],
        at=at,
    )
    session.add(message)
    session.flush()
    return message


def say(session: Session, customer: Customer, text: str, at: datetime = NOW) -> NewFeedback:
    message = make_message(session, customer, text, at)
    feedback = record_feedback(
        session, customer=customer, message=message, understanding=understand(text), now=max(at, NOW)
    )
    session.flush()
    return feedback


def entries_of(session: Session, customer: Customer) -> list[SatisfactionEntry]:
    return list(
        session.scalars(
            select(SatisfactionEntry)
            .where(SatisfactionEntry.customer_id == customer.id)
            .order_by(SatisfactionEntry.id)
            .execution_options(populate_existing=True)
        )
    )


def test_a_complaint_is_kept_with_its_evidence_and_moves_the_index(any_database: Database) -> None:
    with any_database.transaction() as session:
        customer = make_customer(session)
        feedback = say(session, customer, "The kettle is not working")
        assert feedback.kind is FeedbackKind.COMPLAINT
    with any_database.reading() as session:
        stored = session.get_one(Customer, customer.id)
        (entry,) = entries_of(session, stored)
        assert entry.source is EntrySource.FEEDBACK
        assert entry.feedback_id == feedback.id
        assert entry.evidence == {
            "kind": "complaint",
            "certainty": entry.evidence["certainty"],
            "why": [{"words": "not working", "weight": -0.6}],
        }
        assert stored.index is not None
        assert stored.index < PRIOR_VALUE
        assert stored.evidence_at == NOW


@pytest.mark.parametrize("text", ["What are your opening hours?", "hello", "stop", "I am at the station"])
def test_what_carries_no_sentiment_is_feedback_without_an_entry(database: Database, text: str) -> None:
    with database.transaction() as session:
        customer = make_customer(session)
        say(session, customer, text)
        assert len(session.scalars(select(Feedback)).all()) == 1
        assert entries_of(session, customer) == []
        assert customer.index is None
        assert satisfaction_of(session, customer, NOW).index == PRIOR_VALUE


def test_an_entry_weighs_as_much_as_its_reading_is_likely_to_be_right(database: Database) -> None:
    with database.transaction() as session:
        customer = make_customer(session)
        for chances, kinds, weight in (
            ((0.7, 0.2, 0.1), (), 0.7),
            ((0.1, 0.2, 0.7), (), 1 / 3),
            ((0.4, 0.5, 0.1), ((FeedbackKind.COMPLAINT, 0.9), (FeedbackKind.OTHER, 0.2)), 0.9),
        ):
            read = Understanding(FeedbackKind.COMPLAINT, -0.6, (), probabilities=chances, kinds=kinds)
            message = make_message(session, customer)
            record_feedback(session, customer=customer, message=message, understanding=read, now=NOW)
            assert entries_of(session, customer)[-1].weight == pytest.approx(weight)


def test_an_entry_knows_the_parts_of_the_service_it_speaks_of(any_database: Database) -> None:
    with any_database.transaction() as session:
        customer = make_customer(session)
        say(session, customer, "The tea is delicious, but the courier was rude")
        say(session, customer, "I am so disappointed in you")
    with any_database.reading() as session:
        mixed, plain = entries_of(session, session.get_one(Customer, customer.id))
        assert mixed.aspects is not None
        assert mixed.aspects["delivery"] < 50 < mixed.aspects["product"]
        assert set(plain.aspects or {}) <= {"other"}


def test_what_names_no_part_has_none_in_the_database(any_database: Database) -> None:
    with any_database.transaction() as session:
        record_rating(session, customer=make_customer(session), stars=5, now=NOW)
        session.flush()
        no_part = select(SatisfactionEntry.id).where(SatisfactionEntry.aspects.is_(None))
        assert len(session.scalars(no_part).all()) == 1


def test_a_second_look_weighs_by_what_both_found_and_keeps_the_parts(database: Database) -> None:
    with database.transaction() as session:
        customer = make_customer(session)
        told = say(session, customer, "The courier was rude to me, and the box is wet")
        (first,) = entries_of(session, customer)
        aspects = first.aspects
        look = Look(FeedbackKind.COMPLAINT, -0.9, (0.95, 0.04, 0.01), 0.97)
        feedback = session.get_one(Feedback, told.id)
        refine_feedback(session, customer=customer, feedback=feedback, look=look)
        session.flush()
        (second,) = entries_of(session, customer)
        assert aspects
        assert second.aspects == aspects
        assert [second.value, second.weight] == pytest.approx([5, 0.97])
        assert customer.index == summary_index(session, customer)


@pytest.mark.parametrize(
    ("words", "polarity", "aspects"),
    [
        ("The delivery was great", -0.8, {"delivery": 10}),
        ("Where is my parcel", -0.8, {"delivery": 10}),
        ("the delivery was great, but the staff were rude", 0.9, {"delivery": 95, "staff": 95}),
    ],
)
def test_parts_agree_with_what_a_second_look_found(
    database: Database, words: str, polarity: float, aspects: dict[str, float]
) -> None:
    with database.transaction() as session:
        customer = make_customer(session)
        told = say(session, customer, words)
        sure = (0.9, 0.05, 0.05) if polarity < 0 else (0.05, 0.05, 0.9)
        look = Look(FeedbackKind.OTHER, polarity, sure, 0.5)
        feedback = session.get_one(Feedback, told.id)
        named = understand(words).aspects
        refine_feedback(session, customer=customer, feedback=feedback, look=look, named=named)
        session.flush()
        (entry,) = entries_of(session, customer)
        assert entry.aspects == pytest.approx(aspects)


def test_the_newest_entries_come_first(database: Database) -> None:
    with database.transaction() as session:
        customer = make_customer(session)
        for stars, days_ago in ((1, 3), (5, 1), (3, 2)):
            record_rating(session, customer=customer, stars=stars, now=NOW - timedelta(days=days_ago))
        assert [entry.value for entry in newest_entries(session, customer.id, 2)] == [100, 50]


def test_an_edited_message_replaces_its_entry(database: Database) -> None:
    with database.transaction() as session:
        customer = make_customer(session)
        feedback = say(session, customer, "It is not working")
        message = session.get_one(Message, feedback.message_id)
        for text, kind, entries in (
            ("It works perfectly, I love it", FeedbackKind.PRAISE, 1),
            ("What are your opening hours?", FeedbackKind.QUESTION, 0),
            ("It is not working", FeedbackKind.COMPLAINT, 1),
        ):
            revise_feedback(session, customer=customer, message=message, understanding=understand(text))
            assert session.get_one(Feedback, feedback.id).kind is kind
            assert len(entries_of(session, customer)) == entries
            assert customer.index == summary_index(session, customer)


def test_an_edit_of_what_was_no_feedback_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        customer = make_customer(session)
        message = make_message(session, customer)
        revise_feedback(session, customer=customer, message=message, understanding=understand("bad"))
        assert session.scalars(select(Feedback)).all() == []


def test_an_edit_by_another_customer_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        owner, other = make_customer(session), make_customer(session)
        feedback = say(session, owner, "It is not working")
        message = session.get_one(Message, feedback.message_id)
        revise_feedback(session, customer=other, message=message, understanding=understand("I love it"))
        assert feedback.kind is FeedbackKind.COMPLAINT


def test_a_message_from_the_future_counts_from_now(database: Database) -> None:
    with database.transaction() as session:
        customer = make_customer(session)
        message = make_message(session, customer, "bad", at=NOW + timedelta(days=900))
        feedback = record_feedback(
            session, customer=customer, message=message, understanding=understand("bad"), now=NOW
        )
        assert feedback.at == NOW
        assert customer.evidence_at == NOW


def test_rating_the_same_thing_again_replaces_the_rating(any_database: Database) -> None:
    with any_database.transaction() as session:
        customer = make_customer(session)
        feedback = say(session, customer, "I love it")
        complaint = make_complaint(session, customer)
        visit = Visit(customer_id=customer.id, programme="regular", due_on=NOW.date(), created_at=NOW)
        session.add(visit)
        session.flush()
        for stars in (1, 5):
            record_rating(session, customer=customer, stars=stars, now=NOW, feedback_id=feedback.id)
            record_rating(session, customer=customer, stars=stars, now=NOW, complaint_id=complaint.id)
            record_rating(session, customer=customer, stars=stars, now=NOW, visit_id=visit.id)
        ratings = [entry for entry in entries_of(session, customer) if "stars" in entry.evidence]
        assert [(entry.source, entry.value) for entry in ratings] == [
            (EntrySource.RATING, 100),
            (EntrySource.RATING, 100),
            (EntrySource.VISIT_ANSWER, 100),
        ]
        assert customer.index == summary_index(session, customer)


def test_ratings_of_nothing_in_particular_all_count(database: Database) -> None:
    with database.transaction() as session:
        customer = make_customer(session)
        for stars in (1, 5):
            record_rating(session, customer=customer, stars=stars, now=NOW)
        assert [entry.value for entry in entries_of(session, customer)] == [0, 100]


@pytest.mark.parametrize("stars", [0, 6])
def test_a_rating_out_of_range_leaves_nothing_behind(database: Database, stars: int) -> None:
    with database.transaction() as session:
        customer = make_customer(session)
        with pytest.raises(InputError):
            record_rating(session, customer=customer, stars=stars, now=NOW)
        assert entries_of(session, customer) == []


def test_the_last_word_on_a_complaint_counts(database: Database) -> None:
    with database.transaction() as session:
        customer = make_customer(session)
        complaint = make_complaint(session, customer)
        for solved in (True, False, True):
            record_complaint_outcome(session, customer=customer, complaint=complaint, solved=solved, now=NOW)
        opened, outcome = entries_of(session, customer)
        assert (opened.source, outcome.source) == (
            EntrySource.COMPLAINT_OPENED,
            EntrySource.COMPLAINT_OUTCOME,
        )
        assert outcome.evidence == {"solved": True}


def test_satisfaction_tells_where_a_customer_is_going(database: Database) -> None:
    with database.transaction() as session:
        customer = make_customer(session)
        for stars, days_ago in ((5, 60), (5, 50), (1, 2), (1, 1)):
            record_rating(session, customer=customer, stars=stars, now=NOW - timedelta(days=days_ago))
        satisfaction = satisfaction_of(session, customer, NOW)
        assert satisfaction.trend is Trend.FALLING
        assert 0 < satisfaction.confidence < 1
        assert satisfaction.index < PRIOR_VALUE


def test_one_customers_record_leaves_anothers_alone(database: Database) -> None:
    with database.transaction() as session:
        one, other = make_customer(session), make_customer(session)
        say(session, one, "terrible")
        recompute(session, other)
        assert other.index is None


def summary_index(session: Session, customer: Customer) -> float | None:
    evidence = evidence_of(session, customer.id)
    return summarise(evidence).index if evidence else None


@dataclass(frozen=True)
class Step:
    what: str
    number: int
    days: int


steps = st.lists(
    st.builds(
        Step,
        what=st.sampled_from(["feedback", "edit", "rating", "rate feedback", "complaint", "outcome"]),
        number=st.integers(0, 20),
        days=st.integers(-400, 400),
    ),
    max_size=15,
)


@contextmanager
def fresh_database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as directory:
        database = Database(new_sqlite(Path(directory) / "record.db"))
        yield database
        database.close()


def take_step(session: Session, customer: Customer, step: Step) -> None:
    now = NOW + timedelta(days=step.days)
    stars = 1 + step.number % 5
    polarity = (step.number - 10) / 10
    understanding = Understanding(list(FeedbackKind)[step.number % 8], polarity, (Weight("word", polarity),))
    feedbacks = session.scalars(select(Feedback).order_by(Feedback.id)).all()
    complaints = session.scalars(select(Complaint).order_by(Complaint.id)).all()
    if step.what == "feedback":
        message = make_message(session, customer, at=now)
        record_feedback(session, customer=customer, message=message, understanding=understanding, now=now)
    elif step.what == "rating":
        record_rating(session, customer=customer, stars=stars, now=now)
    elif step.what == "complaint":
        make_complaint(session, customer, now)
    elif step.what == "outcome" and complaints:
        complaint = complaints[step.number % len(complaints)]
        solved = step.number % 2 == 0
        record_complaint_outcome(session, customer=customer, complaint=complaint, solved=solved, now=now)
    elif step.what == "edit" and feedbacks:
        message = session.get_one(Message, feedbacks[step.number % len(feedbacks)].message_id)
        revise_feedback(session, customer=customer, message=message, understanding=understanding)
    elif step.what == "rate feedback" and feedbacks:
        feedback = feedbacks[step.number % len(feedbacks)]
        record_rating(session, customer=customer, stars=stars, now=now, feedback_id=feedback.id)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_recomputing_from_the_entries_always_gives_what_is_stored(sequence: list[Step]) -> None:
    with fresh_database() as database:
        with database.transaction() as session:
            customer = make_customer(session)
        for step in sequence:
            with database.transaction() as session:
                take_step(session, session.get_one(Customer, customer.id), step)
            with database.reading() as session:
                stored = session.get_one(Customer, customer.id)
                summary = summarise(evidence_of(session, customer.id))
                assert stored.index == (pytest.approx(summary.index) if summary.at else None)
                assert stored.evidence_weight == pytest.approx(summary.weight)
                assert stored.evidence_at == summary.at
