"""The end of a complaint is the customer's word; and nobody else's."""

import pytest
from sqlalchemy import select

from store.tables.complaints import ComplaintState
from store.tables.feedback import EntrySource, SatisfactionEntry
from tests.handlers.customer.cases import BROKEN, state, words_of
from tests.handlers.rooms import StaffRoom, answer, to_customer
from tests.talk import button_data


def test_yes_ends_it_asks_for_stars_and_tells_staff(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")

    messages = room.talk.taps("solved:1:yes")

    (asked,) = to_customer(messages)
    assert button_data(asked) == [f"rate:c1:{stars}" for stars in range(1, 6)]
    assert state(room.talk) is ComplaintState.CONFIRMED
    told, changed = room.shown(messages)
    assert told.reply_to == "alert:1"
    assert "says it is solved" in told.body["text"]
    assert changed.edits == "alert:1"
    assert button_data(changed) == ["more:1"]
    with room.talk.database.reading() as session:
        sources = session.scalars(select(SatisfactionEntry.source)).all()
    assert EntrySource.COMPLAINT_OUTCOME in sources


def test_no_opens_it_again_with_a_new_loud_alert(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("take:1")
    room.taps("remedy:1:product:replaced")

    messages = room.talk.taps("solved:1:no")

    assert "C-1001 is open again" in answer(messages)
    alert, before = room.shown(messages)
    assert alert.dedupe_key == "alert:1:2"
    assert alert.body["text"].startswith("‼️ Not solved: C-1001 is open again")
    assert button_data(alert) == ["take:1", "reply:1", "resolve:1", "nocase:1", "more:1"]
    assert before.edits == "alert:1"
    assert button_data(before) == []
    assert state(room.talk) is ComplaintState.OPEN


def test_what_follows_is_shown_under_the_newest_alert(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")
    room.talk.taps("solved:1:no")

    assert room.shown(room.talk.says("The lid does not fit"))[0].reply_to == "alert:1:2"


@pytest.mark.parametrize("word", ["yes", "no"])
def test_tapping_twice_is_answered_and_changes_nothing_more(room: StaffRoom, word: str) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")
    room.talk.taps(f"solved:1:{word}")
    after_first = words_of(room.talk)

    messages = room.talk.taps(f"solved:1:{word}")

    assert "C-1001" in answer(messages)
    assert room.shown(messages) == []
    assert words_of(room.talk) == after_first


@pytest.mark.parametrize(
    "data",
    [
        "solved:1:yes",
        "solved:1:no",
        "rate:c1:5",
        "rate:f1:5",
        "solved:99:yes",
        "solved:1:perhaps",
        "solved:1",
        "solved",
        "solved::yes",
        "solved:-1:yes",
        "solved:1:yes:yes",
        "solved:٣:yes",
        "solved:999999999999999:yes",
        "solved:99999999999999999999999999:yes",
        "rate:c999999999999999:1",
        "rate:c1:6",
        "rate:c1:0",
        "rate:x1:1",
        "rate:c:1",
        "rate::1",
        "rate:c1",
        "rate:c1:1e0",
    ],
)
def test_a_stranger_cannot_touch_a_complaint_by_buttons(room: StaffRoom, data: str) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")
    before = words_of(room.talk)

    messages = room.talk.taps(data, sender="666")

    assert answer(messages, "666") == "This button no longer does anything. Just write what you need."
    assert room.shown(messages) == []
    assert words_of(room.talk) == before
    assert state(room.talk) is ComplaintState.RESOLVED


@pytest.mark.parametrize(("stars", "is_told"), [(1, True), (2, True), (3, False), (5, False)])
def test_a_low_rating_after_the_end_is_told_to_staff(room: StaffRoom, stars: int, *, is_told: bool) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")
    room.talk.taps("solved:1:yes")

    messages = room.talk.taps(f"rate:c1:{stars}")

    assert answer(messages).startswith("★" * stars + "☆" * (5 - stars))
    assert bool(room.shown(messages)) is is_told


def test_a_rating_can_be_changed_and_counts_once(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")
    room.talk.taps("solved:1:yes")
    for stars in (1, 5, 1):
        room.talk.taps(f"rate:c1:{stars}")

    with room.talk.database.reading() as session:
        rows = session.scalars(select(SatisfactionEntry).filter_by(source=EntrySource.RATING)).all()
    assert [row.evidence for row in rows] == [{"stars": 1}]
    assert len([message for message in room.talk.sent if message.dedupe_key == "low-rating:1:1"]) == 1
