"""``/campaign`` from the first word to the last tap: every step, what can be skipped, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from handlers.incoming import Attachment, AttachmentKind, Sender
from handlers.marketing import campaign_target, previews
from scheduler.segments import counting
from store.tables.outreach import CampaignAnswer
from store.tables.queues import InboxUpdate, MessageKind, OutboxMessage
from store.tables.staff import Role
from tests.factories import make_customer, make_staff
from tests.handlers.marketing_talks import MEI, SHORT, count, tap, the_campaign, through
from tests.talk import Talk, button_data, texts

GROUP: dict[str, Any] = {"address": "-100123", "private": False}
PHOTO = Attachment(AttachmentKind.PHOTO, "photo-file-id")


def test_all_steps_with_two_languages_a_picture_and_buttons(talk: Talk, marketer: str) -> None:
    assert "{first_name}" in texts(talk.says("/campaign", sender=marketer))[0]
    (asked,) = talk.says("Hi {first_name|friend}, new oolong!", sender=marketer)
    assert "Version A is there in: English." in asked.body["text"]
    (asked,) = talk.says("zh: {first_name|朋友}您好，新茶到了！", sender=marketer)
    assert "English, 中文" in asked.body["text"]
    (asked,) = tap(talk, asked, "skip")
    assert "A picture above it?" in asked.body["text"]
    (asked,) = talk.says("", sender=marketer, attachments=(PHOTO,))
    (asked,) = talk.says("Keep me one | Done!\nMenu | https://example.com/menu", sender=marketer)
    assert "The same buttons in 中文?" in asked.body["text"]
    (asked,) = talk.says("给我留一份 | 好的！\n菜单", sender=marketer)
    (asked,) = talk.says("all", sender=marketer)
    assert "That is everybody: 4 customers. Really all of them?" in asked.body["text"]
    (asked,) = tap(talk, asked, "yes")
    assert "It reaches 3 of 4." in asked.body["text"]
    *samples, facts = tap(talk, asked, "now")
    assert facts.body["text"].splitlines()[-1] == "These are all customers."
    assert [row.body["text"] for row in samples] == [
        "👤 As Ana Lopes will read it (English):\n\nHi Ana, new oolong!",
        "👤 As 小明 will read it (中文):\n\n小明您好，新茶到了！",
        "👤 As somebody without a name will read it (English):\n\nHi friend, new oolong!",
    ]
    assert [len(row.body["attachments"]) for row in samples] == [1, 1, 1]
    assert "\nWith a picture.\nButtons: Keep me one, Menu.\n" in facts.body["text"]
    assert all(row.about == f"customer:{row.dedupe_key.rpartition(':')[2]}" for row in samples)
    assert facts.body["text"].splitlines()[-4:-1] == [
        "It reaches 3 of 4: 1 wants no such messages.",
        "In English: 2",
        "In 中文: 1",
    ]
    *messages, progress = tap(talk, facts, "send")
    assert texts(messages) == ["Hi Ana, new oolong!", "Hi friend, new oolong!", "小明您好，新茶到了！"]
    campaign = the_campaign(talk)
    assert messages[2].body["buttons"] == [
        [
            ["给我留一份", f"answer:{campaign.id}:0"],
            ["菜单", f"answer:{campaign.id}:1", "https://example.com/menu"],
        ]
    ]
    assert messages[0].body["attachments"][0][:3] == ["photo", "telegram", "photo-file-id"]
    assert progress.body["text"].startswith("Sending “Hi friend, new oolong!” …")
    listed = texts(talk.says("/campaigns", sender=marketer))[0]
    assert "Sending “Hi friend, new oolong!”: 3 of 3\n" in listed
    assert "\nLeft out from the start: 1 wants no such messages\n" in listed


def test_a_text_in_a_language_of_theirs_reaches_those_whose_app_speaks_it(talk: Talk, marketer: str) -> None:
    talk.says("Guten Tag", sender=Sender(id="91", name="Jonas", language="de-DE"))
    (asked,) = through(talk, "/campaign No: this is English, {first_name}.")
    assert "Version A is there in: English." in asked.body["text"]
    (asked,) = talk.says("de: Hallo {first_name} in {country|der Ferne}!", sender=marketer)
    assert "English, Deutsch" in asked.body["text"]
    for step in ("skip", "skip", "skip"):
        (asked,) = tap(talk, asked, step)
    (asked,) = talk.says("language = de", sender=marketer)
    *_, facts = tap(talk, asked, "now")
    (message, _) = tap(talk, facts, "send")
    assert message.body["text"] == "Hallo Jonas in Deutschland!"


def test_of_an_album_the_first_picture_is_taken_and_the_others_are_no_answer(
    talk: Talk, marketer: str
) -> None:
    through(talk, "/campaign New oolong!", "/skip")
    (asked,) = talk.says("", sender=marketer, attachments=(PHOTO,), album="a1")
    assert "Buttons under it?" in asked.body["text"]
    assert talk.says("", sender=marketer, attachments=(PHOTO,), album="a1") == []
    assert "Who gets it?" in texts(talk.says("-", sender=marketer))[0]


WORDS = ["Hi {first_name|friend}!", "zh: 您好", "{x}", "", "skip", "all", "zh", "standing = kye", "now"]
MORE = [
    "tomorrow 10:00 local",
    "every day at 9:00",
    "Yes | Done!\nNo",
    "a | https://",
    "/template",
    "/cancel",
]
STRAY = st.sampled_from(["/campaign", *WORDS, *MORE])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(st.tuples(STRAY | st.text(max_size=9), st.integers(0, 9)), max_size=12))
def test_whatever_is_said_or_tapped_in_any_order_is_answered(
    talk: Talk, marketer: str, said: list[tuple[str, int]]
) -> None:
    buttons: list[str] = []
    for text, place in said:
        answers = talk.says(text, sender=marketer)
        buttons += [data for row in answers for data in button_data(row) if not data.endswith(":send")]
        if buttons:
            talk.taps(buttons[place % len(buttons)], sender=marketer)
    with talk.database.reading() as session:
        assert session.scalars(select(InboxUpdate).where(InboxUpdate.error.is_not(None))).all() == []


def test_every_step_has_a_sensible_skip(talk: Talk, marketer: str) -> None:
    (asked,) = through(talk, "/campaign New oolong!", "skip", "-", "跳过")
    assert "Who gets it?" in asked.body["text"]
    *_, facts = through(talk, "key or language = en", "now")
    *messages, _ = tap(talk, facts, "send")
    assert texts(messages) == ["New oolong!", "New oolong!"]
    assert messages[0].body["buttons"] == []


def test_who_reads_another_language_gets_the_company_s(talk: Talk, marketer: str) -> None:
    *_, asked = through(talk, *SHORT, "all", "/yes")
    *_, facts = tap(talk, asked, "now")
    assert "1 who reads 中文 gets it in English." in facts.body["text"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Hi {firstname}!",
            "There is no variable {firstname}:\nLine 1, character 4:\nHi «{firstname}»!\n",
        ),
        ("Hi\nto {city}", "Of some customers {city} is not known."),
        ("x" * 4097, "At most 4096 characters fit; this takes 4097."),
        ("x" * 3969 + "{first_name}", "{first_name} may be long: 128 at most."),
        ("  ", "Please send what customers should read"),
    ],
)
def test_a_text_that_cannot_be_sent_is_asked_for_again(
    talk: Talk, marketer: str, text: str, told: str
) -> None:
    talk.says("/campaign", sender=marketer)
    (answer,) = talk.says(text, sender=marketer)
    assert told in answer.body["text"]
    assert "Version A is there" in texts(talk.says("x" * 4096, sender=marketer))[0]


def test_what_does_not_fit_under_a_picture_is_told(talk: Talk, marketer: str) -> None:
    (asked,) = through(talk, f"/campaign {'x' * 1025}", "/skip")
    (answer,) = talk.says("", sender=marketer, attachments=(PHOTO,))
    assert "Under a picture at most 1024 characters fit, and a text takes 1025." in answer.body["text"]
    (answer,) = talk.says("no picture", sender=marketer)
    assert "Please send the picture as a photo" in answer.body["text"]
    assert "Buttons under it?" in texts(tap(talk, answer, "skip"))[0]
    assert asked.body["buttons"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("\n".join("abcdefghi"), "These are 9 buttons; at most 8 fit."),
        ("| thanks", "a button has 1 to 40 characters"),
        ("x" * 41, "a button has 1 to 40 characters"),
        ("Menu | javascript://x", "this is no link"),
        ("Menu | https://", "this is no link"),
        ("Yes | " + "x" * 1001, "the answer has at most 1000"),
        ("Site | example.com/offer", "begins with https://, like Site | https://example.com/offer."),
        (f"Site https://example.com/{'x' * 40}", "like Site | https://example.com/xxx"),
        ("Site: www.example.com", "begins with https://, like Site | https://www.example.com."),
    ],
)
def test_buttons_that_cannot_be_are_told(talk: Talk, marketer: str, lines: str, told: str) -> None:
    through(talk, *SHORT[:3])
    (answer,) = talk.says(lines, sender=marketer)
    assert told in answer.body["text"]
    assert "Who gets it?" in texts(talk.says("Yes\nNo", sender=marketer))[0]


def test_nobody_is_told_and_asked_again(talk: Talk, marketer: str) -> None:
    through(talk, *SHORT)
    assert "Nobody is in this segment now." in texts(talk.says("country = FR", sender=marketer))[0]
    (answer,) = talk.says("standing = kye", sender=marketer)
    assert answer.body["text"] == "standing = «kye»\nthere is no standing “kye”. Did you mean: key, regular?"
    assert "Nobody is in this segment now." in texts(talk.says("fr", sender=marketer))[0]
    assert "I do not know “no”" in texts(talk.says("no", sender=marketer))[0]
    assert "It reaches 1 of 1." in texts(talk.says("zh", sender=marketer))[0]


@pytest.mark.parametrize("yes", ["yes", "Yes!", "是的"])
def test_everybody_is_meant_after_a_yes_in_words(talk: Talk, marketer: str, yes: str) -> None:
    (asked,) = through(talk, *SHORT, "all")
    assert asked.body["text"].endswith("Really all of them?\nElse write who gets it.")
    (when,) = talk.says(yes, sender=marketer)
    assert when.body["text"].startswith("It reaches 3 of 4.\nWhen?")


def test_everybody_by_any_filter_is_asked_once_more(talk: Talk, marketer: str) -> None:
    through(talk, *SHORT)
    (asked,) = talk.says("regular", sender=marketer)
    assert "That is everybody: 4 customers." in asked.body["text"]
    assert "It reaches 1 of 1." in texts(talk.says("zh", sender=marketer))[0]


def test_versions_go_to_equal_parts_by_chance(talk: Talk, marketer: str) -> None:
    with talk.database.transaction() as session:
        for _ in range(40):
            make_customer(session)
    *_, facts = through(
        talk, "/campaign One", "/version", "Two", "/skip", "/skip", "/skip", "all", "/yes", "/now"
    )
    assert "Versions in equal parts, by chance: A, B." in facts.body["text"]
    *messages, _ = tap(talk, facts, "send")
    counts = [texts(messages).count(text) for text in ("One", "Two")]
    assert sum(counts) == 43
    assert sorted(counts) == [21, 22]


def test_part_of_them_get_nothing_unless_everybody_shall(talk: Talk, marketer: str) -> None:
    talk.company = replace(talk.company, outreach=replace(talk.company.outreach, holdout=0.5))
    *_, facts = through(talk, *SHORT, "all", "/yes", "/now")
    assert "get nothing" not in facts.body["text"]  # of three nothing could be learnt
    with talk.database.transaction() as session:
        for _ in range(97):
            make_customer(session)
    *_, facts = through(talk, *SHORT, "all", "/yes", "/now")
    assert "50 % of them, drawn by chance, get nothing" in facts.body["text"]
    (everyone,) = tap(talk, facts, "everyone")
    *messages, _ = tap(talk, everyone, "send")
    assert len(messages) == 100


def test_a_test_goes_to_the_marketer_alone_and_its_buttons_are_not_counted(talk: Talk, marketer: str) -> None:
    *_, facts = through(talk, "/campaign Hi {first_name}!", "/skip", "/skip", "Yes | Done!", "zh", "/now")
    test, told = tap(talk, facts, "test", **GROUP)
    assert (test.address, test.body["text"]) == (MEI, "Hi Mei!")
    assert told.address == "-100123"
    (answer,) = talk.taps(button_data(test)[0], sender=MEI)
    assert answer.body["text"] == "(A test: it is not counted.)\nDone!"
    with talk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CampaignAnswer)) == 0
        kinds = session.scalars(select(OutboxMessage.kind)).all()
    assert MessageKind.CAMPAIGN not in kinds


def test_what_customers_tap_is_counted_changed_and_thanked_for(talk: Talk, marketer: str) -> None:
    *_, facts = through(
        talk,
        "/campaign Tea?",
        "/skip",
        "/skip",
        "Yes | Done!\nNo\nMore | https://example.com",
        "language = en",
        "/now",
    )
    ana, *_ = tap(talk, facts, "send")
    yes, no, more = button_data(ana)
    assert texts(talk.taps(yes, sender="77")) == ["Done!"]
    assert texts(talk.taps(no, sender="77")) == ["Changed to: No\nThank you for your answer!"]
    assert texts(talk.taps(no, sender="77")) == ["Thank you for your answer!"]
    assert "已经失效" in texts(talk.taps(yes, sender="79"))[0]  # it was not sent to them
    assert "no longer" in texts(talk.taps(more, sender="77"))[0]
    (listed,) = talk.says("/campaigns", sender=marketer)
    assert "  ▫️ Yes: 0\n  ▫️ No: 1" in listed.body["text"]


def test_a_text_is_kept_and_begins_another_campaign(talk: Talk, marketer: str) -> None:
    assert "No text is kept yet." in texts(talk.says("/template", sender=marketer))[0]
    *_, facts = through(talk, "/campaign Hi {first_name}!", "/skip", "/skip", "Yes | Done!", "zh", "/now")
    (asked,) = tap(talk, facts, "keep")
    assert "Under which name" in asked.body["text"]
    assert "one word" in texts(talk.says("two words", sender=marketer))[0]
    assert "Kept as 春茶-1." in texts(talk.says("春茶-1", sender=marketer))[0]
    assert "• 春茶-1 (English): Hi {first_name}!" in texts(talk.says("/template", sender=marketer))[0]
    (asked,) = talk.says("/template 春茶-1", sender=marketer)
    assert "Who gets it?" in asked.body["text"]
    *_, facts = through(talk, "zh", "now")
    message, _ = tap(talk, facts, "send")
    assert message.body["buttons"][0][0][0] == "Yes"
    assert the_campaign(talk).name == "春茶-1"
    assert "not kept any more" in texts(talk.says("/template remove 春茶-1", sender=marketer))[0]
    assert "There is no template 春茶-1" in texts(talk.says("/template 春茶-1", sender=marketer))[0]


def test_old_buttons_other_people_and_cancel_change_nothing(talk: Talk, marketer: str) -> None:
    (first,) = talk.says("/campaign Hi!", sender=marketer)
    (asked,) = tap(talk, first, "skip")
    assert "no longer does anything" in texts(tap(talk, first, "skip"))[0]
    assert "no longer" in texts(talk.taps("plan:picture:nothing", sender=marketer))[0]
    assert "Cancelled." in texts(talk.says("/cancel", sender=marketer))[0]
    assert "no longer does anything" in texts(tap(talk, asked, "skip"))[0]
    with talk.database.transaction() as session:
        make_staff(session, name="Tom", role=Role.AGENT, sender="901")
    assert "I do not know this command" in texts(talk.says("/campaign Hi!", sender="901"))[0]
    assert "I do not know this command" in texts(talk.says("/template", sender="901"))[0]


def test_a_reply_to_a_preview_reaches_no_customer(talk: Talk, marketer: str) -> None:
    through(talk, *SHORT, "zh")
    sample, _ = talk.says("now", sender=marketer)
    answers = talk.says("Looks good", sender=marketer, reply_to=sample.external_id)
    assert {row.address for row in answers} == {MEI}


def test_who_is_erased_is_erased_from_previews_too(talk: Talk, marketer: str) -> None:
    through(talk, *SHORT, "zh")
    sample, _ = talk.says("now", sender=marketer)
    (asked,) = talk.says("/forget", sender="79")
    talk.taps(button_data(asked)[0], sender="79")
    with talk.database.reading() as session:
        assert session.get_one(OutboxMessage, sample.id).body["text"] == ""


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let there be more customers than are counted at once."""

    def set_limits() -> None:
        monkeypatch.setattr(previews, "COUNTED_AT_ONCE", 1)
        monkeypatch.setattr(campaign_target, "COUNTED_AT_ONCE", 1)

    return set_limits


