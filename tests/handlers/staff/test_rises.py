"""What managers hear of many complaints: the third of one customer about the same, and a cause that rises."""

from datetime import timedelta

from sqlalchemy.orm import Session

from feedback.rises import see_rises
from handlers.staff.rises import tell_rises
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.queues import OutboxMessage
from store.tables.staff import Role
from tests.factories import make_customer, make_staff
from tests.handlers.rooms import StaffRoom, answer
from tests.talk import texts

LATE = "The courier came late again and the parcel was soaked, terrible delivery, order {number}"


def complain(room: StaffRoom, number: int) -> list[OutboxMessage]:
    """Ana complains about the delivery of another order."""
    room.talk.passes(days=1)
    return room.talk.says(LATE.format(number=number))


def repeats(messages: list[OutboxMessage]) -> list[str]:
    return [text for text in texts(messages) if text.startswith("🔁")]


def look(room: StaffRoom) -> list[str]:
    """Run the beat; give what was told."""
    with room.talk.database.transaction() as session:
        seen = see_rises(session, timezone=room.talk.company.timezone, now=room.talk.now)
        tell_rises(session, seen, company=room.talk.company, now=room.talk.now)
    return texts(room.talk.deliver())


def test_the_third_complaint_about_the_same_is_told_once(room: StaffRoom) -> None:
    with room.talk.database.transaction() as session:
        make_staff(session, name="Lea", role=Role.MANAGER, sender="9100")
    assert repeats(complain(room, 4711)) == []
    assert repeats(complain(room, 4712)) == []

    (told,) = repeats(complain(room, 4713))

    assert told == (
        "🔁 Lea: one customer has complained 3 times about the same within 90 days (Waiting time): "
        "C-1001, C-1002, C-1003"
    )
    assert repeats(complain(room, 4714)) == []


def test_what_it_came_from_is_counted_as_staff_say(room: StaffRoom) -> None:
    for number in (4711, 4712, 4713):
        room.talk.passes(days=1)
        room.talk.says(f"The kettle I got leaks, terrible, order {number}")
    with room.talk.database.transaction() as session:
        for complaint_id in (1, 2):
            session.get_one(Complaint, complaint_id).cause = "price"

    (told,) = repeats(room.taps("remedy:3:price:refunded"))

    assert "(Price): C-1001, C-1002, C-1003" in told


def test_other_customers_and_long_ago_do_not_count(room: StaffRoom) -> None:
    complain(room, 4711)
    room.talk.passes(days=91)
    complain(room, 4712)
    room.talk.says(LATE.format(number=1), sender="78")

    assert repeats(complain(room, 4713)) == []


def test_a_cause_that_rises_is_told_once_a_week_with_its_cases(room: StaffRoom) -> None:
    with room.talk.database.transaction() as session:
        for days in range(54, 24, -6):
            opened(session, room, days)
        for _ in range(6):
            opened(session, room, 0)

    (told,) = look(room)

    first, references = told.splitlines()
    assert first == (
        "📈 Everybody: far more complaints than usual about this: Delivery. 6 today, usually 0.09 a day."
    )
    assert references == ", ".join(f"C-{number}" for number in range(1006, 1012))
    assert look(room) == []


def test_what_was_no_complaint_makes_no_rise(room: StaffRoom) -> None:
    with room.talk.database.transaction() as session:
        opened(session, room, 60)
        for _ in range(6):
            opened(session, room, 0).state = ComplaintState.DISMISSED

    assert look(room) == []


def test_nothing_is_seen_where_there_is_nothing(room: StaffRoom) -> None:
    assert look(room) == []


def opened(session: Session, room: StaffRoom, days_ago: int) -> Complaint:
    """A complaint about the delivery that was opened some days ago."""
    customer: Customer = make_customer(session)
    at = room.talk.now - timedelta(days=days_ago)
    complaint = Complaint(
        customer_id=customer.id,
        channel="telegram",
        address="77",
        state=ComplaintState.CLAIMED,
        text="late",
        cause="delivery",
        opened_at=at,
        first_response_due_at=at,
        resolution_due_at=at,
    )
    session.add(complaint)
    session.flush()
    return complaint


def test_the_customer_hears_nothing_of_it(room: StaffRoom) -> None:
    complain(room, 4711)
    complain(room, 4712)

    assert "90 days" not in answer(complain(room, 4713))
