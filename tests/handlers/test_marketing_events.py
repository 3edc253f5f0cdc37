"""``/newevent``: asked step by step or in one line, previewed, and sent by one tap, once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from customers.consent import set_consent
from scheduler.events.reminders import plan_event_reminders
from store.tables.outreach import Campaign, CampaignState, Event
from store.tables.queues import MessageKind, OutboxMessage
from store.tables.staff import Role
from tests.factories import COMPANY, make_customer, make_staff
from tests.talk import Talk, button_data, texts

LINE = "/newevent Tea evening | 2027-03-01 19:00 | Harbour Hall | 40 | all"


@pytest.fixture
def marketer(talk: Talk) -> str:
    """A marketer who speaks as "900"; three customers, one of whom said stop."""
    with talk.database.transaction() as session:
        make_staff(session, name="Mei Tan", role=Role.MARKETER, sender="900")
        for _ in range(3):
            customer = make_customer(session)
        set_consent(session, customer.id, granted=False, now=talk.now)
    return "900"


def rows(talk: Talk, table: type[Any]) -> list[Any]:
    with talk.database.reading() as session:
        return list(session.scalars(select(table)))


def preview_of(talk: Talk, marketer: str) -> OutboxMessage:
    (preview,) = talk.says(LINE, sender=marketer)
    return preview


def test_an_event_is_asked_for_step_by_step(talk: Talk, marketer: str) -> None:
    assert "What is its title?" in texts(talk.says("/newevent", sender=marketer))[0]
    assert "When does it start?" in texts(talk.says("Tea evening", sender=marketer))[0]
    assert "Where" in texts(talk.says("2027-03-01 19:00", sender=marketer))[0]
    assert "How many" in texts(talk.says("Harbour Hall", sender=marketer))[0]
    assert "Whom" in texts(talk.says("40", sender=marketer))[0]
    (preview,) = talk.says("all", sender=marketer)
    text = preview.body["text"]
    assert "Hello Mei! Lantern Tea would like to invite you:\nTea evening\nMon, 1 Mar 2027, 19:00" in text
    assert "Places: 40. For: all customers." in text
    assert text.endswith("It reaches 2 of 3: 1 wants no such messages.\nThese are all customers.")
    (campaign,) = rows(talk, Campaign)
    assert button_data(preview) == [f"newevent:{campaign.id}:{what}" for what in ("send", "cancel", "more")]
    assert campaign.state is CampaignState.DRAFT


def test_in_a_group_every_question_says_how_it_is_answered_and_only_replies_answer(
    talk: Talk, marketer: str
) -> None:
    group: dict[str, Any] = {"sender": marketer, "address": "-100123", "private": False}
    (asked,) = talk.says("/newevent", **group)
    for answer in ("Tea evening", "soon", "2027-03-01 19:00", "Harbour Hall", "40", "friends", "all"):
        assert asked.body["text"].endswith("\nReply to this message with your answer.")
        assert talk.says("@lantern_tea_bot lunch?", **group) == []
        (asked,) = talk.says(answer, reply_to=asked.external_id, **group)
    assert "It reaches 2 of 3" in asked.body["text"]


@pytest.mark.parametrize(
    ("earlier", "wrong", "said"),
    [
        ([], " ", "needs a title"),
        ([], "x" * 121, "121 characters"),
        (["Tea"], "next Friday", "I cannot read this"),
        (["Tea"], "03/01/2027 19:00", "I cannot read this"),
        (["Tea"], "2027-02-30 19:00", "no date and time that exists"),
        (["Tea"], "2027-03-01 25:00", "no date and time that exists"),
        (["Tea"], "2026-11-21 11:59", "is in the past"),
        (["Tea"], "2027-03-28 01:30", "does not exist in Europe/London"),
        (["Tea", "2027-03-01 19:00"], "", "send the place"),
        (["Tea", "2027-03-01 19:00", "Hall"], "0", "at least 1 place"),
        (["Tea", "2027-03-01 19:00", "Hall"], "-4", "whole number"),
        (["Tea", "2027-03-01 19:00", "Hall"], "forty", "whole number"),
        (["Tea", "2027-03-01 19:00", "Hall"], "9" * 30, "whole number"),
        (["Tea", "2027-03-01 19:00", "Hall", "40"], "friends", "I do not know “friends”"),
    ],
)
def test_a_wrong_answer_is_explained_and_asked_again(
    talk: Talk, marketer: str, earlier: list[str], wrong: str, said: str
) -> None:
    for text in ("/newevent", *earlier):
        talk.says(text, sender=marketer)
    right = ["Tea", "2027-03-01 19:00", "Hall", "40", "all"][len(earlier) :]
    (again,) = talk.says(wrong, sender=marketer)
    assert said in again.body["text"]
    for text in right:
        (last,) = talk.says(text, sender=marketer)
    assert "It reaches 2 of 3" in last.body["text"]


@pytest.mark.parametrize(
    "written",
    [
        "2027-3-1 19:00",
        "2027/03/01 19:00",
        "2027-03-01T19:00",
        "2027年3月1日 19:00",
        "２０２７－０３－０１ １９：００",
        "2027年3月1日19点",
    ],
)
def test_a_date_may_be_written_year_first_in_several_ways(talk: Talk, marketer: str, written: str) -> None:
    (preview,) = talk.says(f"/newevent Tea | {written} | Hall | 4", sender=marketer)
    assert "Mon, 1 Mar 2027, 19:00" in preview.body["text"]


def test_one_line_tells_all_that_is_wrong_at_once(talk: Talk, marketer: str) -> None:
    (answer,) = talk.says("/newevent | soon | Hall | none | all", sender=marketer)
    assert len(answer.body["text"].splitlines()) == 4
    (answer,) = talk.says("/newevent Tea | Hall", sender=marketer)
    assert "four or five parts" in answer.body["text"]
    assert rows(talk, Event) == []


def test_it_speaks_and_reads_chinese_too(talk: Talk, marketer: str) -> None:
    talk.company = replace(talk.company, language="zh")
    (preview,) = talk.says(
        "/newevent 茶会 | ２０２７年３月１日 １９:００ | 大厅 | ４０ | 全部", sender=marketer
    )
    assert preview.body["text"].endswith("将发送给 3 位中的 2 位：1 位不想收到这类消息。\n这是全部客户。")


def test_sending_invites_each_who_may_be_written_to(talk: Talk, marketer: str) -> None:
    send, *_ = button_data(preview_of(talk, marketer))
    *invitations, progress = talk.taps(send, sender=marketer)
    (event,) = rows(talk, Event)
    assert progress.dedupe_key == f"progress:{rows(talk, Campaign)[0].id}"
    assert len(invitations) == 2
    assert all(row.kind is MessageKind.INVITATION for row in invitations)
    assert [row.dedupe_key for row in invitations] == [
        f"invite:{event.id}:{row.customer_id}" for row in invitations
    ]
    assert button_data(invitations[0]) == [f"rsvp:{event.id}:{answer}" for answer in ("going", "maybe", "no")]
    assert invitations[0].expires_at == event.starts_at


def test_a_second_tap_sends_nothing(talk: Talk, marketer: str) -> None:
    send, cancel, _ = button_data(preview_of(talk, marketer))
    talk.taps(send, sender=marketer)
    assert texts(talk.taps(send, sender=marketer)) == ["This was already sent; nothing is sent twice."]
    assert texts(talk.taps(cancel, sender=marketer)) == ["This was already sent; nothing is sent twice."]


def test_cancelled_is_cancelled(talk: Talk, marketer: str) -> None:
    send, cancel, _ = button_data(preview_of(talk, marketer))
    assert texts(talk.taps(cancel, sender=marketer)) == ["Cancelled; nothing was sent."]
    assert texts(talk.taps(send, sender=marketer)) == ["This was cancelled before; nothing was sent."]


def test_an_event_that_began_meanwhile_invites_nobody(talk: Talk, marketer: str) -> None:
    send, *_ = button_data(preview_of(talk, marketer))
    talk.passes(days=200)
    assert "already begun" in texts(talk.taps(send, sender=marketer))[0]
    assert [row for row in talk.sent if row.kind is MessageKind.INVITATION] == []


def test_where_nobody_can_be_reached_there_is_nothing_to_send(talk: Talk, marketer: str) -> None:
    (preview,) = talk.says(LINE.replace("all", "zh"), sender=marketer)
    assert "Nobody can be reached" in preview.body["text"]
    assert button_data(preview) == []
    assert rows(talk, Event) == rows(talk, Campaign) == []


def test_cancel_ends_the_questions(talk: Talk, marketer: str) -> None:
    talk.says("/newevent", sender=marketer)
    talk.says("/cancel", sender=marketer)
    talk.says("Tea evening", sender=marketer)
    talk.says("2027-03-01 19:00", sender=marketer)
    assert rows(talk, Event) == []


@pytest.mark.parametrize("command", ["/newevent", LINE, "/broadcast", "/broadcast Sale!"])
def test_agents_and_customers_get_the_answer_of_any_unknown_command(talk: Talk, command: str) -> None:
    with talk.database.transaction() as session:
        make_staff(session, role=Role.AGENT, sender="901")
    for speaker in ("901", "77"):
        unknown = texts(talk.says("/nosuchthing", sender=speaker))
        assert texts(talk.says(command, sender=speaker)) == unknown


@pytest.mark.parametrize(
    "data",
    [
        "newevent:1:send",
        "newevent:x:send",
        "newevent",
        "newevent:999999999999999:send",
        "newevent:1:sell",
        "broadcast:1:send",
    ],
)
def test_forged_taps_of_staff_change_nothing(talk: Talk, marketer: str, data: str) -> None:
    with talk.database.transaction() as session:
        make_staff(session, role=Role.AGENT, sender="901")
    preview_of(talk, marketer)
    taps = [talk.taps(data, sender="901")]
    if not data.endswith(":1:send"):
        taps.append(talk.taps(data, sender=marketer))
    assert all("no longer does anything" in texts(answer)[0] for answer in taps)
    assert rows(talk, Campaign)[0].state is CampaignState.DRAFT


def test_a_broadcast_button_does_not_send_an_event(talk: Talk, marketer: str) -> None:
    preview_of(talk, marketer)
    assert "no longer does anything" in texts(talk.taps("broadcast:1:send", sender=marketer))[0]


def test_more_can_be_said_and_each_question_left_as_it_is(talk: Talk, marketer: str) -> None:
    *_, more = button_data(preview_of(talk, marketer))
    assert "which time zone?" in texts(talk.taps(more, sender=marketer))[0]
    assert "When does it end?" in texts(talk.says("=", sender=marketer))[0]
    assert "is not after the start" in texts(talk.says("2027-03-01 18:00", sender=marketer))[0]
    assert "on a map" in texts(talk.says("22:00", sender=marketer))[0]
    assert "begins with https://" in texts(talk.says("ftp://hall", sender=marketer))[0]
    assert "may each guest bring" in texts(talk.says("=", sender=marketer))[0]
    assert "reminded" in texts(talk.says("2", sender=marketer))[0]
    assert "kept for who is next" in texts(talk.says("1w 2h", sender=marketer))[0]
    (preview,) = talk.says("=", sender=marketer)
    text = preview.body["text"]
    assert "19:00–22:00 (London time)" in text
    assert "Reminders: 1 week, 2 hours before the start\nEach guest may bring 2." in text
    first, second = rows(talk, Campaign)
    assert (first.state, second.state) == (CampaignState.CANCELLED, CampaignState.DRAFT)
    (event,) = rows(talk, Event)
    assert (event.companions, event.reminders, event.revision, event.past) == (2, [10080, 120], 0, [])
    assert "no longer does anything" in texts(talk.taps(more, sender=marketer))[0]
    talk.taps(button_data(preview)[0], sender=marketer)
    assert sum(row.kind is MessageKind.INVITATION for row in talk.sent) == 2


def test_more_stands_behind_the_line_with_its_name(talk: Talk, marketer: str) -> None:
    line = f"{LINE} | end: 22:00 | map=https://maps.example/hall | 同行：2 | reminders: 1w 1d | offer: 2h"
    (preview,) = talk.says(line, sender=marketer)
    assert "19:00–22:00 (London time)\nHarbour Hall\nhttps://maps.example/hall" in preview.body["text"]
    (event,) = rows(talk, Event)
    assert (event.companions, event.reminders, event.offer_minutes) == (2, [10080, 1440], 120)
    wrong = texts(talk.says(f"{LINE} | end: noon | companions: 9", sender=marketer))[0]
    assert len(wrong.splitlines()) == 3
    assert len(rows(talk, Event)) == 1


@pytest.mark.parametrize(
    "written",
    ["reminders: 7d, 1d, 2h", "reminders: 1w 1d 2h", "提醒：1周，1天，2小时", "remind=2h 1d 7d 168h"],
)
def test_guests_are_reminded_a_week_a_day_and_two_hours_before(
    talk: Talk, marketer: str, written: str
) -> None:
    (preview,) = talk.says(f"{LINE} | {written}", sender=marketer)
    assert "Reminders: 1 week, 1 day, 2 hours before the start" in preview.body["text"]
    (event,) = rows(talk, Event)
    talk.taps(button_data(preview)[0], sender=marketer)
    talk.says("/start")
    assert "you are on the list" in texts(talk.taps(f"rsvp:{event.id}:going"))[0]
    said = []
    for before in (timedelta(days=7), timedelta(days=1), timedelta(hours=2)):
        for early in (timedelta(minutes=1), timedelta(0)):
            with talk.database.transaction() as session:
                now = event.starts_at - before - early
                plan_event_reminders(session, company=COMPANY, now=now, channels=COMPANY.channels)
            said += [(before, early) for row in talk.deliver() if row.dedupe_key.startswith("reminder:")]
    assert said == [(timedelta(days=days), timedelta(0)) for days in (7, 1, 1 / 12)]


def test_the_page_for_marketers_shows_it_so() -> None:
    page = (Path(__file__).parents[2] / "docs" / "outreach.md").read_text(encoding="utf-8")
    assert "`reminders: 7d, 1d, 2h` for a week, a day and two hours" in page


def test_an_event_may_start_by_another_clock(talk: Talk, marketer: str) -> None:
    (preview,) = talk.says("/newevent Tea | 2027-03-01 19:00 Asia/Tokyo | Ginza | 40 | all", sender=marketer)
    assert "19:00 (Tokyo time)" in preview.body["text"]
    (event,) = rows(talk, Event)
    assert (event.timezone, event.starts_at.hour) == ("Asia/Tokyo", 10)


@pytest.mark.parametrize("data", ["newevent:1:more", "newevent:x:more", "newevent:99:more"])
def test_nobody_says_more_of_what_is_no_draft(talk: Talk, marketer: str, data: str) -> None:
    send, *_ = button_data(preview_of(talk, marketer))
    talk.taps(send, sender=marketer)
    assert "no longer does anything" in texts(talk.taps(data, sender=marketer))[0]
