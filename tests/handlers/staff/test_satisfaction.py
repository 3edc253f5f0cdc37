"""What staff are told about satisfaction: who is at risk, one customer's card, how all are doing."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from feedback.record import record_rating
from feedback.standings import note_standings, see_standings
from handlers.staff import satisfaction
from store.tables.customers import Customer, Standing
from tests.factories import NOW, make_customer
from tests.handlers.rooms import StaffRoom, to_customer
from tests.talk import Talk, button_data, texts

TURNED = "turned from happy to unhappy: 100 of 100 before, 0 in the last 30 days"


def rate(
    room: StaffRoom, name: str, *ratings: tuple[int, float], standing: Standing = Standing.REGULAR
) -> int:
    """Let somebody give ratings, each so many days ago; gives their number."""
    with room.talk.database.transaction() as session:
        since = NOW - timedelta(days=max(days_ago for _, days_ago in ratings))
        customer = make_customer(session, display_name=name, standing=standing, created_at=since)
        for stars, days_ago in ratings:
            record_rating(session, customer=customer, stars=stars, now=NOW - timedelta(days=days_ago))
        return customer.id


def turn(room: StaffRoom, name: str = "Ana", standing: Standing = Standing.REGULAR) -> int:
    return rate(room, name, (5, 60), (5, 45), (1, 3), (1, 1), standing=standing)


def ask(room: StaffRoom, text: str) -> str:
    (only,) = texts(room.says(text))
    return str(only)


def test_nobody_is_at_risk(room: StaffRoom) -> None:
    rate(room, "Ana", (5, 3))
    assert ask(room, "/atrisk") == "No customer is at risk."


def test_those_at_risk_are_listed_with_the_reason_and_without_names(room: StaffRoom) -> None:
    turned, key = turn(room), turn(room, "Bea", Standing.KEY)
    room.talk.says("The teapot arrived broken", sender="77")
    room.talk.now += timedelta(days=16)

    (listed,) = room.says("/atrisk")

    assert listed.body["text"].splitlines() == [
        "At risk: 2 turned from happy to unhappy, 1 fell silent after a complaint.",
        f"no. {key} · key customer · {TURNED}",
        "no. 3 · new customer · silent for 16 days after C-1001, which they never called solved",
        f"no. {turned} · regular customer · {TURNED}",
        "Tap a number to see who it is.",
    ]
    assert button_data(listed) == [f"customer:{number}" for number in (key, 3, turned)]


def test_of_many_customers_the_last_look_is_told(room: StaffRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(satisfaction, "LOOKED_AT_ONCE", 0)
    number = turn(room)
    assert ask(room, "/atrisk") == "No customer is at risk."
    assert ask(room, "/satisfaction") == "No customer has told us anything yet."
    with room.talk.database.transaction() as session:
        note_standings(session, see_standings(session, now=NOW), now=NOW)
    assert f"no. {number} · " in ask(room, "/atrisk")
    assert "all customers: 40 of 100 (1 customer, " in ask(room, "/satisfaction")


def test_who_is_well_again_is_listed_no_more(room: StaffRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(satisfaction, "LOOKED_AT_ONCE", 0)
    number = turn(room)
    with room.talk.database.transaction() as session:
        note_standings(session, see_standings(session, now=NOW), now=NOW)
        customer = session.get_one(Customer, number)
        for _ in range(4):
            record_rating(session, customer=customer, stars=5, now=NOW)
    assert ask(room, "/atrisk") == "No customer is at risk."


def test_more_than_fit_are_counted(room: StaffRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(satisfaction, "LISTED", 1)
    for name in ("Ana", "Bea", "Cleo"):
        turn(room, name)
    assert "… and 2 more." in ask(room, "/atrisk")


def test_a_card_names_the_customer_and_what_the_index_rests_on(room: StaffRoom) -> None:
    number = turn(room)

    (card,) = room.taps(f"customer:{number}")

    lines = card.body["text"].splitlines()
    assert lines[0] == "Ana · regular customer"
    assert lines[1] == "Speaks: English"
    assert lines[2].startswith("Satisfaction: ")
    assert lines[2].endswith(", falling")
    assert lines[3].startswith("⚠️ At risk: turned from happy to unhappy: 100 of 100 before, 0 ")
    assert "20 Nov 2026: rating, 0 of 100" in lines
    assert button_data(card) == [f"reply:customer:{number}", f"past:{number}", f"contact:{number}"]
    assert button_data(card)[0] == f"reply:customer:{number}"
    assert ask(room, f"/customer {number}") == card.body["text"]


def test_a_card_shows_what_is_open_and_calls_them_as_the_alert_does(room: StaffRoom) -> None:
    room.talk.says("The courier was late again and nobody answers the phone", sender="77")

    lines = ask(room, "/customer 1").splitlines()

    assert lines[0] == "Ana · new customer"
    assert lines[2].startswith("📌 C-1001 · Mei · due ")
    room.taps("remedy:1:delivery:explained")
    assert ask(room, "/customer 1").splitlines()[2] == "📌 C-1001 · Mei · waits for the customer"
    room.talk.taps("solved:1:yes")
    assert "📌" not in ask(room, "/customer 1")


def test_a_reply_to_a_card_reaches_the_customer(room: StaffRoom) -> None:
    room.talk.says("The courier was late again and nobody answers the phone", sender="77")
    (card,) = room.says("/customer 1")
    assert "complaint in words (" in card.body["text"]
    assert "complaint opened, 20 of 100" in card.body["text"]
    (sent,) = to_customer(room.replies(card, "We are so sorry, Ana."))
    assert sent.body["text"] == "Mei from Lantern Tea: We are so sorry, Ana."


@pytest.mark.parametrize(
    "asked", ["/customer", "/customer 4711", "/customer Ana", "/customer 99999999999999999999"]
)
def test_who_is_not_known_has_no_card(room: StaffRoom, asked: str) -> None:
    assert "Which customer?" in ask(room, asked)


@pytest.mark.parametrize("button", ["customer:4711", "customer:", "customer:1:2", "customer:x"])
def test_a_forged_tap_shows_nobody(room: StaffRoom, button: str) -> None:
    (answer,) = texts(room.taps(button))
    assert "Which customer?" in answer


def test_all_are_told_by_segment_and_part(room: StaffRoom) -> None:
    rate(room, "Ana", (5, 0))
    rate(room, "Bea", (1, 0), standing=Standing.KEY)
    room.talk.says("I love your tea, it is delicious", sender="77")

    lines = ask(room, "/satisfaction").splitlines()

    assert lines[0] == "Satisfaction, as of Sat, 21 Nov, 12:00 (London time):"
    assert lines[1].startswith("all customers: 5")
    assert "key customers: 0 of 100 (1 customer, confidence 60 %)" in lines
    assert any(re.match(r"regular customers: (9\d|100) of 100 \(2 customers, ", line) for line in lines)
    assert any(line.startswith("customers who speak English: ") for line in lines)
    parts = lines[lines.index("Parts of the service, the worst first (last 180 days):") + 1 :]
    assert parts[0].startswith("product: 9")


def test_nothing_was_told_yet(room: StaffRoom) -> None:
    assert ask(room, "/satisfaction") == "No customer has told us anything yet."


def test_staff_read_it_in_their_language(room: StaffRoom) -> None:
    number = turn(room)
    room.talk.company = replace(room.talk.company, language="zh")
    assert "由满意转为不满" in ask(room, "/atrisk")
    assert "全部客户" in ask(room, "/satisfaction")
    assert "有流失风险" in ask(room, f"/customer {number}")


@pytest.mark.parametrize("command", ["/atrisk", "/satisfaction", "/customer 1"])
def test_customers_get_none_of_it(talk: Talk, command: str) -> None:
    (answer,) = texts(talk.says(command))
    assert "100" not in answer
    assert "risk" not in answer.replace(command, "")


def test_an_alert_says_that_the_customer_turned(room: StaffRoom) -> None:
    with room.talk.database.transaction() as session:
        customer = make_customer(session, sender="88", display_name="Tom")
        for stars, days_ago in ((5, 60), (5, 45), (1, 3), (1, 1)):
            record_rating(session, customer=customer, stars=stars, now=NOW - timedelta(days=days_ago))
    room.talk.says("The teapot arrived broken, this is unacceptable", sender="88")
    assert "⚠️ At risk: turned from happy to unhappy" in room.alert("alert:1").body["text"]
