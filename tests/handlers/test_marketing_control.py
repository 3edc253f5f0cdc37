"""``/campaigns`` and the buttons under a campaign: who may tap, what happens, what old buttons say."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from scheduler.campaigns.moves import CANCELLED
from store.tables.outreach import Campaign, CampaignState, Event
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from store.tables.staff import Role
from tests import campaigns as beats
from tests.factories import make_customer, make_staff
from tests.scheduler.campaigns.test_queueing import messages_of
from tests.talk import Talk, button_data, texts

MEI, TOM = "900", "901"
GROUP: dict[str, Any] = {"address": "-100123", "private": False}


@pytest.fixture
def sale(talk: Talk) -> Campaign:
    """A broadcast to three customers, confirmed in the staff chat, of which nothing has left yet."""
    with talk.database.transaction() as session:
        make_staff(session, name="Mei", role=Role.MARKETER, sender=MEI)
        make_staff(session, name="Tom", role=Role.AGENT, sender=TOM)
        for _ in range(3):
            make_customer(session)
    return broadcast(talk, "Sale!")


def broadcast(talk: Talk, text: str) -> Campaign:
    talk.says(f"/broadcast {text}", sender=MEI)
    (preview,) = talk.says("all", sender=MEI)
    *_, progress = talk.taps(button_data(preview)[0], sender=MEI, **GROUP)
    with talk.database.transaction() as session:
        campaign = session.scalars(select(Campaign).order_by(Campaign.id.desc())).first()
        assert campaign is not None
        assert button_data(progress) == [f"campaign:{campaign.id}:pause", f"campaign:{campaign.id}:cancel"]
    take_back(talk)
    return campaign


def take_back(talk: Talk) -> None:
    """Let nothing of a campaign have left: Talk sends all at once."""
    with talk.database.transaction() as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.campaign_id.is_not(None)))
        for row in rows:
            row.state, row.sent_at = OutboxState.QUEUED, None


def tap(talk: Talk, campaign: Campaign, move: str, *, sender: str = MEI) -> OutboxMessage:
    with talk.database.transaction() as session:  # what waits is not to be sent meanwhile
        waiting = session.scalars(
            select(OutboxMessage.id).where(OutboxMessage.state == OutboxState.QUEUED)
        ).all()
    (answer,) = (
        row
        for row in talk.taps(f"campaign:{campaign.id}:{move}", sender=sender, **GROUP)
        if row.id not in waiting
    )
    with talk.database.transaction() as session:
        for row_id in waiting:
            session.get_one(OutboxMessage, row_id).state = OutboxState.QUEUED
    return answer


def refresh(talk: Talk) -> list[OutboxMessage]:
    """Let the beats come; returns what they tell."""
    with talk.database.transaction() as session:
        before = set(session.scalars(select(OutboxMessage.id)))
        beats.refresh(session, now=talk.now)
        session.flush()
        told = [
            row
            for row in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
            if row.id not in before
        ]
        for row in told:
            row.state = OutboxState.SENT
    return told


def now_of(talk: Talk, campaign: Campaign) -> Campaign:
    with talk.database.reading() as session:
        return session.get_one(Campaign, campaign.id)


def test_pause_resume_and_cancel_by_buttons(talk: Talk, sale: Campaign) -> None:
    paused = tap(talk, sale, "pause")
    assert paused.body["text"].startswith("⏸ Mei paused “Sale!”.")
    assert button_data(paused) == [f"campaign:{sale.id}:resume", f"campaign:{sale.id}:cancel"]
    (edit,) = refresh(talk)
    assert edit.body["text"].splitlines() == [
        "⏸ “Sale!” is paused since Sat, 21 Nov, 12:00 (London time): 0 of 3",
        "Sent: 0",
        "Waiting: 3",
    ]
    assert button_data(edit) == button_data(paused)
    resumed = tap(talk, sale, "resume")
    assert resumed.body["text"].startswith("▶️ Mei resumed “Sale!”.")
    assert button_data(resumed)[0] == f"campaign:{sale.id}:pause"
    question = tap(talk, sale, "cancel")
    assert question.body["text"].startswith("Stop sending “Sale!” for good?")
    assert now_of(talk, sale).state is CampaignState.RUNNING
    assert button_data(question) == [f"campaign:{sale.id}:cancel-yes", f"campaign:{sale.id}:pause"]
    assert tap(talk, sale, "cancel-yes").body["text"] == "⏹ Mei stopped sending “Sale!”. The result follows."
    *_, tally = refresh(talk)
    assert tally.body["text"].splitlines() == [
        "⏹ Sending “Sale!” was stopped: 0 of 3 got it; 3 never will",
        "Sent: 0",
        "Skipped: 3",
        f"  – {CANCELLED}: 3",
    ]


def test_a_cancelled_campaign_says_who_got_it_and_who_may_have(talk: Talk, sale: Campaign) -> None:
    with talk.database.transaction() as session:
        sent, unclear, _ = messages_of(session, sale)
        sent.state, unclear.state = OutboxState.SENT, OutboxState.UNCERTAIN
    tap(talk, sale, "cancel-yes")
    *_, tally = refresh(talk)
    first, *counts = tally.body["text"].splitlines()
    assert first == "⏹ Sending “Sale!” was stopped: 1 of 3 got it, 1 may have; 1 never will"
    assert "Uncertain whether they arrived: 1" in counts


def test_what_waits_for_the_morning_is_told_wherever_a_campaign_is_shown(talk: Talk) -> None:
    with talk.database.transaction() as session:
        make_staff(session, name="Mei", role=Role.MARKETER, sender=MEI)
        make_customer(session)
        make_customer(session, timezone="Asia/Tokyo")
        make_customer(session, timezone="Asia/Shanghai")
    talk.passes(hours=4)  # London 16:00, Shanghai 00:00, Tokyo 01:00
    waits = "Waiting for morning (quiet hours): 2, from Sun, 22 Nov, 00:00 (London time)"
    talk.says("/broadcast Sale!", sender=MEI)
    (preview,) = talk.says("all", sender=MEI)
    assert preview.body["text"].endswith(f"It reaches 3 of 3.\n{waits}\nThese are all customers.")
    *_, progress = talk.taps(button_data(preview)[0], sender=MEI, **GROUP)
    assert progress.body["text"] == f"Sending “Sale!” …\n{waits}"
    take_back(talk)
    (edit,) = refresh(talk)
    assert edit.body["text"].splitlines() == [
        "Sending “Sale!”: 0 of 3",
        "Sent: 0",
        "On the way: 1",
        waits,
        "Ends about Sun, 22 Nov, 01:00 (London time)",
    ]
    assert waits in texts(talk.says("/campaigns", sender=MEI))[-1]


def test_old_buttons_say_what_is_the_case_now(talk: Talk, sale: Campaign) -> None:
    assert tap(talk, sale, "resume").body["text"].startswith("Sending “Sale!”")
    tap(talk, sale, "pause")
    again = tap(talk, sale, "pause")
    assert again.body["text"].startswith("⏸ “Sale!” is paused since")
    assert button_data(again)[0].endswith(":resume")
    tap(talk, sale, "cancel-yes")
    for move in ("pause", "resume", "cancel", "cancel-yes"):
        answer = tap(talk, sale, move)
        assert answer.body["text"].startswith("⏹ Sending “Sale!” was stopped")
        assert button_data(answer) == []


@pytest.mark.parametrize("move", ["pause", "resume", "cancel", "cancel-yes"])
def test_who_has_not_the_role_is_told_so(talk: Talk, sale: Campaign, move: str) -> None:
    answer = tap(talk, sale, move, sender=TOM)
    assert answer.body["text"] == "Only marketers and managers can do this."
    assert now_of(talk, sale).state is CampaignState.RUNNING


@pytest.mark.parametrize("data", ["campaign", "campaign:x:pause", "campaign:999:pause", "campaign:1:explode"])
def test_a_button_that_we_never_made_does_nothing(talk: Talk, sale: Campaign, data: str) -> None:
    assert "This button no longer does anything." in texts(talk.taps(data, sender=MEI))[-1]
    assert now_of(talk, sale).state is CampaignState.RUNNING


def test_a_draft_has_no_such_button(talk: Talk, sale: Campaign) -> None:
    talk.says("/broadcast Not yet", sender=MEI)
    talk.says("all", sender=MEI)
    answer = texts(talk.taps(f"campaign:{sale.id + 1}:cancel-yes", sender=MEI))[-1]
    assert "This button no longer does anything." in answer


def test_the_list_shows_what_runs_is_paused_and_ended_lately(talk: Talk, sale: Campaign) -> None:
    other = broadcast(talk, "Tea!")
    tap(talk, sale, "pause")
    refresh(talk)
    listed = talk.says("/campaigns", sender=MEI)[-1]
    first, second = listed.body["text"].split("\n\n")
    assert first.startswith("1. Sending “Tea!”: 0 of 3")
    assert second.startswith("2. ⏸ “Sale!” is paused since")
    assert [label for row in listed.body["buttons"] for label, _ in row] == [
        "Pause 1",
        "Stop sending 1",
        "Resume 2",
        "Stop sending 2",
    ]
    assert button_data(listed)[2] == f"campaign:{sale.id}:resume"
    for campaign in (sale, other):
        tap(talk, campaign, "cancel-yes")
    refresh(talk)
    listed = talk.says("/campaigns", sender=MEI)[-1]
    assert (
        "⏹ Sending “Sale!” was stopped: 0 of 3 got it; 3 never will\n"
        "Sent: 0, Skipped: 3\nEnded Sat, 21 Nov, 12:00 (London time)"
    ) in listed.body["text"]
    assert listed.body["buttons"] == []
    talk.passes(days=8)
    assert texts(talk.says("/campaigns", sender=MEI)) == ["No campaign runs, and none ended lately."]


def test_for_an_agent_the_list_does_not_exist(talk: Talk, sale: Campaign) -> None:
    del sale
    assert texts(talk.says("/campaigns", sender=TOM))[-1].startswith("I do not know this command.")


def test_invitations_are_controlled_alike_and_the_invited_can_still_answer(
    talk: Talk, sale: Campaign
) -> None:
    tap(talk, sale, "cancel-yes")
    talk.says("/newevent Tea | 2027-03-01 19:00 | Here | 40 | all", sender=MEI)
    with talk.database.reading() as session:
        event = session.scalars(select(Event)).one()
        campaign = session.scalars(select(Campaign).where(Campaign.event_id == event.id)).one()
    sent = talk.taps(f"newevent:{campaign.id}:send", sender=MEI, **GROUP)
    invited = next(row for row in sent if row.kind is MessageKind.INVITATION)
    assert tap(talk, campaign, "pause").body["text"].startswith("⏸ Mei paused “Tea”.")
    guest = {"sender": invited.address, "address": invited.address}
    assert "you are on the list" in texts(talk.taps(f"rsvp:{event.id}:going", **guest))[0]
    tap(talk, campaign, "cancel-yes")
    assert "We hold no place for a maybe" in texts(talk.taps(f"rsvp:{event.id}:maybe", **guest))[-1]


def test_in_chinese(talk: Talk, sale: Campaign) -> None:
    talk.company = replace(talk.company, language="zh")
    assert tap(talk, sale, "pause").body["text"].startswith("⏸ Mei 暂停了「Sale!」")
    listed = talk.says("/campaigns", sender=MEI)[-1]
    assert "自" in listed.body["text"]
    assert [label for row in listed.body["buttons"] for label, _ in row] == ["继续", "中止发送"]
