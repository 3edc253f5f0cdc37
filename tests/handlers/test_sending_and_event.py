"""An event and the sending of its invitations are told apart: which is cancelled, and how both are called."""

import pytest

from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import OutboxMessage
from tests.handlers.marketing_talks import MEI, SHORT, tap, the_campaign, through
from tests.talk import Talk, texts

pytestmark = pytest.mark.usefixtures("marketer")
LINE = "/newevent Tea evening | 2027-03-01 19:00 | Tea hall | 40 | all"


@pytest.fixture
def progress(talk: Talk, marketer: str) -> OutboxMessage:
    """The progress of the invitations of an event, which are being sent."""
    (preview,) = talk.says(LINE, sender=marketer)
    return tap(talk, preview, "send")[-1]


def test_stopping_the_invitations_says_that_the_event_takes_place(
    talk: Talk, progress: OutboxMessage
) -> None:
    assert [label for row in progress.body["buttons"] for label, _ in row] == ["Pause", "Stop sending"]
    (asked,) = tap(talk, progress, "cancel")
    event = the_campaign(talk).event_id
    first, second = asked.body["text"].splitlines()
    assert first.startswith("Stop sending “Tea evening” for good?")
    assert second.startswith("This is about its invitations alone: the event takes place")
    assert second.endswith(f"/event {event}.")
    assert asked.body["buttons"][0][0][0] == "Yes, send no more"
    (done,) = tap(talk, asked, "cancel-yes")
    assert done.body["text"].startswith(
        "⏹ Mei Tan stopped sending “Tea evening”. The result follows.\nThis is about"
    )
    assert "Tea evening" in texts(talk.says("/events", sender=MEI))[0]
    assert "Sending “Tea evening” was stopped" in texts(talk.says("/campaigns", sender=MEI))[0]


def test_cancelling_the_event_says_that_it_is_the_event(talk: Talk, progress: OutboxMessage) -> None:
    event = the_campaign(talk).event_id
    (asked,) = talk.taps(f"event:{event}:cancel", sender=MEI)
    assert asked.body["text"].startswith("Cancel the event “Tea evening”? It does not take place then")
    assert asked.body["buttons"][0][0][0] == "Yes, cancel the event"
    (done,) = tap(talk, asked, "surely")
    assert done.body["text"].startswith("The event “Tea evening” is cancelled;")
    assert the_campaign(talk).state is CampaignState.CANCELLED


def test_a_campaign_without_an_event_says_nothing_of_one(talk: Talk) -> None:
    *_, facts = through(talk, *SHORT, "zh", "/now")
    progress = tap(talk, facts, "send")[-1]
    (asked,) = tap(talk, progress, "cancel")
    assert "event" not in asked.body["text"]


def test_a_renamed_event_renames_the_sending_of_its_invitations(talk: Talk, progress: OutboxMessage) -> None:
    event = the_campaign(talk).event_id
    *_, facts = through(talk, *SHORT, "zh", "2027-01-01 10:00")
    tap(talk, facts, "send")
    talk.taps(f"event:{event}:title", sender=MEI)
    (shown,) = talk.says("Oolong evening", sender=MEI)
    tap(talk, shown, "apply")
    listed = texts(talk.says("/campaigns", sender=MEI))[0]
    assert "Sending “Oolong evening”" in listed
    assert "Tea evening" not in listed
    with talk.database.reading() as session:
        assert {one.text for one in session.query(Campaign)} == {
            "Oolong evening",
            SHORT[0][len("/campaign ") :],
        }
    assert progress.body["text"].startswith("Sending “Tea evening”")
