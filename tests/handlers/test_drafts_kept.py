"""A half-written draft survives another command, or its end is said; old buttons say what became of it."""

from typing import Any

import pytest
from sqlalchemy import select

from scheduler.campaigns.queueing import drop_draft
from store.tables.conversations import Dialogue
from store.tables.outreach import Campaign
from tests.handlers.marketing_talks import MEI, SHORT, tap, the_campaign, through
from tests.talk import Talk, button_data, texts

pytestmark = pytest.mark.usefixtures("marketer")
KEPT = "✏️ The campaign that you were writing is kept: /campaign goes on with it."
LINE = "/newevent Tea evening | 2027-03-01 19:00 | Tea hall | 40 | all"


def says(talk: Talk, text: str) -> list[str]:
    return texts(talk.says(text, sender=MEI))


@pytest.mark.parametrize(
    "command", ["/newevent", "/newevent Tea evening", LINE, "/broadcast", "/broadcast Sale!"]
)
def test_a_campaign_is_kept_and_said_to_be_when_another_command_asks(talk: Talk, command: str) -> None:
    through(talk, *SHORT[:2])
    told, *_ = says(talk, command)
    assert told == KEPT
    *_, asked = talk.says("/campaign", sender=MEI)
    assert asked.body["text"].startswith(
        "The campaign that you were writing goes on; /cancel gives it up.\n\n"
    )
    assert "A picture above it?" in asked.body["text"]
    *_, facts = through(talk, "skip", "skip", "zh", "now")
    message, _ = tap(talk, facts, "send")
    assert message.body["text"] == "Hi 小明!"


def test_a_command_that_asks_nothing_leaves_the_question_open(talk: Talk) -> None:
    through(talk, *SHORT)
    assert KEPT not in says(talk, "/help")
    assert "It reaches 1 of 1." in says(talk, "zh")[0]


@pytest.mark.parametrize(
    ("answers", "question"),
    [
        (SHORT[:1], "Version A is there in: English."),
        ((*SHORT[:1], "/version"), "Version B: what should customers read?"),
        (SHORT[:3], "Buttons under it?"),
        ((SHORT[0], "zh: 您好", "/skip", "/skip", "Yes"), "The same buttons in 中文?"),
        (SHORT, "Who gets it?"),
        ((*SHORT, "all"), "Who gets it?"),
        ((*SHORT, "country = FR"), "Who gets it?"),
        ((*SHORT, "zh"), "It reaches 1 of 1.\nWhen?"),
    ],
)
def test_each_question_is_asked_again(talk: Talk, answers: tuple[str, ...], question: str) -> None:
    through(talk, *answers)
    talk.says("/newevent", sender=MEI)
    assert question in says(talk, "/campaign")[-1]


def test_a_button_of_a_campaign_that_was_set_aside_goes_on_with_it(talk: Talk) -> None:
    *_, asked = through(talk, *SHORT[:2])
    talk.says("/newevent", sender=MEI)
    assert "Buttons under it?" in texts(tap(talk, asked, "skip"))[-1]


def test_words_after_the_other_command_is_done_are_no_answer_to_what_was_set_aside(talk: Talk) -> None:
    through(talk, *SHORT)
    talk.says(LINE, sender=MEI)
    assert "To answer a customer" in says(talk, "zh")[0]
    assert "Who gets it?" in says(talk, "/campaign")[0]


def test_nothing_written_is_nothing_kept(talk: Talk) -> None:
    talk.says("/campaign", sender=MEI)
    assert len(says(talk, "/newevent")) == 1
    assert says(talk, "/campaign")[0].startswith("A new campaign.")


def test_a_campaign_that_is_begun_anew_says_that_the_one_before_is_gone(talk: Talk) -> None:
    through(talk, *SHORT)
    told, asked = says(talk, "/campaign Another")
    assert told == "The campaign that you were writing is given up."
    assert "Version A is there" in asked


def test_a_template_in_its_place_says_so_too(talk: Talk) -> None:
    *_, facts = through(talk, *SHORT, "zh", "now")
    tap(talk, facts, "keep")
    talk.says("spring", sender=MEI)
    through(talk, "/campaign Something else")
    assert says(talk, "/template spring")[0] == "The campaign that you were writing is given up."


def test_the_event_and_the_broadcast_are_kept_as_well(talk: Talk) -> None:
    through(talk, "/newevent Tea evening", "2027-03-01 19:00")
    assert "event that you were writing is kept: /newevent" in says(talk, "/broadcast Sale!")[0]
    assert "text that you were writing is kept: /broadcast" in says(talk, "/campaign Hi")[0]
    assert says(talk, "/newevent")[-1] == (
        "The event that you were writing goes on; /cancel gives it up.\n\nWhere is it?"
    )
    assert "Who gets it?" in says(talk, "/broadcast")[-1]
    (preview,) = talk.says("zh", sender=MEI)
    assert "Sale!" in preview.body["text"]
    assert says(talk, "/newevent")[-1].endswith("Where is it?")
    assert "How many places" in says(talk, "Tea hall")[0]


def test_details_of_an_event_are_kept(talk: Talk) -> None:
    (preview,) = talk.says(LINE, sender=MEI)
    tap(talk, preview, "more")
    through(talk, "Asia/Tokyo")
    assert "event that you were writing is kept" in says(talk, "/campaign Hi")[0]
    assert "When does it end?" in says(talk, "/newevent")[-1]
    talk.says("/campaign", sender=MEI)
    tap(talk, preview, "send")
    assert says(talk, "/newevent")[-1].startswith("A new event.")  # it was decided meanwhile


