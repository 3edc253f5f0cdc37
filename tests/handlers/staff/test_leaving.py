"""Leaving, handing over, and who looks after a customer, in the staff chat."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from customers.desk import Desk
from customers.erasure import erase
from feedback.complaints import confirm, find_complaint
from handlers.staff import handover_words
from scheduler.programmes.planning import plan_visits
from store.tables.customers import Customer
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from store.tables.staff import Role, Staff
from tests.handlers.customer.cases import BROKEN
from tests.handlers.rooms import TOM, StaffRoom, to_customer
from tests.talk import button_data, texts


@pytest.fixture
def busy(room: StaffRoom) -> StaffRoom:
    """Ana has a case that Mei took; Bo (78) and Cy (79) have none, and Mei is the contact of all three."""
    room.talk.says(BROKEN)
    room.taps("take:1")
    for sender in ("78", "79"):
        room.talk.says("Thanks, the tea is lovely!", sender=sender)
    with room.talk.database.transaction() as session:
        session.execute(update(Customer).values(contact_id=1))
    return room


def _contacts(room: StaffRoom) -> list[int | None]:
    with room.talk.database.reading() as session:
        return list(session.scalars(select(Customer.contact_id).order_by(Customer.id)))


def _leave(room: StaffRoom, words: str = "/leave to Tom") -> list[OutboxMessage]:
    (asked,) = room.says(words)
    return room.taps(button_data(asked)[0])


def test_leave_asks_first_and_says_what_goes_where(busy: StaffRoom) -> None:
    (asked,) = busy.says("/leave to Tom")
    assert asked.body["text"] == (
        "You have: customers 3, open cases 1, open promises 0.\nIt goes to: Tom\n"
        "Your access ends at once. Do you want to leave, Mei?"
    )
    assert _contacts(busy) == [1, 1, 1]


def test_a_tap_hands_everything_over_and_ends_their_access(busy: StaffRoom) -> None:
    told = _leave(busy)
    shown = texts(busy.shown(told))
    assert shown[0] == "Mei has left. All that was theirs has been handed over. Thank you!"
    assert shown[1].startswith("📥 Tom, Mei hands over to you:\n• 3 customers\n• 1 open case")
    assert "C-1001 · handed over by Mei" in shown[2]
    assert _contacts(busy) == [2, 2, 2]
    assert busy.says("/open") == []
    with busy.talk.database.reading() as session:
        assert find_complaint(session, 1).owner_id == 2


def test_the_receiver_gets_a_brief_of_who_and_what_is_open_and_what_happened(busy: StaffRoom) -> None:
    brief = next(
        one
        for one in busy.shown(_leave(busy))
        if one.body["text"].startswith("For Tom:") and "Open:" in one.body["text"]
    )
    lines = brief.body["text"].splitlines()
    assert lines[1].startswith("Ana · ")
    assert lines[3].startswith("Open: C-1001, due ")
    assert lines[4] == "What happened, the newest first:"
    assert 1 <= len(lines[5:]) <= 5
    assert brief.about == "complaint:1"
    assert button_data(brief) == ["reply:1"]


def test_customers_are_written_to_by_their_new_contact_each_once(busy: StaffRoom) -> None:
    told = _leave(busy)
    (ana,) = to_customer(told, "77")
    assert ana.body["text"] == (
        "Mei has handed C-1001 over to me. I am Tom from Lantern Tea, and I see to it from now on. "
        "Just write here."
    )
    assert ana.kind is MessageKind.ANSWER
    (bo,) = to_customer(told, "78")
    assert bo.kind is MessageKind.VISIT
    assert bo.body["text"].startswith("Hello Ana! From now on I look after you instead of Mei. I am Tom")
    assert len(to_customer(told, "79")) == 1


def test_who_said_stop_hears_nothing(busy: StaffRoom) -> None:
    for sender in ("77", "78"):
        busy.talk.says("/stop", sender=sender)
    told = _leave(busy)
    assert to_customer(told, "77") == to_customer(told, "78") == []


def test_where_all_write_under_one_name_nobody_is_introduced(busy: StaffRoom) -> None:
    busy.talk.company = replace(busy.talk.company, desk=Desk(speaks_as="The tea desk"))
    told = _leave(busy)
    assert [one for one in told if one.customer_id is not None] == []


def test_what_staff_read_of_a_handover_goes_with_the_customer(busy: StaffRoom) -> None:
    _leave(busy)
    with busy.talk.database.transaction() as session:
        erase(session, session.get_one(Customer, 1), now=busy.talk.now)
    with busy.talk.database.reading() as session:
        left = [
            row.body["text"]
            for row in session.scalars(select(OutboxMessage))
            if row.about in ("complaint:1", "customer:1")
        ]
    assert set(left) == {""}


def test_a_queued_visit_speaks_in_the_new_contacts_name(busy: StaffRoom) -> None:
    (asked,) = busy.says("/leave to Tom")
    long_ago = busy.talk.now - timedelta(days=200)
    with busy.talk.database.transaction() as session:
        silent = update(Customer).where(Customer.id == 2)
        session.execute(silent.values(last_contact_at=long_ago))
        plan_visits(session, company=busy.talk.company, now=busy.talk.now, channels=["telegram"])
        (before,) = session.scalars(select(OutboxMessage).where(OutboxMessage.about.startswith("visit:")))
        assert "This is Mei from Lantern Tea." in before.body["text"]
        number, buttons = before.id, before.body["buttons"]
    busy.taps(button_data(asked)[0])
    with busy.talk.database.reading() as session:
        visit = session.get_one(OutboxMessage, number)
        assert "This is Tom from Lantern Tea." in visit.body["text"]
        assert visit.body["buttons"] == buttons


def test_only_who_asked_can_say_so_and_a_second_tap_does_nothing(busy: StaffRoom) -> None:
    (asked,) = busy.says("/leave to Tom")
    (data,) = button_data(asked)
    assert texts(busy.taps(data, sender=TOM)) == ["Only who asked to leave can say so."]
    for forged in ("leave:1", "leave:x:2", "leave:1:2:3", "leave:999999:2"):
        assert _contacts(busy) == [1, 1, 1], busy.taps(forged)
    assert texts(busy.taps("leave:1:999999")) == [
        "Who should take over works here no more. Send /leave again."
    ]
    busy.taps(data)
    assert busy.taps(data) == []


def test_nobody_to_take_over(room: StaffRoom) -> None:
    with room.talk.database.transaction() as session:
        session.get_one(Staff, 2).active = False
    assert texts(room.says("/leave")) == ["Nobody else works here, so nobody can take over from you."]
    assert texts(room.says("/leave to Tom"))[0].startswith("Nobody here is called “Tom”.")
    assert texts(room.says("/leave to Mei")) == ["They are yours already. Name a colleague."]


def test_cases_are_handed_over_and_the_customer_knows_who_answers(busy: StaffRoom) -> None:
    answer, *told = busy.says("/handover to tom C-1001")
    assert answer.body["text"] == "Handed over to Tom."
    assert "Mei has handed C-1001 over to me. I am Tom" in texts(to_customer(told))[0]
    assert any(one.edits == "alert:1" and "Tom has it" in one.body["text"] for one in told)
    assert _contacts(busy) == [1, 1, 1]
    assert texts(busy.says("/handover tom"))[0].startswith("You have no open case")


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("/handover", "To whom?"),
        ("/handover Nobody", "Nobody here is called"),
        ("/handover Mei", "They are yours already."),
        ("/handover Tom C-1002", "C-1002 is not an open case of yours."),
        ("/contact", "Whose contact?"),
        ("/contact C-9999", "Whose contact?"),
        ("/contact 1 Tom", "Only leads, managers and admins"),
        ("/contact 1", "Mei is the contact of Ana already."),
    ],
)
def test_what_cannot_be_done_is_said(busy: StaffRoom, written: str, answer: str) -> None:
    (said,) = texts(busy.says(written))
    assert said.startswith(answer)


def test_a_contact_is_set_by_command_or_from_the_card(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    (card,) = room.says("/customer 1")
    assert "contact:1" in button_data(card)
    assert texts(room.taps("contact:1", sender=TOM)) == ["Tom is the designated contact of Ana now."]
    assert "contact:1" not in button_data(room.says("/customer 1")[0])
    with room.talk.database.transaction() as session:
        session.get_one(Staff, 1).role = Role.LEAD
    assert texts(room.says("/contact C-1001 mei")) == [
        "Mei is the designated contact of Ana now. Before it was Tom."
    ]
    assert _contacts(room) == [1]
    assert texts(room.taps("contact:77"))[0].startswith("This button no longer does anything.")


def test_customers_cannot_tap_what_is_for_staff(busy: StaffRoom) -> None:
    for data in ("leave:1:2", "contact:1"):
        busy.talk.taps(data, sender="77")
    assert _contacts(busy) == [1, 1, 1]


def test_at_night_a_customer_hears_of_it_in_the_morning(busy: StaffRoom) -> None:
    busy.talk.passes(hours=11)  # it is 23:00

    (ana,) = to_customer(_leave(busy), "77")

    assert ana.not_before == busy.talk.now + timedelta(hours=10)
    with busy.talk.database.transaction() as session:  # it waits, and they say stop
        waits = update(OutboxMessage).where(OutboxMessage.id == ana.id)
        session.execute(waits.values(state=OutboxState.QUEUED))
    busy.talk.says("/stop")
    with busy.talk.database.reading() as session:
        assert session.get_one(OutboxMessage, ana.id).state is OutboxState.SKIPPED


def test_of_what_ended_without_cause_and_remedy_the_receiver_learns(busy: StaffRoom) -> None:
    with busy.talk.database.transaction() as session:
        confirm(session, find_complaint(session, 1), now=busy.talk.now)

    told = _leave(busy)

    heading = texts(busy.shown(told))[1]
    assert heading.startswith("📥 Tom, Mei hands over to you:\n• 3 customers\n• 1 ended case")
    assert "Mei has handed" not in " ".join(texts(to_customer(told, "77")))
    with busy.talk.database.reading() as session:
        assert find_complaint(session, 1).owner_id == 2


def test_a_receiver_is_not_flooded_with_briefs(busy: StaffRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover_words, "MOST_OPEN_BRIEFS", 1)
    monkeypatch.setattr(handover_words, "FEWEST_BRIEFS", 1)
    busy.talk.says(BROKEN, sender="80")
    busy.taps("take:2")

    told = _leave(busy)

    of_open = [text for text in texts(busy.shown(told)) if "\nOpen: C-" in text]
    assert len(of_open) == 1
    assert {message.address for message in told if message.body["text"].startswith("Mei has handed")} == {
        "77",
        "80",
    }
