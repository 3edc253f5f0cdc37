"""A case waits for its customer: the clock stands, they are reminded twice, and it ends on their silence."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from customers.consent import set_consent
from feedback.complaints import find_complaint, history
from handlers.staff.silence import break_silences
from handlers.staff.waiting_offer import asks_something
from store.engine import Database
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Identity
from store.tables.queues import OutboxMessage
from store.tables.staff import Staff
from tests.handlers.customer.cases import BROKEN
from tests.handlers.rooms import TOM, StaffRoom, answer, to_customer
from tests.talk import Talk, button_data, texts


@pytest.fixture
def complained(room: StaffRoom) -> StaffRoom:
    """Ana has complained, and Mei has it."""
    room.talk.says(BROKEN)
    room.taps("take:1")
    return room


@pytest.fixture
def asked(complained: StaffRoom) -> StaffRoom:
    """And Mei has asked her something."""
    complained.replies(complained.alert("alert:1"), "Which kettle is it?")
    return complained


def case(room: StaffRoom) -> Complaint:
    with room.talk.database.reading() as session:
        return find_complaint(session, 1)


def days_go_by(room: StaffRoom, days: float = 3) -> list[OutboxMessage]:
    """Let time pass and the beat run, as often as it likes."""
    room.talk.passes(days=days)
    for _ in range(3):
        with room.talk.database.transaction() as session:
            break_silences(session, company=room.talk.company, now=room.talk.now)
    return room.talk.deliver()


def test_while_we_wait_the_clock_stands(asked: StaffRoom) -> None:
    due = case(asked).resolution_due_at

    told, alert = asked.taps("wait:1")

    assert told.body["text"].startswith("⏳ C-1001 waits for the customer.")
    assert alert.edits == "alert:1"
    assert "Mei waits for the customer's answer" in alert.body["text"]
    assert case(asked).state is ComplaintState.WAITING
    assert case(asked).next_step_at is None
    asked.talk.passes(hours=10)

    messages = asked.talk.says("It is order 4711, the red one")

    assert answer(messages) == "I have added this to C-1001. Mei sees it at once."
    assert "C-1001 · Ana: ▶️ Mei: the customer has answered, and the clock goes on." in texts(messages)
    assert case(asked).state is ComplaintState.CLAIMED
    assert case(asked).resolution_due_at == due + timedelta(hours=10)
    assert case(asked).next_step_at is not None


def test_nobody_waits_for_who_waits_for_us(complained: StaffRoom) -> None:
    def tries() -> str:
        assert "wait:1" not in button_data(complained.taps("more:1")[0])
        (told,) = complained.taps("wait:1")
        assert case(complained).state is ComplaintState.CLAIMED
        assert case(complained).waiting_since is None
        return str(told.body["text"])

    refused = (
        "Nobody has written to the customer of C-1001 since they last did, so its clock goes on. "
        "Write to them first."
    )
    assert tries() == refused
    complained.replies(complained.alert("alert:1"), "Which kettle is it?")
    assert "wait:1" in button_data(complained.taps("more:1")[0])
    complained.talk.says("The C-1001 kettle is the red one and it still leaks")
    assert tries() == refused


def test_staff_who_heard_the_answer_elsewhere_let_it_go_on(asked: StaffRoom) -> None:
    asked.taps("wait:1")

    told, alert = asked.taps("goon:1", sender=TOM)

    assert told.body["text"] == "▶️ C-1001 goes on, and so does its clock."
    assert "Mei has it" in alert.body["text"]
    (again,) = asked.taps("goon:1")
    assert again.body["text"].startswith("C-1001 is in work: ")


def test_the_status_asks_for_the_answer(asked: StaffRoom) -> None:
    asked.taps("wait:1")

    assert "Mei waits for your answer. Just write it here." in answer(asked.talk.says("/status"))


def test_silence_is_broken_twice_and_then_ends_the_case(complained: StaffRoom) -> None:
    complained.taps("remedy:1:product:replaced")
    assert days_go_by(complained, 2) == []

    (first,) = days_go_by(complained, 1)
    assert first.body["text"] == "Is C-1001 solved? If not, just write what is still wrong."
    assert button_data(first) == ["solved:1:yes", "solved:1:no"]
    (second,) = days_go_by(complained)
    assert second.body["text"] == (
        "I have not heard from you about C-1001. Is it solved?\n"
        "If I hear nothing by Mon, 30 Nov, 12:00 (London time), I will close it. You can always write again."
    )
    ended, alert = days_go_by(complained)

    assert to_customer([ended, alert]) == []
    assert ended.body["text"].startswith("🕰 C-1001 has ended unconfirmed")
    assert "🕰 Unconfirmed" in alert.body["text"]
    assert case(complained).state is ComplaintState.UNCONFIRMED
    assert case(complained).closed_at == complained.talk.now
    assert days_go_by(complained, 30) == []


def test_who_answers_a_question_too_late_is_asked_twice(asked: StaffRoom) -> None:
    asked.taps("wait:1")

    (first,) = days_go_by(asked)
    assert first.body["text"] == "Mei asked you something about C-1001. Could you answer? Just write it here."
    (second,) = days_go_by(asked)
    assert button_data(second) == ["solved:1:yes", "solved:1:no"]
    ended, _ = days_go_by(asked)
    assert "Cause and remedy are missing." in ended.body["text"]
    assert button_data(ended) == ["resolve:1"]
    assert case(asked).closed_at is None
    (reminded,) = days_go_by(asked, 1)
    assert reminded.body["text"].startswith("📁 Mei: C-1001 has ended, but is not closed.")
    newest = texts(asked.says("/history C-1001"))[0].splitlines()[1]
    assert newest.endswith("Rapport: asked staff for cause and remedy")
    with asked.talk.database.transaction() as session:
        session.get_one(Staff, 1).active = False
    (nobodys,) = days_go_by(asked)
    assert nobodys.body["text"].startswith("📁 Everybody: C-1001 has ended, but is not closed.")

    asked.taps("remedy:1:waiting:apologised", sender=TOM)

    assert case(asked).closed_at == asked.talk.now
    assert case(asked).state is ComplaintState.UNCONFIRMED
    assert days_go_by(asked, 30) == []


def test_a_no_to_the_reminder_lets_the_case_go_on(asked: StaffRoom) -> None:
    asked.taps("wait:1")
    days_go_by(asked)
    days_go_by(asked)

    messages = asked.talk.taps("solved:1:no")

    assert answer(messages).startswith("Thank you. Mei goes on with C-1001.")
    assert case(asked).state is ComplaintState.CLAIMED
    assert days_go_by(asked, 30) == []


def test_words_begin_the_silence_anew(complained: StaffRoom) -> None:
    complained.taps("remedy:1:product:replaced")
    days_go_by(complained)
    complained.talk.says("Where is the courier? I still wait for the C-1001 kettle")

    assert case(complained).reminders == 0
    assert len(days_go_by(complained)) == 1


def says_stop(room: StaffRoom) -> None:
    with room.talk.database.transaction() as session:
        set_consent(session, 1, granted=False, now=room.talk.now)


def noted(room: StaffRoom) -> list[str]:
    with room.talk.database.reading() as session:
        return [event.what for event in history(session, 1)]


def test_who_said_stop_is_not_reminded_and_staff_learn_that_once(complained: StaffRoom) -> None:
    complained.taps("remedy:1:product:replaced")
    says_stop(complained)

    (told,) = days_go_by(complained)
    assert complained.shown([told]) == [told]
    assert told.body["text"] == (
        "🔕 Mei: C-1001 waits for the customer's word, but I cannot remind them.\n"
        "Ana said stop, so they do not hear of it from me."
    )
    assert days_go_by(complained) == []
    ended, _ = days_go_by(complained)

    assert ended.body["text"] == "🕰 C-1001 has ended unconfirmed: the customer could not be asked."
    assert case(complained).state is ComplaintState.UNCONFIRMED
    assert noted(complained)[-3:] == ["resolved", "not_asked", "unconfirmed"]


def test_who_cannot_be_reached_is_not_called_reminded(complained: StaffRoom) -> None:
    complained.taps("remedy:1:product:replaced")
    with complained.talk.database.transaction() as session:
        session.execute(update(Identity).values(unreachable_since=complained.talk.now))

    (told,) = days_go_by(complained)

    assert told.body["text"].endswith("Ana cannot be reached, so they do not hear of it.")
    assert "reminded" not in noted(complained)


def test_who_said_stop_after_a_reminder_was_reminded_once(complained: StaffRoom) -> None:
    complained.taps("remedy:1:product:replaced")
    days_go_by(complained)
    says_stop(complained)
    days_go_by(complained)

    ended, _ = days_go_by(complained)

    assert ended.body["text"].endswith("the customer was reminded once and did not answer.")


def test_nobody_is_reminded_at_night(complained: StaffRoom) -> None:
    complained.talk.passes(hours=11)  # 23:00 in London
    complained.taps("remedy:1:product:replaced")

    assert days_go_by(complained) == []
    (reminder,) = days_go_by(complained, 10 / 24)  # 09:00
    assert reminder.body["text"].startswith("Is C-1001 solved?")


def test_a_case_that_ended_on_silence_can_be_opened_again(complained: StaffRoom) -> None:
    complained.taps("remedy:1:product:replaced")
    for _ in range(3):
        days_go_by(complained)

    messages = complained.talk.taps("solved:1:no")

    assert "C-1001 is open again" in answer(messages)
    assert case(complained).state is ComplaintState.OPEN
    with complained.talk.database.reading() as session:
        events = [event.what for event in history(session, 1)]
    assert events[-4:] == ["reminded", "reminded", "unconfirmed", "reopened"]


def test_a_yes_after_the_end_still_counts(complained: StaffRoom) -> None:
    complained.taps("remedy:1:product:replaced")
    for _ in range(3):
        days_go_by(complained)

    complained.talk.taps("solved:1:yes")

    assert case(complained).state is ComplaintState.CONFIRMED


@pytest.mark.parametrize(
    ("words", "asks"),
    [
        ("Which colour was it?", True),
        ("Which colour was it? 🙂", True),
        ("您的订单号是多少？", True),
        ("方便告诉我订单号吗", True),
        ("Could you tell me (a photo is fine?)", True),
        ("It leaves today.", False),
        ("", False),
    ],
)
def test_what_ends_like_a_question_is_one(words: str, *, asks: bool) -> None:
    assert asks_something(words) is asks


def test_two_processes_remind_once(any_database: Database) -> None:
    room = StaffRoom.opened(Talk(any_database))
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")
    room.talk.passes(days=3)
    start = threading.Barrier(4)

    def beat(_number: int) -> None:
        start.wait()
        with any_database.transaction() as session:
            break_silences(session, company=room.talk.company, now=room.talk.now)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(beat, range(4)))

    assert len(room.talk.deliver()) == 1
    assert case(room).reminders == 1


@pytest.mark.parametrize(("days_ago", "reminded"), [(2, 1), (8, 0)])
def test_what_an_older_program_resolved_is_asked_about_where_it_is_recent(
    complained: StaffRoom, days_ago: int, reminded: int
) -> None:
    complained.taps("remedy:1:product:replaced")
    with complained.talk.database.transaction() as session:
        old = find_complaint(session, 1)
        old.remind_at, old.resolved_at = None, complained.talk.now - timedelta(days=days_ago)

    assert days_go_by(complained, 0) == []
    assert len(days_go_by(complained)) == reminded
