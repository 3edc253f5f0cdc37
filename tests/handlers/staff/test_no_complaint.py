"""«This was no complaint»: one tap closes the case, corrects the record and teaches the program."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback.complaints import find_complaint, history
from handlers.incoming import IncomingKind
from store.tables.complaints import ComplaintState
from store.tables.customers import Customer
from store.tables.feedback import EntrySource, Feedback, FeedbackKind, SatisfactionEntry
from store.tables.learning import StaffCorrection
from tests.factories import make_incoming
from tests.handlers.customer.cases import BROKEN, state
from tests.handlers.rooms import MEI, TOM, StaffRoom, answer, to_customer
from tests.talk import button_data, texts


@pytest.fixture
def complained(room: StaffRoom) -> StaffRoom:
    """The staff chat, with one complaint of Ana's."""
    room.talk.says(BROKEN)
    return room


def entries(room: StaffRoom) -> list[EntrySource]:
    with room.talk.database.reading() as session:
        return list(session.scalars(select(SatisfactionEntry.source).order_by(SatisfactionEntry.id)))


def test_one_tap_closes_the_case(complained: StaffRoom) -> None:
    told, changed = complained.taps("nocase:1")

    assert told.address == "77"
    assert told.body["text"].startswith("I took what you wrote for a complaint. Mei from Lantern Tea has")
    assert "closed C-1001" in told.body["text"]
    assert changed.edits == "alert:1"
    last = changed.body["text"].splitlines()[-1]
    assert last == "🚫 Mei: this was no complaint. It is closed."
    assert button_data(changed) == ["undismiss:1", "more:1"]
    assert state(complained.talk) is ComplaintState.DISMISSED
    with complained.talk.database.reading() as session:
        complaint, last = find_complaint(session, 1), history(session, 1)[-1]
        assert complaint.closed_at == complained.talk.now
        assert (last.what, last.at) == ("dismissed", complained.talk.now)
        assert last.staff_id == complaint.owner_id


def test_the_record_is_as_if_they_had_not_complained(complained: StaffRoom) -> None:
    assert entries(complained) == [EntrySource.FEEDBACK, EntrySource.COMPLAINT_OPENED]

    complained.taps("nocase:1")

    assert entries(complained) == []
    with complained.talk.database.reading() as session:
        customer = session.scalars(select(Customer)).one()
        assert (customer.index, customer.evidence_weight, customer.evidence_at) == (None, 0, None)
        feedback = session.scalars(select(Feedback)).one()
        assert (feedback.kind, feedback.polarity) == (FeedbackKind.OTHER, 0)


def test_what_else_they_told_us_stays_in_the_record(room: StaffRoom) -> None:
    room.talk.says("I love your tea, it is wonderful")
    room.talk.taps("rate:f1:4")
    before = entries(room)
    with room.talk.database.reading() as session:
        index = session.scalars(select(Customer.index)).one()
    room.talk.says(BROKEN)

    room.taps("nocase:1")

    assert entries(room) == before
    with room.talk.database.reading() as session:
        assert session.scalars(select(Customer.index)).one() == pytest.approx(index)


def test_the_program_learns_what_it_was_not(complained: StaffRoom) -> None:
    complained.taps("nocase:1", sender=TOM)

    with complained.talk.database.reading() as session:
        correction = session.scalars(select(StaffCorrection)).one()
        assert (correction.feedback_id, correction.kind) == (1, FeedbackKind.OTHER)
        assert correction.at == complained.talk.now
        complaint = find_complaint(session, 1)
        assert correction.staff_id == complaint.owner_id


def test_who_taps_second_learns_that_it_is_closed(complained: StaffRoom) -> None:
    complained.taps("nocase:1")

    for tap in ("nocase:1", "take:1", "resolve:1"):
        (told,) = complained.taps(tap, sender=TOM)
        assert told.body["text"].startswith("C-1001 is closed: Mei says it was no complaint · Sat, 21 Nov")
        assert to_customer([told]) == []


def test_once_the_customer_was_asked_it_is_theirs_to_say(complained: StaffRoom) -> None:
    complained.taps("remedy:1:product:replaced")

    (told,) = complained.taps("nocase:1")

    assert "waits for the customer's word" in told.body["text"]
    assert state(complained.talk) is ComplaintState.RESOLVED


