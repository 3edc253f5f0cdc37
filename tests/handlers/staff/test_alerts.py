"""Alerts that nobody takes are repeated, louder and at growing distances."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.phrases import phrases
from feedback.complaint_rules import LONGEST_WAIT, repeat_wait
from handlers.staff.alert_text import QUOTED_CHARACTERS, polarity_in_words, shortened
from handlers.staff.alerts import repeat_alerts
from handlers.staff.severity_text import signed
from store.tables.queues import OutboxMessage
from tests.factories import COMPANY
from tests.handlers.rooms import StaffRoom
from tests.talk import button_data, texts

BROKEN = "The teapot arrived broken and I am still waiting for my refund, three weeks now"


def repeats(room: StaffRoom) -> list[OutboxMessage]:
    with room.talk.database.transaction() as session:
        repeat_alerts(session, company=room.talk.company, now=room.talk.now)
    return room.talk.deliver()


def test_an_alert_that_nobody_takes_is_repeated_with_a_louder_head(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.talk.passes(minutes=14)
    assert repeats(room) == []
    room.talk.passes(minutes=1)

    alert, before = repeats(room)

    assert alert.dedupe_key == "alert:1:2"
    assert alert.about == "complaint:1"
    assert alert.body["text"].startswith("⏰ Still nobody has taken C-1001 (15 minutes)\nC-1001 · Ana")
    assert button_data(alert) == ["take:1", "reply:1", "resolve:1", "nocase:1", "more:1"]
    assert before.edits == "alert:1"
    assert before.body["text"].startswith("⤵️ Repeated below")
    assert button_data(before) == []


def test_repeating_twice_at_the_same_time_changes_nothing(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.talk.passes(minutes=15)
    repeats(room)

    assert repeats(room) == []


def test_the_waits_double(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    minutes = []
    for minute in range(1, 300):
        room.talk.passes(minutes=1)
        if repeats(room):
            minutes.append(minute)

    assert minutes == [15, 45, 105, 225]


def test_there_is_no_last_repeat(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    count = 0
    for _ in range(24 * 20):
        room.talk.passes(hours=1)
        count += bool(repeats(room))

    assert count > 20


@pytest.mark.parametrize("tap", ["take:1", "remedy:1:product:replaced"])
def test_what_somebody_took_is_not_repeated(room: StaffRoom, tap: str) -> None:
    room.talk.says(BROKEN)
    room.taps(tap)
    room.talk.passes(hours=5)

    assert repeats(room) == []


def test_an_answered_complaint_is_not_repeated(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.replies(room.alert("alert:1"), "On it")
    room.talk.passes(hours=5)

    assert repeats(room) == []


def test_taking_a_repeat_changes_the_repeat(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.talk.passes(minutes=15)
    (alert, _) = repeats(room)

    (changed,) = room.taps("take:1")

    assert changed.edits == "alert:1:2"
    assert room.replies(room.alert("alert:1"), "On it")[0].body["text"] == "Mei from Lantern Tea: On it"
    assert room.replies(alert, "Done")[0].body["text"] == "Mei from Lantern Tea: Done"


def test_after_reopening_the_waits_begin_anew(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.talk.passes(hours=8)
    repeats(room)
    room.taps("remedy:1:product:replaced")
    room.talk.passes(days=2)
    room.talk.taps("solved:1:no")
    assert "alert:1:3" in {message.dedupe_key for message in room.talk.sent}
    room.talk.passes(minutes=15)

    (alert, _) = repeats(room)

    assert alert.dedupe_key == "alert:1:4"
    assert "(15 minutes)" in alert.body["text"]


def test_only_complaints_that_wait_are_repeated(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.talk.says(BROKEN, sender="78")
    room.taps("take:2")
    room.talk.passes(minutes=15)

    assert [message.dedupe_key for message in repeats(room)] == ["alert:1:2", "alert:1:2:before"]


def test_one_minute_is_one_minute(room: StaffRoom) -> None:
    room.talk.company = replace(COMPANY, realert_minutes=1)
    room.talk.says(BROKEN)
    room.talk.passes(minutes=1)

    assert "(1 minute)" in texts(repeats(room))[0]


@given(st.floats(0.5, 10_000), st.integers(0, 10_000))
def test_waits_never_shrink_and_have_an_end(minutes: float, alerts: int) -> None:
    first = timedelta(minutes=minutes)

    wait = repeat_wait(first, alerts)

    assert first <= wait <= max(first, LONGEST_WAIT)
    assert repeat_wait(first, alerts + 1) >= wait


@given(st.text(max_size=3000), st.integers(1, 2000))
def test_shortened_words_fit(words: str, limit: int) -> None:
    short = shortened(words, limit)

    assert len(short) <= limit
    assert short == words or short.endswith("…")


def test_words_that_just_fit_are_not_shortened() -> None:
    assert shortened("x" * QUOTED_CHARACTERS) == "x" * QUOTED_CHARACTERS


@pytest.mark.parametrize(
    ("polarity", "words"),
    [
        (-1.0, "very negative"),
        (-0.6, "very negative"),
        (-0.3, "negative"),
        (0.0, "neutral or mixed"),
        (0.3, "positive"),
        (1.0, "very positive"),
    ],
)
def test_polarity_in_words(polarity: float, words: str) -> None:
    assert polarity_in_words(polarity, phrases("en")) == words


def test_numbers_are_signed() -> None:
    assert signed(-0.55) == "−0.55"
    assert signed(0.5) == "+0.50"


def test_who_only_just_came_is_new_until_they_complain_again(room: StaffRoom) -> None:
    assert "· new customer\n" in texts(room.shown(room.talk.says("/complaint The lid is cracked")))[0]
    assert "· regular customer\n" in texts(room.shown(room.talk.says("/complaint And the cup")))[0]


def test_nobody_is_new_after_a_month(room: StaffRoom) -> None:
    room.talk.says("hello")
    room.talk.passes(days=31)

    assert "· regular customer\n" in texts(room.shown(room.talk.says(BROKEN)))[0]


def test_the_alert_says_new_as_long_as_it_is_shown(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.talk.passes(days=40)

    assert "· new customer\n" in texts(repeats(room))[0]


def test_long_words_are_shown_whole_under_the_alert(room: StaffRoom) -> None:
    text = BROKEN + " and so on" * 300

    alert, *pages = room.shown(room.talk.says(text))

    assert alert.dedupe_key == "alert:1"
    assert [page.reply_to for page in pages] == ["alert:1", "alert:1"]
    assert [page.about for page in pages] == ["complaint:1", "complaint:1"]
    assert "".join(page.split("\n", 1)[1] for page in texts(pages)) == text
    assert texts(pages)[0].startswith("📄 Ana, in full, 1 of 2:\n")


def test_long_words_that_are_added_are_shown_whole(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    text = "The lid is missing" + " and so on" * 120

    shown, page = room.shown(room.talk.says(text))

    assert len(shown.body["text"]) < 1_100
    assert page.body["text"].endswith(text)


def test_a_long_question_is_shown_whole(room: StaffRoom) -> None:
    text = "Which teas go with cheese" + " and with bread" * 90 + "?"

    question, page = room.shown(room.talk.says(text))

    assert question.body["text"].startswith("❓ Question")
    assert page.body["text"].endswith(text)
    assert page.about == "customer:1"


def test_what_came_from_a_file_is_never_repeated(room: StaffRoom) -> None:
    room.talk.says(BROKEN, channel="replay")
    room.talk.passes(minutes=60)

    assert repeats(room) == []
