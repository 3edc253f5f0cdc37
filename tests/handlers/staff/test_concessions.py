"""Making good: within a limit at once, above it with a lead's leave; nobody is told of a refused one."""

import pytest
from sqlalchemy import select

from customers.privacy import everything_on, to_document
from store.tables.complaints import ComplaintEvent
from store.tables.customers import Customer
from store.tables.desk import Concession, ConcessionKind, ConcessionState
from store.tables.queues import OutboxMessage
from store.tables.staff import Role, Staff
from tests.factories import make_staff
from tests.handlers.rooms import MEI, TOM, StaffRoom, answer, to_customer
from tests.talk import button_data, texts

BROKEN = "The teapot arrived broken and I am still waiting for my refund, three weeks now"
LEA, MAX = "9101", "9102"
WITHIN = "/concession C-1001 refund 15 Late delivery"
ABOVE = "/concession C-1001 voucher 50.50 A very difficult person"


@pytest.fixture
def complained(room: StaffRoom) -> StaffRoom:
    """The staff chat, with one complaint of Ana's, a lead and a manager."""
    with room.talk.database.transaction() as session:
        make_staff(session, name="Lea", role=Role.LEAD, sender=LEA)
        make_staff(session, name="Max", role=Role.MANAGER, sender=MAX)
    room.talk.says(BROKEN)
    return room


def concessions(room: StaffRoom) -> list[Concession]:
    with room.talk.database.reading() as session:
        return list(session.scalars(select(Concession).order_by(Concession.id)))


def test_within_the_limit_it_is_given_at_once_and_the_customer_told(complained: StaffRoom) -> None:
    messages = complained.says(WITHIN)

    assert answer(messages) == ("Mei from Lantern Tea: to make good for C-1001, we refund you $15.00.")
    (card,) = complained.shown(messages)
    assert card.body["text"] == (
        "🎁 C-1001: Mei – refund, $15.00 – to Ana. The reason: Late delivery\nThe customer has been told."
    )
    assert (card.about, card.reply_to, button_data(card)) == ("complaint:1", "alert:1", [])
    (made,) = concessions(complained)
    assert (made.state, made.amount, made.currency) == (ConcessionState.GIVEN, 1500, "USD")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("voucher 10 x", "you get a voucher of $10.00."),
        ("voucher 10,50 USD x", "you get a voucher of $10.50."),
        ("refund $7 x", "we refund you $7.00."),
        ("replacement 12 x", "you get a replacement."),
        ("extra 3 x", "you get something extra from us."),
        ("Apology We should have called", "Please accept our apology."),
    ],
)
def test_each_kind_says_what_the_customer_gets_and_not_why(
    complained: StaffRoom, line: str, told: str
) -> None:
    text = answer(complained.says(f"/concession C-1001 {line}"))

    assert text.endswith(told)
    assert "12" not in text
    assert "called" not in text


def test_above_the_limit_a_lead_approves_and_only_then_the_customer_hears(complained: StaffRoom) -> None:
    proposed = complained.says(ABOVE)
    assert to_customer(proposed) == []
    (card,) = proposed
    assert card.body["text"].endswith("⏸ It is above their limit. Can approve it: Lea, Max")
    assert button_data(card) == ["approve:1", "refuse:1"]

    messages = complained.taps("approve:1", sender=LEA)

    assert answer(messages) == "Mei from Lantern Tea: to make good for C-1001, you get a voucher of $50.50."
    changed, told = complained.shown(messages)
    assert changed.edits == "concession:1"
    assert changed.body["text"].endswith("✅ Lea approved it.\nThe customer has been told.")
    assert button_data(changed) == []
    assert told.body["text"] == "Mei: Lea approved what you proposed in C-1001."
    (made,) = concessions(complained)
    assert made.state is ConcessionState.GIVEN


def test_of_what_is_refused_the_customer_never_hears(complained: StaffRoom) -> None:
    complained.says(ABOVE)

    messages = complained.taps("refuse:1", sender=MAX)

    assert to_customer(messages) == []
    changed, told = complained.shown(messages)
    assert "🚫 Max refused it." in changed.body["text"]
    assert told.body["text"] == "Mei: Max refused what you proposed in C-1001."
    complained.says(WITHIN)
    with complained.talk.database.reading() as session:
        shown = to_document(everything_on(session, session.scalars(select(Customer)).one()))
        sent = [
            row.body["text"]
            for row in session.scalars(select(OutboxMessage).where(OutboxMessage.customer_id.is_not(None)))
        ]
    for words in ("difficult", "5050", "50.50", "refused", "proposed", "Late delivery"):
        assert words not in shown
        assert not [text for text in sent if words in text]
    assert '"amount": 1500' in shown


