"""When a campaign leaves, as a marketer says it: read, shown, held, changed and stopped."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.marketing import campaign_target
from scheduler.campaigns.starts import start_due
from scheduler.segments import counting
from store.tables.conversations import Message
from store.tables.customers import Identity
from store.tables.outreach import CampaignState
from store.tables.queues import OutboxMessage
from tests.campaigns import refresh
from tests.handlers.marketing_talks import SHORT, tap, the_campaign, through
from tests.talk import Talk, button_data, texts


@pytest.mark.parametrize(
    "wrong",
    [
        "2026-02-30 10:00",
        "2020-01-01 10:00",
        "every blue moon at 9",
        "soon-ish",
        "2027-03-28 01:30",
        "tomorrow 25:00",
        "tomorrow 24:30",
    ],
)
def test_a_time_that_cannot_be_is_told(talk: Talk, marketer: str, wrong: str) -> None:
    through(talk, *SHORT, "zh")
    (answer,) = talk.says(wrong, sender=marketer)
    assert answer.body["buttons"]
    assert "This is the campaign:" in talk.says("tomorrow 10:00", sender=marketer)[-1].body["text"]


def scheduled(talk: Talk, when: str) -> OutboxMessage:
    *_, facts = through(talk, *SHORT, "zh", when)
    (told,) = tap(talk, facts, "send")
    return told


def test_it_waits_for_its_time_is_listed_and_leaves(talk: Talk, marketer: str) -> None:
    told = scheduled(talk, "2026-11-23 10:00 local")
    assert told.body["text"] == (
        "🗓 “Hi friend!” waits for its time. At 23 Nov, 10:00 by each customer's own clock."
    )
    (listed,) = talk.says("/campaigns", sender=marketer)
    assert "waits for its time" in listed.body["text"]
    assert [one.rpartition(":")[2] for one in button_data(listed)] == ["hold", "time", "stop"]
    talk.now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    with talk.database.transaction() as session:
        assert start_due(session, company=talk.company, now=talk.now) == 1
        refresh(session, now=talk.now)
    assert the_campaign(talk).state is CampaignState.RUNNING


def test_it_leaves_when_each_usually_writes(talk: Talk, marketer: str) -> None:
    with talk.database.transaction() as session:
        ana = session.scalars(select(Identity.customer_id).where(Identity.sender == "77")).one()
        for days in range(6):
            at = datetime(2026, 11, 10 + days, 18, 20, tzinfo=UTC)
            session.add(_message(ana, at))
    *_, facts = through(talk, *SHORT, "language = en", "/best")
    assert "At the hour at which each usually writes, within a day" in facts.body["text"]
    hers, others, _ = tap(talk, facts, "send")
    assert hers.not_before == datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
    assert others.not_before == talk.now


def _message(customer_id: int, at: datetime) -> Message:
    return Message(
        customer_id=customer_id,
        channel="telegram",
        address="77",
        sender="77",
        text="hi",
        attachments=[],
        at=at,
    )


def test_what_waits_is_held_goes_on_gets_another_time_and_is_stopped(talk: Talk, marketer: str) -> None:
    told = scheduled(talk, "every Monday at 9:00 until 2027-12-31")
    assert (
        "Every week on Monday at 09:00. Next Mon, 23 Nov, 09:00 (London time). Until 31 Dec 2027."
        in (told.body["text"])
    )
    (held,) = tap(talk, told, "hold")
    assert "Mei Tan holds “Hi" in held.body["text"]
    (gone_on,) = tap(talk, held, "unhold")
    assert "waits for its time" in gone_on.body["text"]
    (asked,) = tap(talk, gone_on, "time")
    (changed,) = talk.says("2026-12-01 10:00", sender=marketer)
    assert "has another time. At Tue, 1 Dec, 10:00 (London time)." in changed.body["text"]
    assert asked.body["buttons"]
    (sure,) = tap(talk, gone_on, "stop")
    (stopped,) = tap(talk, sure, "stop-yes")
    assert stopped.body["text"] == "⏹ Mei Tan stopped “Hi friend!”."
    (again,) = tap(talk, gone_on, "stop")
    assert "was not sent" in again.body["text"]


@pytest.mark.parametrize("wrong", ["FREQ=SECONDLY", "RRULE:FREQ=SECONDLY", "every second", "best", "soon?"])
def test_after_a_time_that_is_none_the_question_stays_open(talk: Talk, marketer: str, wrong: str) -> None:
    told = scheduled(talk, "every Monday at 9:00 until 2027-12-31")
    tap(talk, told, "time")
    for _ in range(2):
        (asked,) = talk.says(wrong, sender=marketer)
        assert "To answer a customer" not in asked.body["text"]
        assert asked.body["buttons"]
    (changed,) = talk.says("2026-12-01 10:00", sender=marketer)
    assert "has another time." in changed.body["text"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("tomorrow 25:00", "I cannot read when."),
        ("24:30 tomorrow local", "I cannot read when."),
        ("Friday 26:00", "I cannot read when."),
        ("明天25点", "I cannot read when."),
        ("2026-12-24", "The hour is missing. Like: 2026-12-24 at 9:00"),
        ("31/12", "The hour is missing. Like: 31/12 at 9:00"),
    ],
)
def test_another_time_needs_an_hour_that_a_clock_shows(
    talk: Talk, marketer: str, wrong: str, said: str
) -> None:
    told = scheduled(talk, "2026-12-01 10:00")
    tap(talk, told, "time")
    assert texts(talk.says(wrong, sender=marketer))[0].startswith(said)
    (changed,) = talk.says("2026-12-24 at 9:00", sender=marketer)
    assert "has another time. At Thu, 24 Dec, 09:00 (London time)." in changed.body["text"]


def test_confirmed_long_after_its_time_it_leaves_at_once(talk: Talk, marketer: str) -> None:
    *_, facts = through(talk, *SHORT, "zh", "2026-11-21 13:00")
    talk.passes(hours=2)
    assert "has come meanwhile: it leaves now." in texts(tap(talk, facts, "send"))[0]
    with talk.database.transaction() as session:
        assert start_due(session, company=talk.company, now=talk.now + timedelta(seconds=5)) == 1


@pytest.mark.parametrize(
    "wrong", ["9999-01-01 10:00", "9999-12-31 23:00 local", "28 March 1:30", "3月28日1点半"]
)
def test_a_time_too_far_or_skipped_is_refused(talk: Talk, marketer: str, wrong: str) -> None:
    talk.now = datetime(2027, 3, 20, 12, 0, tzinfo=UTC)
    through(talk, *SHORT, "zh")
    (answer,) = talk.says(wrong, sender=marketer)
    assert "This is the campaign:" not in answer.body["text"]
    assert answer.body["buttons"]


@pytest.mark.parametrize("rest", ["local until 2027-12-31", "until 2027-12-31 local", "当地时间到2027-12-31"])
def test_by_their_own_clock_may_stand_before_the_last_day(talk: Talk, marketer: str, rest: str) -> None:
    *_, facts = through(talk, *SHORT, "zh", f"every Monday at 9:00 {rest}")
    assert (
        "🗓 Every week on Monday at 09:00. Next 23 Nov, 09:00. "
        "Each by the customer's own clock. Until 31 Dec 2027." in facts.body["text"]
    )


def test_what_leaves_later_may_be_for_nobody_yet(talk: Talk, marketer: str) -> None:
    (asked,) = through(talk, *SHORT, "birthday")
    assert asked.body["text"].startswith("Nobody is in this segment now. Who gets it?\nIf it leaves later")
    (when,) = tap(talk, asked, "keep")
    assert "\nWhen? 2027-03-01 10:00 · " in when.body["text"]
    assert button_data(when) == ["plan:when:tomorrow"]
    (still,) = talk.says("now", sender=marketer)
    assert still.body["text"] == "Nobody can be reached with this now. Say a later time, or how often."
    (facts,) = talk.says("every day at 10:00", sender=marketer)
    assert "Nobody would get it now." in facts.body["text"]
    (told,) = tap(talk, facts, "send")
    assert "waits for its time. Every day at 10:00." in told.body["text"]
    talk.now = datetime(2026, 11, 22, 10, 1, tzinfo=UTC)
    with talk.database.transaction() as session:
        assert start_due(session, company=talk.company, now=talk.now) == 1
        refresh(session, now=talk.now)
    assert the_campaign(talk).state is CampaignState.DONE


@pytest.mark.parametrize(
    ("counted_at_once", "offered"), [(50_000, ["tomorrow"]), (3, ["now", "best", "tomorrow"])]
)
def test_of_many_nobody_now_is_offered_no_now_where_all_were_looked_at(
    talk: Talk, marketer: str, monkeypatch: pytest.MonkeyPatch, counted_at_once: int, offered: list[str]
) -> None:
    through(talk, *SHORT, "birthday")  # counted exactly; it must tell nothing of what is picked after it
    monkeypatch.setattr(campaign_target, "COUNTED_AT_ONCE", 0)
    monkeypatch.setattr(counting, "COUNTED_AT_ONCE", counted_at_once)
    monkeypatch.setattr(counting, "STRETCHES", 1)
    (asked,) = talk.says("country = FR", sender=marketer)
    (when,) = tap(talk, asked, "keep")
    assert when.body["text"].startswith("When?")
    assert [data.rpartition(":")[2] for data in button_data(when)] == offered


def test_confirmed_when_it_would_be_dropped_another_time_is_asked_for(talk: Talk, marketer: str) -> None:
    *_, facts = through(talk, *SHORT, "zh", "2026-11-21 14:00")
    talk.passes(days=4)
    (asked,) = tap(talk, facts, "send")
    assert asked.body["text"].startswith("The time of “Hi friend!” is over: give it another.\nWhen?")
    with talk.database.transaction() as session:
        assert start_due(session, company=talk.company, now=talk.now) == 0
    (refused,) = talk.says("best hour", sender=marketer)
    assert "The best hour counts from a confirmation" in refused.body["text"]
    (changed,) = talk.says("tomorrow 10:00", sender=marketer)
    assert "has another time." in changed.body["text"]
    campaign = the_campaign(talk)
    assert (campaign.state, campaign.paused_at) == (CampaignState.SCHEDULED, None)


def test_confirmed_after_its_first_runs_one_that_recurs_comes_next_time(talk: Talk, marketer: str) -> None:
    *_, facts = through(talk, *SHORT, "zh", "every day at 14:00")
    talk.passes(days=4)
    (told,) = tap(talk, facts, "send")
    assert "waits for its time. Every day at 14:00. Next " in told.body["text"]
    assert (the_campaign(talk).send_at or talk.now) > talk.now
