"""What a text that goes to many may hold, and how it is told what is wrong with one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.phrases import languages, phrases
from scheduler.pointing import with_carets
from scheduler.text_rules import LONGEST_CAPTION, LONGEST_TEXT, check_text, check_variables
from scheduler.variables import longest
from store.errors import InputError
from tests.factories import COMPANY

EN = phrases("en")


def mistake(text: str, *, has_picture: bool = False) -> str:
    with pytest.raises(InputError) as caught:
        check_text(text, COMPANY, EN, has_picture=has_picture)
    return str(caught.value)


def test_a_mistake_is_pointed_at_in_its_line() -> None:
    assert mistake("Dear all,\nhi {frist_name|x} there\nBye").splitlines()[:4] == [
        "There is no variable {frist_name}:",
        "Line 2, character 4:",
        "hi «{frist_name|x}» there",
        "Did you mean {first_name}?",
    ]
    with pytest.raises(InputError, match=r"hi \{frist\}\n   \^{7}\n"):
        check_variables("hi {frist}", EN, pointing=with_carets)
    lacks_one, place, *_ = mistake("{city}").splitlines()
    assert lacks_one.endswith("Say what stands there then, like {city|…}:")
    assert place == "Line 1, character 1:"


@pytest.mark.parametrize(
    ("text", "pointed_at", "example"),
    [
        ("In {city|your city we met", "In «{city|»your city we met", "{city|…}"),
        ("In {city|your {first_name}", "In «{city|»your {first_name}", "{city|…}"),
        ("Hi {frist_name", "Hi «{frist_name»", "{first_name|…}"),
        ("Hi {{first_name}}!", "Hi «{{first_name}}»!", "{first_name|…}"),
        ("Hi {first_name|you}}!", "Hi «{first_name|you}}»!", "{first_name|…}"),
        ("Hi {first_name: you}!", "Hi «{first_name: you}»!", "{first_name|…}"),
        ("{first_name｜朋友}您好", "«{first_name｜朋友}»您好", "{first_name|…}"),
        ("｛city｝", "«｛city｝»", "{city|…}"),
    ],
)
def test_what_is_meant_as_a_variable_is_never_sent_as_it_was_written(
    text: str, pointed_at: str, example: str
) -> None:
    told, _, place, known = mistake(text).splitlines()
    assert place == pointed_at
    assert f" {example}, " in told
    assert "{last_event}" in known


@pytest.mark.parametrize(
    "text", ["{ x } { city|", "{} {1} :-} }", "｛重要｝", "{city|a\nb}", "{city|}", "{first_name|}{contact|}"]
)
def test_other_braces_stay_and_an_empty_fall_back_is_a_choice(text: str) -> None:
    assert check_text(text, COMPANY, EN, has_picture=False) == text


@pytest.mark.parametrize(("has_picture", "limit"), [(False, LONGEST_TEXT), (True, LONGEST_CAPTION)])
def test_the_limit_is_kept_to_the_unit(limit: int, *, has_picture: bool) -> None:
    assert check_text("x" * limit, COMPANY, EN, has_picture=has_picture) == "x" * limit
    assert f"{limit} characters fit; this takes {limit + 1}" in mistake(
        "x" * (limit + 1), has_picture=has_picture
    )
    assert check_text("🍵" * (limit // 2), COMPANY, EN, has_picture=has_picture)
    assert "an emoji is two or more" in mistake("🍵" * (limit // 2) + "x", has_picture=has_picture)
    assert "{first_name} may be long: 128 at most" in mistake(
        "x" * limit + "{first_name}", has_picture=has_picture
    )


PIECES = st.lists(
    st.sampled_from(["{first_name}", "{city|茶}", "{x}", "{city}", "🍵" * 300, "a" * 900, "{", "|}", "\n"])
)


@given(PIECES.map("".join) | st.text(), st.booleans(), st.sampled_from(languages()))
def test_a_text_is_taken_or_told_what_is_wrong(text: str, has_picture: bool, language: str) -> None:  # noqa: FBT001 - hypothesis gives it by name
    try:
        taken = check_text(text, COMPANY, phrases(language), has_picture=has_picture)
    except InputError:
        pass
    else:
        assert 0 < longest(taken, COMPANY) <= (LONGEST_CAPTION if has_picture else LONGEST_TEXT)
