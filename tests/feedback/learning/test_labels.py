"""Labels are what customers and staff said of a message, and of that very message."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from feedback.learning import labels as labels_module
from feedback.learning.labels import find_labels, note_correction
from feedback.reading.model import NEGATIVE, NEUTRAL, POSITIVE
from feedback.record import record_rating
from store.engine import Database
from store.tables.complaints import Complaint, ComplaintState
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.feedback import Feedback, FeedbackKind
from tests.factories import NOW, make_customer, make_staff


def say(
    session: Session,
    customer: Customer,
    text: str,
    *,
    stars: int | None = None,
    about: str | None = None,
    edited_at: datetime | None = None,
) -> Feedback:
    message = Message(
        customer_id=customer.id,
        channel="telegram",
        address="1",
        sender="1",
        text=text,
        attachments=[],
        about=about,
        at=NOW,
        edited_at=edited_at,
    )
    session.add(message)
    session.flush()
    feedback = Feedback(
        customer_id=customer.id,
        message_id=message.id,
        kind=FeedbackKind.OTHER,
        polarity=0.0,
        why=[],
        at=NOW,
    )
    session.add(feedback)
    session.flush()
    if stars is not None:
        record_rating(session, customer=customer, stars=stars, now=NOW, feedback_id=feedback.id)
    return feedback


def complain(session: Session, customer: Customer, text: str, state: ComplaintState) -> Complaint:
    complaint = Complaint(
        customer_id=customer.id,
        channel="telegram",
        address="1",
        state=state,
        text=text,
        opened_at=NOW,
        first_response_due_at=NOW,
        resolution_due_at=NOW,
        first_response_at=NOW,
    )
    session.add(complaint)
    session.flush()
    return complaint


def test_ratings_of_messages_are_labels(any_database: Database) -> None:
    later = NOW + timedelta(minutes=1)
    with any_database.transaction() as session:
        ana = make_customer(session)
        for stars, text in enumerate(("awful", "weak", "so so", "/feedback good", "great"), start=1):
            say(session, ana, text, stars=stars)
        say(session, ana, "nobody rated this")
        say(session, ana, "rated, then rewritten", stars=1, edited_at=later)
        say(session, ana, "5 stars", stars=5)
        record_rating(session, customer=ana, stars=1, now=NOW)

    with any_database.reading() as session:
        labels = find_labels(session)
    assert [(label.text, label.sentiment) for label in labels] == [
        ("awful", NEGATIVE),
        ("weak", NEGATIVE),
        ("so so", NEUTRAL),
        ("good", POSITIVE),
        ("great", POSITIVE),
    ]
    assert {label.complaint for label in labels} == {None}


def test_staff_and_settled_cases_say_what_a_complaint_is(any_database: Database) -> None:
    with any_database.transaction() as session:
        ana, mei = make_customer(session), make_staff(session)
        settled = complain(session, ana, "The lid is broken", ComplaintState.CONFIRMED)
        refuted = complain(session, ana, "It screams", ComplaintState.CONFIRMED)
        complain(session, ana, "Still open", ComplaintState.CLAIMED)
        said = {
            "It screams": (FeedbackKind.OTHER, f"complaint:{refuted.id}"),
            "The lid leaks": (FeedbackKind.COMPLAINT, None),
        }
        for text, (kind, about) in said.items():
            feedback = say(session, ana, text, stars=5, about=about)
            note_correction(session, feedback_id=feedback.id, kind=kind, staff_id=mei.id, now=NOW)
        settled_key = f"c{settled.id}"

    with any_database.reading() as session:
        labels = {label.text: label for label in find_labels(session)}
    assert {text: label.complaint for text, label in labels.items()} == {
        "The lid is broken": True,
        "It screams": False,
        "The lid leaks": True,
    }
    assert labels["The lid is broken"].key == settled_key
    assert labels["It screams"].sentiment == POSITIVE


def test_what_one_says_a_thousand_times_pushes_nobody_out(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labels_module, "AT_MOST", 4)
    monkeypatch.setattr(labels_module, "OF_ONE_AT_MOST", 3)
    with any_database.transaction() as session:
        ana, loud, mei = make_customer(session), make_customer(session), make_staff(session)
        for customer, texts in ((ana, ["hers"]), (loud, ["1st", "2nd", "3rd", "4th", "5th"])):
            for text in texts:
                say(session, customer, f"rated {text}", stars=1)
                corrected = say(session, customer, f"corrected {text}")
                kind = FeedbackKind.COMPLAINT
                note_correction(session, feedback_id=corrected.id, kind=kind, staff_id=mei.id, now=NOW)
                complain(session, customer, f"confirmed {text}", ComplaintState.CONFIRMED)

    with any_database.reading() as session:
        labels = find_labels(session)
    said = ["hers", "3rd", "4th", "5th"]
    expected = {f"{source} {text}" for source in ("rated", "corrected", "confirmed") for text in said}
    assert {label.text for label in labels} == expected
    assert len(labels) == len(expected)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("/complaint\nbroken lid", "broken lid"),
        ("/complaint@bot  \t broken\nlid", "broken\nlid"),
        ("/complaint\u3000盖子坏了", "盖子坏了"),
        ("broken lid", "broken lid"),
    ],
)
def test_the_words_after_a_command_are_learnt(database: Database, written: str, words: str) -> None:
    with database.transaction() as session:
        ana = make_customer(session)
        say(session, ana, "/complaint", stars=1)
        say(session, ana, written, stars=1)
    with database.reading() as session:
        assert [label.text for label in find_labels(session)] == [words]
