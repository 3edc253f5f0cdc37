"""What ``/campaign`` says of whom it is for, and where nobody would get it now or not in their language."""

from dataclasses import replace
from datetime import timedelta

import pytest

from customers.phrases import phrases
from handlers.marketing import campaign_target, previews
from handlers.marketing.answers import name_audience
from scheduler.definitions.kept import write_definition
from store.tables.definitions import DefinitionKind
from tests.handlers.marketing_talks import MEI, SHORT, count, tap, through
from tests.talk import Talk, button_data, texts


def have_enough(talk: Talk) -> None:
    """Let customers get their two messages of a week."""
    for _ in range(2):
        through(talk, *SHORT, "all", "/yes", "/now", "/send")
    talk.now += timedelta(days=1)


@pytest.mark.usefixtures("marketer")
def test_where_everybody_got_enough_lately_another_time_is_asked_for(talk: Talk) -> None:
    have_enough(talk)
    (asked,) = through(talk, *SHORT, "all", "/yes", "/now")
    assert "so there is nothing to send.\n\n" in asked.body["text"]
    assert asked.body["text"].endswith("3 got enough lately\n\nSay a later time, or how often.")
    assert button_data(asked) == ["plan:when:tomorrow"]
    *_, facts = talk.says("2026-12-24 10:00", sender=MEI)
    (waits,) = tap(talk, facts, "send")
    assert "waits for its time" in waits.body["text"]


def test_where_they_are_many_what_was_written_can_be_kept(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, marketer: str
) -> None:
    have_enough(talk)
    for module in (previews, campaign_target):
        monkeypatch.setattr(module, "COUNTED_AT_ONCE", 1)
    (preview,) = through(talk, *SHORT, "all", "/yes", "/now")
    told = count(talk)
    assert [data.rpartition(":")[2] for data in button_data(told[-1])] == ["test", "keep"]
    assert "This was cancelled before; nothing was sent." in texts(tap(talk, preview, "send"))
    (asked,) = tap(talk, told[-1], "keep")
    assert "Under which name" in asked.body["text"]
    assert texts(talk.says("spring", sender=marketer))[0].startswith("Kept as spring.")


def test_of_several_versions_a_test_says_which_is_which(talk: Talk, marketer: str) -> None:
    *_, facts = through(
        talk, "/campaign One", "zh: 一", "/version", "Two", "/skip", "/skip", "/skip", "all", "/yes", "/now"
    )
    *tests, told = tap(talk, facts, "test", address="-100123", private=False)
    assert {row.address for row in tests} == {marketer}
    assert texts(tests) == [
        "Version A (English):",
        "One",
        "Version A (中文):",
        "一",
        "Version B (English):",
        "Two",
    ]
    assert told.address == "-100123"
    *messages, _ = tap(talk, facts, "send")
    assert not [text for text in texts(messages) if text.startswith("Version")]


@pytest.mark.usefixtures("marketer")
def test_a_version_that_lacks_a_language_is_pointed_out(talk: Talk) -> None:
    *_, facts = through(
        talk, "/campaign One", "zh: 一", "/version", "Two", "/skip", "/skip", "/skip", "all", "/yes", "/now"
    )
    told = "Version B is not in 中文: whoever gets it reads it in English."
    assert told in facts.body["text"]


