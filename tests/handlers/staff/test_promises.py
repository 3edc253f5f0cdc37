"""Promises in the staff chat: made in a line or by taps, reminded of, kept, broken, withdrawn."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers.staff.promise_steps import see_to_promises
from store.tables.complaints import Complaint, ComplaintEvent, ComplaintState
from store.tables.desk import Promise, PromiseState
from store.tables.feedback import EntrySource, SatisfactionEntry
from store.tables.queues import OutboxMessage
from store.tables.staff import Role, Staff
from tests.factories import make_staff
from tests.handlers.rooms import MEI, TOM, StaffRoom, answer, to_customer
from tests.talk import button_data, texts

BROKEN = "The teapot arrived broken and I am still waiting for my refund, three weeks now"
LINE = "/promise C-1001 2d Replacement arrives"


@pytest.fixture
def complained(room: StaffRoom) -> StaffRoom:
    """The staff chat, with one complaint of Ana's, a lead and a manager."""
    with room.talk.database.transaction() as session:
        make_staff(session, name="Lea", role=Role.LEAD, sender="9101")
        make_staff(session, name="Max", role=Role.MANAGER, sender="9102")
    room.talk.says(BROKEN)
    return room


def beat(room: StaffRoom, **passes: float) -> list[OutboxMessage]:
    """Let time go by, and the beat of promises look until nothing is due."""
    room.talk.passes(**passes)
    sent: list[OutboxMessage] = []
    while True:
        with room.talk.database.transaction() as session:
            done = see_to_promises(session, company=room.talk.company, now=room.talk.now)
        sent += room.talk.deliver()
        if not done:
            return sent


def the_promise(room: StaffRoom) -> Promise:
    with room.talk.database.reading() as session:
        return session.scalars(select(Promise)).one()


def test_a_promise_in_one_line_is_recorded_told_and_shown(complained: StaffRoom) -> None:
    messages = complained.says(LINE)

    assert answer(messages) == (
        "Mei from Lantern Tea has promised you, by Mon, 23 Nov, 12:00 (London time):\n"
        "“Replacement arrives”\nIf it does not happen, we tell you (C-1001)."
    )
    card, *_ = complained.shown(messages)
    assert card.body["text"] == (
        "🤝 C-1001: Mei promised Ana, by Mon, 23 Nov, 12:00 (London time): “Replacement arrives”"
    )
    assert button_data(card) == ["kept:1", "withdraw:1", "reply:1"]
    assert (card.about, card.reply_to) == ("complaint:1", "alert:1")
    made = the_promise(complained)
    assert made.due_at - made.made_at == timedelta(days=2)
    with complained.talk.database.reading() as session:
        case = session.get_one(Complaint, 1)
        assert case.state is ComplaintState.CLAIMED
        assert case.first_response_at == complained.talk.now
        assert "promised" in session.scalars(select(ComplaintEvent.what)).all()


def test_a_reply_to_the_alert_need_not_name_the_case(complained: StaffRoom) -> None:
    messages = complained.replies(complained.alert("alert:1"), "/promise Monday 17:00: You have a new one")

    assert "Mon, 23 Nov, 17:00" in answer(messages)
    assert the_promise(complained).text == "You have a new one"


def test_by_taps_the_term_first_then_the_words(complained: StaffRoom) -> None:
    (asked,) = complained.taps("promise:1")
    assert button_data(asked)[:2] == ["promise:1:14400", "promise:1:86400"]
    (what,) = complained.taps("promise:1:14400")
    assert what.body["text"].startswith("What happens by Sat, 21 Nov, 16:00")

    messages = complained.replies(what, "A colleague calls you")

    assert "“A colleague calls you”" in answer(messages)
    assert texts(complained.says("/cancel")) == ["There is nothing to cancel."]


