"""«Change …» under a campaign's preview: one question is asked again, and the preview comes anew."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from handlers.marketing import campaign_preview, campaign_target, previews
from scheduler.campaigns.queueing import drop_draft
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import OutboxMessage
from tests.factories import make_customer
from tests.handlers.marketing_talks import MEI, SHORT, count, tap, the_campaign, through
from tests.handlers.test_campaign_talk import PHOTO
from tests.talk import Talk, button_data, texts

pytestmark = pytest.mark.usefixtures("marketer")


def change(talk: Talk, facts: OutboxMessage, what: str) -> OutboxMessage:
    """Tap «Change …» and then what."""
    (data,) = (one for one in button_data(facts) if one.startswith("rework:"))
    (menu,) = talk.taps(data, sender=MEI)
    assert menu.body["text"] == "What shall be changed? All else stays as it is."
    (asked,) = tap(talk, menu, what)
    assert asked.body["text"].endswith("\n/cancel leaves it as it is.")
    return asked


def test_the_text_is_changed_and_all_else_stays(talk: Talk) -> None:
    *_, facts = through(talk, SHORT[0], "/skip", "/skip", "Yes | Done!", "zh", "/now")
    asked = change(talk, facts, "text")
    assert asked.body["text"].startswith("Version A: what should customers read instead, in English?")
    *_, again = talk.says("Hello {first_name|friend}!", sender=MEI)
    assert "Buttons: Yes." in again.body["text"]
    message, _ = tap(talk, again, "send")
    assert message.body["text"] == "Hello 小明!"
    assert message.body["buttons"][0][0][0] == "Yes"


def test_one_language_of_one_version_is_changed(talk: Talk) -> None:
    *_, facts = through(
        talk, "/campaign One", "zh: 一", "/version", "Two", "/skip", "/skip", "/skip", "all", "/yes", "/now"
    )
    asked = change(talk, facts, "text")
    (asked,) = tap(talk, asked, "B")
    assert asked.body["text"].startswith("Version B: what should customers read instead, in English?")
    *_, facts = talk.says("Deux", sender=MEI)
    assert the_campaign(talk).messages == {"A": {"en": "One", "zh": "一"}, "B": {"en": "Deux"}}
    change(talk, facts, "text")
    talk.says("zh: 壹", sender=MEI)
    assert the_campaign(talk).messages["A"] == {"en": "One", "zh": "壹"}


def test_a_new_language_asks_for_its_buttons(talk: Talk) -> None:
    *_, facts = through(talk, SHORT[0], "/skip", "/skip", "Yes | Done!", "zh", "/now")
    change(talk, facts, "text")
    (asked,) = talk.says("zh: 您好", sender=MEI)
    assert "The same buttons in 中文?" in asked.body["text"]
    *_, again = talk.says("好 | 好的！", sender=MEI)
    message, _ = tap(talk, again, "send")
    assert message.body["text"] == "您好"
    assert message.body["buttons"][0][0][0] == "好"


def test_buttons_are_changed_left_or_taken_away(talk: Talk) -> None:
    *_, facts = through(talk, SHORT[0], "zh: 您好", "/skip", "/skip", "Yes", "好", "zh", "/now")
    *_, facts = tap(talk, change(talk, facts, "buttons"), "skip")
    assert "Buttons: Yes." in facts.body["text"]
    change(talk, facts, "buttons")
    (asked,) = talk.says("No\nPerhaps", sender=MEI)
    assert "The same buttons in 中文?" in asked.body["text"]
    *_, facts = talk.says("不\n也许", sender=MEI)
    assert "Buttons: No, Perhaps." in facts.body["text"]
    *_, facts = tap(talk, change(talk, facts, "buttons"), "none")
    assert "Buttons" not in facts.body["text"]
    assert the_campaign(talk).buttons == []


def test_a_picture_comes_and_goes(talk: Talk) -> None:
    *_, facts = through(talk, *SHORT, "zh", "/now")
    asked = change(talk, facts, "picture")
    assert [data.rpartition(":")[2] for data in button_data(asked)] == ["skip"]
    *_, facts = talk.says("", sender=MEI, attachments=(PHOTO,))
    assert "With a picture." in facts.body["text"]
    change(talk, facts, "text")
    assert "Under a picture at most 1024" in texts(talk.says("x" * 1100, sender=MEI))[0]
    talk.says("/cancel", sender=MEI)
    *_, facts = tap(talk, change(talk, facts, "picture"), "none")
    assert "With a picture." not in facts.body["text"]


def test_whom_it_is_for_is_changed(talk: Talk) -> None:
    *_, facts = through(talk, *SHORT, "zh", "2027-03-01 10:00")
    change(talk, facts, "audience")
    (asked,) = talk.says("all", sender=MEI)
    *_, facts = tap(talk, asked, "yes")
    assert "For: all customers.\n🗓 At Mon, 1 Mar" in facts.body["text"]
    assert "It reaches 3 of 4" in facts.body["text"]


def test_nobody_in_it_now_asks_for_a_later_time(talk: Talk) -> None:
    *_, facts = through(talk, *SHORT, "zh", "/now")
    change(talk, facts, "audience")
    (asked,) = talk.says("country = FR", sender=MEI)
    (asked,) = tap(talk, asked, "keep")
    assert "Say a later time" in asked.body["text"]
    *_, facts = talk.says("2027-03-01 10:00", sender=MEI)
    assert "For: customers with country = FR." in facts.body["text"]


def test_the_time_is_changed(talk: Talk) -> None:
    *_, facts = through(talk, *SHORT, "zh", "/now")
    change(talk, facts, "when")
    *_, facts = talk.says("2027-03-01 10:00", sender=MEI)
    assert "🗓 At Mon, 1 Mar" in facts.body["text"]
    assert "waits for its time" in texts(tap(talk, facts, "send"))[0]


def test_the_preview_before_is_good_for_nothing_then(talk: Talk) -> None:
    *_, before = through(talk, *SHORT, "zh", "/now")
    change(talk, before, "text")
    *_, facts = talk.says("Hello!", sender=MEI)
    for deed in ("send", "cancel"):
        assert texts(tap(talk, before, deed)) == ["This preview holds no more: use the newest one below."]
    (data,) = (one for one in button_data(before) if one.startswith("rework:"))
    assert "use the newest one below" in texts(talk.taps(data, sender=MEI))[0]
    message, _ = tap(talk, facts, "send")
    assert message.body["text"] == "Hello!"


def test_cancel_while_it_is_changed_leaves_it_as_it_was(talk: Talk) -> None:
    *_, facts = through(talk, *SHORT, "zh", "/now")
    change(talk, facts, "text")
    assert texts(talk.says("/cancel", sender=MEI)) == ["Nothing was changed: the preview above still holds."]
    message, _ = tap(talk, facts, "send")
    assert message.body["text"] == "Hi 小明!"


@pytest.mark.parametrize("command", ["/help", "/newevent"])
def test_a_change_does_not_take_the_place_of_a_campaign_that_is_being_written(
    talk: Talk, command: str
) -> None:
    *_, facts = through(talk, *SHORT, "zh", "/now")
    through(talk, "/campaign Another")
    talk.says(command, sender=MEI)
    (data,) = (one for one in button_data(facts) if one.startswith("rework:"))
    (told,) = texts(talk.taps(data, sender=MEI))
    assert told.startswith("You are writing another campaign: /campaign goes on with it.")
    assert "Version A is there" in texts(talk.says("/campaign", sender=MEI))[-1]
    talk.says("/cancel", sender=MEI)
    change(talk, facts, "text")


def test_what_was_sent_meanwhile_is_not_sent_again_changed(talk: Talk) -> None:
    *_, facts = through(talk, *SHORT, "zh", "/now")
    change(talk, facts, "text")
    tap(talk, facts, "send")
    assert texts(talk.says("Hello!", sender=MEI)) == ["This was already sent; nothing is sent twice."]
    assert the_campaign(talk).state is CampaignState.RUNNING
    assert the_campaign(talk).text == "Hi {first_name|friend}!"


def test_what_somebody_drops_at_the_same_moment_makes_no_second_preview(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, facts = through(talk, *SHORT, "zh", "/now")
    change(talk, facts, "text")

    def drops_first(session: Session, campaign: Campaign) -> bool:
        drop_draft(session, campaign)
        return False

    monkeypatch.setattr(campaign_preview, "drop_draft", drops_first)
    (told,) = texts(talk.says("Hello!", sender=MEI))
    assert told == "This was cancelled before; nothing was sent."
    assert the_campaign(talk).state is CampaignState.CANCELLED


def test_whether_somebody_is_left_out_stays(talk: Talk) -> None:
    talk.company = replace(talk.company, outreach=replace(talk.company.outreach, holdout=0.5))
    with talk.database.transaction() as session:
        for _ in range(97):
            make_customer(session)
    *_, facts = through(talk, *SHORT, "all", "/yes", "/now")
    change(talk, facts, "text")
    *_, facts = talk.says("Hello!", sender=MEI)
    assert "50 % of them" in facts.body["text"]
    (everyone,) = tap(talk, facts, "everyone")
    change(talk, everyone, "text")
    *_, facts = talk.says("Hello again!", sender=MEI)
    assert "50 % of them" not in facts.body["text"]
    assert the_campaign(talk).holdout == 0


def test_where_they_are_many_the_preview_that_is_replaced_says_so(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (previews, campaign_target):
        monkeypatch.setattr(module, "COUNTED_AT_ONCE", 1)
    *_, facts = through(talk, *SHORT, "zh", "/now")
    change(talk, facts, "text")
    edit, again = talk.says("Hello!", sender=MEI)
    assert edit.body["text"].endswith("It was changed: the next preview holds.")
    assert edit.body["buttons"] == []
    assert again.body["text"].endswith("Counting whom it reaches …")
    assert "It reaches 1 of 1." in count(talk)[-1].body["text"]


@pytest.mark.parametrize("data", ["rework:1:name", "rework:x", "rework:999", "rework"])
def test_forged_taps_change_nothing(talk: Talk, data: str) -> None:
    through(talk, *SHORT, "zh", "/now")
    assert "no longer does anything" in texts(talk.taps(data, sender=MEI))[0]
