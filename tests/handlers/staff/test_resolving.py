"""A case ends with cause and remedy: by taps, once, whoever taps, and never half-done."""

from dataclasses import replace

import pytest
from sqlalchemy import event

from customers.desk import Desk
from feedback.complaints import find_complaint
from handlers.context import Setting
from handlers.incoming import IncomingKind
from handlers.reception import receive
from handlers.staff.resolving import cause_of, code_of
from store.engine import Database
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer
from tests.factories import make_incoming
from tests.handlers.customer.cases import BROKEN, state
from tests.handlers.rooms import MEI, TOM, StaffRoom, to_customer
from tests.postgres import PostgresServer
from tests.talk import Talk, button_data, texts

STAFF_VERBS = (
    "take",
    "resolve",
    "cause:1:product",
    "remedy:1:product:replaced",
    "more",
    "wait",
    "goon",
    "reopen",
    "held:1:send",
    "nocase",
    "reply",
)


@pytest.fixture
def complained(room: StaffRoom) -> StaffRoom:
    """Ana has complained."""
    room.talk.says(BROKEN)
    return room


def case(room: StaffRoom, complaint_id: int = 1) -> Complaint:
    with room.talk.database.reading() as session:
        return find_complaint(session, complaint_id)


def test_cause_and_remedy_are_two_taps(complained: StaffRoom) -> None:
    (question,) = complained.taps("resolve:1")
    assert question.body["text"] == "What did C-1001 come from?"
    assert "cause:1:product" in button_data(question)
    assert state(complained.talk) is ComplaintState.OPEN

    (remedy,) = complained.taps("cause:1:product")
    assert remedy.body["text"] == "C-1001 · Product. What was done about it?"
    assert to_customer([question, remedy]) == []
    complained.taps("remedy:1:product:refunded")

    assert (case(complained).cause, case(complained).remedy) == ("product", "Refunded")
    assert state(complained.talk) is ComplaintState.RESOLVED


def test_the_talk_stays_one_message(complained: StaffRoom) -> None:
    (question,) = complained.taps("resolve:1")

    (remedy,) = complained.talk.taps(
        "cause:1:product", sender=MEI, address="-100123", private=False, message_id=question.external_id
    )

    assert remedy.edits == question.dedupe_key


def test_what_it_seems_to_come_from_stands_first(complained: StaffRoom) -> None:
    seems = case(complained).cause
    assert seems is not None

    (question,) = complained.taps("resolve:1")

    assert button_data(question)[0] == f"cause:1:{seems}"
    assert len(set(button_data(question))) == len(Desk().causes)


def test_a_remedy_in_words_is_for_us_alone(complained: StaffRoom) -> None:
    (question,) = complained.taps("remedy:1:product:own")
    assert question.body["text"].startswith("What was done about C-1001? One line, for us only.")

    messages = complained.replies(question, "A new lid,\n sent by express")

    assert case(complained).remedy == "A new lid, sent by express"
    assert all("express" not in text for text in texts(to_customer(messages)))


@pytest.mark.parametrize("words", ["x" * 301, "   "])
def test_a_remedy_that_is_none_leaves_all_as_it_is(complained: StaffRoom, words: str) -> None:
    (question,) = complained.taps("remedy:1:product:own")

    (told,) = complained.replies(question, words)

    assert told.body["text"].startswith("Please say in one line of at most 300 characters")
    assert state(complained.talk) is ComplaintState.OPEN
    complained.replies(question, "Sent a new one")
    assert case(complained).remedy == "Sent a new one"


def test_of_two_who_resolve_together_one_does_and_the_other_hears_who(complained: StaffRoom) -> None:
    complained.taps("cause:1:product")
    complained.taps("cause:1:delivery", sender=TOM)
    complained.taps("remedy:1:delivery:refunded", sender=TOM)

    (told,) = complained.taps("remedy:1:product:replaced")

    assert told.body["text"].startswith(
        "C-1001 waits for the customer's word: Tom resolved it and asked them"
    )
    assert (case(complained).cause, case(complained).remedy) == ("delivery", "Refunded")


def test_a_case_that_closed_meanwhile_stays_as_it_is(complained: StaffRoom) -> None:
    (question,) = complained.taps("remedy:1:product:own")
    complained.taps("nocase:1", sender=TOM)

    (told,) = complained.replies(question, "Sent a new one")

    assert "is closed: Tom says it was no complaint" in told.body["text"]
    assert case(complained).remedy is None


def test_a_cause_that_the_company_dropped_asks_again(complained: StaffRoom) -> None:
    desk = replace(Desk(), causes=("leaks", "送货 太慢: 又晚了"))
    complained.talk.company = replace(complained.talk.company, desk=desk)

    (told,) = complained.taps("remedy:1:product:replaced")

    assert told.body["text"].startswith("This cause is no longer in our list, so C-1001 stays as it is.")
    assert state(complained.talk) is ComplaintState.OPEN
    data = button_data(told)[1]
    assert len(data.encode()) <= 64
    complained.taps(f"{data.replace('cause', 'remedy', 1)}:replaced")
    assert case(complained).cause == "送货 太慢: 又晚了"


