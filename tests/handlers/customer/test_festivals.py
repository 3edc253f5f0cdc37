"""``/festivals`` and ``/birthday``, in two languages."""

import pytest
from sqlalchemy import select

from customers.consent import set_consent
from handlers.incoming import Sender
from store.tables.customers import Customer, FestivalChoice
from store.tables.queues import OutboxMessage
from tests.factories import make_customer
from tests.talk import Talk, button_data, texts

XIAOMING = Sender(id="88", name="小明", language="zh-hans")


def choices(talk: Talk) -> dict[str, bool]:
    with talk.database.reading() as session:
        return {row.festival: row.wanted for row in session.scalars(select(FestivalChoice))}


def birthday(talk: Talk) -> str | None:
    with talk.database.reading() as session:
        return session.scalars(select(Customer)).one().birthday


def labels(message: OutboxMessage) -> list[str]:
    return [row[0] for line in message.body["buttons"] for row in line]


def test_a_customer_sees_the_festivals_of_their_country_and_language(talk: Talk) -> None:
    (message,) = talk.says("/festivals", sender=XIAOMING)

    text = message.body["text"]
    assert "✓ 春节：2027年2月6日" in text  # of the language
    assert "✓ 圣诞节：2026年12月25日" in text  # of the company's country
    assert "开斋节" not in text
    assert "✓ 春节" in labels(message)
    assert labels(message)[-1] == "其他节日"


@pytest.mark.parametrize(
    ("tag", "theirs", "kept"),
    [
        ("ar", "ar", "✓ Eid al-Fitr: 9 Mar 2027, estimated"),
        ("vi-VN", "vi", "✓ Tết: 6 Feb 2027"),
        ("iw", "he", "✓ Rosh Hashanah"),
        ("xx-nothing", "en", "✓ Easter"),
    ],
)
def test_the_language_of_their_app_brings_its_festivals_though_we_speak_english(
    talk: Talk, tag: str, theirs: str, kept: str
) -> None:
    (message,) = talk.says("/festivals", sender=Sender(id="88", name="Noor", language=tag))

    assert kept in message.body["text"]
    with talk.database.reading() as session:
        assert session.scalars(select(Customer)).one().language == theirs


def test_a_tap_takes_a_festival_out_and_in_again_in_place(talk: Talk) -> None:
    (shown,) = talk.says("/festivals")
    taps = {label: data for row in shown.body["buttons"] for label, data in row}

    (edit,) = talk.taps(taps["✓ Easter"], message_id=f"out-{shown.id}")
    assert edit.edits == shown.dedupe_key
    assert "✗ Easter" in labels(edit)
    assert choices(talk) == {"easter": False}

    (edit,) = talk.taps("festivals:on:easter", message_id=f"out-{shown.id}")
    assert "✓ Easter" in labels(edit)
    assert choices(talk) == {"easter": True}


def test_others_can_be_added_and_then_are_theirs(talk: Talk) -> None:
    talk.says("/festivals")
    (others,) = talk.taps("festivals:more")
    assert "✗ Eid al-Fitr: 9 Mar 2027, estimated" in others.body["text"]

    (still_others,) = talk.taps("festivals:on:eid_al_fitr")
    assert "Eid al-Fitr" not in still_others.body["text"]
    (mine,) = talk.taps("festivals:mine")
    assert "✓ Eid al-Fitr: 9 Mar 2027, estimated" in mine.body["text"]


@pytest.mark.parametrize(
    "data", ["festivals", "festivals:on", "festivals:on:nothing", "festivals:off:christmas:1", "festivals:x"]
)
def test_a_button_that_names_nothing_changes_nothing(talk: Talk, data: str) -> None:
    talk.says("/festivals")
    assert "button" in texts(talk.taps(data))[0]
    assert choices(talk) == {}


def test_who_stopped_greetings_is_told_that_none_come(talk: Talk) -> None:
    talk.says("/stop")
    assert "You get no greetings from us at the moment" in texts(talk.says("/festivals"))[0]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("3 May", "05-03"),
        ("May 3rd", "05-03"),
        ("3rd of may 1990", "05-03"),
        ("December 24, 1985", "12-24"),
        ("5月3日", "05-03"),
        ("五月三日", "05-03"),
        ("十二月廿五日", "12-25"),
        ("1990年12月24号", "12-24"),
        ("29 Feb", "02-29"),
        ("1990-05-03", "05-03"),
        ("24.12.", "12-24"),
        ("5/5", "05-05"),
    ],
)
def test_a_birthday_is_kept_without_its_year(talk: Talk, told: str, kept: str) -> None:
    assert "I have noted" in texts(talk.says(f"/birthday {told}"))[0]
    assert birthday(talk) == kept


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        ("3/5", "may be two days"),
        ("31 April", "There is no 31 April."),
        ("30.2.", "There is no 30 February."),
        ("0/0", "no day of the year"),
        ("soon", "I cannot read “soon” as a day"),
        ("{name}" * 50, "I cannot read"),
        ("３１月１日", "no day of the year"),
        ("二月三十日", "There is no 30 February."),
        ("十十月一日", "no day of the year"),
    ],
)
def test_what_is_no_birthday_is_asked_for_again(talk: Talk, told: str, answer: str) -> None:
    assert answer in texts(talk.says(f"/birthday {told}"))[0]
    assert birthday(talk) is None


def test_dates_are_written_as_where_the_customer_lives(talk: Talk) -> None:
    with talk.database.transaction() as session:
        make_customer(session, sender="77", country="GB")
    assert "3 May" in texts(talk.says("/birthday 5月3日"))[0]
    assert ": 25 Dec 2026" in texts(talk.says("/festivals"))[0]


def test_the_day_may_follow_as_words_and_anything_else_is_heard_as_what_it_is(talk: Talk) -> None:
    assert "When is your birthday?" in texts(talk.says("/birthday"))[0]
    talk.says("Your delivery was late and the tea was cold, I want my money back!")
    assert birthday(talk) is None

    talk.says("/birthday")
    assert "3 May" in texts(talk.says("3 May"))[0]
    assert birthday(talk) == "05-03"
    assert "/birthday off erases it" in texts(talk.says("/birthday"))[0]


@pytest.mark.parametrize("word", ["删除", "刪除", "无"])
def test_a_birthday_is_erased_on_a_word(talk: Talk, word: str) -> None:
    talk.says("/birthday 5月3日", sender=XIAOMING)
    assert texts(talk.says(f"/birthday {word}", sender=XIAOMING)) == ["好的，您的生日已删除。"]
    assert birthday(talk) is None
    assert texts(talk.says("/birthday off", sender=XIAOMING)) == ["我没有您的生日记录。"]


def test_who_gets_no_greetings_hears_so_when_they_tell_their_birthday(talk: Talk) -> None:
    talk.says("hello")
    with talk.database.transaction() as session:
        set_consent(session, session.scalars(select(Customer)).one().id, granted=False, now=talk.now)
    assert "You get no greetings" in texts(talk.says("/birthday 3 May"))[0]


def test_buttons_fit_into_what_apps_carry(talk: Talk) -> None:
    messages = [*talk.says("/festivals"), *talk.taps("festivals:more")]
    assert all(len(data.encode()) <= 64 for message in messages for data in button_data(message))
