"""Who writes in another language than ours is understood as far as it goes, and then reaches a person."""

import pytest

from store.tables.complaints import ComplaintState
from tests.handlers.customer.cases import state
from tests.handlers.rooms import StaffRoom, answer
from tests.talk import texts


@pytest.mark.parametrize(
    "words",
    [
        "Es ist eine Frechheit, wie ich behandelt wurde",
        "Es una vergüenza",
        "C'est inadmissible",
        "O bule chegou quebrado",
        "Nessuno mi risponde",
        "ऑर्डर कभी नहीं आया",
        "لم يصل الطلب أبدا",
    ],
)
def test_blame_opens_a_case(room: StaffRoom, words: str) -> None:
    messages = room.talk.says(words)

    assert "C-1001" in answer(messages)
    (alert,) = room.shown(messages)
    assert f"“{words}”" in alert.body["text"]
    assert state(room.talk) is ComplaintState.OPEN


def test_danger_is_urgent_in_any_language(room: StaffRoom) -> None:
    messages = room.talk.says("Le câble a pris feu")

    assert answer(messages).startswith("This sounds serious")
    assert texts(room.shown(messages))[0].startswith("🚨 Urgent: danger to somebody (“pris feu”)")


@pytest.mark.parametrize("words", ["Je passe demain", "Wir sind vier Personen", "Где мой заказ"])
def test_what_is_not_understood_is_passed_on(room: StaffRoom, words: str) -> None:
    messages = room.talk.says(words)

    assert "will answer you here" in answer(messages)
    assert texts(room.shown(messages))[0].startswith("📨 Message\n")


@pytest.mark.parametrize("word", ["BAJA", "Abmelden", "ARRÊT", "Parar", "توقف"])
def test_a_stop_is_a_stop(room: StaffRoom, word: str) -> None:
    assert answer(room.talk.says(word)).startswith("Done: we will not write to you first any more.")


def test_praise_is_thanked_for_and_thanks_are_small_talk(room: StaffRoom) -> None:
    assert "makes our day" in answer(room.talk.says("La comida estaba muy rica"))
    assert answer(room.talk.says("Muchas gracias")).startswith("You're welcome!")
