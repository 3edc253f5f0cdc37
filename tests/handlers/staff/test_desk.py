"""The staff's desk: taking, answering and settling complaints."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.replay import CHANNEL
from customers.company import Chat
from feedback.complaints import find_complaint
from handlers.incoming import Attachment, AttachmentKind, IncomingKind
from store.engine import Database
from store.tables.complaints import Complaint, ComplaintState
from store.tables.conversations import Message
from store.tables.customers import Identity
from store.tables.staff import Role, Staff
from tests.factories import COMPANY, NOW, make_incoming, make_staff
from tests.handlers.rooms import MEI, TOM, StaffRoom, answer, to_customer
from tests.talk import Talk, button_data, texts

BROKEN = "The teapot arrived broken and I am still waiting for my refund, three weeks now"


@pytest.fixture
def complained(room: StaffRoom) -> StaffRoom:
    """The staff chat, with one complaint of Ana's."""
    room.talk.says(BROKEN)
    return room


def test_the_alert_shows_all_that_staff_need(complained: StaffRoom) -> None:
    alert = complained.alert("alert:1")

    text = alert.body["text"]
    assert text.startswith(f"C-1001 · Ana · new customer\n“{BROKEN}”\n")
    assert "negative (−0." in text
    assert "still waiting −0." in text
    assert "Satisfaction: " in text
    assert " of 100 (confidence " in text
    assert "Answer due: Sat, 21 Nov, 14:00 (London time)" in text
    assert button_data(alert) == ["take:1", "reply:1", "resolve:1", "nocase:1", "more:1"]
    assert alert.about == "complaint:1"


def test_taking_it_changes_the_alert(complained: StaffRoom) -> None:
    (changed,) = complained.taps("take:1")

    assert changed.edits == "alert:1"
    assert changed.body["text"].endswith("✋ Mei has it.")
    assert button_data(changed) == ["reply:1", "resolve:1", "nocase:1", "more:1"]


def test_who_comes_second_learns_who_has_it(complained: StaffRoom) -> None:
    complained.taps("take:1")

    (told,) = complained.taps("take:1", sender=TOM)

    assert told.body["text"] == "Mei has C-1001 already."


def test_a_reply_reaches_the_customer_by_name_and_takes_the_complaint(complained: StaffRoom) -> None:
    messages = complained.replies(
        complained.alert("alert:1"), "I am sorry, Ana! {A new one} <b>leaves</b> today."
    )

    (sent,) = to_customer(messages)
    assert sent.body["text"] == "Mei from Lantern Tea: I am sorry, Ana! {A new one} <b>leaves</b> today."
    assert sent.customer_id is not None
    confirmation, changed = complained.shown(messages)
    assert confirmation.body["text"] == "✓ Sent to Ana (C-1001)."
    assert changed.body["text"].endswith("✋ Mei has it.")
    with complained.talk.database.reading() as session:
        assert find_complaint(session, 1).first_response_at == NOW


def test_the_customers_next_words_come_back_under_the_alert(complained: StaffRoom) -> None:
    complained.replies(complained.alert("alert:1"), "Which size was it?")

    (shown,) = complained.shown(complained.talk.says("The large one"))

    assert shown.reply_to == "alert:1"
    assert shown.body["text"] == "C-1001 · Ana: The large one"


def test_replying_to_a_follow_up_or_a_confirmation_works_too(complained: StaffRoom) -> None:
    (follow_up,) = complained.shown(complained.talk.says("Please hurry"))
    first = complained.replies(follow_up, "On it")
    (confirmation, *_) = complained.shown(first)

    again = complained.replies(confirmation, "Done", sender=TOM)

    assert answer(first) == "Mei from Lantern Tea: On it"
    assert answer(again) == "Tom from Lantern Tea: Done"


def test_a_reply_in_the_customers_language(room: StaffRoom) -> None:
    room.talk.says("/language")
    room.talk.taps("language:zh")
    room.talk.says(BROKEN)

    assert answer(room.replies(room.alert("alert:1"), "对不起")) == "Lantern Tea Mei：对不起"


def test_a_reply_without_anything_to_send_says_that_nothing_went_out(complained: StaffRoom) -> None:
    contact = (Attachment(AttachmentKind.CONTACT, "+44123"),)

    messages = complained.replies(complained.alert("alert:1"), "", attachments=contact)

    assert to_customer(messages) == []
    assert texts(messages)[0].startswith("I cannot send this on, so nothing went out.")