def test_by_taps_a_time_of_ones_own_and_a_second_try(complained: StaffRoom) -> None:
    (asked,) = complained.taps("promise:1")
    (again,) = complained.replies(asked, "soon, I hope")
    assert again.body["text"].startswith("I cannot read a time there, so nothing is promised.")

    messages = complained.replies(again, "tomorrow 15:00 A colleague calls you")

    assert "Sun, 22 Nov, 15:00" in answer(messages)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/promise", "Name the case, or reply to its alert"),
        ("/promise 2d Replacement arrives", "Name the case, or reply to its alert"),
        ("/promise C-1999 2d Replacement arrives", "There is no such case."),
        ("/promise C-99999999999999999 2d x", "There is no such case."),
        ("/promise C-1001", "I cannot read a time there"),
        ("/promise C-1001 Replacement arrives", "I cannot read a time there"),
        ("/promise C-1001 yesterday Replacement arrives", "That time is over."),
        ("/promise C-1001 1.1.2020 Replacement arrives", "That time is over."),
        ("/promise C-1001 400d Replacement arrives", "That is more than a year ahead"),
        ("/promise C-1001 2d", "Nothing was noted: write it in one line of 1 to 300 characters."),
        ("/promise C-1001 2d " + "a" * 301, "Nothing was noted"),
    ],
)
def test_what_is_no_promise_is_told_and_nothing_is_stored(
    complained: StaffRoom, line: str, told: str
) -> None:
    (refused,) = complained.says(line)

    assert refused.body["text"].startswith(told)
    with complained.talk.database.reading() as session:
        assert session.scalars(select(Promise)).all() == []
        assert session.get_one(Complaint, 1).state is ComplaintState.OPEN


def test_the_customer_reads_it_in_their_language_and_by_their_clock(room: StaffRoom) -> None:
    room.talk.says("/language")
    room.talk.taps("language:zh")
    room.talk.says(BROKEN)

    messages = room.says("/promise C-1001 明天下午三点 补发的货送到")

    assert answer(messages).startswith("Lantern Tea Mei")
    assert "11月22日周日 15:00" in answer(messages)
    assert "“补发的货送到”" in answer(messages)


def test_its_maker_then_the_lead_then_its_maker_are_reminded_each_once(complained: StaffRoom) -> None:
    complained.says(LINE)

    assert beat(complained, hours=23) == []
    (half,) = beat(complained, hours=1)
    assert half.body["text"].startswith("⏳ Mei: “Replacement arrives” is promised to Ana by Mon, 23 Nov")
    assert beat(complained, hours=1) == []
    (lead,) = beat(complained, hours=14)
    assert lead.body["text"].startswith("⚠️ Lea: ")
    assert lead.body["text"].endswith("and Mei has not called it kept.")
    (last,) = beat(complained, hours=8)
    assert last.body["text"].startswith("⏳ Mei: ")
    assert [message.address for message in (half, lead, last)] == ["-100123"] * 3


def test_what_was_slept_through_is_said_once(complained: StaffRoom) -> None:
    complained.says(LINE)

    (only,) = beat(complained, hours=47.5)

    assert only.dedupe_key == "promise:1:step:2"


def test_a_broken_one_is_escalated_and_owned_up_to_once(complained: StaffRoom) -> None:
    complained.says(LINE)

    messages = beat(complained, hours=48)

    (sorry,) = to_customer(messages)
    assert sorry.body["text"] == (
        "We promised you by Mon, 23 Nov, 12:00 (London time): “Replacement arrives”. That did not happen, "
        "and I am sorry. Mei knows and will write to you here."
    )
    told, card = complained.shown(messages)
    assert told.body["text"].startswith("🔴 Max: a promise is broken. Mei promised Ana “Replacement arrives”")
    assert button_data(told) == ["reply:1"]
    assert (card.edits, button_data(card)) == ("promise:1", ["reply:1"])
    assert the_promise(complained).state is PromiseState.BROKEN
    assert beat(complained, days=3) == []


def test_at_night_the_customer_is_told_in_the_morning_and_staff_at_once(complained: StaffRoom) -> None:
    complained.says("/promise C-1001 11h Replacement arrives")

    at_once = beat(complained, hours=11)
    assert to_customer(at_once) == []
    assert complained.shown(at_once)
    in_the_morning = beat(complained, hours=10)

    assert answer(in_the_morning).startswith("We promised you by Sat, 21 Nov, 23:00")


def test_who_says_stop_before_the_morning_hears_nothing(complained: StaffRoom) -> None:
    complained.says("/promise C-1001 11h Replacement arrives")
    beat(complained, hours=11)
    complained.talk.says("/stop")

    assert beat(complained, hours=10) == []