@pytest.mark.parametrize("data", ["nocase:2", "nocase", "nocase:x", "nocase:1:1", "nocase:-1"])
def test_a_button_that_we_did_not_make_changes_nothing(complained: StaffRoom, data: str) -> None:
    (told,) = complained.taps(data)

    assert "no longer does anything" in told.body["text"]
    assert state(complained.talk) is ComplaintState.OPEN


def test_a_customer_cannot_tap_it(complained: StaffRoom) -> None:
    (told,) = complained.talk.taps("nocase:1")

    assert "no longer does anything" in told.body["text"]
    assert state(complained.talk) is ComplaintState.OPEN


def test_nothing_joins_the_closed_case_and_a_new_complaint_opens_another(complained: StaffRoom) -> None:
    complained.taps("nocase:1")

    messages = complained.talk.says("It is a complaint: the teapot is broken, C-1001")

    assert "C-1002" in answer(messages)
    assert state(complained.talk) is ComplaintState.DISMISSED


def test_the_customer_sees_how_it_ended(complained: StaffRoom) -> None:
    complained.taps("nocase:1")

    assert "closed, for it was no complaint." in texts(complained.talk.says("/status"))[0]


def test_an_old_no_opens_it_again(complained: StaffRoom) -> None:
    complained.taps("remedy:1:product:replaced")
    complained.talk.taps("solved:1:no")
    complained.taps("nocase:1")
    assert answer(complained.talk.taps("solved:1:yes")).startswith("C-1001 is closed already.")

    messages = complained.talk.taps("solved:1:no")

    assert "C-1001 is open again" in answer(messages)
    assert state(complained.talk) is ComplaintState.OPEN


