"""Buttons in another language must be those of the first: as many, in order, links and answers alike."""

import pytest

from tests.handlers.marketing_talks import MEI, SHORT, the_campaign, through
from tests.talk import Talk, texts

pytestmark = pytest.mark.usefixtures("marketer")
FIRST = "Keep me one | Done!\nMenu | https://example.com/menu\nNo"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            "留一份 | https://example.com\n菜单\n不",
            "Button 1 in 中文 is a link, but “Keep me one” in English is an answer. Write: 留一份 | …",
        ),
        (
            "留一份 | 好\n菜单 | 谢谢\n不",
            "Button 2 in 中文 is an answer, but “Menu” in English is a link. Write: 菜单",
        ),
        (
            "留一份\n菜单 | https://example.com/zh\n不",
            "Button 2 in 中文 leads elsewhere than “Menu” in English; a button has one link for",
        ),
        (
            "留一份\n菜单\n不 | https://example.com",
            "Button 3 in 中文 is a link, but “No” in English is an answer. Write: 不",
        ),
        (
            "留一份\n菜单",
            "There are 3 buttons; please send as many lines in 中文, in the same order. You sent 2.",
        ),
        (
            "留一份 | {first_name|朋友}，好的\n菜单\n不",
            "“留一份 | {first_name|朋友}，好的”: a button and its answer are the same for all, so",
        ),
    ],
)
def test_what_differs_is_told_with_what_to_write(talk: Talk, lines: str, told: str) -> None:
    through(talk, SHORT[0], "zh: 您好", "/skip", "/skip", FIRST)
    (answer,) = texts(talk.says(lines, sender=MEI))
    assert answer.startswith(told)
    assert "Who gets it?" in texts(talk.says("留一份 | 好\n菜单\n不", sender=MEI))[0]


def test_all_that_differs_is_told_at_once(talk: Talk) -> None:
    through(talk, SHORT[0], "zh: 您好", "/skip", "/skip", FIRST)
    (answer,) = texts(talk.says("留一份 | https://a.example\n菜单 | 谢谢\n不", sender=MEI))
    lines = answer.splitlines()
    assert [line[:8] for line in lines[:2]] == ["Button 1", "Button 2"]
    assert lines[2:] == ["Please send all lines in 中文 again."]


def test_the_same_link_may_be_written_again(talk: Talk) -> None:
    through(talk, SHORT[0], "zh: 您好", "/skip", "/skip", FIRST)
    talk.says("留一份 | 好\n菜单 | https://example.com/menu\n不", sender=MEI)
    through(talk, "zh")
    talk.says("now", sender=MEI)
    assert the_campaign(talk).buttons[1] == {
        "label": {"en": "Menu", "zh": "菜单"},
        "thanks": {},
        "link": "https://example.com/menu",
    }


def test_a_variable_in_a_button_of_the_first_language_is_told_too(talk: Talk) -> None:
    through(talk, *SHORT[:3])
    assert "so {company} would stand there" in texts(talk.says("{company} | Yes", sender=MEI))[0]
