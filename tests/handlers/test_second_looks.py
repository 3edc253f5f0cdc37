"""What a second look changes: the record, a complaint that was missed, and nothing twice."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.intake import handle_batch
from customers.consent import set_consent
from customers.erasure import erase
from feedback.second_look.calibration import SecondOpinion
from feedback.understanding import Understanding
from handlers.matters import about_customer
from handlers.second_looks import Applied, Seen, apply_looks, give_up, words_to_read
from store.engine import Database
from store.feedback_kinds import FeedbackKind
from store.outbox import Draft, enqueue
from store.second_looks import find_waiting_looks, hold_looks, tally_looks
from store.tables.complaints import Complaint, ComplaintEvent
from store.tables.conversations import Message
from store.tables.customers import Customer, Standing
from store.tables.feedback import EntrySource, Feedback, SatisfactionEntry
from store.tables.queues import MessageKind, OutboxMessage
from store.tables.second_looks import LookReason, Outcome, SecondLookRow
from tests.factories import COMPANY, make_incoming
from tests.handlers.rooms import StaffRoom, to_customer
from tests.talk import Talk, texts

READ_TWICE = replace(COMPANY, second_look=True)
WORDS = "The parcel sits at the depot since monday"
MISSED = SecondOpinion(0.93, 0.05, 0.02, 0.97)
FINE = SecondOpinion(0.02, 0.03, 0.95, 0.02)
DULL = SecondOpinion(0.05, 0.9, 0.05, 0.02)


def unsure(_text: str) -> Understanding:
    """What the first look finds in words that tell it nothing."""
    kinds = ((FeedbackKind.OTHER, 0.95), (FeedbackKind.COMPLAINT, 0.2))
    return Understanding(FeedbackKind.OTHER, 0.0, (), probabilities=(0.3, 0.5, 0.2), kinds=kinds)


class Reader(Talk):
    """A chat whose words the first look is unsure of, and the duty that has them read again."""

    def receives(self, *updates: Any) -> list[OutboxMessage]:
        """Handle updates as intake would, with a first look that knows nothing."""
        with self.database.transaction() as session:
            handle_batch(session, updates, company=self.company, now=self.now, understand=unsure)
        return self.deliver()

    def looks(self, opinion: SecondOpinion | None) -> Applied:
        """Let all that waits have the same second look."""
        with self.database.transaction() as session:
            waiting = find_waiting_looks(session, 100)
        return self.applies([Seen(one.feedback_id, one.text, opinion) for one in waiting])

    def applies(self, seen: Sequence[Seen]) -> Applied:
        """Let second looks count."""
        with self.database.transaction() as session:
            return apply_looks(session, seen, company=self.company, model="abc", now=self.now)


@pytest.fixture
def reader(any_database: Database) -> Reader:
    return Reader(any_database, company=READ_TWICE)


def outcomes(applied: Applied) -> list[Outcome]:
    return sorted(outcome for (_, outcome), count in applied.outcomes.items() for _ in range(count))


def only(session: Session, table: Any) -> Any:
    (row,) = session.scalars(select(table)).all()
    return row


def count(database: Database, table: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def in_staff_chat(sent: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    return [one for one in sent if one.address == COMPANY.staff_chat.address]


def test_a_missed_complaint_is_opened_and_both_sides_hear_of_it(reader: Reader) -> None:
    StaffRoom.opened(reader)
    reader.says(WORDS)
    reader.passes(seconds=1)
    applied = reader.looks(MISSED)
    assert outcomes(applied) == [Outcome.COMPLAINT_OPENED]
    assert applied.channels == {"telegram"}
    assert applied.longest_s == 1
    sent = reader.deliver()
    (answer,) = texts(to_customer(sent))
    assert "I have read this again" in answer
    assert "C-1001" in answer
    (alert, joined) = in_staff_chat(sent)
    assert joined.edits is not None
    assert alert.body["text"].startswith("🔎 Found on a second look\nC-1001 · ")
    assert WORDS in alert.body["text"]
    with reader.database.reading() as session:
        feedback, row = only(session, Feedback), only(session, SecondLookRow)
        assert feedback.kind is FeedbackKind.COMPLAINT
        assert feedback.polarity < -0.5
        assert (row.first_kind, row.first_polarity) == (FeedbackKind.OTHER, 0.0)
        assert row.first_probabilities == [0.3, 0.5, 0.2, 0.2]
        assert row.second_probabilities == [0.93, 0.05, 0.02, 0.97]
        assert (row.outcome, row.model, row.looked_at) == (Outcome.COMPLAINT_OPENED, "abc", reader.now)
        assert only(session, Message).about == f"complaint:{only(session, Complaint).id}"
        sources = session.scalars(select(SatisfactionEntry.source).order_by(SatisfactionEntry.id)).all()
        assert sorted(sources) == [EntrySource.COMPLAINT_OPENED, EntrySource.FEEDBACK]
        assert (only(session, Customer).index or 100) < 50


def test_the_alert_keeps_its_head_and_its_reading_when_somebody_takes_it(reader: Reader) -> None:
    room = StaffRoom.opened(reader)
    reader.says(WORDS)
    reader.looks(MISSED)
    alert = in_staff_chat(reader.deliver())[0]
    (reading,) = [line for line in alert.body["text"].splitlines() if line.startswith("Sentiment:")]
    changed = next(one for one in room.taps("take:1") if one.edits == alert.dedupe_key)
    assert changed.body["text"].startswith("🔎 Found on a second look\nC-1001 · ")
    assert reading in changed.body["text"].splitlines()
    reader.passes(minutes=1)
    solved = next(one for one in room.taps("remedy:1:product:replaced") if one.edits == alert.dedupe_key)
    assert reading in solved.body["text"].splitlines()


def test_it_counts_once_however_often_it_comes(reader: Reader) -> None:
    reader.says(WORDS)
    with reader.database.transaction() as session:
        waiting = find_waiting_looks(session, 100)
    seen = [Seen(one.feedback_id, one.text, MISSED) for one in waiting]
    assert outcomes(reader.applies(seen)) == [Outcome.COMPLAINT_OPENED]
    sent, events = count(reader.database, OutboxMessage), count(reader.database, ComplaintEvent)
    assert outcomes(reader.applies(seen)) == []
    assert outcomes(reader.looks(MISSED)) == []
    assert (count(reader.database, OutboxMessage), count(reader.database, ComplaintEvent)) == (sent, events)


def test_two_of_one_customer_make_one_case(reader: Reader) -> None:
    reader.says(WORDS)
    reader.says("And the second one as well")
    assert outcomes(reader.looks(MISSED)) == [Outcome.ADDED_TO_CASE, Outcome.COMPLAINT_OPENED]
    assert count(reader.database, Complaint) == 1
    assert count(reader.database, ComplaintEvent) == 2


def test_what_is_refined_enters_the_record_in_place_of_the_first(reader: Reader) -> None:
    reader.says(WORDS)
    assert outcomes(reader.looks(FINE)) == [Outcome.REFINED]
    with reader.database.reading() as session:
        assert only(session, Feedback).kind is FeedbackKind.PRAISE
        assert only(session, SatisfactionEntry).value > 80
        assert (only(session, Customer).index or 0) > 50
    assert reader.deliver() == []


def test_what_agrees_is_only_noted(reader: Reader) -> None:
    reader.says(WORDS)
    assert outcomes(reader.looks(DULL)) == [Outcome.UNCHANGED]
    with reader.database.reading() as session:
        assert only(session, Feedback).polarity == 0.0
        assert only(session, SecondLookRow).second_probabilities == [0.05, 0.9, 0.05, 0.02]


def test_what_cannot_be_read_waits_no_longer(reader: Reader) -> None:
    reader.says(WORDS)
    assert outcomes(reader.looks(None)) == [Outcome.UNREADABLE]
    reader.says("another")
    with reader.database.transaction() as session:
        (waiting,) = find_waiting_looks(session, 100)
        give_up(session, waiting.feedback_id, now=reader.now)
    with reader.database.reading() as session:
        tally = tally_looks(session)
    assert tally.outcomes == {(LookReason.UNSURE, Outcome.UNREADABLE): 2}
    assert (tally.waiting, tally.waiting_since) == (0, None)


def test_a_message_that_was_corrected_meanwhile_is_read_again(reader: Reader) -> None:
    reader.says(WORDS)
    with reader.database.transaction() as session:
        (waiting,) = find_waiting_looks(session, 100)
        only(session, Message).text = "It has come, thank you"
    assert outcomes(reader.applies([Seen(waiting.feedback_id, waiting.text, MISSED)])) == []
    with reader.database.transaction() as session:
        assert [one.text for one in find_waiting_looks(session, 100)] == ["It has come, thank you"]


def test_who_was_erased_meanwhile_is_left_alone(reader: Reader) -> None:
    reader.says(WORDS)
    with reader.database.transaction() as session:
        (waiting,) = find_waiting_looks(session, 100)
        erase(session, only(session, Customer), now=reader.now)
    assert outcomes(reader.applies([Seen(waiting.feedback_id, waiting.text, MISSED)])) == []
    assert count(reader.database, SecondLookRow) == count(reader.database, Complaint) == 0


def test_who_said_stop_hears_nothing_and_staff_still_do(reader: Reader) -> None:
    StaffRoom.opened(reader)
    reader.says(WORDS)
    with reader.database.transaction() as session:
        set_consent(session, only(session, Customer).id, granted=False, now=reader.now)
    assert outcomes(reader.looks(MISSED)) == [Outcome.COMPLAINT_OPENED]
    sent = reader.deliver()
    assert to_customer(sent) == []
    assert sent == in_staff_chat(sent)
    assert [one.edits is None for one in sent] == [True, False]


def test_after_a_day_no_case_is_made_of_it(reader: Reader) -> None:
    reader.says(WORDS)
    reader.passes(hours=25)
    assert outcomes(reader.looks(MISSED)) == [Outcome.REFINED]
    assert count(reader.database, Complaint) == 0
    assert reader.deliver() == []


def test_where_nobody_can_be_answered_no_case_is_made(reader: Reader) -> None:
    reader.says(WORDS, channel="replay")
    assert outcomes(reader.looks(MISSED)) == [Outcome.REFINED]
    assert count(reader.database, Complaint) == 0


def test_what_belongs_to_a_case_already_opens_none(reader: Reader) -> None:
    reader.says("/complaint The pot is broken")
    reader.says("I told you about it on monday as well")
    assert outcomes(reader.looks(MISSED)) == [Outcome.REFINED]
    assert count(reader.database, Complaint) == 1
    assert count(reader.database, ComplaintEvent) == 2


def test_low_stars_have_kind_words_read_again(reader: Reader) -> None:
    reader.says(WORDS)
    reader.looks(DULL)
    with reader.database.reading() as session:
        feedback_id = only(session, Feedback).id
    reader.taps(f"rate:f{feedback_id}:1")
    with reader.database.reading() as session:
        row = only(session, SecondLookRow)
        assert (row.reason, row.looked_at) == (LookReason.RATING_CONTRADICTS, None)
    assert outcomes(reader.looks(FINE)) == [Outcome.UNCHANGED]  # kind words make no stars better


def test_low_stars_may_show_a_complaint_behind_kind_words(reader: Reader) -> None:
    reader.says(WORDS)
    reader.looks(DULL)
    with reader.database.reading() as session:
        feedback_id = only(session, Feedback).id
    reader.taps(f"rate:f{feedback_id}:2")
    assert outcomes(reader.looks(MISSED)) == [Outcome.COMPLAINT_OPENED]


def test_low_stars_count_where_the_kind_words_were_doubted_before(reader: Reader) -> None:
    reader.says(WORDS)
    reader.looks(FINE)
    with reader.database.reading() as session:
        feedback_id = only(session, Feedback).id
        assert only(session, Feedback).kind is FeedbackKind.PRAISE
    reader.taps(f"rate:f{feedback_id}:1")
    with reader.database.reading() as session:
        assert only(session, SecondLookRow).first_kind is FeedbackKind.PRAISE
    assert outcomes(reader.looks(MISSED)) == [Outcome.COMPLAINT_OPENED]


def test_no_case_is_made_over_the_head_of_a_person_in_talk(reader: Reader) -> None:
    StaffRoom.opened(reader)
    reader.says("I would like to talk to a person")
    with reader.database.transaction() as session:
        session.execute(update(SecondLookRow).values(looked_at=reader.now, outcome=Outcome.UNCHANGED))
        customer_id = only(session, Customer).id
        draft = Draft(
            kind=MessageKind.ANSWER,
            channel="telegram",
            address="77",
            customer_id=customer_id,
            text="What can I do?",
            dedupe_key="a-person-writes",
            about=about_customer(customer_id),
        )
        enqueue(session, [draft], now=reader.now)
    reader.deliver()
    assert any("passed it on" in text for text in texts(reader.says(WORDS)))
    assert outcomes(reader.looks(MISSED)) == [Outcome.REFINED]
    assert count(reader.database, Complaint) == 0


def test_nothing_is_asked_where_it_is_off(any_database: Database) -> None:
    reader = Reader(any_database)
    reader.says(WORDS)
    assert count(any_database, SecondLookRow) == 0


def test_a_key_customer_is_always_read_twice(reader: Reader) -> None:
    reader.says(WORDS)
    with reader.database.transaction() as session:
        only(session, Customer).standing = Standing.KEY
    reader.says("one more word")
    with reader.database.reading() as session:
        reasons = session.scalars(select(SecondLookRow.reason).order_by(SecondLookRow.feedback_id)).all()
    assert reasons == [LookReason.UNSURE, LookReason.KEY_CUSTOMER]


def test_nobody_waits_for_a_customer_who_is_spoken_with(reader: Reader, any_database: Database) -> None:
    if any_database.is_sqlite:
        pytest.skip("SQLite has one writer")
    reader.says(WORDS)
    reader.says(WORDS, sender="78")
    with any_database.transaction() as session:
        waiting = find_waiting_looks(session, 100)
        session.scalars(select(Customer).order_by(Customer.id).limit(1).with_for_update()).one()
        with any_database.transaction() as other:
            assert len(hold_looks(other, [one.feedback_id for one in waiting])) == 1


def test_a_command_is_not_read() -> None:
    assert words_to_read("/feedback it is fine") == "it is fine"
    assert words_to_read("/feedback") == ""
    assert words_to_read("it is fine") == "it is fine"
    assert make_incoming("/feedback it is fine").argument == words_to_read("/feedback it is fine")


ASKED = "Is anybody there? The parcel sits at the depot since monday"


def question(_text: str) -> Understanding:
    """What the first look finds in a question that may be a complaint."""
    kinds = ((FeedbackKind.QUESTION, 0.95), (FeedbackKind.COMPLAINT, 0.4))
    return Understanding(FeedbackKind.QUESTION, 0.0, (), probabilities=(0.3, 0.5, 0.2), kinds=kinds)


def test_what_was_passed_on_before_is_joined_to_the_case(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "unsure", question)
    room = StaffRoom.opened(reader)
    (passed,) = in_staff_chat(reader.says(ASKED))
    assert passed.body["text"].startswith("❓ Question\n")

    assert outcomes(reader.looks(MISSED)) == [Outcome.COMPLAINT_OPENED]

    alert, joined = in_staff_chat(reader.deliver())
    assert alert.reply_to == passed.dedupe_key
    assert joined.edits == passed.dedupe_key
    assert joined.body["text"] == f"{passed.body['text']}\n⤵️ This belongs to C-1001: see below."
    assert joined.body["buttons"] == []
    sent = to_customer(room.replies(passed, "It is on its way, Ana."))
    assert texts(sent) == ["Mei from Lantern Tea: It is on its way, Ana."]
    with reader.database.reading() as session:
        assert only(session, Complaint).first_response_at is not None


def test_staff_read_that_a_message_was_read_twice(reader: Reader) -> None:
    room = StaffRoom.opened(reader)
    reader.says(WORDS)
    reader.looks(FINE)
    assert "praise, read twice" in texts(room.says("/customer 1"))[0]


def test_an_alert_says_that_its_words_were_read_twice(reader: Reader) -> None:
    room = StaffRoom.opened(reader)
    reader.says("/complaint The parcel sits at the depot")
    with reader.database.transaction() as session:
        feedback = only(session, Feedback)
        session.add(
            SecondLookRow(
                feedback_id=feedback.id,
                customer_id=feedback.customer_id,
                reason=LookReason.UNSURE,
                asked_at=reader.now,
                first_kind=feedback.kind,
                first_polarity=-0.1,
                first_probabilities=[0.4, 0.4, 0.2, 0.5],
                outcome=Outcome.REFINED,
            )
        )
    (changed,) = [one for one in room.taps("take:1") if one.edits == "alert:1"]
    assert "\nSentiment, read twice: " in changed.body["text"]
