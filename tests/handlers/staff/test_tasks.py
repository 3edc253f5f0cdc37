"""Tasks, coverage and purchases in the staff chat."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers.staff.tasks import tell_tasks
from scheduler.programmes.planning import plan_visits
from scheduler.tasks import NewTask, give_tasks
from store.tables.customers import Customer
from store.tables.outreach import Purchase, Task, TaskKind, Visit, VisitState
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from store.tables.staff import Role, Staff
from tests.handlers.rooms import TOM, StaffRoom, to_customer
from tests.scheduler.test_return_visits import CHANNELS
from tests.talk import Talk, button_data, texts


@pytest.fixture
def room(talk: Talk) -> StaffRoom:
    """Mei and Tom, and a customer who wrote once, with Mei as their contact."""
    opened = StaffRoom.opened(talk)
    talk.says("hello")
    with talk.database.transaction() as session:
        mei = session.scalars(select(Staff).filter_by(name="Mei")).one()
        session.scalars(select(Customer)).one().contact_id = mei.id
    return opened


def gives(
    room: StaffRoom, kind: TaskKind = TaskKind.NO_ANSWER, *, staff: bool = True, name: str = "x"
) -> None:
    with room.talk.database.transaction() as session:
        customer = session.scalars(select(Customer)).one()
        staff_id = customer.contact_id if staff else None
        task = NewTask(customer.id, kind, name, room.talk.now + timedelta(days=2), staff_id)
        give_tasks(session, [task], now=room.talk.now)


def told(room: StaffRoom) -> list[OutboxMessage]:
    with room.talk.database.transaction() as session:
        tell_tasks(session, company=room.talk.company, now=room.talk.now)
    return room.talk.deliver()


def test_a_task_is_told_once_and_a_reply_to_it_goes_to_the_customer(room: StaffRoom) -> None:
    gives(room)
    gives(room)
    (message,) = told(room)
    assert told(room) == []
    assert texts([message])[0].startswith("📌 Mei, please get in touch with Ana")
    assert "they did not answer" in texts([message])[0]
    answers = to_customer(room.replies(message, "Dear Ana, how are you?"))
    assert "Dear Ana, how are you?" in texts(answers)[0]


def test_done_is_noted_for_who_was_first(room: StaffRoom) -> None:
    gives(room)
    (message,) = told(room)
    done, later, _ = button_data(message)
    (shown,) = room.taps(done)
    assert texts([shown]) == ["✅ Ana: done by Mei."]
    (again,) = room.taps(done, sender=TOM)
    assert texts([again]) == ["Ana: Mei has done this already."]
    (late,) = room.taps(later, sender=TOM)
    assert texts([late]) == ["Ana: Mei has done this already."]
    with room.talk.database.reading() as session:
        task = session.scalars(select(Task)).one()
        assert (task.done_at, task.done_by) == (room.talk.now, 1)


def asked(room: StaffRoom) -> int:
    """Let the planner look, and tell how many visits it queued."""
    with room.talk.database.transaction() as session:
        plan_visits(session, company=room.talk.company, now=room.talk.now, channels=CHANNELS)
        queued = select(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED)
        return sum(message.kind is MessageKind.VISIT for message in session.scalars(queued))


@pytest.mark.parametrize("by", ["a call", "words"])
def test_who_spoke_with_a_person_yesterday_is_not_asked_after_a_long_silence(
    room: StaffRoom, by: str
) -> None:
    assert asked(room) == 0  # they get in line
    room.talk.passes(days=room.talk.company.visit_every_days - 1)
    gives(room)
    (message,) = told(room)
    if by == "words":
        room.replies(message, "Dear Ana, how are you?")
    else:
        room.taps(button_data(message)[0])
    room.talk.passes(days=2)
    assert asked(room) == 0
    room.talk.passes(days=room.talk.company.visit_every_days - 2)
    assert asked(room) == 1


def test_an_answer_to_who_just_wrote_begins_no_period(room: StaffRoom) -> None:
    gives(room)
    (message,) = told(room)
    room.replies(message, "Dear Ana, hello to you!")
    with room.talk.database.reading() as session:
        assert session.scalars(select(Customer.visited_at)).one() is None


@pytest.mark.parametrize(
    ("attempt", "said"), [(0, "I asked them how things are"), (1, "I asked them twice how things are")]
)
def test_a_task_says_how_often_they_were_asked(room: StaffRoom, attempt: int, said: str) -> None:
    with room.talk.database.transaction() as session:
        visit = Visit(
            customer_id=1,
            programme="all",
            due_on=room.talk.now.date(),
            created_at=room.talk.now,
            attempt=attempt,
        )
        session.add(visit)
        session.flush()
        task = NewTask(1, TaskKind.NO_ANSWER, "x", None, visit_id=visit.id)
        give_tasks(session, [task], now=room.talk.now)
    assert said in texts(told(room))[0]


def test_a_task_names_the_programmes_whose_visits_it_stands_for(room: StaffRoom) -> None:
    gives(room, TaskKind.COMPLAINT_OPEN)
    with room.talk.database.transaction() as session:
        session.scalars(select(Task)).one().text = "key-customers, all"
    (message,) = told(room)
    assert "visits of these programmes: key-customers, all." in texts([message])[0]


def test_later_is_told_again_the_next_day_unless_it_is_done(room: StaffRoom) -> None:
    gives(room)
    (message,) = told(room)
    done, later, _ = button_data(message)
    shown, reminder = room.taps(later)
    assert texts([shown])[0].startswith("⏰ Ana: I remind you ")
    assert reminder.not_before == room.talk.now + timedelta(days=1)
    assert button_data(reminder)[0] == done
    with room.talk.database.transaction() as session:
        session.get_one(OutboxMessage, reminder.id).state = OutboxState.QUEUED
    room.taps(done)
    with room.talk.database.reading() as session:
        assert session.get_one(OutboxMessage, reminder.id).state is OutboxState.SKIPPED


def test_tasks_are_listed_for_whose_they_are(room: StaffRoom) -> None:
    assert "Nothing is to be done." in texts(room.says("/tasks"))[0]
    gives(room, TaskKind.COMPLAINT_OPEN, name="a")
    gives(room, TaskKind.NO_SHOW, staff=False, name="b")
    assert len(room.says("/tasks")) == 2
    (for_tom,) = room.says("/tasks", sender=TOM)
    assert texts([for_tom])[0].startswith("📌 Somebody, please get in touch")
    assert len(room.says("/tasks all", sender=TOM)) == 2


def test_many_tasks_are_listed_a_few_at_a_time(room: StaffRoom) -> None:
    for number in range(7):
        gives(room, name=str(number))
    shown = room.says("/tasks")
    assert len(shown) == 6
    assert "There is more" in texts(shown)[-1]


@pytest.mark.parametrize(
    "data", ["task", "task:done", "task:done:99", "task:done:x", "task:gone:1", "task:later:1:2"]
)
def test_forged_taps_change_nothing(room: StaffRoom, data: str) -> None:
    gives(room)
    assert "no longer does anything" in texts(room.taps(data))[0]
    with room.talk.database.reading() as session:
        assert session.scalars(select(Task.done_at)).all() == [None]


def test_an_erased_customer_leaves_no_task(room: StaffRoom) -> None:
    gives(room)
    (message,) = told(room)
    room.talk.taps("forget:yes")
    with room.talk.database.reading() as session:
        assert session.scalars(select(Task)).all() == []
        shown = session.get(OutboxMessage, message.id)
        assert shown is None or "Ana" not in str(shown.body)


def test_staff_note_what_was_bought(room: StaffRoom) -> None:
    assert texts(room.says("/bought 1 a tea set")) == ["Noted: Ana bought a tea set."]
    with room.talk.database.reading() as session:
        purchase = session.scalars(select(Purchase)).one()
        assert (purchase.customer_id, purchase.what, purchase.at) == (1, "a tea set", room.talk.now)


@pytest.mark.parametrize("words", ["", "1", "99", "x tea", "telegram:5 tea"])
def test_what_is_no_purchase_is_asked_for(room: StaffRoom, words: str) -> None:
    assert texts(room.says(f"/bought {words}"))[0].startswith("Who bought what?")


@pytest.mark.parametrize("number", ["99", "999999999999999999999"])
def test_a_buyer_who_is_not_there_is_named(room: StaffRoom, number: str) -> None:
    assert texts(room.says(f"/bought {number} tea")) == [f"There is no customer {number}."]


def test_coverage_is_told_to_those_in_charge(room: StaffRoom) -> None:
    assert texts(room.says("/coverage")) == ["Only leads, marketers, managers and admins see this."]
    with room.talk.database.transaction() as session:
        session.scalars(select(Staff).filter_by(name="Mei")).one().role = Role.LEAD
    assert texts(room.says("/coverage")) == ["No visit fell due in 30 days."]
    today = room.talk.now.date()
    rows = [
        (VisitState.ANSWERED, None, room.talk.now),
        (VisitState.MADE, None, room.talk.now + timedelta(days=9)),
        (VisitState.MISSED, "stopped", None),
        (VisitState.MISSED, "too late", None),
        (VisitState.DUE, None, None),
    ]
    with room.talk.database.transaction() as session:
        for back, (state, reason, made_at) in enumerate(rows):
            session.add(
                Visit(
                    customer_id=1,
                    programme="periodic",
                    due_on=today - timedelta(days=back),
                    created_at=room.talk.now,
                    state=state,
                    reason=reason,
                    made_at=made_at,
                    contact_id=1 if back else None,
                )
            )
    (shown,) = texts(room.says("/coverage 90d"))
    assert shown == (
        "Visits of the last 90 days\n\n"
        "periodic: 2 of 3 that were possible (67%)\n"
        "due 5 · in time 1 · answered 1 · on their way 1\n"
        "not made: wants no visits 1, it would have been too late 1"
    )
    (by_contact,) = texts(room.says("/coverage contact 1"))
    assert by_contact.startswith("Visits of the last 1 day\n\n")
    assert "customers without a contact: 1 of 1" in by_contact
    assert "Send /coverage" in texts(room.says("/coverage yesterday"))[0]
