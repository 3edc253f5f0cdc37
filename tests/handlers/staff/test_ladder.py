"""The ladder in the staff chat, and what the customer hears before a target is missed."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from customers.consent import set_consent
from customers.desk import Desk, Rung, Step
from feedback.escalation import due_cases
from handlers.staff.ladder import climb_ladders, climb_seen, see_ladders
from store.engine import Database
from store.tables.complaints import CaseSeverity, Complaint, ComplaintEvent
from store.tables.queues import MessageKind, OutboxMessage
from store.tables.staff import Role
from tests.factories import COMPANY, NOW, make_incoming, make_staff
from tests.handlers.rooms import StaffRoom, to_customer
from tests.talk import Talk, texts

TEPID = "The tea was cold and the service was really bad"


def climbs(room: StaffRoom) -> list[OutboxMessage]:
    """What the beat says now, without changes of older messages."""
    with room.talk.database.reading() as session:
        seen = see_ladders(session, company=room.talk.company, now=room.talk.now)
    with room.talk.database.transaction() as session:
        climb_seen(session, seen, company=room.talk.company, now=room.talk.now)
    return [message for message in room.talk.deliver() if message.edits is None]


def case(room: StaffRoom) -> Complaint:
    with room.talk.database.reading() as session:
        return session.scalars(select(Complaint)).one()


def events(room: StaffRoom) -> list[tuple[str, str]]:
    with room.talk.database.reading() as session:
        rows = session.scalars(select(ComplaintEvent).order_by(ComplaintEvent.id))
        return [(event.what, event.text) for event in rows]


def hire(room: StaffRoom, name: str, role: Role, **fields: str) -> None:
    with room.talk.database.transaction() as session:
        member = make_staff(session, name=name, role=role, sender=name)
        for field, value in fields.items():
            setattr(member, field, value)


def test_the_owner_is_reminded_at_half_of_the_time(room: StaffRoom) -> None:
    room.talk.says(TEPID)
    room.talk.passes(minutes=119)
    assert climbs(room) == []
    room.talk.passes(minutes=1)

    (reminder,) = climbs(room)

    assert reminder.body["text"] == (
        "⏳ Mei: C-1001 is to be answered by Sat, 21 Nov, 16:00 (London time). 50 % of the time has passed."
    )
    assert (reminder.kind, reminder.reply_to, reminder.about) == (
        MessageKind.ALERT,
        "alert:1",
        "complaint:1",
    )
    assert ("escalated", "owner") in events(room)


def test_the_lead_is_alerted_and_the_customer_told_before_the_target(room: StaffRoom) -> None:
    hire(room, "Lea", Role.LEAD)
    room.talk.says(TEPID)
    room.talk.passes(hours=2)
    climbs(room)
    room.talk.passes(hours=1, minutes=12)

    told, alert = climbs(room)

    assert told.body["text"] == (
        "C-1001: this takes longer than I said, and I am sorry. "
        "Mei will answer you by Sat, 21 Nov, 20:00 (London time)."
    )
    assert (told.address, told.kind, told.customer_id) == ("77", MessageKind.ANSWER, 1)
    assert alert.body["text"] == (
        "⚠️ Lea: C-1001 is to be answered by Sat, 21 Nov, 16:00 (London time). "
        "80 % of the time has passed.\n"
        "Accountable: Mei\n"
        "The customer has been told that it takes longer, until Sat, 21 Nov, 20:00 (London time)."
    )
    assert case(room).first_response_due_at == NOW + timedelta(hours=8)


def test_the_breach_reaches_the_manager_and_raises_the_severity(room: StaffRoom) -> None:
    hire(room, "Max", Role.MANAGER)
    room.talk.says(TEPID)
    room.talk.passes(hours=3.5)
    climbs(room)
    room.talk.passes(hours=0.5)

    (alert,) = climbs(room)

    assert alert.body["text"] == (
        "🔴 Max: C-1001 was to be answered by Sat, 21 Nov, 16:00 (London time), and was not.\n"
        "Accountable: Mei\n"
        "Severity: high (a promised time was missed)"
    )
    assert case(room).severity is CaseSeverity.HIGH
    assert [what for what, _ in events(room)][-3:] == ["breached", "escalated", "raised"]
    changed = next(message for message in reversed(room.talk.sent) if message.edits == "alert:1")
    assert "Severity: high (a promised time was missed)" in changed.body["text"]
    assert "Answer due: Sat, 21 Nov, 20:00 (London time)" in changed.body["text"]


def test_what_was_told_instead_is_the_last_stage(room: StaffRoom) -> None:
    room.talk.says(TEPID)
    for _ in range(8):
        room.talk.passes(hours=1)
        said = climbs(room)

    (last,) = texts(said)
    assert last == (
        "🔴 Everybody: the new time for C-1001, Sat, 21 Nov, 20:00 (London time), has passed too.\n"
        "Accountable: Mei"
    )
    assert case(room).next_step_at is None
    room.talk.passes(days=30)
    assert climbs(room) == []


def test_each_stage_comes_once_however_often_somebody_looks(room: StaffRoom) -> None:
    room.talk.says(TEPID)
    said = []
    for _ in range(100):
        room.talk.passes(minutes=7)
        said += climbs(room)
        assert climbs(room) == []

    assert [message.dedupe_key.split(":")[3:] for message in said] == [
        ["0.5", "1795276800"],
        ["0.8", "1795276800", "customer"],
        ["0.8", "1795276800"],
        ["1", "1795276800"],
        ["2", "1795291200"],
    ]


def test_after_a_long_sleep_one_message_says_it_all(room: StaffRoom) -> None:
    hire(room, "Lea", Role.LEAD)
    hire(room, "Max", Role.MANAGER)
    room.talk.says(TEPID)
    room.talk.passes(hours=24)

    told, alert = climbs(room)

    assert "Mei will answer you by Sun, 22 Nov, 16:00" in told.body["text"]
    assert alert.body["text"].startswith("🔴 Mei, Lea, Max: C-1001 was to be answered by Sat, 21 Nov, 16:00")
    assert [what for what, _ in events(room)].count("escalated") == 3


def test_an_answer_ends_the_first_ladder_and_begins_the_second(room: StaffRoom) -> None:
    room.talk.says(TEPID)
    room.talk.passes(hours=1)
    room.replies(room.alert("alert:1"), "On it")
    room.talk.passes(hours=34, minutes=59)
    assert climbs(room) == []
    room.talk.passes(minutes=1)

    assert texts(climbs(room)) == [
        "⏳ Mei: C-1001 is to be settled by Tue, 24 Nov, 12:00 (London time). 50 % of the time has passed."
    ]


def test_nobody_is_woken_where_the_target_can_wait_for_the_morning(room: StaffRoom) -> None:
    room.talk.says(TEPID)
    room.replies(room.alert("alert:1"), "On it")
    room.talk.passes(hours=57.7)  # Mon, 23 Nov, 21:42; due Tue, 12:00

    assert to_customer(climbs(room)) == []
    room.talk.now = datetime(2026, 11, 24, 8, 59, tzinfo=UTC)
    assert climbs(room) == []
    room.talk.passes(minutes=1)
    (told,) = texts(to_customer(climbs(room)))
    assert told == (
        "C-1001: this takes longer than I said, and I am sorry. "
        "Mei will settle it by Fri, 27 Nov, 12:00 (London time)."
    )


def test_what_is_due_in_the_night_is_told_in_the_night(room: StaffRoom) -> None:
    room.talk.now = datetime(2026, 11, 21, 18, tzinfo=UTC)
    room.talk.says(TEPID)
    room.talk.passes(hours=3.2)

    (told,) = to_customer(climbs(room))

    assert "by Sun, 22 Nov, 02:00" in told.body["text"]


def test_who_said_stop_is_not_told_and_staff_know(room: StaffRoom) -> None:
    room.talk.says(TEPID)
    with room.talk.database.transaction() as session:
        set_consent(session, 1, granted=False, now=room.talk.now)
    room.talk.passes(hours=3.2)

    (alert,) = climbs(room)

    assert alert.address == COMPANY.staff_chat.address
    assert alert.body["text"].endswith(
        "The customer cannot be told that it takes longer. New time: Sat, 21 Nov, 20:00 (London time)."
    )


def test_who_was_told_no_new_time_did_not_miss_it(room: StaffRoom) -> None:
    room.talk.says(TEPID)
    with room.talk.database.transaction() as session:
        set_consent(session, 1, granted=False, now=room.talk.now)
    for _ in range(8):
        room.talk.passes(hours=1)
        said = climbs(room)

    (last,) = texts(said)
    assert last == (
        "🔴 Everybody: the new time for C-1001, Sat, 21 Nov, 20:00 (London time), has passed too.\n"
        "Accountable: Mei\nThe customer was not told of this time."
    )
    assert "delayed" not in dict(events(room))


def test_it_is_said_in_everybodys_language(talk: Talk) -> None:
    talk.company = replace(talk.company, language="zh")
    room = StaffRoom.opened(talk)
    hire(room, "丽", Role.LEAD)
    room.talk.receives(make_incoming("茶是凉的，服务很差，非常失望", at=NOW))
    with room.talk.database.transaction() as session:
        complaint = session.scalars(select(Complaint)).one()
        complaint.owner_id = None
    room.talk.passes(hours=3.2)

    told, alert = climbs(room)

    assert told.body["text"].startswith("C-1001")
    assert alert.body["text"].startswith("⚠️ 丽：C-1001 需在11月21日周六 16:00")
    assert "目前没有人负责。" in alert.body["text"]


def test_a_case_that_is_open_again_climbs_anew(room: StaffRoom) -> None:
    room.talk.says(TEPID)
    room.talk.passes(hours=2)
    (first,) = climbs(room)
    with room.talk.database.transaction() as session:
        complaint = session.scalars(select(Complaint)).one()
        complaint.state = complaint.state.__class__("confirmed")
        complaint.next_step_at, complaint.closed_at = None, room.talk.now
    room.talk.taps("solved:1:no")
    room.talk.passes(hours=2)

    (again,) = climbs(room)

    assert again.dedupe_key != first.dedupe_key
    assert "50 % of the time" in again.body["text"]


def test_a_ladder_of_the_company_is_climbed(room: StaffRoom) -> None:
    steps = (Step(0.25, Rung.MANAGER, raises=True), Step(0.9, Rung.OWNER))
    room.talk.company = replace(COMPANY, desk=Desk(ladder=steps))
    room.talk.says(TEPID)
    said = []
    for _ in range(40):
        room.talk.passes(minutes=6)
        said += texts(room.shown(climbs(room)))

    assert [line.splitlines()[0].partition(":")[0] for line in said] == [
        "🔴 Everybody",
        "C-1001",
        "⏳ Mei",
    ]
    assert "25 % of the time has passed" in said[0]
    assert ("breached", "first_response 2026-11-21T16:00:00+00:00") in events(room)


def test_what_waits_on_an_app_that_is_off_is_left(room: StaffRoom) -> None:
    room.talk.says(TEPID)
    room.talk.company = replace(COMPANY, channels=frozenset({"webchat"}))
    room.talk.passes(days=2)

    assert climbs(room) == []


def test_cases_that_are_older_than_ladders_climb_from_where_they_are(room: StaffRoom) -> None:
    room.talk.says(TEPID)
    room.talk.says("My teapot is broken", sender="78")
    with room.talk.database.transaction() as session:
        for complaint in session.scalars(select(Complaint)):
            complaint.next_step_at = None
        session.get_one(Complaint, 2).opened_at -= timedelta(days=31)
    room.talk.passes(hours=2)

    assert [message.about for message in climbs(room)] == ["complaint:1"]
    assert climbs(room) == []


def test_two_who_look_at_once_take_each_stage_once(any_database: Database) -> None:
    talk = Talk(any_database)
    room = StaffRoom.opened(talk)
    talk.says(TEPID)
    assert climbs(room) == []
    talk.passes(hours=2)
    if any_database.is_sqlite:  # one writes at a time
        assert len(climbs(room)) == 1
    else:
        with any_database.transaction() as one:
            assert climb_ladders(one, company=COMPANY, now=talk.now) == 1
            one.flush()
            with any_database.transaction() as other:
                assert climb_ladders(other, company=COMPANY, now=talk.now) == 0
    with any_database.transaction() as session:
        assert due_cases(session, channels=COMPANY.channels, now=talk.now) == []


def test_many_who_look_at_once_say_everything_once(any_database: Database) -> None:
    talk = Talk(any_database)
    room = StaffRoom.opened(talk)
    for number in range(12):
        talk.says(TEPID, sender=str(700 + number))
    climbs(room)
    talk.passes(hours=3.2)

    def look(_number: int) -> int:
        with any_database.transaction() as session:
            return climb_ladders(session, company=COMPANY, now=talk.now)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(look, range(8)))

    assert sum(done) == 12
    said = Counter((message.address, message.about) for message in talk.deliver() if message.edits is None)
    assert len(said) == 24  # to each customer, and to staff of each case
    assert set(said.values()) == {1}
    with any_database.reading() as session:
        noted = session.execute(
            select(ComplaintEvent.complaint_id, ComplaintEvent.what, ComplaintEvent.text).where(
                ComplaintEvent.what.in_(["escalated", "delayed"])
            )
        ).all()
    assert len(noted) == len(set(noted)) == 36


def test_where_nothing_is_due_nobody_waits_for_the_writer(room: StaffRoom) -> None:
    def is_seen() -> bool:
        with room.talk.database.reading() as session:
            return see_ladders(session, company=room.talk.company, now=room.talk.now)

    assert is_seen()  # ladders of cases of an older program are begun once
    climbs(room)
    room.talk.says(TEPID)
    assert not is_seen()
    room.talk.passes(hours=2)
    assert is_seen()
    assert len(climbs(room)) == 1
    assert not is_seen()


def test_the_first_start_reads_no_words_where_there_is_no_case(
    room: StaffRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr("handlers.staff.ladder.understand", read.append)
    assert climbs(room) == []
    assert read == []  # loading what reads them would hold up what is being sent
    room.talk.says(TEPID)
    room.talk.passes(hours=2)
    assert len(climbs(room)) == 1
    assert read
