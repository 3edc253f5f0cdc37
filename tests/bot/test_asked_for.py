"""What is asked for by a command is brought by its beat at once."""

from collections.abc import Collection, Sequence
from datetime import datetime

import pytest

from bot.asked_for import BEATS, Prompting
from bot.beats import beats_of
from handlers.incoming import Incoming
from tests.factories import COMPANY, NOW, make_incoming

CHANNELS = frozenset({"telegram"})


async def _handled(updates: Sequence[Incoming], now: datetime) -> frozenset[str]:
    if any(one.text == "broken" for one in updates):
        raise LookupError("broken")
    return CHANNELS


@pytest.mark.parametrize(
    ("said", "nudged"),
    [
        (["/calendar"], [{"calendar"}]),
        (["hello", "/Calendar@bot 14", "/digest"], [{"calendar", "digest"}]),
        (["hello", "calendar", "/open", "//calendar"], []),
        ([], []),
    ],
)
async def test_only_what_asks_prompts_a_beat(said: Sequence[str], nudged: Sequence[Collection[str]]) -> None:
    heard: list[Collection[str]] = []
    prompting = Prompting(_handled, heard.append)
    channels = await prompting.handle_and_prompt([make_incoming(text) for text in said], NOW)
    assert channels == CHANNELS
    assert heard == nudged


async def test_what_was_not_handled_prompts_nothing() -> None:
    heard: list[Collection[str]] = []
    with pytest.raises(LookupError, match="broken"):
        await Prompting(_handled, heard.append).handle_and_prompt(
            [make_incoming("/calendar"), make_incoming("broken")], NOW
        )
    assert heard == []


def test_every_beat_that_is_asked_for_is_one() -> None:
    assert set(BEATS.values()) <= {beat.name for beat in beats_of(COMPANY, ["telegram"])}