@pytest.mark.parametrize(
    ("sender", "told"),
    [
        (MEI, "Only leads, managers and admins approve. Can approve it: Lea, Max"),
        (TOM, "Only leads, managers and admins approve. Can approve it: Lea, Max"),
    ],
)
def test_who_has_no_right_to_approve_changes_nothing(complained: StaffRoom, sender: str, told: str) -> None:
    complained.says(ABOVE)

    (refused,) = complained.taps("approve:1", sender=sender)

    assert refused.body["text"] == told
    assert concessions(complained)[0].state is ConcessionState.PROPOSED


def test_nobody_approves_their_own_nor_what_is_above_their_own_limit(complained: StaffRoom) -> None:
    complained.says("/concession C-1001 refund 300 Weeks of waiting", sender=LEA)
    (own,) = complained.taps("approve:1", sender=LEA)
    assert own.body["text"] == "You proposed it, so somebody else decides. Can approve it: Max"

    complained.says("/concession C-1001 refund 300 Weeks of waiting")
    (above,) = complained.taps("approve:2", sender=LEA)
    assert above.body["text"] == "That is above your own limit. Can approve it: Max"
    assert {made.state for made in concessions(complained)} == {ConcessionState.PROPOSED}


def test_pressed_twice_it_says_so(complained: StaffRoom) -> None:
    complained.says(ABOVE)
    complained.taps("approve:1", sender=LEA)

    for data in ("approve:1", "refuse:1"):
        (told,) = complained.taps(data, sender=MAX)
        assert told.body["text"] == "Lea approved it already; nothing has changed."
    assert concessions(complained)[0].state is ConcessionState.GIVEN


def test_several_small_gifts_are_one_great_one(complained: StaffRoom) -> None:
    complained.says(WITHIN)
    complained.says(WITHIN)  # 30 in all: above the limit of 20
    complained.says("/concession C-1001 refund 5 And the postage")

    states = [made.state for made in concessions(complained)]
    assert states == [ConcessionState.GIVEN, ConcessionState.PROPOSED, ConcessionState.GIVEN]


def test_above_everybodys_limit_nothing_is_stored(complained: StaffRoom) -> None:
    (told,) = complained.says("/concession C-1001 refund 5000 A new kitchen")

    assert told.body["text"] == (
        "Nothing was given: nobody here can approve $5,000.00. The highest limit is $2,000.00."
    )
    assert concessions(complained) == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/concession", "Name the case, or reply to its alert"),
        ("/concession refund 15 x", "Name the case"),
        ("/concession C-1999 refund 15 x", "There is no such case."),
        ("/concession C-1001", "Say what is given: apology, refund, voucher, replacement, extra."),
        ("/concession C-1001 money 15 x", "Say what is given: "),
        ("/concession C-1001 refund", "How much for C-1001, in USD, and why?"),
        ("/concession C-1001 refund much x", "How much for C-1001, in USD, and why?"),
        ("/concession C-1001 refund -15 x", "How much for C-1001"),
        ("/concession C-1001 refund 1.234 x", "How much for C-1001"),
        ("/concession C-1001 refund 99999999999999999 x", "How much for C-1001"),
        ("/concession C-1001 refund 15 EUR x", "How much for C-1001"),
        ("/concession C-1001 refund nan x", "How much for C-1001"),
        ("/concession C-1001 refund 15", "Nothing was given: say why, in 1 to 300 characters."),
        ("/concession C-1001 refund 15 " + "x" * 301, "Nothing was given"),
        ("/concession C-1001 apology", "Nothing was given"),
    ],
)
def test_what_cannot_be_given_is_told_and_nothing_is_stored(
    complained: StaffRoom, line: str, told: str
) -> None:
    (refused,) = complained.says(line)

    assert refused.body["text"].startswith(told)
    assert concessions(complained) == []


