"""What marketers are told of a new event: whom it cannot reach, and what is wrong with it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from customers.consent import set_consent
from handlers.marketing import previews
from store.tables.customers import Customer
from store.tables.queues import OutboxMessage
from tests.handlers.marketing_talks import count
from tests.talk import Talk, button_data, texts


def plan(talk: Talk, line: str, marketer: str) -> tuple[OutboxMessage, str]:
    """Plan an event in one line; give the answer and its text."""
    answer = talk.says(f"/newevent {line}", sender=marketer)[-1]
    return answer, str(answer.body["text"])


def test_who_sleeps_until_an_event_has_begun_is_not_reached(talk: Talk, marketer: str) -> None:
    with talk.database.transaction() as session:
        (ana,) = session.scalars(select(Customer).where(Customer.display_name == "Ana Lopes"))
        ana.timezone = "Pacific/Auckland"  # where it is one in the morning
    preview, text = plan(talk, "Tea | 2026-11-21 19:00 | Hall | 9 | all", marketer)
    reached, everybody = text.splitlines()[-2:]
    assert reached == "It reaches 2 of 4: 1 wants no such messages, 1 has quiet hours until it begins."
    assert everybody == "These are all customers."
    assert "Waiting for morning" not in text
    talk.taps(button_data(preview)[0], sender=marketer)
    told = texts(talk.says("/suppressed", sender=marketer))[0]
    assert "expired before it could be sent" in told
    assert f"customer {ana.id}" in told


def test_all_that_is_wrong_with_a_line_is_named_at_once(talk: Talk, marketer: str) -> None:
    line = "Tea | 2027-02-01 19:00 Mars/Olympus | Hall | many | key | zh | bogus: 3 | companions: 9"
    assert plan(talk, line, marketer)[1].splitlines() == [
        "This does not work yet:",
        "• There is no time zone “Mars/Olympus”. Their names are like Europe/London or Asia/Tokyo.",
        "• Please send the number of places as a whole number from 1 to 100000.",
        "• companions: Please send a whole number from 0 to 6.",
        "• “zh” is a second audience. One filter can name both: key or zh.",
        "• I do not know “bogus”. Behind the audience may stand: end, map, companions, reminders, offer.",
    ]


def test_a_start_is_read_as_people_say_it(talk: Talk, marketer: str) -> None:
    assert (
        "Sun, 22 Nov 2026, 19:00 (London time)" in plan(talk, "Tea | tomorrow 19:00 | Hall | 9", marketer)[1]
    )
    assert "2026, 19:00 (Tokyo time)" in plan(talk, "Tea | tomorrow 19:00 Asia/Tokyo | Hall | 9", marketer)[1]


@pytest.mark.parametrize("wrong", ["tomorrow 25:00", "tomorrow 24:30", "tomorrow 24:30 Asia/Tokyo"])
def test_a_start_that_no_clock_shows_is_refused(talk: Talk, marketer: str, wrong: str) -> None:
    assert plan(talk, f"Tea | {wrong} | Hall | 2", marketer)[1].splitlines() == [
        "This does not work yet:",
        "• I cannot read this as a date and time. Please write it like 2027-03-01 19:00.",
    ]


def test_what_is_wrong_behind_a_line_is_told_with_its_name(talk: Talk, marketer: str) -> None:
    line = "Tea | 2026-12-21 19:00 | Hall | 9 | all | offer: 5m | 同行: 9 | Ends: noon"
    assert plan(talk, line, marketer)[1].splitlines()[1:] == [
        "• offer: Please send one length of time from 30 minutes to 7 days, like 4h.",
        "• 同行: Please send a whole number from 0 to 6.",
        "• Ends: I cannot read this as a time. Please write it like 22:00, or - for no end.",
    ]


@pytest.mark.parametrize("start", ["2126-03-01 19:00", "2126-03-01 19:00 Asia/Tokyo"])
def test_an_event_in_more_than_ten_years_is_a_slip(talk: Talk, marketer: str, start: str) -> None:
    assert plan(talk, f"Tea | {start} | Hall | 9", marketer)[1].splitlines()[1:] == [
        "• 2126-03-01 19:00 is more than ten years away."
    ]


def test_the_preview_points_at_what_can_hardly_be_meant(talk: Talk, marketer: str) -> None:
    text = plan(talk, "Tea | 2026-11-21 19:00 | Hall | 2 | all | end: 18:00 | companions: 3", marketer)[1]
    assert "Reminders: none, since it begins so soon" in text
    assert "⚠️ Each guest may bring 3; of 2 places only 1 is left for them." in text
    assert "⚠️ It lasts 23 hours: it ends on Sun, 22 Nov 2026, 18:00 (London time)." in text
    usual = plan(talk, "Tea | 2026-12-21 19:00 | Hall | 4 | all | end: 21:00 | companions: 3", marketer)[1]
    assert "Reminders: 1 day before the start" in usual
    assert "⚠️" not in usual


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            [
                "Reminders: 2 hours before the start",
                "⚠️ Too late already for reminders: 1 week, 3 days before the start",
            ],
        ),
        ("zh", ["提醒：开始前 2 小时", "⚠️ 已来不及的提醒：开始前 1 周，3 天"]),
    ],
)
def test_reminders_that_come_too_late_are_named(
    talk: Talk, marketer: str, language: str, lines: list[str]
) -> None:
    line = "Tea | tomorrow 19:00 | Hall | 9 | all | reminders: 1w 3d 2h"
    talk.company = replace(talk.company, language=language)
    assert "\n".join(lines) in plan(talk, line, marketer)[1]
    assert "⚠️" not in plan(talk, line.replace("1w 3d 2h", "2h"), marketer)[1]


def test_the_preview_says_whose_name_stands_in_it(talk: Talk, marketer: str) -> None:
    text = plan(talk, "Tea | 2026-12-21 19:00 | Hall | 4", marketer)[1]
    assert text.startswith("This is what customers will get, as if it went to Mei Tan:\n\nHello Mei! ")


def test_say_more_asks_for_the_zone_and_the_waiting_list_too(talk: Talk, marketer: str) -> None:
    preview, _ = plan(talk, "Tea | 2026-12-21 19:00 | Hall | 4", marketer)
    (more,) = (one for one in button_data(preview) if one.endswith(":more"))
    assert "Like Asia/Tokyo; now it is Europe/London" in texts(talk.taps(more, sender=marketer))[0]
    for answer in ("Asia/Tokyo", "21:00", "=", "=", "＝", "1d"):
        said = texts(talk.says(answer, sender=marketer))
    assert "Mon, 21 Dec 2026, 19:00–21:00 (Tokyo time)" in said[-1]


def test_an_audience_of_nobody_is_asked_for_again_and_leaves_no_event(talk: Talk, marketer: str) -> None:
    for answer in ("/newevent", "Tea evening", "2027-03-01 19:00", "Harbour Hall", "40"):
        talk.says(answer, sender=marketer)
    for nobody in ("ja", "ko"):
        (again,) = texts(talk.says(nobody, sender=marketer))
        first, *_, question, way_out = again.splitlines()
        assert first == "Nobody can be reached with this now, so there is nothing to send."
        assert question.startswith("Whom do we invite?")
        assert way_out == "/cancel ends this."
    assert "There is no event 1." in texts(talk.says("/event 1", sender=marketer))[0]
    (preview,) = talk.says("all", sender=marketer)
    assert "Tea evening\nMon, 1 Mar 2027, 19:00 (London time)\nHarbour Hall" in preview.body["text"]
    assert "It reaches 3 of 4" in preview.body["text"]


def test_an_event_is_not_kept_where_a_count_that_comes_later_finds_nobody(
    talk: Talk, marketer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "COUNTED_AT_ONCE", 1)
    preview, text = plan(talk, "Tea | 2026-12-21 19:00 | Hall | 4 | ja", marketer)
    assert text.endswith("Counting whom it reaches …")
    (told,) = count(talk)
    assert (told.edits, button_data(told)) == (preview.dedupe_key, [])
    nobody = "Nobody can be reached with this now, so there is nothing to send."
    assert told.body["text"].endswith(f"{nobody}\n\nThe event is not kept; /newevent plans it anew.")
    assert "There is no event 1." in texts(talk.says("/event 1", sender=marketer))[0]
    (late,) = texts(talk.taps(button_data(preview)[0], sender=marketer))
    assert late.startswith("This button no longer does anything: its invitations were confirmed")


def test_an_event_is_not_kept_where_saying_more_leaves_nobody(talk: Talk, marketer: str) -> None:
    preview, _ = plan(talk, "Tea | 2026-12-21 19:00 | Hall | 4 | all", marketer)
    (more,) = (one for one in button_data(preview) if one.endswith(":more"))
    talk.taps(more, sender=marketer)
    with talk.database.transaction() as session:
        for customer in session.scalars(select(Customer)):
            set_consent(session, customer.id, granted=False, now=talk.now)
    for _ in range(6):
        (told,) = talk.says("=", sender=marketer)
    assert told.body["text"].endswith("The event is not kept; /newevent plans it anew.")
    assert button_data(told) == []
    assert "There is no event 1." in texts(talk.says("/event 1", sender=marketer))[0]


def test_one_line_for_nobody_is_refused_and_the_reason_given(talk: Talk, marketer: str) -> None:
    talk.says("/broadcast", sender=marketer)
    with talk.database.transaction() as session:
        for customer in session.scalars(select(Customer)):
            set_consent(session, customer.id, granted=False, now=talk.now)
    assert plan(talk, "Tea | 2026-12-21 19:00 | Hall | 4 | all", marketer)[1].splitlines() == [
        "This does not work yet:",
        "• Nobody can be reached with this now, so there is nothing to send.",
        "4 want no such messages",
    ]
    assert "There is no event 1." in texts(talk.says("/event 1", sender=marketer))[0]
    (still_asked,) = texts(talk.says("Hello!", sender=marketer))
    assert "Who gets it?" in still_asked


def test_say_more_takes_a_dash_for_none_and_an_equals_sign_for_as_it_is(talk: Talk, marketer: str) -> None:
    line = "Tea | 2026-12-21 19:00 | Hall | 4 | end: 22:00 | map: https://maps.example/hall | companions: 2"
    preview, _ = plan(talk, f"{line} | reminders: 1w", marketer)
    for answers in (("=",) * 6, ("=", "-", "-", "-", "-", "=")):
        (more,) = (one for one in button_data(preview) if one.endswith(":more"))
        asked = texts(talk.taps(more, sender=marketer))[0]
        for answer in answers:
            assert "\nSend = to leave it as it is; /cancel ends this." in asked
            (preview,) = talk.says(answer, sender=marketer)
            asked = preview.body["text"]
        is_kept = "-" not in answers
        shown = ("19:00–22:00", "maps.example", "Each guest may bring 2.", "Reminders: 1 week")
        assert [part in asked for part in shown] == [is_kept] * len(shown)
    assert "Reminders: none" in asked


def test_a_dash_is_no_zone_and_no_length_of_time(talk: Talk, marketer: str) -> None:
    preview, _ = plan(talk, "Tea | 2026-12-21 19:00 | Hall | 4", marketer)
    (more,) = (one for one in button_data(preview) if one.endswith(":more"))
    talk.taps(more, sender=marketer)
    assert "There is no time zone “-”." in texts(talk.says("-", sender=marketer))[0]
    for _ in range(5):
        talk.says("=", sender=marketer)
    assert "lengths of time" in texts(talk.says("-", sender=marketer))[0]