def test_a_customers_yes_before_that_ends_it_but_does_not_close_it(complained: StaffRoom) -> None:
    messages = complained.talk.taps("solved:1:yes")

    changed = next(one for one in messages if one.edits == "alert:1")
    assert "📁 Cause and remedy are missing" in changed.body["text"]
    assert "resolve:1" in button_data(changed)
    assert state(complained.talk) is ComplaintState.CONFIRMED
    assert case(complained).closed_at is None
    assert "📁 C-1001" in texts(complained.says("/open"))[0]

    done, *others = complained.taps("remedy:1:product:explained")

    assert done.body["text"] == "✅ C-1001 is closed. Product: Explained (Mei)"
    assert to_customer(others) == []
    assert case(complained).closed_at == complained.talk.now
    assert texts(complained.says("/open")) == ["No complaint is open."]
    assert "is closed" in texts(complained.taps("remedy:1:product:replaced"))[0]


def test_more_shows_what_fits_the_state(complained: StaffRoom) -> None:
    complained.replies(complained.alert("alert:1"), "Which kettle is it?")
    assert "wait:1" in button_data(complained.taps("more:1")[0])
    complained.taps("wait:1")
    assert "goon:1" in button_data(complained.taps("more:1")[0])
    complained.taps("remedy:1:product:replaced")
    complained.talk.taps("solved:1:yes")
    menu = button_data(complained.taps("more:1")[0])
    assert "reopen:1" in menu
    assert "wait:1" not in menu

    messages = complained.taps("reopen:1")

    assert messages[0].body["text"].startswith("🔄 Mei opened C-1001 again")
    assert state(complained.talk) is ComplaintState.OPEN
    assert to_customer(messages) == []


@pytest.mark.parametrize("number", ["99", "0", "-1", "x", "", "9" * 15, "9" * 40, "1 OR 1=1", "１"])
@pytest.mark.parametrize(
    "verb", ["take", "resolve", "more", "wait", "goon", "reopen", "cause:{}:product", "remedy:{}:product:own"]
)
def test_forged_numbers_change_nothing(complained: StaffRoom, verb: str, number: str) -> None:
    data = verb.format(number) if "{}" in verb else f"{verb}:{number}"

    messages = complained.taps(data)

    assert texts(messages) == ["This button no longer does anything. /open shows what waits for us."]
    assert state(complained.talk) is ComplaintState.OPEN


@pytest.mark.parametrize(
    "data",
    [
        "cause:1",
        "cause:1:product:more",
        "remedy:1:product",
        "remedy:1:product:bribed",
        "remedy:1:product:replaced:x",
        "resolve:1:2",
    ],
)
def test_forged_taps_of_a_wrong_shape_change_nothing(complained: StaffRoom, data: str) -> None:
    (told,) = complained.taps(data)

    assert told.body["text"].startswith("This button no longer does anything.")
    assert state(complained.talk) is ComplaintState.OPEN


@pytest.mark.parametrize("verb", STAFF_VERBS)
def test_customers_cannot_tap_what_staff_taps(complained: StaffRoom, verb: str) -> None:
    data = verb if ":" in verb else f"{verb}:1"

    messages = complained.talk.taps(data)

    assert complained.shown(messages) == []
    assert state(complained.talk) is ComplaintState.OPEN
    assert case(complained).remedy is None


@pytest.mark.parametrize("word", ["yes", "no"])
def test_customers_cannot_settle_anothers_case(complained: StaffRoom, word: str) -> None:
    complained.talk.says("Hello", sender="78")
    complained.taps("remedy:1:product:replaced")

    messages = complained.talk.taps(f"solved:1:{word}", sender="78")

    assert complained.shown(messages) == []
    assert state(complained.talk) is ComplaintState.RESOLVED


@pytest.mark.parametrize("cause", ["delivery", "送货", "a:b", "x" * 200, "Very long name of a cause"])
def test_any_cause_fits_into_a_button_and_is_found_again(cause: str) -> None:
    causes = ("other", cause, "price")

    assert cause_of(code_of(cause), causes) == cause
    assert len(code_of(cause).encode()) <= 24
    assert cause_of("nothing", causes) is None


@pytest.mark.parametrize("data", ["take:1", "remedy:1:product:replaced", "wait:1"])
def test_a_tap_that_meets_an_erasure_changes_nothing(postgres_server: PostgresServer, data: str) -> None:
    """The customer is erased after the tap was looked up, and before the case could be held."""
    with postgres_server.new_database(tables=True) as url:
        database = Database(url)
        room = StaffRoom.opened(Talk(database))
        room.talk.says(BROKEN)
        erased = False

        def erase(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            nonlocal erased
            if "FOR UPDATE" in statement and not erased:
                erased = True
                with database.transaction() as other:
                    other.delete(other.get_one(Customer, 1))

        tap = make_incoming(
            sender=MEI, kind=IncomingKind.BUTTON, button=data, address="-100123", private=False
        )
        with database.transaction() as session:
            event.listen(session.get_bind(), "before_cursor_execute", erase)
            (drafts,) = receive(session, [tap], Setting(room.talk.company, room.talk.now))
        database.close()

    assert erased
    assert [draft.text for draft in drafts] == [
        "This button no longer does anything. /open shows what waits for us."
    ]


def test_who_said_stop_is_not_asked_and_it_counts_as_no_answer(complained: StaffRoom) -> None:
    complained.talk.says("/stop")

    messages = complained.taps("remedy:1:product:refunded")

    assert to_customer(messages) == []
    assert messages[0].body["text"] == (
        "☑️ C-1001 is resolved. Product: Refunded (Mei).\nAna said stop, so they do not hear of it from me."
    )
    assert state(complained.talk) is ComplaintState.RESOLVED
    assert case(complained).first_response_at is None