def test_by_taps_and_a_line(complained: StaffRoom) -> None:
    (kinds,) = complained.taps("concede:1")
    assert button_data(kinds) == [f"concede:1:{kind}" for kind in ConcessionKind]
    (asked,) = complained.taps("concede:1:voucher")
    (again,) = complained.replies(asked, "a lot")
    assert again.body["text"].startswith("How much for C-1001, in USD")

    messages = complained.replies(again, "12.5 Late delivery")

    assert answer(messages).endswith("you get a voucher of $12.50.")
    assert texts(complained.says("/cancel")) == ["There is nothing to cancel."]


@pytest.mark.parametrize(
    "data",
    [
        "approve:",
        "approve:x",
        "approve:9",
        "refuse:99999999999999999",
        "concede:9",
        "concede:1:gold",
        "concede:x",
    ],
)
def test_forged_taps_do_nothing(complained: StaffRoom, data: str) -> None:
    complained.says(ABOVE)

    (told,) = complained.taps(data, sender=LEA)

    assert told.body["text"].startswith("This button no longer does anything.")
    assert concessions(complained)[0].state is ConcessionState.PROPOSED


@pytest.mark.parametrize("data", ["approve:1", "refuse:1", "concede:1:refund"])
def test_customers_cannot_approve_anything(complained: StaffRoom, data: str) -> None:
    complained.says(ABOVE)

    complained.talk.taps(data)

    assert concessions(complained)[0].state is ConcessionState.PROPOSED


def test_who_said_stop_is_not_told_and_staff_know(complained: StaffRoom) -> None:
    complained.talk.says("/stop")

    messages = complained.says(WITHIN)

    assert to_customer(messages) == []
    assert texts(messages)[0].endswith("Ana said stop, so they do not hear of it from me.")


def test_a_proposer_who_left_meanwhile_and_a_case_that_is_closed(complained: StaffRoom) -> None:
    complained.says(ABOVE)
    with complained.talk.database.transaction() as session:
        session.scalars(select(Staff).where(Staff.name == "Mei")).one().active = False

    messages = complained.taps("approve:1", sender=LEA)
    assert answer(messages).startswith("Mei from Lantern Tea:")
    complained.taps("nocase:1", sender=TOM)
    (told,) = complained.says(WITHIN, sender=TOM)
    assert told.body["text"] == "C-1001 is closed, so nothing is given in it."


def test_who_is_erased_meanwhile_gets_nothing(complained: StaffRoom) -> None:
    complained.says(ABOVE)
    complained.talk.says("/forget")
    complained.talk.taps("forget:yes")

    (told,) = complained.taps("approve:1", sender=LEA)

    assert told.body["text"].startswith("This button no longer does anything.")
    assert concessions(complained) == []


def test_it_is_noted_in_the_case(complained: StaffRoom) -> None:
    complained.says(ABOVE)
    complained.taps("approve:1", sender=LEA)

    with complained.talk.database.reading() as session:
        events = session.execute(select(ComplaintEvent.what, ComplaintEvent.text)).all()
    assert ("concession_proposed", "voucher $50.50: A very difficult person") in [
        tuple(row) for row in events
    ]
    assert "concession_given" in [row[0] for row in events]


def test_in_chinese(room: StaffRoom) -> None:
    room.talk.says("/language")
    room.talk.taps("language:zh")
    room.talk.says(BROKEN)

    assert answer(room.says(WITHIN)) == "Lantern Tea Mei：作为对 C-1001 的补偿，我们给您退款 US$15.00。"


def test_nothing_is_approved_in_what_was_no_complaint_but_it_can_be_refused(complained: StaffRoom) -> None:
    complained.says(ABOVE)
    complained.taps("nocase:1")

    (told,) = complained.taps("approve:1", sender=LEA)

    assert told.body["text"] == (
        "C-1001 was no complaint after all, so nothing is given in it. You can still refuse this."
    )
    assert [made.state for made in concessions(complained)] == [ConcessionState.PROPOSED]
    messages = complained.taps("refuse:1", sender=LEA)
    assert to_customer(messages) == []
    assert [made.state for made in concessions(complained)] == [ConcessionState.REFUSED]


def test_what_was_proposed_is_approved_after_the_customer_said_that_it_is_solved(
    complained: StaffRoom,
) -> None:
    complained.says(ABOVE)
    complained.taps("remedy:1:product:refunded")
    complained.talk.taps("solved:1:yes")

    messages = complained.taps("approve:1", sender=LEA)

    assert answer(messages).endswith("you get a voucher of $50.50.")
