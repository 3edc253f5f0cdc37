"""Marketers see who comes, change and cancel events; whom it concerns is told, once, with the new entry."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from bot.channels.telegram.parts import parts_of
from customers.consent import set_consent
from scheduler.delivery.channel import Outgoing
from scheduler.events.telling import GATHERED_FOR, tell_changes
from store.tables.customers import Identity
from store.tables.outreach import Event, Rsvp
from store.tables.queues import OutboxMessage
from store.tables.staff import Role
from tests.factories import make_customer, make_staff
from tests.scheduler.events.ground import answer, make_event
from tests.talk import Talk, button_data, texts

MARKETER = "900"


@pytest.fixture
def event(talk: Talk) -> int:
    """An event of three places: Ana comes with a friend, Ben may, Cleo waits, Dan said no."""
    with talk.database.transaction() as session:
        make_staff(session, name="Mei Tan", role=Role.MARKETER, sender=MARKETER)
        event_id = make_event(session, capacity=3, companions=2).id
        said = {"Ana": (Rsvp.GOING, 1), "Ben": (Rsvp.MAYBE, 0), "Cleo": (Rsvp.GOING, 1), "Dan": (Rsvp.NO, 0)}
        for name, (rsvp, companions) in said.items():
            customer = make_customer(session, sender=name, display_name=name)
            answer(session, event_id, customer.id, rsvp, companions=companions)
    talk.deliver()
    return event_id


def staff_says(talk: Talk, text: str) -> str:
    return texts(talk.says(text, sender=MARKETER))[0]


def staff_taps(talk: Talk, data: str) -> str:
    return texts(talk.taps(data, sender=MARKETER))[0]


def news(talk: Talk) -> dict[str, OutboxMessage]:
    """Let the beat tell whom it concerns, once changes are no longer gathered; give what each was sent."""
    talk.now += GATHERED_FOR
    with talk.database.transaction() as session:
        while tell_changes(session, company=talk.company, now=talk.now):
            pass
    sent = talk.deliver()
    assert len({row.address for row in sent}) == len(sent)
    return {row.address: row for row in sent}


def change(talk: Talk, event: int, field: str, value: str) -> str:
    staff_taps(talk, f"event:{event}:{field}")
    preview = staff_says(talk, value)
    assert "It is changed." in staff_taps(talk, f"event:{event}:apply")
    return preview


def test_marketers_see_who_comes_and_agents_see_no_such_command(talk: Talk, event: int) -> None:
    listed = talk.says("/events", sender=MARKETER)[0]
    assert "2 of 3 places taken, on the waiting list: 2, maybe: 1" in listed.body["text"]
    assert button_data(listed) == [f"event:{event}"]
    card = talk.says(f"/event {event}", sender=MARKETER)[0]
    assert "Harbour Hall" in card.body["text"]
    assert f"event:{event}:cancel" in button_data(card)
    (guests,) = talk.taps(f"event:{event}:guests", sender=MARKETER)
    assert "Going (1)\n1. Ana (#" in guests.body["text"]
    assert "On the waiting list (1)\n1. Cleo (#" in guests.body["text"]
    assert "There is no event 99." in staff_says(talk, "/event 99")
    with talk.database.transaction() as session:
        make_staff(session, role=Role.AGENT, sender="901")
    unknown = texts(talk.says("/nosuchthing", sender="901"))
    assert texts(talk.says("/events", sender="901")) == texts(talk.says("/event 1", sender="901")) == unknown
    assert "no longer does anything" in texts(talk.taps(f"event:{event}:cancel", sender="901"))[0]


def test_a_guest_who_is_erased_is_gone_from_the_list_that_staff_got(talk: Talk, event: int) -> None:
    (guests,) = talk.taps(f"event:{event}:guests", sender=MARKETER)
    talk.says("/forget", sender="Ana")
    talk.taps("forget:yes", sender="Ana")
    with talk.database.reading() as session:
        assert session.get_one(OutboxMessage, guests.id).body["text"] == ""


def test_a_long_list_comes_in_messages_that_are_emptied_whole(talk: Talk, event: int) -> None:
    with talk.database.transaction() as session:
        for _ in range(60):
            customer = make_customer(session, display_name="🏮" * 100)
            answer(session, event, customer.id, Rsvp.MAYBE)
        set_consent(session, customer.id, granted=False, now=talk.now)
    pages = talk.taps(f"event:{event}:guests", sender=MARKETER)
    assert len(pages) > 1
    assert all(len(parts_of(Outgoing(1, "chat", page.body["text"]))) == 1 for page in pages)
    assert f"(#{customer.id})" in "".join(texts(pages))
    assert f"(#{customer.id}) – they said stop" in staff_taps(talk, f"event:{event}:cancel")


def test_a_change_is_shown_with_whom_it_concerns_and_told_to_those_once(talk: Talk, event: int) -> None:
    preview = change(talk, event, "place", "Garden Room")
    assert "• Where: Harbour Hall → Garden Room" in preview
    answers = "2 of 3 places taken, on the waiting list: 2, maybe: 1"
    assert preview.splitlines()[-1] == f"It concerns 5 people, who are told of it ({answers})."
    told = news(talk)
    assert set(told) == {"Ana", "Ben", "Cleo"}
    assert "• Where: Harbour Hall → Garden Room" in told["Ana"].body["text"]
    assert told["Ana"].body["text"].endswith("Your place is kept. If it no longer suits you, just tap No.")
    assert told["Cleo"].body["text"].endswith("You are still on the waiting list.")
    assert told["Cleo"].body["document"] is None
    entry = Calendar.from_ical(told["Ana"].body["document"][2]).events[0]
    assert (entry["location"], entry["sequence"], entry["status"]) == ("Garden Room", 1, "CONFIRMED")
    assert news(talk) == {}


def test_the_marketer_reads_when_guests_hear_of_a_change(talk: Talk, event: int) -> None:
    def applied(field: str, value: str) -> str:
        staff_taps(talk, f"event:{event}:{field}")
        staff_says(talk, value)
        return staff_taps(talk, f"event:{event}:apply").partition("\n")[0]

    in_two = "Guests are told of it in 2 minutes, in one message with all that you change until then."
    assert applied("place", "Garden Room") == f"It is changed. {in_two}"
    assert applied("title", "Garden tea") == f"It is changed. {in_two}"
    assert applied("offer", "90m") == "It is changed."
    told = news(talk)
    assert "• Name: Tea evening → Garden tea\n• Where: Harbour Hall → Garden Room" in told["Ana"].body["text"]
    assert applied("when", "today 23:00") == "It is changed. Guests are told of it now."


def test_moving_an_event_moves_its_end_along(talk: Talk, event: int) -> None:
    assert "12:00–14:00" in change(talk, event, "end", "14:00")
    news(talk)
    preview = change(talk, event, "when", "2026-12-02 18:30 Europe/Paris")
    assert "• When: Tue, 1 Dec 2026, 12:00–14:00 (London time) → " in preview
    assert "Wed, 2 Dec 2026, 18:30–20:30 (Paris time)" in preview
    assert set(news(talk)) == {"Ana", "Ben", "Cleo"}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("20:00", "Tue, 1 Dec 2026, 20:00 (London time)"),
        ("at 8 pm", "Tue, 1 Dec 2026, 20:00 (London time)"),
        ("晚上8点半", "Tue, 1 Dec 2026, 20:30 (London time)"),
        ("20点30分", "Tue, 1 Dec 2026, 20:30 (London time)"),
        ("20:00 Europe/Paris", "Tue, 1 Dec 2026, 20:00 (Paris time)"),
        ("tomorrow 20:00", "Sun, 22 Nov 2026, 20:00 (London time)"),
    ],
)
def test_a_time_without_a_day_leaves_the_event_on_its_own(
    talk: Talk, event: int, written: str, shown: str
) -> None:
    assert f" → {shown}" in change(talk, event, "when", written)


def test_a_time_that_no_clock_shows_moves_nothing(talk: Talk, event: int) -> None:
    staff_taps(talk, f"event:{event}:when")
    for wrong in ("25:00", "13 pm", "20:00 Mars/Olympus", "20"):
        assert "→" not in staff_says(talk, wrong)


def test_more_room_lets_the_waiting_list_move_up_and_less_than_are_there_is_refused(
    talk: Talk, event: int
) -> None:
    staff_taps(talk, f"event:{event}:capacity")
    assert "2 people have a place already" in staff_says(talk, "1")
    assert "Nobody is told of this." in staff_says(talk, "4")
    talk.taps(f"event:{event}:apply", sender=MARKETER)
    offers = [row for row in talk.sent if row.address == "Cleo" and "2 places came free" in row.body["text"]]
    assert len(offers) == 1
    assert news(talk) == {}


def test_a_cancelled_event_is_taken_off_calendars_and_named_are_those_whom_we_cannot_tell(
    talk: Talk, event: int
) -> None:
    with talk.database.transaction() as session:
        ben = session.query(Identity).filter_by(sender="Ben").one()
        set_consent(session, ben.customer_id, granted=False, now=talk.now)
    for said in ("no", "going", "maybe"):
        talk.taps(f"rsvp:{event}:{said}", sender="Ana")
    question = staff_taps(talk, f"event:{event}:cancel")
    assert f"• Ben (#{ben.customer_id}) – they said stop or cannot be reached" in question
    assert "whom it concerns is told" in staff_taps(talk, f"event:{event}:surely")
    told = news(talk)
    assert set(told) == {"Ana", "Cleo"}
    assert "is cancelled" in told["Ana"].body["text"]
    calendar = Calendar.from_ical(told["Ana"].body["document"][2])
    assert (calendar["method"], calendar.events[0]["status"]) == ("CANCEL", "CANCELLED")
    assert calendar.events[0]["sequence"] == 2
    assert told["Cleo"].body["document"] is None  # who never got an entry
    assert "was cancelled" in texts(talk.taps(f"rsvp:{event}:going", sender="Ben"))[0]
    assert staff_taps(talk, f"event:{event}:surely") == "“Tea evening” is cancelled."
    assert news(talk) == {}


def test_a_question_can_be_left_and_a_second_tap_does_nothing(talk: Talk, event: int) -> None:
    staff_taps(talk, f"event:{event}:title")
    staff_says(talk, "Garden party")
    assert staff_taps(talk, f"event:{event}:leave") == "Nothing was changed."
    assert "This tap changed nothing" in staff_taps(talk, f"event:{event}:apply")
    change(talk, event, "title", "Garden party")
    assert "This tap changed nothing" in staff_taps(talk, f"event:{event}:apply")
    staff_taps(talk, f"event:{event}:title")
    assert "That is how it is already" in staff_says(talk, "Garden party")


def test_a_change_that_another_talk_displaced_says_that_it_was_not_made(talk: Talk, event: int) -> None:
    staff_taps(talk, f"event:{event}:place")
    staff_says(talk, "Garden Room")
    staff_says(talk, "/newevent")
    told = staff_taps(talk, f"event:{event}:apply")
    assert told.startswith("This tap changed nothing")
    assert f"/event {event} shows how “Tea evening” is now" in told
    assert "Harbour Hall" in staff_says(talk, f"/event {event}")
    staff_taps(talk, f"event:{event}:surely")
    assert staff_taps(talk, f"event:{event}:apply") == "“Tea evening” is cancelled."


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        ("when", "2026-11-01 12:00", "is in the past"),
        ("when", "2027-03-28 01:30", "does not exist in Europe/London"),
        ("when", "tomorrow", "I cannot read this"),
        ("end", "noon", "I cannot read this as a time"),
        ("end", "2026-12-01 11:00", "is not after the start"),
        ("end", "25:00", "no date and time that exists"),
        ("place", " ", "send the place"),
        ("title", "x" * 121, "121 characters"),
        ("capacity", "0", "at least 1 place"),
        ("map", "javascript:alert(1)", "begins with https://"),
        ("map", "https://" + "x" * 300, "at most 300 characters"),
        ("map", "https://[", "begins with https://"),
        ("companions", "7", "from 0 to 6"),
        ("companions", "two", "from 0 to 6"),
        ("reminders", "soon", "lengths of time"),
        ("reminders", "1m", "at least 15 minutes"),
        ("reminders", "9999w", "at most 60 days"),
        ("reminders", "1h 2h 3h 4h 5h 6h", "At most 5"),
        ("offer", "1m", "from 30 minutes to 7 days"),
        ("offer", "1h 2h", "from 30 minutes to 7 days"),
    ],
)
def test_a_wrong_value_is_explained_and_asked_again(
    talk: Talk, event: int, field: str, wrong: str, said: str
) -> None:
    staff_taps(talk, f"event:{event}:{field}")
    assert said in staff_says(talk, wrong)
    with talk.database.reading() as session:
        assert session.get_one(Event, event).revision == 0


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("end", "00:30", "until Wed, 2 Dec 2026, 00:30"),
        ("end", "14点", "12:00–14:00"),
        ("map", "https://maps.example/?q=hall", "On the map: https://maps.example/?q=hall"),
        ("companions", "+3", "Companions: 2 → 3"),
        ("companions", "-", "Companions: 2 → 0"),
        ("reminders", "1 week, 1天 和 2小时", "• Reminders before the start: 1 day → 1 week, 1 day, 2 hours"),
        ("reminders", "-", "• Reminders before the start: 1 day → none"),
        ("offer", "90m", "4 hours → 90 minutes"),
    ],
)
def test_values_are_read_as_people_write_them(
    talk: Talk, event: int, field: str, value: str, shown: str
) -> None:
    assert shown in change(talk, event, field, value)


def test_what_has_begun_is_not_changed(talk: Talk, event: int) -> None:
    staff_taps(talk, f"event:{event}:place")
    talk.now += timedelta(days=20)
    assert "has begun" in staff_says(talk, "Garden Room")
    for what in ("place", "cancel", "surely"):
        assert "has begun" in staff_taps(talk, f"event:{event}:{what}")


@pytest.mark.parametrize("data", ["event", "event:x", "event:1:fly", "event:99:cancel", "event:1:place:2"])
def test_forged_taps_change_nothing(talk: Talk, event: int, data: str) -> None:
    assert event
    assert "no longer does anything" in staff_taps(talk, data)