def test_a_reply_to_nothing_that_we_know_goes_nowhere_and_says_so(complained: StaffRoom) -> None:
    messages = complained.says("I agree", reply_to="a message of another life")
    assert to_customer(messages) == []
    assert texts(messages)[0].startswith("Nothing went out: I cannot tell which customer")
    with complained.talk.database.reading() as session:
        assert "I agree" in session.scalars(select(Message.text)).all()


def test_a_reply_to_an_answer_of_ours_that_concerns_nobody_is_told_so(complained: StaffRoom) -> None:
    (listed,) = complained.says("/open")
    messages = complained.replies(listed, "It leaves today")
    assert texts(messages)[0].startswith("Nothing went out: I cannot tell which customer")


def test_chatter_among_staff_is_ignored_and_not_kept(complained: StaffRoom) -> None:
    assert complained.says("Lunch?") == []

    with complained.talk.database.reading() as session:
        assert session.scalars(select(Message.text)).all() == [BROKEN]


def test_the_reply_button_asks_for_words_and_sends_them(complained: StaffRoom) -> None:
    (asked,) = complained.taps("reply:1")
    assert asked.body["text"] == "Reply to this message with what Ana should read. /cancel ends this."

    assert complained.says("Lunch?") == []
    sent = complained.replies(asked, "A new one leaves today")
    assert answer(sent) == "Mei from Lantern Tea: A new one leaves today"
    assert texts(complained.says("/cancel")) == ["There is nothing to cancel."]


def test_alone_with_the_bot_the_next_message_is_the_reply(complained: StaffRoom) -> None:
    (asked,) = complained.talk.taps("reply:1", sender=MEI)
    assert asked.body["text"] == "Your next message here goes to Ana. /cancel ends this."

    assert (
        answer(complained.talk.says("It leaves today", sender=MEI)) == "Mei from Lantern Tea: It leaves today"
    )
    assert "reply to their message" in texts(complained.talk.says("Lunch?", sender=MEI))[0]


def test_while_words_for_one_are_asked_for_a_reply_to_what_we_do_not_know_goes_to_nobody(
    complained: StaffRoom,
) -> None:
    (asked,) = complained.taps("reply:1")

    messages = complained.says("Sorry, Bo", reply_to="the first copy of an alert")

    assert to_customer(messages) == []
    assert texts(messages)[0].startswith("Nothing went out: I cannot tell which customer")
    assert answer(complained.replies(asked, "Sorry, Ana")) == "Mei from Lantern Tea: Sorry, Ana"


def test_an_answer_to_a_customer_does_not_end_what_a_marketer_began(complained: StaffRoom) -> None:
    with complained.talk.database.transaction() as session:
        make_staff(session, name="Lin", role=Role.MARKETER, sender="9009")
    (asked,) = complained.says("/newevent", sender="9009")
    complained.replies(complained.alert("alert:1"), "It leaves today", sender="9009")

    (next_question,) = complained.replies(asked, "Tea tasting", sender="9009")

    assert "When does it start?" in next_question.body["text"]


def test_the_next_words_of_a_colleague_are_not_sent(complained: StaffRoom) -> None:
    complained.taps("reply:1")

    assert complained.says("Lunch?", sender=TOM) == []


def test_cancel_ends_the_reply(complained: StaffRoom) -> None:
    complained.taps("reply:1")

    assert texts(complained.says("/cancel")) == ["Cancelled."]
    assert complained.says("Lunch?") == []
    assert texts(complained.says("/cancel")) == ["There is nothing to cancel."]


def test_words_long_after_the_button_are_not_sent(complained: StaffRoom) -> None:
    complained.talk.taps("reply:1", sender=MEI)
    complained.talk.passes(minutes=11)

    messages = complained.talk.says("Lunch?", sender=MEI)

    assert to_customer(messages) == []
    assert texts(messages)[0].startswith("That took long, so nothing went out.")
    assert "reply to their message" in texts(complained.talk.says("Lunch?", sender=MEI))[0]


