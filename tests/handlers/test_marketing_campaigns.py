"""``/broadcast``: text, audience, preview, count, one tap; verbatim, once, with live progress."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from customers.consent import set_consent
from handlers.marketing import previews
from scheduler.campaigns import room_share
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import MessageKind, OutboxMessage
from store.tables.staff import Role
from tests import campaigns as beats
from tests.factories import make_customer, make_staff
from tests.handlers.marketing_talks import count
from tests.talk import Talk, button_data, texts


@pytest.fixture
def manager(talk: Talk) -> str:
    """A manager who speaks as "900"; three customers, one of whom said stop."""
    with talk.database.transaction() as session:
        make_staff(session, name="Mei Tan", role=Role.MANAGER, sender="900")
        for name in ("Ana Lopes", "", "Stop"):
            customer = make_customer(session, display_name=name)
        set_consent(session, customer.id, granted=False, now=talk.now)
    return "900"


def preview_of(talk: Talk, manager: str, text: str) -> OutboxMessage:
    talk.says(f"/broadcast {text}", sender=manager)
    (preview,) = talk.says("all", sender=manager)
    return preview


def refresh(talk: Talk) -> list[OutboxMessage]:
    with talk.database.transaction() as session:
        beats.refresh(session, now=talk.now)
    return talk.deliver()


def test_a_broadcast_is_asked_for_previewed_and_sent(talk: Talk, manager: str) -> None:
    assert (
        "become what is known of each customer: {first_name}, {full_name}, "
        in texts(talk.says("/broadcast", sender=manager))[0]
    )
    assert "Who gets it?" in texts(talk.says("Hi {first_name}, new oolong!", sender=manager))[0]
    (preview,) = talk.says("all", sender=manager)
    head = "This is what customers will get, as if it went to Mei Tan:"
    assert preview.body["text"].startswith(f"{head}\n\nHi Mei, new oolong!\n")
    plain = preview_of(talk, manager, "Sale!")
    assert plain.body["text"].startswith("This is what customers will get:\n\nSale!\n")
    assert preview.body["text"].endswith(
        "It reaches 2 of 3: 1 wants no such messages.\nThese are all customers."
    )
    *messages, progress = talk.taps(button_data(preview)[0], sender=manager)
    assert texts(messages) == ["Hi Ana, new oolong!", "Hi friend, new oolong!"]
    assert all(row.kind is MessageKind.CAMPAIGN for row in messages)
    assert progress.body["text"] == "Sending “Hi …, new oolong!” …"


def test_cancel_gives_up_the_preview_that_was_shown_last(talk: Talk, manager: str) -> None:
    older, newer = preview_of(talk, manager, "Old news"), preview_of(talk, manager, "Sale!")
    for shown in (newer, older):
        assert texts(talk.says("/cancel", sender=manager)) == ["Cancelled; nothing was sent."]
        (told,) = talk.taps(button_data(shown)[0], sender=manager)
        assert told.body["text"] == "This was cancelled before; nothing was sent."
    assert texts(talk.says("/cancel", sender=manager)) == ["There is nothing to cancel."]


def test_cancel_leaves_the_previews_of_others_and_those_of_yesterday(talk: Talk, manager: str) -> None:
    preview_of(talk, manager, "Sale!")
    with talk.database.transaction() as session:
        make_staff(session, name="Lin", role=Role.MARKETER, sender="901")
    assert texts(talk.says("/cancel", sender="901")) == ["There is nothing to cancel."]
    talk.now += timedelta(days=2)
    assert texts(talk.says("/cancel", sender=manager)) == ["There is nothing to cancel."]


def test_in_a_group_every_question_says_how_it_is_answered(talk: Talk, manager: str) -> None:
    group: dict[str, Any] = {"sender": manager, "address": "-100123", "private": False}
    (asked,) = talk.says("/broadcast", **group)
    for answer in ("", "New oolong!", "friends", "all"):
        assert asked.body["text"].endswith("\nReply to this message with your answer.")
        assert talk.says("Lunch?", **group) == []
        (asked,) = talk.says(answer, reply_to=asked.external_id, **group)
    assert "It reaches 2 of 3" in asked.body["text"]


@pytest.mark.parametrize(
    "text", ["<b>50 % off</b> & more", "*_[]()~`>#+-=|{}.!", "{ x} {0} {} }{", "第一行\n第二行", "!שלום"]
)
def test_the_text_is_sent_verbatim(talk: Talk, manager: str, text: str) -> None:
    preview = preview_of(talk, manager, text)
    assert text in preview.body["text"]
    first, *_ = talk.taps(button_data(preview)[0], sender=manager)
    assert first.body["text"] == text


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("Dear {name}, {first_name}", "There is no variable {name}:\nLine 1, character 6:"),
        ("You liked {last_event}!", "Of some customers {last_event} is not known."),
    ],
)
def test_what_is_wrong_with_its_variables_is_pointed_out(
    talk: Talk, manager: str, text: str, mistake: str
) -> None:
    assert mistake in texts(talk.says(f"/broadcast {text}", sender=manager))[0]
    assert "Who gets it?" in texts(talk.says("Dear {full_name|friend}, { x }", sender=manager))[0]
    (preview,) = talk.says("all", sender=manager)
    assert "Dear Mei Tan, { x }" in preview.body["text"]


def test_the_text_may_begin_on_the_next_line(talk: Talk, manager: str) -> None:
    talk.says("/broadcast\nFirst line\nSecond line", sender=manager)
    (preview,) = talk.says("regular", sender=manager)
    assert "First line\nSecond line" in preview.body["text"]


@pytest.mark.parametrize("wrong", ["", "  \n ", "x" * 3501])
def test_a_text_that_cannot_be_sent_is_asked_for_again(talk: Talk, manager: str, wrong: str) -> None:
    talk.says("/broadcast", sender=manager)
    talk.says(wrong, sender=manager)
    assert "Who gets it?" in texts(talk.says("Sale!", sender=manager))[0]
    assert "I do not know “nobody”" in texts(talk.says("nobody", sender=manager))[0]
    assert "It reaches" in texts(talk.says("all", sender=manager))[0]


@pytest.mark.parametrize(
    ("text", "takes"),
    [("🍵" * 1751, 3502), ("x" * 3373 + "{first_name}", 3501), ("{first_name}" * 28, 3584)],
)
def test_a_text_that_could_leave_in_two_messages_is_refused(
    talk: Talk, manager: str, text: str, takes: int
) -> None:
    (refusal,) = texts(talk.says(f"/broadcast {text}", sender=manager))
    assert f"it takes {takes} of at most 3500 characters" in refusal
    assert "each {first_name} is 128" in refusal
    assert "Who gets it?" in texts(talk.says("🍵" * 1750, sender=manager))[0]


def test_a_double_tap_sends_once(talk: Talk, manager: str) -> None:
    send, _ = button_data(preview_of(talk, manager, "Sale!"))
    talk.taps(send, sender=manager)
    talk.taps(send, sender=manager)
    with talk.database.reading() as session:
        count = session.scalar(
            select(func.count()).select_from(OutboxMessage).where(OutboxMessage.kind == MessageKind.CAMPAIGN)
        )
    assert count == 2


def test_progress_is_shown_where_it_was_confirmed_and_ends_with_a_tally(talk: Talk, manager: str) -> None:
    send, _ = button_data(preview_of(talk, manager, "Sale!"))
    talk.taps(send, sender=manager, address="-100123", private=False)
    edit, tally = refresh(talk)
    assert {edit.address, tally.address} == {"-100123"}
    assert edit.edits == tally.reply_to
    assert tally.body["text"].splitlines() == [
        "“Sale!” is done: 2 messages.",
        "Sent: 2",
        "Left out from the start: 1 wants no such messages",
        "Who did not get it, and why: /suppressed 1",
    ]
    assert texts(talk.says("/suppressed 1", sender=manager))[0].startswith("Offers and news: 1 not sent")
    assert refresh(talk) == []
    with talk.database.reading() as session:
        assert session.scalars(select(Campaign)).one().state is CampaignState.DONE


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be more customers than are counted at once."""
    monkeypatch.setattr(previews, "COUNTED_AT_ONCE", 1)


