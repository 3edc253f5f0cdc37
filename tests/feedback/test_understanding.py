"""What messages are understood to be: a table of samples, and what holds for any text."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from textblob import TextBlob

from feedback.reading.taxonomy import OTHER
from feedback.sentiment import CustomerSentiment
from feedback.signs import EMOJI, EMOTICONS, find_signs
from feedback.understanding import NEUTRAL_BELOW, Context, Understanding, Weight, parts_named, understand
from store.tables.feedback import FeedbackKind
from tests.feedback.samples import SAMPLES

SECOND_S = 1.0


def sign_of(polarity: float) -> str:
    if abs(polarity) < NEUTRAL_BELOW:
        return "0"
    return "+" if polarity > 0 else "-"


@pytest.mark.parametrize(("kind", "sign", "text"), SAMPLES, ids=[text for _, _, text in SAMPLES])
def test_samples_are_understood(kind: FeedbackKind, sign: str, text: str) -> None:
    understanding = understand(text)
    assert understanding.kind is kind, understanding
    assert sign in ("?", sign_of(understanding.polarity)), understanding


def test_there_are_samples_of_every_kind() -> None:
    assert len(SAMPLES) >= 120
    assert {kind for kind, _, _ in SAMPLES} == set(FeedbackKind)


@pytest.mark.parametrize(
    "text",
    [
        "is not working",
        "still waiting",
        "refund",
        "never arrived",
        "overcharged",
        "nobody answers",
        "no response",
    ],
)
def test_what_textblob_misses_is_found(text: str) -> None:
    assert TextBlob(text).sentiment.polarity >= 0
    assert understand(text).polarity < -NEUTRAL_BELOW


@pytest.mark.parametrize("thing", ["The app", "my kettle", "Your website", "the new card"])
@pytest.mark.parametrize(
    "saying", ["is not working", "isn't working", "isnt working", "isn’t working", "does not work"]
)
def test_not_working_is_a_complaint_however_it_is_written(thing: str, saying: str) -> None:
    assert understand(f"{thing} {saying}").kind is FeedbackKind.COMPLAINT


@pytest.mark.parametrize(
    ("plain", "negated"),
    [
        ("It is good", "It is not good"),
        ("I am happy", "I am not really happy"),
        ("I would recommend it", "I would not recommend it"),
        ("很好喝", "不好喝"),
        ("我很满意", "我很不满意"),
    ],
)
def test_negation_turns_praise_round(plain: str, negated: str) -> None:
    assert understand(plain).polarity > NEUTRAL_BELOW
    assert understand(negated).polarity < -NEUTRAL_BELOW


@pytest.mark.parametrize(
    "text", ["It is not broken", "no problem at all", "没有问题", "not bad", "质量没得说"]
)
def test_a_denied_problem_is_no_complaint(text: str) -> None:
    understanding = understand(text)
    assert understanding.kind is not FeedbackKind.COMPLAINT
    assert understanding.polarity >= 0


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("2/10", "-"),
        ("9/10", "+"),
        ("1 star", "-"),
        ("5 stars!", "+"),
        ("一星", "-"),
        ("五星", "+"),
        ("3 stars", "0"),  # of five is neither
        ("三星", "0"),
        ("5 out of 5", "+"),
        ("🤬", "-"),
        ("💔", "-"),
        ("🥰", "+"),
        (":(", "-"),
        ("ok :)", "+"),
        ("1/2 kg of tea", "0"),
        ("on 5/10/2026", "0"),
        ("call 020 555 1234", "0"),
    ],
)
def test_signs_and_ratings_are_read(text: str, sign: str) -> None:
    assert sign_of(understand(text).polarity) == sign


@pytest.mark.parametrize(("sign", "weight"), [*EMOJI.items(), *EMOTICONS.items()])
def test_every_sign_is_found_up_to_three_times(sign: str, weight: float) -> None:
    assert find_signs(f"tea {sign} {sign} {sign}") == [(sign, weight)] * 3


@pytest.mark.parametrize("text", ["三星", "3 stars", "3/5"])
def test_three_of_five_is_read_though_it_is_neither(text: str) -> None:
    assert [weight.words for weight in understand(text).why] == [text]


def test_a_brand_that_is_called_three_stars_is_no_rating() -> None:
    assert not understand("三星手机").why


def test_why_names_the_heaviest_words_first() -> None:
    why = understand("Nice box, but the tea was awful and the lid is broken").why
    assert {"nice", "awful"} <= {weight.words for weight in why}
    assert [abs(weight.weight) for weight in why] == sorted((abs(one.weight) for one in why), reverse=True)
    assert understand("is not working").why == (Weight("not working", -0.6),)


def test_the_analyzer_stands_at_textblobs_extension_point() -> None:
    blob = TextBlob("The kettle is not working.", analyzer=CustomerSentiment())
    assert blob.sentiment.polarity < 0
    assert blob.sentiment.weights


HARD_TEXTS = {
    "empty": "",
    "spaces": " \t\n ",
    "one hundred thousand letters": "x" * 100_000,
    "one hundred kilobytes of complaint": "It is not working and nobody answers. " * 2_700,
    "no spaces": "bad" * 33_000,
    "ten thousand emoji": "😡" * 10_000,
    "ten thousand mixed emoji": "👨‍👩‍👧‍👦🏳️‍🌈" * 5_000,
    "right to left": "الشاي لا يعمل وأنا غاضب جدا",
    "zalgo": "t̷̗̊ḙ̵̛r̸͍̈r̴̰̽i̵̪̾b̵̨̐l̵̝̏e̶̙͝",
    "zalgo without end": "a" + "\u0301" * 90_000,
    "expands under normalisation": "\ufdfa" * 5_000,
    "control characters": "".join(map(chr, range(32))) + "bad",
    "lone surrogates": "\ud800bad\udfff",
    "markup": "<b>&amp; *_[]()~`>#+-=|{}.!",
    "braces": "{name} {0} {",
    "punctuation": "?!" * 40_000,
    "digits": "9" * 100_000 + "/10",
    "dashes": "—" * 50_000,
    "negations": "not " * 25_000,
    "quotes": "'" * 50_000,
    "chinese": "没有不好" * 20_000,
}


@pytest.mark.parametrize("text", HARD_TEXTS.values(), ids=HARD_TEXTS.keys())
def test_any_text_is_understood_soon(text: str) -> None:
    understand("warm up")
    started = time.perf_counter()
    understanding = understand(text)
    assert time.perf_counter() - started < SECOND_S / 4
    assert -1 <= understanding.polarity <= 1


def test_zalgo_is_read_as_its_letters() -> None:
    assert understand(HARD_TEXTS["zalgo"]).polarity < 0


def test_the_end_of_a_long_message_counts() -> None:
    assert understand("I was at the shop on Tuesday. " * 200 + "It is not working.").polarity < 0


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_nothing_raises_and_polarity_stays_in_its_bounds(text: str) -> None:
    understanding = understand(text)
    assert isinstance(understanding, Understanding)
    assert -1 <= understanding.polarity <= 1
    assert understand(text) == understanding


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(" ".join(text for _, _, text in SAMPLES).split()), max_size=30).map(" ".join))
def test_any_mixture_of_known_words_is_understood(text: str) -> None:
    assert -1 <= understand(text).polarity <= 1


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([text for _, _, text in SAMPLES]), max_size=6).map(" but ".join))
def test_the_parts_that_are_named_are_those_that_are_understood(text: str) -> None:
    assert parts_named(text) == {aspect.part for aspect in understand(text).aspects} - {OTHER}


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([text for _, _, text in SAMPLES]), st.sampled_from(["  ", "\t", "   ", " \t "]))
@example("My parcel never arrived and nobody answers the phone.", "\t")
def test_more_white_space_changes_nothing(text: str, space: str) -> None:
    spaced = space + text.replace(" ", space) + space
    assert understand(spaced).kind is understand(text).kind
    assert understand(spaced).polarity == understand(text).polarity


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([text for _, _, text in SAMPLES if text.isascii()]))
def test_letter_case_changes_nothing(text: str) -> None:
    assert understand(text.upper()) == understand(text.lower())


@pytest.mark.parametrize("name", ["Ana", "ANA", "ana", "Karim", "karim"])
def test_a_name_and_its_letter_case_weigh_nothing(name: str) -> None:
    assert understand(f"{name} was rude to me").polarity == understand("Mei was rude to me").polarity


def test_threads_may_understand_at_once() -> None:
    texts = [text for _, _, text in SAMPLES]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(understand, texts * 5)) == [understand(text) for text in texts * 5]


def test_importing_does_not_load_textblob() -> None:
    code = "import sys, feedback.record, feedback.complaints; sys.exit('textblob' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("text", ["so so", "So-so", "it was ok", "so so (order 123456)"])
def test_what_is_neither_good_nor_bad_is_neutral_unless_stars_say_more(text: str) -> None:
    assert understand(text).polarity == 0
    assert understand(text, Context(rating=1)).sentiment == "negative"


def test_understanding_loads_no_database() -> None:
    code = (
        "import sys; from feedback.understanding import understand; understand('It is not working');"
        "sys.exit('sqlalchemy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_german_relative_clause_asks_nothing() -> None:
    assert understand("Was nicht geht: die App").kind is not FeedbackKind.QUESTION
    assert understand("Was kostet das").kind is FeedbackKind.QUESTION