@pytest.mark.parametrize(("language", "title"), [("zh", "新茶"), ("en", "Tea"), ("fr", "Tea")])
def test_a_campaign_is_called_by_its_text_in_the_company_s_language(
    talk: Talk, marketer: str, language: str, title: str
) -> None:
    talk.company = replace(talk.company, language=language)
    *_, facts = through(
        talk, "/campaign de: Tee", "zh: 新茶", "en: Tea", "/skip", "/skip", "/skip", "all", "/yes", "/now"
    )
    progress = tap(talk, facts, "send")[-1]
    assert title in progress.body["text"].splitlines()[0]
    assert title in texts(talk.says("/campaigns", sender=marketer))[0].splitlines()[0]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("pt-br: Olá", "write “pt:” before the text"),
        ("zh_Hant_TW：您好", "write “zh:” before the text"),
        ("DE: Hallo", "write “de:” before the text"),
        ("jp: こんにちは", "write “ja:” before the text"),
        ("tw: 您好", "write “zh:” before the text"),
        ("us: Hi", "write “en:” before the text"),
        ("mx: Hola", "write “es:” before the text"),
        ("AR: مرحبا", "write “ar:” before the text"),
        ("xx: hello", "“xx” is no language that I know. Its short name stands here"),
        ("Hallo", "Begin with the language"),
    ],
)
def test_a_tag_that_is_none_of_ours_is_told_which_to_write(
    talk: Talk, marketer: str, written: str, told: str
) -> None:
    through(talk, "/campaign Hello")
    assert told in texts(talk.says(written, sender=marketer))[0]
    assert "English, Deutsch." in texts(talk.says("de: Hallo", sender=marketer))[0]


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("pt-br", "pt"),
        ("pt_BR", "pt"),
        ("zh-cn", "zh"),
        ("zh_TW", "zh"),
        ("zh-Hant", "zh"),
        ("zh-hant-tw", "zh"),
        ("en-us", "en"),
        ("es-419", "es"),
        ("hi-IN", "hi"),
        ("jp", "ja"),
        ("dk", "da"),
        ("cz", "cs"),
        ("tw", "zh"),
    ],
)
def test_a_first_text_with_the_tag_of_a_country_is_told_which_to_write_and_how_it_stays(
    talk: Talk, marketer: str, written: str, tag: str
) -> None:
    (asked,) = through(talk, f"/campaign {written}: tea")
    told = f"write “{tag}:” before the text, or “en: {written}: …” to keep it as it is."
    assert told in asked.body["text"]
    assert "in: English." in texts(talk.says(f"en: {written}: tea", sender=marketer))[0]


@pytest.mark.parametrize(
    "written",
    [
        *("PS", "DE", "us", "at", "re", "no-way", "to-do", "hi-tech", "In-house", "in-house", "in-id"),
        *("de-luxe", "De-luxe", "en-suite", "so-called", "so-so", "as-in", "hi-in", "to-to", "be-by"),
    ],
)
@pytest.mark.usefixtures("marketer")
def test_a_first_text_may_begin_with_words_like_a_tag(talk: Talk, written: str) -> None:
    (asked,) = through(talk, f"/campaign {written}: tea is here")
    assert "Version A is there in: English." in asked.body["text"]


@pytest.mark.usefixtures("marketer")
def test_a_first_text_may_name_its_language(talk: Talk) -> None:
    (asked,) = through(talk, "/campaign pt: Olá")
    assert "in: Português." in asked.body["text"]


def test_a_saved_segment_goes_before_a_language_of_its_name(talk: Talk, marketer: str) -> None:
    with talk.database.transaction() as session:
        write_definition(
            session, DefinitionKind.SEGMENT, "DE", {"filter": "contact = Gone"}, staff_id=None, now=talk.now
        )
    through(talk, *SHORT)
    assert "the segment “DE” cannot be used" in texts(talk.says("de", sender=marketer))[0]


def test_a_language_is_named_so_that_nobody_takes_it_for_a_country() -> None:
    assert name_audience("language = uk", phrases("en")) == "customers who speak Українська"


@pytest.mark.parametrize("before", ["country = FR", "all"])
def test_a_mistake_offers_nothing_that_means_the_filter_before_it(
    talk: Talk, marketer: str, before: str
) -> None:
    (asked,) = through(talk, *SHORT, before)
    (wrong,) = talk.says("standing = kye", sender=marketer)
    assert "Did you mean: key, regular?" in wrong.body["text"]
    assert wrong.body["buttons"] == []
    assert "no longer does anything" in texts(talk.taps(button_data(asked)[0], sender=marketer))[0]
    assert "I do not know “yes”" in texts(talk.says("yes", sender=marketer))[0]
    assert "It reaches 1 of 1." in texts(talk.says("zh", sender=marketer))[0]


def test_templates_are_found_in_small_letters_and_large(talk: Talk, marketer: str) -> None:
    for text, name in (("One", "Spring-Tea"), ("Two", "SPRING-tea")):
        *_, facts = through(talk, f"/campaign {text}", *SHORT[1:], "zh", "/now")
        tap(talk, facts, "keep")
        assert texts(talk.says(name, sender=marketer))[0].startswith("Kept as Spring-Tea.")
    listed = texts(talk.says("/template", sender=marketer))[0]
    assert "• Spring-Tea (English): Two" in listed
    assert "One" not in listed
    assert "Who gets it?" in texts(talk.says("/template spring-tea", sender=marketer))[0]
    gone = texts(talk.says("/template remove spring-tea", sender=marketer))
    assert "Spring-Tea is not kept any more." in gone