@pytest.mark.usefixtures("many")
def test_of_many_customers_the_count_follows(talk: Talk, manager: str) -> None:
    preview = preview_of(talk, manager, "Sale!")
    assert preview.body["text"].endswith("For: all customers.\n\nCounting whom it reaches …")
    (edit,) = count(talk)
    assert edit.edits == preview.dedupe_key
    assert edit.body["text"] == preview.body["text"].replace(
        "Counting whom it reaches …",
        "It reaches 2 of 3: 1 wants no such messages.\nThese are all customers.",
    )
    assert button_data(edit) == button_data(preview)
    assert count(talk) == []
    *messages, _ = talk.taps(button_data(edit)[0], sender=manager)
    assert texts(messages) == ["Sale!", "Sale!"]


@pytest.mark.usefixtures("many")
def test_where_nobody_can_be_reached_the_buttons_go_with_the_count(talk: Talk, manager: str) -> None:
    talk.says("/broadcast Sale!", sender=manager)
    (preview,) = talk.says("key", sender=manager)
    (edit,) = count(talk)
    assert edit.body["text"].endswith("Nobody can be reached with this now, so there is nothing to send.")
    assert edit.body["buttons"] == []
    answer = texts(talk.taps(button_data(preview)[0], sender=manager))
    assert answer == ["This was cancelled before; nothing was sent."]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("decision", "ending"),
    [
        (0, "It was sent before it was counted whom it reaches."),
        (1, "It was cancelled; nothing was sent."),
    ],
    ids=["sent", "cancelled"],
)
def test_what_is_decided_before_it_was_counted_is_told_in_its_preview(
    talk: Talk, manager: str, decision: int, ending: str
) -> None:
    preview = preview_of(talk, manager, "Sale!")
    taps = [talk.taps(button_data(preview)[decision], sender=manager) for _ in range(2)]
    (edit,) = [row for rows in taps for row in rows if row.edits == preview.dedupe_key]
    assert edit.body["text"] == preview.body["text"].replace("Counting whom it reaches …", ending)
    assert (edit.address, edit.body["buttons"]) == (preview.address, [])
    assert count(talk) == []


