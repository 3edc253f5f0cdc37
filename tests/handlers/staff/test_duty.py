"""Who is there: what staff say of themselves and of each other, and where their cases go."""

from dataclasses import replace

import pytest

from feedback.complaints import find_complaint
from feedback.owners import see_misplaced
from handlers.staff.owners import give_seen
from store.tables.staff import Role, Staff
from tests.handlers.customer.cases import BROKEN
from tests.handlers.rooms import MEI, TOM, StaffRoom
from tests.talk import texts


def owner(room: StaffRoom, complaint_id: int = 1) -> str | None:
    with room.talk.database.reading() as session:
        number = find_complaint(session, complaint_id).owner_id
        return None if number is None else session.get_one(Staff, number).name


def make_lead(room: StaffRoom, name: str = "Mei") -> None:
    with room.talk.database.transaction() as session:
        member = session.get_one(Staff, {"Mei": 1, "Tom": 2}[name])
        member.role = Role.LEAD


def test_off_duty_gives_what_is_not_begun_to_another_who_is_told(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    assert owner(room) == "Mei"
    answer, told, *_ = texts(room.says("/offduty"))
    assert answer == "🌙 Mei is off duty. What they have taken stays theirs."
    assert told == "👤 Tom, 1 case is yours now:\nC-1001 · Mei is off duty"
    assert owner(room) == "Tom"
    room.talk.says(BROKEN, sender="78")
    assert owner(room, 2) == "Tom"


def test_on_duty_again_new_cases_come(room: StaffRoom) -> None:
    room.says("/offduty")
    assert texts(room.says("/onduty")) == ["☀️ Mei is on duty."]
    room.talk.says(BROKEN)
    assert owner(room) == "Mei"


def test_away_until_a_moment_with_cover(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("take:1", sender=MEI)
    answer, told, alert = texts(room.says("/away until 2026-11-23 09:00 cover tom"))
    assert answer == (
        "🌴 Mei is away until Mon, 23 Nov, 09:00 (London time). Tom stands in. /back ends it sooner."
    )
    assert told.endswith("C-1001 · Mei is away")
    assert "Tom has it" in alert
    assert owner(room) == "Tom"
    assert (
        "Mei (agent): away until Mon, 23 Nov, 09:00 (London time), Tom stands in, 0 open cases"
        in texts(room.says("/team", sender=TOM))[0]
    )
    room.talk.passes(days=3)
    assert texts(room.says("/team"))[0].splitlines()[:2] == [
        "Mei (agent): on duty, 0 open cases",
        "Tom (agent): on duty, 1 open case",
    ]


def test_back_ends_an_absence(room: StaffRoom) -> None:
    room.says("/away 3d")
    assert texts(room.says("/back")) == ["☀️ Mei is on duty."]


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("/away", "Until when? For example"),
        ("/away whenever", "Until when? For example"),
        ("/away until 2025-01-01 10:00", "That is over."),
        ("/away until 2031-01-01 10:00", "That is more than a year away."),
        ("/away 2d cover Mei", "Mei cannot stand in for themselves."),
        ("/away 2d cover Nobody", "Nobody here is called “Nobody”."),
        ("/away 2d and so on", "Until when? For example"),
        ("/offduty Tom", "Only leads, managers and admins do this for others."),
        ("/onduty 99", "Nobody here is called “99”."),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(room: StaffRoom, written: str, answer: str) -> None:
    (said,) = texts(room.says(written))
    assert said.startswith(answer)
    assert "on duty" in texts(room.says("/team"))[0].splitlines()[0]


def test_a_lead_does_it_for_others(room: StaffRoom) -> None:
    make_lead(room)
    assert texts(room.says("/offduty tom"))[0].startswith("🌙 Tom is off duty.")
    assert texts(room.says("/away for Tom until 2026-11-25 09:00"))[0].startswith("🌴 Tom is away until Wed")
    assert texts(room.says("/back tom"))[0] == "☀️ Tom is on duty."


def test_names_that_several_share_are_asked_back(room: StaffRoom) -> None:
    make_lead(room)
    with room.talk.database.transaction() as session:
        session.get_one(Staff, 2).name = "Mei Chen"
        session.get_one(Staff, 1).name = "Mei Lin"
    assert texts(room.says("/offduty mei")) == ["“mei” may be Mei Lin (1), Mei Chen (2). Send the number."]
    assert texts(room.says("/offduty 2"))[0].startswith("🌙 Mei Chen")


def test_chinese_staff_read_chinese(room: StaffRoom) -> None:
    room.talk.company = replace(room.talk.company, language="zh", timezone="Asia/Shanghai")
    assert texts(room.says("/offduty"))[0].startswith("🌙 Mei 下班了")
    assert "Mei（客服）：下班，0 个未结投诉" in texts(room.says("/team"))[0]


def test_the_beat_gives_what_a_member_who_went_still_has(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    with room.talk.database.transaction() as session:
        session.get_one(Staff, 1).active = False
    for count in (1, 0):
        with room.talk.database.transaction() as session:
            seen = see_misplaced(session, company=room.talk.company, now=room.talk.now)
            assert give_seen(session, seen, company=room.talk.company, now=room.talk.now) == count
    told, alert = room.talk.deliver()
    assert told.body["text"] == "👤 Tom, 1 case is yours now:\nC-1001 · Mei has left"
    assert alert.edits == "alert:1"


def test_chinese_staff_say_in_chinese_who_stands_in(room: StaffRoom) -> None:
    room.talk.company = replace(room.talk.company, language="zh", timezone="Asia/Shanghai")
    assert "由 Tom 代班" in texts(room.says("/away 到周五17点 由Tom代班"))[0]
