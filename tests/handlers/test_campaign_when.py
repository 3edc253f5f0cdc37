"""When a campaign leaves, as a marketer says it: read, shown, held, changed and stopped."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from scheduler.campaign_starts import start_due
from store.tables.conversations import Message
from store.tables.customers import Identity
from store.tables.outreach import CampaignState
from store.tables.queues import OutboxMessage
from tests.campaigns import refresh
from tests.handlers.marketing_talks import SHORT, tap, the_campaign, through
from tests.talk import Talk, button_data, texts


@pytest.mark.parametrize(
    "wrong", ["2026-02-30 10:00", "2020-01-01 10:00", "every blue moon at 9", "soon-ish", "2027-03-28 01:30"]
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
        "🗓 “Hi {first_name|friend}!” waits for its time. "
        "When each customer's own clock shows: Mon, Nov 23, 10:00 (London time)."
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
        "Every week on Monday at 09:00. Next Mon, Nov 23, 09:00 (London time). Until Dec 31, 2027."
        in (told.body["text"])
    )
    (held,) = tap(talk, told, "hold")
    assert "Mei Tan holds “Hi" in held.body["text"]
    (gone_on,) = tap(talk, held, "unhold")
    assert "waits for its time" in gone_on.body["text"]
    (asked,) = tap(talk, gone_on, "time")
    (changed,) = talk.says("2026-12-01 10:00", sender=marketer)
    assert "has another time. At Tue, Dec 1, 10:00 (London time)." in changed.body["text"]
    assert asked.body["buttons"]
    (sure,) = tap(talk, gone_on, "stop")
    (stopped,) = tap(talk, sure, "stop-yes")
    assert stopped.body["text"] == "⏹ Mei Tan stopped “Hi {first_name|friend}!”."
    (again,) = tap(talk, gone_on, "stop")
    assert "was not sent" in again.body["text"]


def test_confirmed_long_after_its_time_it_leaves_at_once(talk: Talk, marketer: str) -> None:
    *_, facts = through(talk, *SHORT, "zh", "2026-11-21 13:00")
    talk.passes(hours=2)
    assert "has come meanwhile: it leaves now." in texts(tap(talk, facts, "send"))[0]
    with talk.database.transaction() as session:
        assert start_due(session, company=talk.company, now=talk.now + timedelta(seconds=5)) == 1