def test_resolving_asks_the_customer_and_changes_the_alert(complained: StaffRoom) -> None:
    complained.taps("take:1")

    messages = complained.taps("remedy:1:product:replaced")

    (asked,) = to_customer(messages)
    assert asked.body["text"] == "Mei from Lantern Tea says that C-1001 is solved. Is it?"
    assert button_data(asked) == ["solved:1:yes", "solved:1:no"]
    settled, changed = complained.shown(messages)
    assert settled.body["text"] == ("☑️ C-1001 is resolved. Product: Replaced (Mei). The customer is asked.")
    assert changed.edits == "alert:1"
    assert "☑️ Mei says it is solved" in changed.body["text"]


def test_buttons_of_a_settled_complaint_say_how_it_stands(complained: StaffRoom) -> None:
    complained.taps("remedy:1:product:replaced")
    assert "waits for the customer's word" in texts(complained.taps("remedy:1:product:replaced"))[0]
    assert "waits for the customer's word" in texts(complained.taps("take:1"))[0]
    complained.talk.taps("solved:1:yes")
    assert "is closed" in texts(complained.taps("take:1"))[0]
    assert "is closed" in texts(complained.taps("remedy:1:product:replaced"))[0]


def test_a_reply_to_a_closed_complaint_asks_and_leaves_it_closed(complained: StaffRoom) -> None:
    complained.taps("remedy:1:product:replaced")
    complained.talk.taps("solved:1:yes")
    (asked,) = complained.replies(complained.alert("alert:1"), "Thank you, Ana!")
    assert asked.body["text"] == "C-1001 is closed, so nothing went out yet. What shall I do?"

    messages = complained.taps(button_data(asked)[0])

    assert answer(messages) == "Mei from Lantern Tea: Thank you, Ana!"
    assert texts(complained.shown(messages)) == ["✓ Sent to Ana. C-1001 is closed, and stays so.", "Done."]
    with complained.talk.database.reading() as session:
        assert find_complaint(session, 1).state is ComplaintState.CONFIRMED
    assert texts(complained.shown(complained.talk.says("You are welcome")))[0].startswith("💬 Answer\nAna")


def test_a_corrected_reply_is_corrected_for_the_customer(complained: StaffRoom) -> None:
    complained.replies(complained.alert("alert:1"), "It leaves toady", message_id="s1")

    edit = make_incoming(
        "It leaves today",
        sender=MEI,
        kind=IncomingKind.EDIT,
        message_id="s1",
        address="-100123",
        private=False,
    )
    (changed,) = complained.talk.receives(edit)

    assert changed.edits is not None
    assert changed.address == "77"
    assert changed.body["text"] == "Mei from Lantern Tea: It leaves today"


def test_a_customer_who_cannot_be_reached_is_not_written_to(complained: StaffRoom) -> None:
    with complained.talk.database.transaction() as session:
        session.scalars(select(Identity)).one().unreachable_since = NOW

    messages = complained.replies(complained.alert("alert:1"), "Hello?")

    assert to_customer(messages) == []
    assert "cannot be reached" in texts(messages)[0]


@pytest.mark.parametrize(
    "data", ["take:99", "take", "take:x", "take:1:2", "resolve:-1", "resolve:999999999999999", "nonsense", ""]
)
def test_stale_or_forged_buttons_change_nothing(complained: StaffRoom, data: str) -> None:
    assert texts(complained.taps(data)) == [
        "This button no longer does anything. /open shows what waits for us."
    ]


@pytest.mark.parametrize("data", ["reply:99", "reply", "reply:customer:99", "reply:customer", "reply:a:b:c"])
def test_stale_reply_buttons_expect_no_words(complained: StaffRoom, data: str) -> None:
    assert texts(complained.taps(data)) == ["There is no such customer any more: nothing went out."]
    assert complained.says("Lunch?") == []


def test_open_lists_what_waits_with_owner_and_due(complained: StaffRoom) -> None:
    complained.talk.says("The kettle is broken, terrible", sender="78")
    complained.taps("take:2")

    (text,) = texts(complained.says("/open"))

    lines = text.splitlines()
    assert len(lines) == 3
    assert any(line.startswith("C-1001 · new customer · Mei, not taken yet · due ") for line in lines)
    assert any(line.startswith("C-1002 · new customer · Mei · due ") for line in lines)
    assert not any("(London time)" in line for line in lines)
    assert lines[-1] == "Times: London time"


def test_open_marks_what_is_overdue(complained: StaffRoom) -> None:
    complained.talk.passes(hours=5)

    assert texts(complained.says("/open"))[0].startswith("⚠️ C-1001 ")