@pytest.mark.usefixtures("many")
def test_a_count_that_was_told_is_not_put_out_by_the_decision(talk: Talk, manager: str) -> None:
    preview = preview_of(talk, manager, "Sale!")
    count(talk)
    rows = talk.taps(button_data(preview)[0], sender=manager)
    assert [row for row in rows if row.edits == preview.dedupe_key] == []


def test_the_preview_says_who_got_enough_lately(talk: Talk, manager: str) -> None:
    """Two of three may be written to, and have had their two messages of a week."""
    for words in ("One", "Two"):
        talk.taps(button_data(preview_of(talk, manager, words))[0], sender=manager)
    talk.now += timedelta(days=1)
    preview = preview_of(talk, manager, "Three")
    assert preview.body["text"].endswith(
        "Nobody can be reached with this now, so there is nothing to send.\n\n"
        "1 wants no such messages, 2 got enough lately"
    )
    assert not preview.body["buttons"]

    talk.now += timedelta(days=4)
    preview = preview_of(talk, manager, "Four")
    foreseen = "2 got enough lately and get it when there is room, from Sat, 28 Nov, 12:00"
    assert "It reaches 2 of 3: 1 wants no such messages.\n" in preview.body["text"]
    assert foreseen in preview.body["text"]


def test_to_an_event_that_begins_before_there_is_room_nobody_is_invited(talk: Talk, manager: str) -> None:
    for words in ("One", "Two"):
        talk.taps(button_data(preview_of(talk, manager, words))[0], sender=manager)
    sooner, later = (talk.now + timedelta(days=days) for days in (5, 20))
    line = "/newevent Tea | {:%Y-%m-%d %H:%M} | Harbour Hall | 40 | all"
    (soon,) = talk.says(line.format(sooner), sender=manager)
    assert "1 wants no such messages, 2 got enough lately" in soon.body["text"]
    (late,) = talk.says(line.format(later), sender=manager)
    assert "It reaches 2 of 3: 1 wants no such messages.\n2 got enough lately and get it" in late.body["text"]


def test_where_many_got_enough_the_preview_counts_while_nobody_waits(
    talk: Talk, manager: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_share, "SEEN_AT_ONCE", 1)
    for words in ("One", "Two"):
        talk.taps(button_data(preview_of(talk, manager, words))[0], sender=manager)
    talk.now += timedelta(days=5)
    assert preview_of(talk, manager, "Three").body["text"].endswith("Counting whom it reaches …")
