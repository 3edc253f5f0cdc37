"""What staff see of a complaint's meaning, and what comes first."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.phrases import phrases
from feedback.complaints import find_complaint
from feedback.reading.aspects import Aspect
from feedback.reading.severity_signals import Severity, SeveritySignal
from feedback.reading.taxonomy import STANDARD, Taxonomy, use
from handlers.staff.alerts import repeat_alerts
from handlers.staff.severity_text import (
    aspects_in_words,
    other_signals_in_words,
    signals_in_words,
    urgency_in_words,
)
from store.tables.queues import OutboxMessage
from tests.factories import COMPANY
from tests.handlers.rooms import StaffRoom, answer
from tests.talk import texts

FIRE = "Your kettle caught fire in my kitchen"
RUDE = "The courier was rude and late, I want my money back"
SAY = phrases("en")


def lines(message: OutboxMessage) -> list[str]:
    return str(message.body["text"]).splitlines()


def urgent(room: StaffRoom, complaint_id: int = 1) -> bool:
    with room.talk.database.reading() as session:
        return find_complaint(session, complaint_id).urgent


def test_what_was_understood_stands_in_the_alert(room: StaffRoom) -> None:
    (alert,) = room.shown(room.talk.says("The courier was rude, I was charged twice, never again"))

    text = alert.body["text"]
    assert "\nAbout: delivery −" in text
    assert "staff −" in text
    assert "\nSigns: money lost (“charged twice”), may leave us (“never again”)\n" in text
    assert "rude −" in text
    assert "🚨" not in text
    assert not urgent(room)


def test_danger_stands_above_all_else(room: StaffRoom) -> None:
    (alert,) = room.shown(room.talk.says(FIRE))

    assert lines(alert)[0] == "🚨 Urgent: danger to somebody (“caught fire”)"
    assert lines(alert)[1].startswith("C-1001 · Ana")
    assert urgent(room)


def test_it_is_said_in_the_language_of_staff(room: StaffRoom) -> None:
    room.talk.company = replace(COMPANY, language="zh")
    (alert,) = room.shown(room.talk.says("你们的水壶着火了，快递员态度很差，我要找律师"))

    assert lines(alert)[0].startswith("🚨 紧急：人身安全（“着火”）")
    assert "扬言追究法律责任（“律师”）" in lines(alert)[0]
    assert "\n涉及：配送 −" in alert.body["text"]


def test_an_urgent_alert_leaves_before_others(room: StaffRoom) -> None:
    (plain,) = room.shown(room.talk.says(RUDE))
    (first,) = room.shown(room.talk.says(FIRE, sender="78"))

    assert (first.priority, plain.priority) == (0, 1)


def test_an_urgent_alert_is_repeated_sooner(room: StaffRoom) -> None:
    room.talk.says(RUDE)
    room.talk.says(FIRE, sender="78")
    keys = []
    for _ in range(16):
        room.talk.passes(minutes=1)
        with room.talk.database.transaction() as session:
            repeat_alerts(session, company=room.talk.company, now=room.talk.now)
        keys += [(room.talk.now, message.dedupe_key) for message in room.talk.deliver()]

    minutes = {key: (at - keys[0][0] + timedelta(minutes=5)).seconds // 60 for at, key in keys}
    assert minutes["alert:2:2"] == 5
    assert minutes["alert:2:3"] == 15
    assert minutes["alert:1:2"] == 15


def test_urgent_complaints_are_listed_first(room: StaffRoom) -> None:
    room.talk.says(RUDE)
    room.talk.passes(minutes=1)
    room.talk.says(FIRE, sender="78")

    first, second, _clock = texts(room.says("/open"))[0].splitlines()
    assert first.startswith("🚨 C-1002 · ")
    assert second.startswith("C-1001 · ")


def test_what_is_urgent_in_later_words_makes_the_case_urgent(room: StaffRoom) -> None:
    room.talk.says(RUDE)
    room.taps("take:1")

    (shown,) = room.shown(room.talk.says("And now the lamp caught fire"))

    assert lines(shown) == [
        "🚨 Urgent: danger to somebody (“caught fire”)",
        "C-1001 · Ana: And now the lamp caught fire",
    ]
    assert shown.priority == 0
    assert urgent(room)
    (changed,) = room.taps("remedy:1:product:replaced")[2:]
    assert lines(changed)[0] == "🚨 Urgent: see what they wrote since"


def test_the_company_calls_its_parts_by_its_own_names(room: StaffRoom) -> None:
    use(Taxonomy({"tea house": ("courier", "lamp")}))
    try:
        (alert,) = room.shown(room.talk.says("The courier was very rude"))
    finally:
        use(STANDARD)

    assert "\nAbout: tea house −" in alert.body["text"]


@pytest.mark.parametrize("severity", list(Severity))
def test_each_signal_has_a_name_in_both_languages(severity: Severity) -> None:
    signal = SeveritySignal(severity, "x1")
    english, chinese = (signals_in_words([signal], phrases(language)) for language in ("en", "zh"))

    assert english.endswith(" (“x1”)")
    assert chinese.endswith("（“x1”）")
    assert chinese[0] > "\u3400"


def test_nothing_is_said_where_nothing_was_found() -> None:
    assert urgency_in_words([], SAY, urgent=False) == ""
    assert other_signals_in_words([], SAY) == ""
    assert aspects_in_words([Aspect("other", -0.5, ())], SAY) == ""


@given(st.text(max_size=200))
def test_their_words_are_never_taken_for_ours(words: str) -> None:
    said = signals_in_words([SeveritySignal(Severity.LEGAL, words)], SAY)

    assert said.startswith("legal threat (“")
    assert len(said) <= len("legal threat (“”)") + 40


@pytest.mark.parametrize(
    "words",
    [
        FIRE,
        "I cannot go on, I am desperate and my baby is sick",
        "/complaint The plug gave me an electric shock",
    ],
)
def test_who_may_be_harmed_gets_no_form_letter(room: StaffRoom, words: str) -> None:
    told = answer(room.talk.says(words))

    assert told.startswith("This sounds serious, and I am sorry. Mei looks at it at once")
    assert "by Sat, 21 Nov" in told
    assert "C-1001" in told


def test_other_complaints_are_answered_as_ever(room: StaffRoom) -> None:
    assert answer(room.talk.says(RUDE)).startswith("I am sorry about this.")