def test_what_the_customer_insists_on_was_a_complaint(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")
    room.talk.taps("solved:1:no")
    room.taps("nocase:1")
    assert entries(room) == []

    room.talk.taps("solved:1:no")

    assert sorted(entries(room)) == sorted(
        [EntrySource.FEEDBACK, EntrySource.COMPLAINT_OPENED, EntrySource.COMPLAINT_OUTCOME]
    )
    with room.talk.database.reading() as session:
        assert session.scalars(select(StaffCorrection)).all() == []
        feedback = session.scalars(select(Feedback)).one()
        assert feedback.kind is FeedbackKind.COMPLAINT
        assert feedback.polarity < 0
        assert (session.scalars(select(Customer)).one().index or 100) < 50


def test_who_said_stop_is_not_told(complained: StaffRoom) -> None:
    complained.talk.says("/stop")

    messages = complained.taps("nocase:1")

    assert to_customer(messages) == []
    told, changed = messages
    assert told.body["text"] == "C-1001 is closed. Ana said stop, so they were not told."
    assert changed.body["text"].endswith("this was no complaint. It is closed.")
    assert state(complained.talk) is ComplaintState.DISMISSED


def test_words_to_the_customer_leave_it_closed(complained: StaffRoom) -> None:
    complained.taps("nocase:1")

    (asked,) = complained.replies(complained.alert("alert:1"), "Sorry for the mix-up")
    messages = complained.taps(button_data(asked)[0])

    assert answer(messages) == "Mei from Lantern Tea: Sorry for the mix-up"
    assert state(complained.talk) is ComplaintState.DISMISSED


def test_a_correction_of_the_words_may_still_be_a_complaint(complained: StaffRoom) -> None:
    complained.talk.receives(make_incoming("The lid is cracked and it leaks", sender="88", message_id="m1"))
    complained.taps("nocase:2")

    edit = make_incoming("It is cracked, I want a refund", sender="88", message_id="m1")
    complained.talk.receives(replace(edit, kind=IncomingKind.EDIT))

    assert state(complained.talk, 3) is ComplaintState.OPEN


def test_a_tap_that_comes_twice_tells_the_customer_once(complained: StaffRoom) -> None:
    tap = make_incoming(
        sender=MEI,
        kind=IncomingKind.BUTTON,
        button="nocase:1",
        address=complained.talk.company.staff_chat.address,
        private=False,
    )
    complained.talk.receives(tap)

    assert complained.talk.receives(tap) == []


DANGER = "The kettle caught fire last night"


@pytest.fixture
def urgent(room: StaffRoom) -> StaffRoom:
    """The staff chat, with one urgent complaint of Ana's."""
    room.talk.says(DANGER)
    return room


def test_an_urgent_case_is_asked_about_once_more(urgent: StaffRoom) -> None:
    (asked,) = urgent.taps("nocase:1")

    assert asked.body["text"].startswith("C-1001 is urgent. Was it really no complaint?")
    assert button_data(asked) == ["nocaseyes:1", "nocaseno:1"]
    assert state(urgent.talk) is ComplaintState.OPEN
    assert len(entries(urgent)) == 2


def test_whoever_is_not_sure_leaves_it_as_it_is(urgent: StaffRoom) -> None:
    urgent.taps("nocase:1")

    (kept,) = urgent.taps("nocaseno:1")

    assert kept.body["text"] == "C-1001 stays as it is."
    assert state(urgent.talk) is ComplaintState.OPEN


def test_whoever_is_sure_closes_it(urgent: StaffRoom) -> None:
    urgent.taps("nocase:1")

    said, told, changed = urgent.taps("nocaseyes:1")

    assert said.body["text"] == "C-1001 is closed."
    assert told.body["text"].startswith("I took what you wrote for a complaint.")
    assert "this was no complaint" in changed.body["text"]
    assert state(urgent.talk) is ComplaintState.DISMISSED
    (late,) = urgent.taps("nocaseyes:1", sender=TOM)
    assert late.body["text"].startswith("C-1001 is closed: Mei says it was no complaint")


def test_a_slip_is_taken_back_as_if_it_had_not_been(complained: StaffRoom) -> None:
    before = entries(complained)
    with complained.talk.database.reading() as session:
        due = find_complaint(session, 1).first_response_due_at
    complained.taps("nocase:1")
    complained.talk.now += timedelta(minutes=9)

    told, changed = complained.taps("undismiss:1")

    assert told.address == "77"
    assert told.body["text"].startswith(
        "C-1001 was closed by mistake, and is open again. Mei from Lantern Tea"
    )
    assert button_data(changed)[:1] == ["take:1"]
    assert state(complained.talk) is ComplaintState.OPEN
    assert sorted(entries(complained)) == sorted(before)
    with complained.talk.database.reading() as session:
        complaint = find_complaint(session, 1)
        assert due <= complaint.first_response_due_at <= due + timedelta(minutes=9)
        assert (complaint.closed_at, complaint.waiting_since) == (None, None)
        assert complaint.next_step_at is not None
        assert complaint.owner_id is not None
        assert history(session, 1)[-1].what == "undismissed"
        assert session.scalars(select(StaffCorrection)).all() == []


def test_later_it_is_opened_again_instead(complained: StaffRoom) -> None:
    complained.taps("nocase:1")
    complained.talk.now += timedelta(minutes=11)

    (told,) = complained.taps("undismiss:1")

    assert "more than 10 minutes ago" in told.body["text"]
    assert state(complained.talk) is ComplaintState.DISMISSED


def test_what_is_open_cannot_be_taken_back(complained: StaffRoom) -> None:
    (told,) = complained.taps("undismiss:1")

    assert told.body["text"] == "C-1001 is not closed as no complaint, so it stays as it is."


def test_who_said_stop_does_not_hear_that_it_is_open_again(complained: StaffRoom) -> None:
    complained.talk.says("/stop")
    complained.taps("nocase:1")

    messages = complained.taps("undismiss:1")

    assert to_customer(messages) == []
    assert messages[0].body["text"] == "C-1001 is open again. Ana said stop, so they were not told."


@pytest.mark.parametrize("data", ["nocaseyes:2", "nocaseno", "undismiss:x", "undismiss:1:1"])
def test_forged_buttons_change_nothing(complained: StaffRoom, data: str) -> None:
    (told,) = complained.taps(data)

    assert "no longer does anything" in told.body["text"]
    assert state(complained.talk) is ComplaintState.OPEN
