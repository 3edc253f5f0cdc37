"""How far probabilities can be trusted is measured and drawn as it is."""

from pathlib import Path

import pytest

from benchmarks.understanding.reliability import Sure, draw, errors


def messages(language: str, *, said: float, right: int, of: int = 100) -> list[Sure]:
    """Make messages of which we were equally sure, some of them rightly."""
    return [Sure(language, "more", said, place < right) for place in range(of)]


def test_who_is_as_right_as_they_say_makes_no_error() -> None:
    sure = [*messages("en", said=0.75, right=75), *messages("zh", said=0.9, right=60)]
    found = {title: round(error, 6) for title, error in errors(sure).items()}
    assert found == {
        "calibration error, %, en, more (100)": 0.0,
        "calibration error, %, zh, more (100)": 30.0,
    }


def test_few_messages_say_nothing() -> None:
    assert errors(messages("en", said=0.75, right=1, of=5)) == {}


def test_each_language_has_a_panel(tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    file = tmp_path / "plot.svg"
    draw([*messages("en", said=0.75, right=75), *messages("unknown", said=0.5, right=70)], file)
    drawn = file.read_text(encoding="utf-8")
    assert "English" in drawn
    assert "too short to tell" in drawn
    assert "Chinese" not in drawn
