"""CSAT of a case: one tap, one line; once for a case, and not too often; a low mark goes to a lead."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from customers.desk import Desk
from feedback.case_history import timeline
from feedback.complaints import find_complaint
from feedback.csat import may_ask
from feedback.owners import give_misplaced
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.feedback import EntrySource, SatisfactionEntry
from store.tables.staff import Role, Staff
from tests.factories import NOW, make_staff
from tests.handlers.rooms import StaffRoom, answer, to_customer
from tests.talk import button_data, texts

BROKEN = "My teapot arrived broken, this is terrible!"
ASKED = "How well did we handle it?"


def settle(room: StaffRoom, number: int = 1) -> list[Any]:
    """Let staff solve a case and its customer confirm it."""
    room.taps(f"remedy:{number}:product:replaced")
    return room.talk.taps(f"solved:{number}:yes")


def add_lead(room: StaffRoom, name: str = "Lin") -> None:
    with room.talk.database.transaction() as session:
        make_staff(session, name=name, role=Role.LEAD, sender="9103")


def owner_of(room: StaffRoom, number: int = 1) -> str | None:
    with room.talk.database.reading() as session:
        owner = session.get(Staff, find_complaint(session, number).owner_id)
        return None if owner is None else owner.name


def case(room: StaffRoom, number: int = 1) -> Complaint:
    with room.talk.database.reading() as session:
        return find_complaint(session, number)


def test_who_confirms_is_asked_and_one_tap_is_kept(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    asked = to_customer(settle(room))
    assert ASKED in texts(asked)[0]
    assert button_data(asked[0]) == [f"rate:c1:{stars}" for stars in range(1, 6)]

    messages = room.talk.taps("rate:c1:4")

    assert answer(messages).startswith("★★★★☆ Thank you for your rating!")
    assert (case(room).csat, case(room).csat_asked_at) == (4, room.talk.now)
    with room.talk.database.reading() as session:
        entry = session.scalars(select(SatisfactionEntry).filter_by(source=EntrySource.RATING)).one()
        assert (entry.evidence, entry.complaint_id) == ({"stars": 4}, 1)
        assert ("rated", "4") in [
            (one.what, one.why) for one in timeline(session, find_complaint(session, 1))
        ]


def test_the_line_after_a_good_mark_is_shown_under_the_case(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    settle(room)
    room.talk.taps("rate:c1:5")

    messages = room.talk.says("Mei was so kind and quick")

    assert answer(messages) == "Thank you, I have passed that on."
    (shown,) = room.shown(messages)
    assert "⭐ 5 of 5: “Mei was so kind and quick”" in texts([shown])[0]
    assert (shown.about, shown.reply_to) == ("complaint:1", "alert:1")


def test_a_low_mark_goes_to_the_lead_and_not_to_the_owner(room: StaffRoom) -> None:
    add_lead(room)
    room.talk.says(BROKEN)
    room.taps("take:1")
    settle(room)

    told = texts(room.shown(room.talk.taps("rate:c1:1")))
    assert told[0].startswith(
        "🔄 C-1001 is open again: ⚠️ rated 1 of 5 how it was handled. "
        "Lin, please speak with them, in place of Mei.\n"
    )

    messages = room.talk.says("Nobody listened to me for days")
    assert answer(messages) == "Thank you. I have shown this to Lin, who looks after it in person."
    (shown,) = room.shown(messages)
    assert "⭐ 1 of 5, for Lin to answer: “Nobody listened to me for days”" in texts([shown])[0]
    assert shown.about == "complaint:1"


def test_a_low_mark_opens_the_case_again_with_the_lead_and_their_clock(room: StaffRoom) -> None:
    add_lead(room)
    room.talk.says(BROKEN)
    room.taps("take:1")
    settle(room)
    before = case(room)
    room.talk.passes(hours=5)

    room.talk.taps("rate:c1:1")

    now = case(room)
    assert (now.state, owner_of(room), now.claimed_at) == (ComplaintState.OPEN, "Lin", None)
    assert now.first_response_due_at > before.first_response_due_at
    assert (now.first_response_at, now.alert_key, now.csat) == (None, "alert:1:2", 1)
    assert now.csat_asked_at == before.csat_asked_at
    with room.talk.database.reading() as session:
        happened = {(one.what, one.who) for one in timeline(session, find_complaint(session, 1))}
        assert happened >= {("rated", None), ("reopened", None), ("assigned", "Lin")}
        outcomes = session.scalars(select(SatisfactionEntry).filter_by(source=EntrySource.COMPLAINT_OUTCOME))
        assert [one.evidence.get("solved") for one in outcomes] == [True]


def test_what_the_customer_writes_after_a_low_mark_joins_the_case(room: StaffRoom) -> None:
    add_lead(room)
    room.talk.says(BROKEN)
    room.taps("take:1")
    settle(room)
    room.talk.taps("rate:c1:1")
    room.talk.says("Nobody listened to me for days")

    shown = room.shown(room.talk.says("When will somebody look at my teapot?"))

    assert {one.about for one in shown} == {"complaint:1"}
    assert not any("❓" in text for text in texts(shown))


def test_a_second_low_mark_leaves_the_case_with_the_lead(room: StaffRoom) -> None:
    add_lead(room)
    room.talk.says(BROKEN)
    room.taps("take:1")
    settle(room)
    room.talk.taps("rate:c1:2")

    told = texts(room.shown(room.talk.taps("rate:c1:1")))

    assert told == ["C-1001 · Ana: ⚠️ rated 1 of 5 how it was handled."]
    assert owner_of(room) == "Lin"


def test_a_low_mark_for_a_case_that_is_open_again_hands_it_to_the_lead(room: StaffRoom) -> None:
    add_lead(room)
    room.talk.says(BROKEN)
    room.taps("take:1")
    settle(room)
    room.talk.taps("solved:1:no")

    (told,) = texts(room.shown(room.talk.taps("rate:c1:1")))

    assert told.endswith("Lin, please speak with them, in place of Mei.")
    assert owner_of(room) == "Lin"


def test_a_low_mark_for_a_case_that_ended_long_ago_is_told_and_promises_nobody(room: StaffRoom) -> None:
    add_lead(room)
    room.talk.says(BROKEN)
    room.taps("take:1")
    settle(room)
    room.talk.passes(days=400)

    (told,) = texts(room.shown(room.talk.taps("rate:c1:1")))

    assert told == "C-1001 · Ana: ⚠️ rated 1 of 5 how it was handled."
    assert answer(room.talk.says("It took you ages")) == (
        "Thank you, I have passed that on. We want to do better."
    )


def test_where_the_lead_is_the_owner_a_manager_listens(room: StaffRoom) -> None:
    with room.talk.database.transaction() as session:
        make_staff(session, name="Lin", role=Role.LEAD, sender="9003")
        make_staff(session, name="Max", role=Role.MANAGER, sender="9104")
    room.talk.says(BROKEN)
    room.taps("take:1", sender="9003")
    settle(room)

    assert (
        "Max, please speak with them, in place of Lin." in texts(room.shown(room.talk.taps("rate:c1:2")))[0]
    )


def test_after_a_handover_neither_the_owner_nor_who_settled_it_goes_on(room: StaffRoom) -> None:
    with room.talk.database.transaction() as session:
        make_staff(session, name="Lin", role=Role.LEAD, sender="9103")
        make_staff(session, name="Max", role=Role.MANAGER, sender="9104")
    room.talk.says(BROKEN)
    room.taps("take:1", sender="9103")
    room.taps("remedy:1:product:replaced", sender="9103")
    room.talk.taps("solved:1:yes")
    with room.talk.database.transaction() as session:
        find_complaint(session, 1).owner_id = session.scalars(select(Staff.id).filter_by(name="Tom")).one()

    told = texts(room.shown(room.talk.taps("rate:c1:1")))

    assert "Max, please speak with them, in place of Tom." in told[0]


def test_a_low_mark_at_night_goes_to_who_is_there_and_not_back_to_who_settled_it(room: StaffRoom) -> None:
    add_lead(room)
    room.talk.says(BROKEN)
    room.taps("take:1")
    settle(room)
    with room.talk.database.transaction() as session:
        session.scalars(select(Staff).filter_by(name="Lin")).one().on_duty = False
    told = texts(room.shown(room.talk.taps("rate:c1:1")))
    assert "Tom, please speak with them, in place of Mei." in told[0]

    with room.talk.database.transaction() as session:
        session.scalars(select(Staff).filter_by(name="Lin")).one().on_duty = True
        session.scalars(select(Staff).filter_by(name="Tom")).one().on_duty = False
        make_staff(session, name="Eva", sender="9105")
        session.flush()
        (given,) = give_misplaced(session, company=room.talk.company, now=room.talk.now)
        assert given.owner.name == "Eva"


def test_where_nobody_leads_a_colleague_goes_on(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    settle(room)

    told = texts(room.shown(room.talk.taps("rate:c1:2")))

    assert "Tom, please speak with them, in place of Mei." in told[0]
    assert owner_of(room) == "Tom"
    assert "for Tom to answer" in texts(room.shown(room.talk.says("It took ages")))[0]


def test_where_nobody_else_works_the_case_is_open_with_who_had_it(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("take:1")
    settle(room)
    with room.talk.database.transaction() as session:
        for other in session.scalars(select(Staff).where(Staff.name != "Mei")):
            other.active = False

    told = texts(room.shown(room.talk.taps("rate:c1:2")))

    assert told[0].startswith("🔄 C-1001 is open again: ⚠️ rated 2 of 5 how it was handled.\n")
    assert (case(room).state, owner_of(room)) == (ComplaintState.OPEN, "Mei")


@pytest.mark.parametrize(
    ("stars", "words", "not_passed_on"),
    [
        (5, "Another thing: my order 4711 never arrived!", "passed that on"),
        (1, "Stop writing to me", "passed that on"),
        (5, "/status", "passed that on"),
        (1, "ok thanks", "in person"),
    ],
)
def test_what_is_no_line_is_taken_for_what_it_is(
    room: StaffRoom, stars: int, words: str, not_passed_on: str
) -> None:
    add_lead(room)
    room.talk.says(BROKEN)
    settle(room)
    room.talk.taps(f"rate:c1:{stars}")

    assert not_passed_on not in answer(room.talk.says(words))


def test_the_line_is_not_waited_for_for_ever(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    settle(room)
    room.talk.taps("rate:c1:5")
    room.talk.passes(hours=2)

    assert "passed that on" not in answer(room.talk.says("I love your tea!"))


def test_a_case_that_is_reopened_and_confirmed_again_is_not_asked_about_again(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    settle(room)
    room.talk.taps("solved:1:no")
    room.talk.passes(days=10)

    asked = to_customer(settle(room))

    assert texts(asked) == ["Good to hear! C-1001 is closed."]
    assert button_data(asked[0]) == []


@pytest.mark.parametrize(("days", "is_asked"), [(1, False), (6.9, False), (7.1, True)])
def test_nobody_is_asked_more_often_than_the_company_wants(
    room: StaffRoom, days: float, *, is_asked: bool
) -> None:
    room.talk.says(BROKEN)
    settle(room)
    room.talk.passes(days=days)
    room.talk.says("The second pot is broken as well, order 4711!")

    assert (ASKED in texts(to_customer(settle(room, 2)))[0]) is is_asked


def test_the_company_says_how_often(room: StaffRoom) -> None:
    desk = replace(room.talk.company.desk, csat_every_days=0.5)
    room.talk.company = replace(room.talk.company, desk=desk)
    room.talk.says(BROKEN)
    settle(room)
    room.talk.passes(days=1)
    room.talk.says("The second pot is broken as well, order 4711!")

    assert ASKED in texts(to_customer(settle(room, 2)))[0]


def test_the_same_mark_again_changes_nothing(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    settle(room)
    room.talk.taps("rate:c1:2")

    messages = room.talk.taps("rate:c1:2")

    assert answer(messages) == "★★☆☆☆ I have your rating already. Thank you!"
    assert room.shown(messages) == []
    with room.talk.database.reading() as session:
        what = [one.what for one in timeline(session, find_complaint(session, 1))]
    assert what.count("rated") == 1


def test_a_case_that_is_not_solved_cannot_be_rated(room: StaffRoom) -> None:
    room.talk.says(BROKEN)

    assert "no longer does anything" in answer(room.talk.taps("rate:c1:5"))
    assert case(room).csat is None


@pytest.mark.parametrize("state", [one for one in ComplaintState if one is not ComplaintState.CONFIRMED])
def test_only_who_called_it_solved_is_asked(state: ComplaintState) -> None:
    complaint, customer = Complaint(state=state, csat_asked_at=None), Customer(rating_asked_at=None)

    assert not may_ask(complaint, customer, desk=Desk(), now=NOW)
