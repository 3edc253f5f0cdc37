"""The words of a language, and what stands between them."""

import pytest

from customers.phrases import languages, listed, phrases
from handlers.staff.ladder_text import step_in_words
from handlers.staff.severity_text import severity_in_words
from store.tables.complaints import CaseSeverity


def test_a_list_is_written_as_its_language_parts_it() -> None:
    assert listed(["C-1001", "C-1002"], phrases("en")) == "C-1001, C-1002"
    assert listed(["C-1001", "C-1002"], phrases("zh")) == "C-1001，C-1002"
    assert listed([], phrases("zh")) == ""


def test_what_makes_a_case_severe_is_listed_as_its_language_lists() -> None:
    said = severity_in_words(CaseSeverity.HIGH, ["late", "key_customer", "repeated"], phrases("zh"))

    assert "，" in said
    assert ", " not in said


def test_leads_are_called_the_same_everywhere_in_chinese() -> None:
    say = phrases("zh")

    assert step_in_words("escalated", "lead", say, "Europe/London") == say("lead") == "组长"


@pytest.mark.parametrize("language", languages())
def test_the_title_of_a_picture_has_no_apostrophe(language: str) -> None:
    """A font of Chinese characters draws it as wide as one of them."""
    title = phrases(language)("{company} – complaints of the week", company="Lantern Tea")

    assert "’" not in title
