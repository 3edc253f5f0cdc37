"""Choosing a language."""

import pytest

from tests.handlers.rooms import answer
from tests.talk import Talk, button_data


def test_the_languages_are_offered_as_buttons(talk: Talk) -> None:
    (sent,) = talk.says("/language")

    assert button_data(sent) == ["language:en", "language:zh"]
    assert [label for row in sent.body["buttons"] for label, _ in row] == ["English", "中文"]


def test_a_tapped_language_is_spoken_from_then_on(talk: Talk) -> None:
    talk.says("/language")
    assert answer(talk.taps("language:zh")) == "从现在起，我用中文和您交流。"
    assert answer(talk.says("/nonsense")).startswith("我不认识这个命令")


@pytest.mark.parametrize("named", ["zh", "ZH", "zh-hans", "中文"])
def test_a_language_can_be_named_with_the_command(talk: Talk, named: str) -> None:
    assert answer(talk.says(f"/language {named}")) == "从现在起，我用中文和您交流。"


def test_a_language_that_we_do_not_speak_is_met_with_those_we_do(talk: Talk) -> None:
    (sent,) = talk.says("/language klingon")

    assert sent.body["text"].startswith("I do not speak that one yet.")
    assert button_data(sent) == ["language:en", "language:zh"]
