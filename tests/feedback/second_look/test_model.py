"""The second look as it is shipped, and what is said where it cannot be had."""

import builtins
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feedback.second_look.model import FILE, SecondLook, second_look
from store.errors import ConfigurationError

LARGEST_FILE = 15_000_000


@pytest.fixture(scope="module")
def look() -> SecondLook:
    return SecondLook.load()


@pytest.fixture
def _fresh() -> Iterator[None]:
    second_look.cache_clear()
    yield
    second_look.cache_clear()


def test_the_file_is_small() -> None:
    assert FILE.stat().st_size <= LARGEST_FILE


@pytest.mark.parametrize(
    "text",
    [
        "The website is not working",
        "I have waited three weeks and nobody answers",
        "You charged me twice",
        "the soup was cold and the waiter rude",
        "I will never come back",
    ],
)
def test_what_is_wrong_is_negative_and_a_complaint(look: SecondLook, text: str) -> None:
    (opinion,) = look.read([text])
    assert opinion is not None
    assert opinion.negative > max(opinion.neutral, opinion.positive)
    assert opinion.complaint > 0.5


@pytest.mark.parametrize("text", ["Thank you, that was great!", "lovely people and very good coffee 😍"])
def test_praise_is_positive_and_no_complaint(look: SecondLook, text: str) -> None:
    (opinion,) = look.read([text])
    assert opinion is not None
    assert opinion.positive > max(opinion.neutral, opinion.negative)
    assert opinion.complaint < 0.5


@pytest.mark.parametrize("text", ["When do you open on Sunday?", "I would like to change my address"])
def test_a_question_is_neutral(look: SecondLook, text: str) -> None:
    (opinion,) = look.read([text])
    assert opinion is not None
    assert opinion.neutral > max(opinion.positive, opinion.negative)


def test_company_changes_nothing(look: SecondLook) -> None:
    """What else is read in the same batch has no weight (but rounding: scales are taken from a batch)."""
    text = "The parcel came late"
    alone, among = look.read([text]), look.read([f"word {'more ' * 90}", text, "ok then"])
    assert alone[0] is not None
    assert among[1] is not None
    assert among[1].polarity == pytest.approx(alone[0].polarity, abs=0.15)


def test_it_says_nothing_of_what_it_cannot_read(look: SecondLook) -> None:
    assert look.read(["你们的网站打不开", "", "!!!", "\x00" * 1_000]) == [None] * 4
    assert look.read([]) == []


def test_a_megabyte_takes_no_longer_than_a_page(look: SecondLook) -> None:
    (opinion,) = look.read(["this is bad " * 90_000])
    assert opinion is not None


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "broken.onnx"
    file.write_bytes(b"no model")
    with pytest.raises(ConfigurationError, match=r"broken\.onnx.*rapport train --second-look"):
        SecondLook.load(file)


@pytest.mark.usefixtures("_fresh")
def test_without_onnxruntime_it_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "onnxruntime":
            raise ImportError("No module named 'onnxruntime'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with caplog.at_level(logging.WARNING):
        assert second_look() is None
        assert second_look() is None
    assert caplog.text.count("onnxruntime") == 1
