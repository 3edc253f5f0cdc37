"""What was noted with an event, in words: no codes, and the reader's own clock."""

import pytest

from customers.phrases import phrases
from feedback.case_history import Side, TimelineEntry
from handlers.staff.history_text import entry_in_words
from tests.factories import NOW


def said(what: str, why: str, language: str = "en") -> str:
    """Give what stands behind the moment and the person."""
    entry = TimelineEntry(NOW, Side.STAFF, "Mei", what, why, 1)
    return entry_in_words(entry, phrases(language), "Europe/London").partition("Mei: ")[2]


@pytest.mark.parametrize(
    ("what", "why", "words"),
    [
        ("reminded", "remind", "reminded the customer"),
        ("reminded", "remind_last", "reminded the customer – for the last time"),
        (
            "promised",
            "A new pot – in blue – 2026-07-23 12:00 UTC",
            "promised – “A new pot – in blue”, due Thu, 23 Jul, 13:00 (London time)",
        ),
        ("promised", "A new pot", "promised – “A new pot”"),
        ("promised", "A new pot – 2026-99-23 12:00 UTC", "promised – “A new pot – 2026-99-23 12:00 UTC”"),
        ("resolved", "product: Replaced: twice", "said that it is solved – Product: “Replaced: twice”"),
        ("filed", "glaze: Replaced", "noted cause and remedy – glaze: “Replaced”"),
        ("resolved", "Replaced", "said that it is solved – “Replaced”"),
        ("concession_given", "refund $5.00: came late", "made good – refund, $5.00: “came late”"),
        ("concession_given", "apology $0.00: came late", "made good – apology: “came late”"),
        ("concession_given", "cake $5.00: came late", "made good – “cake $5.00: came late”"),
    ],
)
def test_what_was_noted_is_worded(what: str, why: str, words: str) -> None:
    assert said(what, why) == words


@pytest.mark.parametrize(
    ("what", "why", "code"),
    [
        ("reminded", "remind", "remind"),
        ("reminded", "remind_last", "remind"),
        ("promised", "新茶壶 – 2026-07-23 12:00 UTC", "UTC"),
        ("resolved", "product: 换新", "product"),
        ("concession_given", "refund $5.00: 迟到", "refund"),
    ],
)
def test_no_code_stands_in_chinese(what: str, why: str, code: str) -> None:
    assert code not in said(what, why, "zh")


def test_a_long_promise_keeps_its_time() -> None:
    assert said("promised", f"{'tea ' * 100} – 2026-07-23 12:00 UTC").endswith("13:00 (London time)")