def test_of_many_nobody_and_about_everybody_are_asked_once_more(
    talk: Talk, marketer: str, many: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    many()
    monkeypatch.setattr(counting, "COUNTED_AT_ONCE", 3)
    monkeypatch.setattr(counting, "STRETCHES", 1)
    through(talk, *SHORT)
    (asked,) = talk.says("country = FR", sender=marketer)
    assert asked.body["text"].startswith("It picks about nobody: none of 3 that I looked at, of 4 customers.")
    assert "Who gets it?" in asked.body["text"]
    (asked,) = talk.says("regular", sender=marketer)
    told = "⚠️ It picks about everybody: all 3 that I looked at, of 4 customers.\nReally all of them?"
    assert asked.body["text"].startswith(told)
    assert "When?" in texts(talk.says("en", sender=marketer))[0]


def test_of_many_customers_count_and_samples_follow(
    talk: Talk, marketer: str, many: Callable[[], None]
) -> None:
    many()
    (asked,) = through(talk, *SHORT, "all")
    assert "That is everybody. Really all customers?" in asked.body["text"]
    *_, facts = through(talk, "key or regular", "/yes", "now")
    assert facts.body["text"].endswith("Counting whom it reaches …")
    *samples, edit = count(talk)
    assert len(samples) == 3
    assert "It reaches 3 of 4: 1 wants no such messages." in edit.body["text"]