def test_cancel_ends_what_is_open_then_what_was_set_aside(talk: Talk) -> None:
    through(talk, *SHORT)
    talk.says("/newevent Tea evening", sender=MEI)
    assert says(talk, "/cancel") == [f"Cancelled.\n{KEPT}"]
    assert says(talk, "/cancel") == ["The campaign that you were writing is given up."]
    assert says(talk, "/cancel") == ["There is nothing to cancel."]
    with talk.database.reading() as session:
        assert session.scalars(select(Dialogue)).all() == []


def test_cancel_means_the_preview_that_was_shown_last(talk: Talk) -> None:
    through(talk, *SHORT)
    talk.says(LINE, sender=MEI)
    assert says(talk, "/cancel")[0] == "Cancelled; nothing was sent."
    assert "Who gets it?" in says(talk, "/campaign")[0]


def test_what_was_decided_is_not_given_up_once_more(talk: Talk) -> None:
    (preview,) = talk.says(LINE, sender=MEI)
    tap(talk, preview, "more")
    through(talk, "Asia/Tokyo")
    talk.says("/campaign Hi", sender=MEI)
    tap(talk, preview, "send")
    assert says(talk, "/cancel") == ["Cancelled."]
    assert says(talk, "/cancel") == ["There is nothing to cancel."]


@pytest.mark.parametrize("deed", ["send", "cancel"])
def test_what_more_was_being_said_of_an_event_ends_with_its_decision(talk: Talk, deed: str) -> None:
    (preview,) = talk.says(LINE, sender=MEI)
    tap(talk, preview, "more")
    through(talk, "Asia/Tokyo")
    tap(talk, preview, deed)
    with talk.database.reading() as session:
        assert session.scalars(select(Dialogue)).all() == []


def test_what_was_decided_elsewhere_is_not_kept_any_longer(talk: Talk) -> None:
    (preview,) = talk.says(LINE, sender=MEI)
    tap(talk, preview, "more")
    through(talk, "Asia/Tokyo")
    with talk.database.transaction() as session:
        drop_draft(session, session.scalars(select(Campaign)).one())
    for words in ("/newevent", "Tea", "/cancel"):
        talk.says(words, sender=MEI)
    with talk.database.reading() as session:
        assert session.scalars(select(Dialogue)).all() == []


def test_cancel_gives_up_the_change_before_the_preview(talk: Talk) -> None:
    *_, facts = through(talk, *SHORT, "zh", "/now")
    (data,) = (one for one in button_data(facts) if one.startswith("rework:"))
    (menu,) = talk.taps(data, sender=MEI)
    tap(talk, menu, "text")
    talk.says("/newevent Tea evening", sender=MEI)
    assert says(talk, "/cancel")[0].startswith("Cancelled.")
    assert says(talk, "/cancel") == ["Nothing was changed: the preview above still holds."]
    message, _ = tap(talk, facts, "send")
    assert message.body["text"] == "Hi 小明!"
    assert says(talk, "/cancel") == ["There is nothing to cancel."]


def test_an_old_button_says_what_became_of_the_campaign(talk: Talk) -> None:
    (first,) = talk.says("/campaign Hi!", sender=MEI)
    (asked,) = tap(talk, first, "skip")
    assert "is at another question. /campaign asks it again." in texts(tap(talk, first, "skip"))[0]
    *_, facts = through(talk, "skip", "skip", "zh", "now")
    assert "its preview waits for you" in texts(tap(talk, asked, "skip"))[0]
    tap(talk, facts, "cancel")
    (told,) = texts(tap(talk, asked, "skip"))
    assert "confirmed, or given up" in told
    assert "/campaign begins another" in told
    assert "/open" not in told


def test_an_old_button_of_an_event_names_newevent(talk: Talk) -> None:
    (preview,) = talk.says(LINE, sender=MEI)
    tap(talk, preview, "send")
    (told,) = texts(tap(talk, preview, "more"))
    assert "/newevent begins another" in told
    assert "/open" not in told


def test_another_time_of_a_campaign_that_waits_does_not_drop_what_is_written(talk: Talk) -> None:
    *_, facts = through(talk, *SHORT, "zh", "2027-03-01 19:00")
    (waits,) = tap(talk, facts, "send")
    through(talk, "/campaign Another", "/skip")
    told, _ = tap(talk, waits, "time")
    assert told.body["text"] == KEPT
    assert "has another time" in says(talk, "2027-03-02 19:00")[0]
    assert "A picture above it?" in says(talk, "/campaign")[0]
    assert the_campaign(talk).text == "Hi {first_name|friend}!"


def test_in_a_group_the_question_that_is_asked_again_can_be_replied_to(talk: Talk) -> None:
    group: dict[str, Any] = {"address": talk.company.staff_chat.address, "private": False}
    talk.says("/campaign Hi!", sender=MEI, **group)
    talk.says("/newevent", sender=MEI, **group)
    (asked,) = talk.says("/campaign", sender=MEI, **group)
    assert asked.body["text"].endswith("Reply to this message with your answer.")
    (more,) = talk.says("zh: 您好", sender=MEI, reply_to=asked.external_id, **group)
    assert "English, 中文" in more.body["text"]
    assert button_data(more)
