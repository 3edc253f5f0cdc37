"""What was noted of a step of the ladder, in words."""

import pytest

from customers.phrases import phrases
from handlers.staff.ladder_text import step_in_words


@pytest.mark.parametrize(
    ("what", "noted", "words"),
    [
        ("escalated", "owner", "whoever is accountable"),
        ("escalated", "lead", "the leads"),
        ("escalated", "manager", "the managers"),
        ("escalated", "nobody", None),
        ("raised", "critical", "critical"),
        ("raised", "", None),
        (
            "breached",
            "first_response 2026-11-21T16:00:00+00:00",
            "first answer by Sat, 21 Nov, 16:00 (London time)",
        ),
        ("delayed", "resolution 2026-11-24T12:00:00+00:00", "settled by Tue, 24 Nov, 12:00 (London time)"),
        ("delayed", "resolution some day", None),
        ("responded", "first_response 2026-11-21T16:00:00+00:00", None),
    ],
)
def test_steps_in_words(what: str, noted: str, words: str | None) -> None:
    assert step_in_words(what, noted, phrases("en"), "Europe/London") == words
