"""Whatever happens in a case is named to staff, in every language."""

import pytest

from customers.phrases import phrases
from feedback.case_history import ALERTED, TOLD, WROTE, Side, TimelineEntry
from feedback.complaint_rules import EventKind
from handlers.staff.history_text import entry_in_words, what_in_words
from tests.factories import NOW

ZONE = "Asia/Shanghai"


@pytest.mark.parametrize("what", [*map(str, EventKind), WROTE, TOLD, ALERTED])
def test_all_that_happens_has_a_name_in_every_language(what: str) -> None:
    english, chinese = (what_in_words(what, phrases(language)) for language in ("en", "zh"))

    assert "_" not in english
    assert english != chinese


def test_what_is_not_known_is_named_as_it_was_stored() -> None:
    assert what_in_words("sent_to_mars", phrases("en")) == "sent to mars"


def entry(what: str, why: str, side: Side = Side.RAPPORT, who: str | None = None) -> TimelineEntry:
    return TimelineEntry(NOW, side, who, what, why, 1)


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (
            entry("responded", "We are\n sorry.", Side.STAFF, "Mei"),
            "21 Nov, 20:00 · Mei: answered – “We are sorry.”",
        ),
        (entry("responded", "", Side.STAFF), "21 Nov, 20:00 · Somebody who has left: answered"),
        (entry("rated", "4", Side.CUSTOMER), "21 Nov, 20:00 · customer: rated how it was handled ★★★★"),
    ],
)
def test_an_entry_says_when_who_and_what(happened: TimelineEntry, said: str) -> None:
    assert entry_in_words(happened, phrases("en"), ZONE) == said


def test_a_customers_timeline_names_the_case() -> None:
    said = entry_in_words(entry("taken", "", Side.STAFF, "Mei"), phrases("en"), ZONE, with_case=True)

    assert said == "21 Nov, 20:00 · C-1001 · Mei: took the case"