def test_who_said_stop_is_not_told_and_staff_know(complained: StaffRoom) -> None:
    complained.talk.says("/stop")

    messages = complained.says(LINE)

    assert to_customer(messages) == []
    assert "Ana said stop, so they do not hear of it from me." in texts(messages)[0]
    with complained.talk.database.reading() as session:
        case = session.get_one(Complaint, 1)
        assert (case.state, case.owner_id) == (ComplaintState.CLAIMED, 1)
        assert case.first_response_at is None  # they have heard nothing of us yet
        assert "responded" not in session.scalars(select(ComplaintEvent.what)).all()
    broken = beat(complained, hours=48)
    assert to_customer(broken) == []
    assert "Ana said stop" in texts(complained.shown(broken))[0]


def test_kept_asks_the_customer_who_says_yes(complained: StaffRoom) -> None:
    complained.says(LINE)

    messages = complained.taps("kept:1")
    (asked,) = to_customer(messages)
    assert asked.body["text"] == (
        "Mei from Lantern Tea says that this was done, as promised: “Replacement arrives”. Was it?"
    )
    assert button_data(asked) == ["promised:1:yes", "promised:1:no"]
    assert beat(complained, days=3) == []  # nobody is reminded of what is kept

    messages = complained.talk.taps("promised:1:yes")
    assert answer(messages) == "Thank you for telling us! It is noted as kept."
    (card,) = complained.shown(messages)
    assert card.body["text"].endswith("✅ It was kept, by the customer's word.")
    assert the_promise(complained).state is PromiseState.CONFIRMED
    assert _entries(complained) == [80.0]


def test_a_written_no_breaks_it_and_its_words_reach_the_manager(complained: StaffRoom) -> None:
    complained.says(LINE)
    complained.taps("kept:1")

    messages = complained.talk.says("No, it still has not arrived")

    assert answer(messages).startswith("I am sorry. Mei knows now and will write to you here.")
    card, told = complained.shown(messages)
    assert card.body["text"].endswith("🔴 It is broken.")
    assert told.body["text"].startswith("🔴 Max: Ana says that a promise was not kept (C-1001)")
    assert "“No, it still has not arrived”" in told.body["text"]
    assert the_promise(complained).state is PromiseState.BROKEN
    assert _entries(complained) == [0.0]
    assert beat(complained, days=3) == []  # they know it, so nothing is owned up to


def test_no_by_mistake_then_yes(complained: StaffRoom) -> None:
    complained.says(LINE)
    complained.taps("kept:1")
    complained.talk.taps("promised:1:no")
    complained.talk.taps("promised:1:yes")

    assert the_promise(complained).state is PromiseState.CONFIRMED
    assert _entries(complained) == [80.0]
    again = complained.talk.taps("promised:1:yes")
    assert answer(again) == "That is noted already. If something is wrong, just write it."


def test_withdrawing_needs_a_reason_that_the_customer_reads(complained: StaffRoom) -> None:
    complained.says(LINE)
    (asked,) = complained.taps("withdraw:1")
    (again,) = complained.replies(asked, "   ")
    assert "write it in one line" in again.body["text"]

    messages = complained.replies(again, "The factory has no more of them")

    assert answer(messages) == (
        "Mei from Lantern Tea cannot keep what was promised to you by Mon, 23 Nov, 12:00 (London time): "
        "“Replacement arrives”. The reason: The factory has no more of them"
    )
    assert the_promise(complained).state is PromiseState.WITHDRAWN
    assert beat(complained, days=3) == []


def test_who_has_no_right_and_who_comes_second_change_nothing_and_are_told(complained: StaffRoom) -> None:
    complained.says(LINE)

    (refused,) = complained.taps("kept:1", sender=TOM)
    assert refused.body["text"] == (
        "Only Mei, the owner of C-1001 and leads can say what became of this promise."
    )
    assert the_promise(complained).state is PromiseState.OPEN
    complained.taps("kept:1", sender="9101")  # a lead may
    (told,) = complained.taps("kept:1")
    assert told.body["text"] == "C-1001: It was called kept already; the customer has been asked."
    (told,) = complained.taps("withdraw:1")
    assert "already" in told.body["text"]


