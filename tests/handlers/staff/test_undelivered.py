"""What a person wrote to a customer and did not arrive comes back to staff, once, with a way to try again."""

import pytest
from sqlalchemy import select

from handlers.staff.undelivered import tell_undelivered
from store.departures import Ended, settle
from store.tables.complaints import Complaint, ComplaintEvent
from store.tables.customers import Identity
from store.tables.queues import OutboxMessage, OutboxState
from tests.handlers.rooms import StaffRoom, to_customer
from tests.talk import button_data, texts

COMPLAINT = "My parcel arrived broken"


def lost(room: StaffRoom, row: OutboxMessage, state: OutboxState, reason: str = "why") -> list[OutboxMessage]:
    """Let the lane note that a message did not arrive; gives what was queued because of it."""
    with room.talk.database.transaction() as session:
        under_way = session.get(OutboxMessage, row.id)
        if under_way is not None:  # else its customer was erased meanwhile
            under_way.state = OutboxState.SENDING
            session.flush()
        ended = Ended(row.id, state, reason)
        settle(session, [ended])
        tell_undelivered(session, [ended], company=room.talk.company, now=room.talk.now)
    return room.talk.deliver()


def unreachable(room: StaffRoom, *, since: bool) -> None:
    """Note that the customer cannot be reached, or can be again."""
    with room.talk.database.transaction() as session:
        for identity in session.scalars(select(Identity)):
            identity.unreachable_since = room.talk.now if since else None


@pytest.fixture
def letter(room: StaffRoom) -> OutboxMessage:
    """What Mei wrote to a customer in a case."""
    room.talk.says(COMPLAINT)
    (words,) = to_customer(room.replies(room.alert("alert:1"), "A new one is on its way"))
    return words


def test_staff_are_told_why_and_history_says_so(room: StaffRoom, letter: OutboxMessage) -> None:
    (told,) = lost(room, letter, OutboxState.UNREACHABLE, "Forbidden: bot was blocked by the user")
    (text,) = texts(room.shown([told]))
    assert text.startswith("📪 Mei: this did not reach Ana (C-1001): “Mei")
    assert "A new one is on its way" in text
    assert "They blocked us or left that app." in text
    assert "Forbidden" not in text
    assert told.about == "complaint:1"
    assert told.reply_to == "alert:1"
    assert "could not bring this to the customer" in texts(room.says("/case C-1001"))[0]


def test_each_is_told_once(room: StaffRoom, letter: OutboxMessage) -> None:
    assert len(lost(room, letter, OutboxState.FAILED, "Bad Request: wrong file")) == 1
    assert lost(room, letter, OutboxState.FAILED, "Bad Request: wrong file") == []


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (OutboxState.FAILED, "The app did not take it: why"),
        (OutboxState.UNCERTAIN, "Nobody can know whether it arrived"),
        (OutboxState.SKIPPED, "It could not be sent in time"),
    ],
)
def test_each_reason_in_words(room: StaffRoom, letter: OutboxMessage, state: OutboxState, words: str) -> None:
    (told,) = lost(room, letter, state)
    assert words in told.body["text"]


def test_it_can_be_sent_again_once_and_is_told_again_if_that_fails(
    room: StaffRoom, letter: OutboxMessage
) -> None:
    unreachable(room, since=True)
    (told,) = lost(room, letter, OutboxState.UNREACHABLE)
    (tap,) = button_data(told)
    assert "cannot be reached" in texts(room.taps(tap))[0]
    unreachable(room, since=False)
    again, done = room.taps(tap)
    assert (again.address, again.body["text"]) == ("77", letter.body["text"])
    assert done.body["text"].startswith("↻ Sent again to Ana")
    assert texts(room.taps(tap)) == ["That was sent again already."]
    (told_again,) = lost(room, again, OutboxState.FAILED)
    assert button_data(told_again) == [f"sendagain:{again.id}"]


def first_answer(room: StaffRoom) -> tuple[bool, bool]:
    """Whether the case was answered, and whether its ladder waits for something."""
    with room.talk.database.reading() as session:
        case = session.get_one(Complaint, 1)
        return case.first_response_at is not None, case.next_step_at is not None


def test_an_answer_that_never_arrived_is_none(room: StaffRoom, letter: OutboxMessage) -> None:
    assert first_answer(room) == (True, True)
    (told,) = lost(room, letter, OutboxState.FAILED)
    assert told.body["text"].endswith("So the first answer is still to be given.")
    assert first_answer(room) == (False, True)
    again, _ = room.taps(button_data(told)[0])
    assert first_answer(room) == (True, True)
    lost(room, again, OutboxState.FAILED)
    assert first_answer(room) == (False, True)


def test_a_customer_who_left_is_waited_for_by_no_clock(room: StaffRoom, letter: OutboxMessage) -> None:
    lost(room, letter, OutboxState.UNREACHABLE)
    assert first_answer(room) == (True, True)


def test_what_is_no_letter_of_ours_cannot_be_sent_again(room: StaffRoom, letter: OutboxMessage) -> None:
    alert = room.alert("alert:1")
    for row in (letter.id, alert.id, 99_999, "x"):  # it has arrived, it is for staff, it is not there
        (answer,) = room.taps(f"sendagain:{row}")
        assert answer.address != "77"


def test_a_promise_that_nobody_read_comes_back_without_a_button(room: StaffRoom) -> None:
    room.talk.says(COMPLAINT)
    sent = room.says("/promise C-1001 2d A replacement arrives")
    (promised,) = to_customer(sent)
    (told,) = lost(room, promised, OutboxState.UNREACHABLE)
    assert "A replacement arrives" in told.body["text"]
    assert button_data(told) == []


def test_what_the_bot_said_of_itself_bothers_nobody(room: StaffRoom) -> None:
    (receipt,) = to_customer(room.talk.says(COMPLAINT))
    assert lost(room, receipt, OutboxState.UNREACHABLE) == []


def test_nobody_is_told_of_a_customer_who_was_erased_meanwhile(
    room: StaffRoom, letter: OutboxMessage
) -> None:
    room.talk.says("/forget")
    room.talk.taps("forget:yes")
    with room.talk.database.reading() as session:
        gone = session.scalars(select(ComplaintEvent)).all()
    assert gone == []
    assert lost(room, letter, OutboxState.UNREACHABLE) == []