def test_open_with_nothing_open(room: StaffRoom) -> None:
    assert texts(room.says("/open")) == ["No complaint is open."]


@pytest.mark.parametrize(("role", "may"), [(Role.AGENT, False), (Role.MARKETER, True), (Role.MANAGER, True)])
def test_help_names_what_the_role_may_do(talk: Talk, role: Role, *, may: bool) -> None:
    with talk.database.transaction() as session:
        make_staff(session, role=role, sender="9009")

    (text,) = texts(talk.says("/help", sender="9009"))

    assert ("/newevent" in text) is may
    assert ("/broadcast" in text) is may


def test_alone_with_the_bot_staff_get_a_hint(room: StaffRoom) -> None:
    assert texts(room.talk.says("Lunch?", sender=MEI))[0].startswith("To answer a customer, reply")


def test_staff_in_other_groups_are_ignored(room: StaffRoom) -> None:
    assert room.talk.says("/open", sender=MEI, address="-999", private=False) == []


def test_an_unknown_command_of_staff(room: StaffRoom) -> None:
    assert texts(room.says("/nonsense")) == ["I do not know this command. /help shows those I know."]
    assert texts(room.says("/cases C-0001")) == ["I do not know this command. Did you mean /case?"]


def test_what_somebody_may_not_do_is_not_proposed(room: StaffRoom) -> None:
    for slip in ("/campagin", "/campaign"):
        assert texts(room.says(slip)) == ["I do not know this command. /help shows those I know."]
    with room.talk.database.transaction() as session:
        session.scalars(select(Staff).filter_by(name="Mei")).one().role = Role.MARKETER
    assert texts(room.says("/campagin")) == ["I do not know this command. Did you mean /campaign?"]


def test_in_the_web_staff_room_chatter_gets_a_hint_and_stays_in_the_history(database: Database) -> None:
    room = StaffRoom.opened(Talk(database, company=replace(COMPANY, staff_chat=Chat("webchat", "staff"))))
    with database.transaction() as session:
        make_staff(session, name="Lin", channel="webchat", sender="s-1")

    (hint,) = room.says("Lunch?", sender="s-1")

    assert hint.body["text"].startswith("To answer a customer, reply")
    with database.reading() as session:
        assert session.scalars(select(Message.text)).all() == ["Lunch?"]


def test_open_names_what_waits_on_an_app_that_is_switched_off(complained: StaffRoom) -> None:
    complained.talk.says("The kettle is broken, terrible", sender="w-78", channel="webchat")
    channels = complained.talk.company.channels
    assert "webchat" in channels
    complained.talk.company = replace(complained.talk.company, channels=channels - {"webchat"})
    with complained.talk.database.transaction() as session:  # what was replayed from a file waits for nobody
        replayed = Complaint(
            **{
                column.key: getattr(session.get_one(Complaint, 1), column.key)
                for column in Complaint.__table__.columns
                if column.key not in {"id", "channel"}
            },
            channel=CHANNEL,
        )
        session.add(replayed)

    lines = texts(complained.says("/open"))[0].splitlines()

    assert lines[0].startswith("C-1001 · ")
    assert lines[-1] == "📵 On an app that is switched off, so nobody hears us: C-1002"


def test_a_note_without_a_case_says_how_one_is_written(room: StaffRoom) -> None:
    (told,) = texts(room.talk.says("// he called", sender=MEI))
    assert told.startswith("Which case? Write /note C-1042")


def test_who_took_over_did_not_say_that_it_is_solved(complained: StaffRoom) -> None:
    complained.taps("remedy:1:delivery:delivered")
    *_, changed = [
        message for message in complained.shown(complained.says("/handover Tom C-1001")) if message.edits
    ]
    assert "☑️ Mei says it is solved" in changed.body["text"]


def test_the_alert_of_a_case_that_was_taken_says_what_is_due_after_the_first_answer(
    complained: StaffRoom,
) -> None:
    (taken,) = complained.taps("take:1")
    assert "Answer due: " in taken.body["text"]

    messages = complained.replies(complained.alert("alert:1"), "I look into it")
    (changed,) = [message for message in messages if message.edits]

    assert "To be settled by: " in changed.body["text"]
    again = complained.replies(complained.alert("alert:1"), "Still at it")
    assert not [message for message in again if message.edits]