@pytest.mark.parametrize(
    "data",
    ["kept:", "kept:x", "kept:2", "kept:99999999999999999999", "withdraw:9", "promise:9", "promise:1:x"],
)
def test_forged_taps_of_staff_do_nothing(complained: StaffRoom, data: str) -> None:
    complained.says(LINE)

    (told,) = complained.taps(data)

    assert told.body["text"].startswith("This button no longer does anything.")
    assert the_promise(complained).state is PromiseState.OPEN


@pytest.mark.parametrize(
    "data", ["promised:1:yes", "promised:1:no", "kept:1", "withdraw:1", "promised:x:yes"]
)
def test_a_customer_cannot_touch_the_promise_of_another(complained: StaffRoom, data: str) -> None:
    complained.says(LINE)
    complained.taps("kept:1")
    complained.talk.says("Hello", sender="88")

    messages = complained.talk.taps(data, sender="88")

    assert complained.shown(messages) == []
    assert the_promise(complained).state is PromiseState.KEPT


def test_before_staff_call_it_kept_the_customer_cannot_answer_for_them(complained: StaffRoom) -> None:
    complained.says(LINE)

    complained.talk.taps("promised:1:yes")

    assert the_promise(complained).state is PromiseState.OPEN


def test_nothing_is_promised_in_a_closed_case(complained: StaffRoom) -> None:
    complained.taps("nocase:1")

    (told,) = complained.says(LINE)

    assert told.body["text"] == "C-1001 is closed, so nothing is promised in it."


def test_the_list_names_no_customer_and_leads_to_the_card(complained: StaffRoom) -> None:
    assert "You have promised nothing" in texts(complained.says("/promises"))[0]
    complained.says(LINE)

    (listed,) = complained.says("/promises")
    assert listed.body["text"] == "Your open promises:\nC-1001 · Mei · due Mon, 23 Nov, 12:00 (London time)"
    (shown,) = complained.taps(button_data(listed)[0])
    assert "promised Ana" in shown.body["text"]
    assert shown.about == "complaint:1"
    beat(complained, hours=48)
    (listed,) = complained.says("/promises", sender=TOM)
    assert listed.body["text"].startswith("Broken in the last 14 days:\nC-1001 · Mei · was due")


def test_whose_maker_left_belongs_to_the_owner_of_the_case(complained: StaffRoom) -> None:
    complained.taps("take:1", sender=TOM)
    complained.says(LINE)
    with complained.talk.database.transaction() as session:
        session.scalars(select(Staff).where(Staff.name == "Mei")).one().active = False

    (half,) = beat(complained, hours=24)

    assert half.body["text"].startswith("⏳ Tom: ")
    assert "Your open promises:" in texts(complained.says("/promises", sender=TOM))[0]


def test_who_is_erased_leaves_nothing_behind(complained: StaffRoom) -> None:
    complained.says(LINE)
    complained.taps("promise:1")
    complained.talk.says("/forget")
    complained.talk.taps("forget:yes")

    with complained.talk.database.reading() as session:
        assert session.scalars(select(Promise)).all() == []
        left = [row.body["text"] for row in session.scalars(select(OutboxMessage))]
    assert not [text for text in left if "Replacement" in text or "Ana" in text]
    assert beat(complained, days=3) == []
    assert texts(complained.taps("kept:1"))[0].startswith("This button no longer does anything.")


def test_alone_with_the_bot_the_card_goes_to_the_staff_chat_as_well(complained: StaffRoom) -> None:
    messages = complained.talk.says(LINE, sender=MEI)

    shown = [message.address for message in messages if "🤝" in message.body["text"]]
    assert sorted(shown) == ["-100123", MEI]


def _entries(room: StaffRoom) -> list[float]:
    with room.talk.database.reading() as session:
        of_promises = SatisfactionEntry.source == EntrySource.PROMISE
        return list(session.scalars(select(SatisfactionEntry.value).where(of_promises)))


def test_a_promise_that_is_corrected_stays_and_its_way_back_is_told(complained: StaffRoom) -> None:
    complained.says(LINE, message_id="m-7")
    due = the_promise(complained).due_at

    (told,) = complained.edits("m-7", LINE.replace("2d", "3d"))

    assert told.body["text"].startswith("The promise stays as it was made. Tap Withdraw it on its card")
    assert the_promise(complained).due_at == due
