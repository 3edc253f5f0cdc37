"""/find and /case in the staff chat: what is found, what can be erased, what is said where nothing is."""

from datetime import timedelta

from sqlalchemy import select

from store.search_index import add_to_index, see_unindexed
from store.tables.customers import Customer
from store.tables.queues import OutboxMessage
from tests.handlers.rooms import StaffRoom
from tests.talk import button_data, texts


def index(room: StaffRoom) -> None:
    """Let the beat bring the index up to date."""
    with room.talk.database.reading() as session:
        seen = see_unindexed(session, now=room.talk.now)
    with room.talk.database.transaction() as session:
        add_to_index(session, seen, now=room.talk.now)


def complain(room: StaffRoom, words: str = "My teapot arrived broken, this is terrible!", **who: str) -> None:
    room.talk.says(words, **who)


def test_a_case_is_found_by_its_words_and_opened(room: StaffRoom) -> None:
    complain(room)
    index(room)

    (found,) = room.says("/find broken teapot")

    assert "C-1001" in texts([found])[0]
    assert "“My teapot arrived broken, this is terrible!”" in texts([found])[0]
    assert found.about == "complaint:1"
    assert button_data(found) == ["case:1", "customer:1"]
    (card,) = room.taps("case:1")
    assert "opened the case" in texts([card])[0]
    assert card.about == "complaint:1"


def test_what_is_found_of_each_customer_is_a_message_of_its_own(room: StaffRoom) -> None:
    complain(room, sender="77")
    complain(room, sender="78")
    index(room)

    found = room.says("/find teapot")

    assert sorted(message.about or "" for message in found) == ["complaint:1", "complaint:2"]
    room.talk.taps("forget:yes", sender="78")
    to_staff = (OutboxMessage.about == "complaint:2", OutboxMessage.customer_id.is_(None))
    with room.talk.database.reading() as session:
        assert session.get(Customer, 2) is None
        shown = session.scalars(select(OutboxMessage).where(*to_staff)).all()
        assert len(shown) > 1
        assert all("teapot" not in message.body["text"] for message in shown)


def test_chinese_is_found(room: StaffRoom) -> None:
    complain(room, "茶壶碎了,太让人失望了!")
    index(room)

    (found,) = room.says("/find 茶壶碎")

    assert "茶壶碎了" in texts([found])[0]


def test_a_number_leads_to_its_case(room: StaffRoom) -> None:
    complain(room)

    (card,) = room.says("/find C-1001")

    assert "What happened, the newest first:" in texts([card])[0]


def test_nothing_found_and_nothing_asked_are_said(room: StaffRoom) -> None:
    assert texts(room.says("/find unicorn")) == [
        "Nothing was found that holds all of these words. Fewer of them find more."
    ]
    assert texts(room.says("/find")) == ["What are you looking for? /find refund, or /find C-1042."]


def test_what_is_not_in_the_index_yet_is_told(room: StaffRoom) -> None:
    complain(room)
    room.talk.now += timedelta(minutes=2)

    (said,) = texts(room.says("/find teapot"))

    assert "1 message cannot be found yet" in said


def test_a_long_history_is_read_page_by_page(room: StaffRoom) -> None:
    complain(room)
    for number in range(20):
        room.talk.passes(minutes=1)
        room.says(f"we look into it, {number}", reply_to=room.alert("alert:1").external_id)

    (card,) = room.says("/case C-1001")
    assert "history:1:6" in button_data(card)
    (page,) = room.taps("history:1:6")
    (older,) = room.taps("history:1:18")

    assert len(texts([page])[0].splitlines()) == 13
    assert "we look into it, 19" in texts([card])[0]
    assert "opened the case" not in texts([page])[0]
    assert older.about == "complaint:1"
    assert texts(room.taps("history:1:900")) == ["There is nothing older."]


def test_forged_buttons_lead_nowhere(room: StaffRoom) -> None:
    complain(room)
    for forged in ("case:999", "case:x", "case:", "case", "history:99999999999999999:1", "history:-1"):
        assert texts(room.taps(forged)) == ["There is no such case. Send its number: /case C-1042."]
    for forged in ("past:999", "past", "past:1 OR 1=1"):
        assert texts(room.taps(forged)) == ["There is no such customer any more."]


def test_a_customer_taps_nothing_of_it(room: StaffRoom) -> None:
    complain(room)
    for forged in ("case:1", "history:1:0", "past:1"):
        (said,) = texts(room.talk.taps(forged))
        assert "C-1001" not in said
        assert "teapot" not in said


def test_a_customers_history_goes_over_all_their_cases(room: StaffRoom) -> None:
    room.talk.says("I love your tea!")
    complain(room)
    (card,) = room.says("/customer 1")
    assert "past:1" in button_data(card)

    (page,) = room.taps("past:1")

    said = texts([page])[0]
    assert "“I love your tea!”" in said
    assert "C-1001" in said
    assert page.about == "customer:1"


def test_what_was_done_is_found_with_its_cause_in_words(room: StaffRoom) -> None:
    complain(room)
    room.taps("remedy:1:delivery:own")
    room.replies(room.talk.sent[-1], "Sent it again by courier")
    index(room)
    assert "by us: “Delivery: Sent it again by courier”" in texts(room.says("/find courier"))[0]
