"""What texts leave open: put in as it is, with a fall-back where nothing is known, and never too long."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.phrases import languages, phrases
from scheduler.audience import Addressee
from scheduler.compose import hello
from scheduler.text_length import length
from scheduler.variables import (
    NOTHING_KNOWN,
    VARIABLES,
    Filled,
    Known,
    Reader,
    as_staff_reads,
    bare_slots,
    fill,
    first_name,
    know,
    longest,
    meant_by,
    needs_look_up,
    unknown_slots,
)
from store.engine import Database
from store.tables.outreach import Event, EventGuest, Rsvp
from tests.factories import COMPANY, NOW, make_customer, make_staff

EN, ZH = phrases("en"), phrases("zh")


def reader(
    name: str = "Ana Lopes",
    *,
    language: str = "en",
    country: str | None = "GB",
    timezone: str | None = "Asia/Shanghai",
    known: Known = NOTHING_KNOWN,
) -> Reader:
    who = Addressee(1, name, language, country, timezone, "telegram", "1")
    return Reader(who, known, COMPANY, language)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hi {first_name}!", "Hi Ana!"),
        ("{first_name} {first_name|friend}", "Ana Ana"),
        ("{firstname} {x|y} stays", "{firstname} {x|y} stays"),
        ("{ {} {{first_name}} }", "{ {} {Ana} }"),
        (
            "100 % <b>&</b> {0} {first_name!r} { first_name}",
            "100 % <b>&</b> {0} {first_name!r} { first_name}",
        ),
        ("{full_name|you} of {company}", "Ana Lopes of Lantern Tea"),
        ("{city|there}, {country|somewhere}", "Shanghai, United Kingdom"),
        ("{contact|we} {last_event|}", "Mei Tea evening"),
    ],
)
def test_what_is_known_is_put_in_and_all_else_stays(text: str, filled: str) -> None:
    known = Known(contact="Mei", last_event="Tea evening")
    assert fill(text, reader(known=known)) == Filled(filled)


def test_what_is_not_known_falls_back() -> None:
    nobody = reader("  ", country=None, timezone=None)
    text = "{first_name|there} {contact|us} {city|}{country|home}"
    assert fill(text, nobody) == Filled(
        "there us home", frozenset({"first_name", "contact", "city", "country"})
    )
    assert fill("{first_name}", nobody).text == "friend"
    assert fill("亲爱的{first_name}", reader("", language="zh")).text == "亲爱的朋友"


def test_a_place_is_said_in_the_reader_s_language() -> None:
    assert fill("{city|}{country|}", reader(language="zh", country="CN")).text == "上海中国"
    assert fill("{city|here}", reader(timezone="UTC")).text == "here"


@given(st.text(), st.text())
def test_a_text_without_variables_is_always_sent_verbatim(text: str, name: str) -> None:
    if not any(name in text for name in VARIABLES):
        assert as_staff_reads(text, name, COMPANY, EN) == text


@given(st.text())
def test_a_name_full_of_braces_is_put_in_as_it_is(name: str) -> None:
    assert fill("{first_name}", reader(name)).text == (first_name(name) or "friend")
    assert (first_name(name) or "Hello!") in hello(EN, name)


PIECES = st.lists(
    st.sampled_from(
        [f"{{{name}|朋友🍵}}" for name in VARIABLES] + ["{first_name}", "{company}", "🍵", "a", "{x}"]
    )
)


@given(PIECES.map("".join), st.text(min_size=1), st.text(), st.text(), st.sampled_from(languages()))
def test_no_text_becomes_longer_than_its_longest(
    text: str, name: str, contact: str, event: str, language: str
) -> None:
    for known in (NOTHING_KNOWN, Known(contact, event)):
        assert length(fill(text, reader(name, language=language, known=known)).text) <= longest(text, COMPANY)


def test_what_is_no_variable_or_lacks_a_fall_back_is_found_where_it_stands() -> None:
    text = "{name} {first_name} {City|x} {name} {} {1} { x } {city}"
    assert [(slot.name, slot.start) for slot in unknown_slots(text)] == [
        ("name", 0),
        ("City", 20),
        ("name", 29),
    ]
    assert [slot.name for slot in bare_slots(text)] == ["city"]
    assert (meant_by("firstname"), meant_by("City"), meant_by("qqqq")) == ("first_name", "city", None)


def test_contact_and_last_event_are_looked_up_for_many_at_once(any_database: Database) -> None:
    with any_database.transaction() as session:
        mei = make_staff(session, name="Mei Tan")
        gone = make_staff(session, name="Tom")
        gone.active = False
        ana, ben, cy = (make_customer(session, contact_id=one) for one in (mei.id, gone.id, None))
        for title, days, answer in (("Old", -30, Rsvp.GOING), ("New", -2, Rsvp.GOING), ("No", -1, Rsvp.NO)):
            event = _event(title, days)
            session.add(event)
            session.flush()
            session.add(EventGuest(event_id=event.id, customer_id=ben.id, answer=answer, answered_at=NOW))
        session.flush()
        known = know(session, [ana.id, ben.id, cy.id], company=COMPANY, now=NOW)
        assert known == {ana.id: Known(contact="Mei Tan"), ben.id: Known(last_event="New")}
    assert needs_look_up(["{contact|we}"])
    assert not needs_look_up(["{first_name} {city|}", "{nothing}"])


def test_the_last_event_is_one_that_they_came_to(any_database: Database) -> None:
    with any_database.transaction() as session:
        ana, ben = make_customer(session), make_customer(session)
        old, new = _event("No door", -30), _event("With a door", -2)
        session.add_all([old, new])
        session.flush()
        for event, who, came in ((old, ana, None), (new, ana, None), (old, ben, None), (new, ben, NOW)):
            session.add(
                EventGuest(
                    event_id=event.id,
                    customer_id=who.id,
                    answer=Rsvp.GOING,
                    answered_at=NOW,
                    checked_in_at=came,
                )
            )
        session.flush()
        known = know(session, [ana.id, ben.id], company=COMPANY, now=NOW)
        assert known == {ana.id: Known(last_event="No door"), ben.id: Known(last_event="With a door")}


def _event(title: str, days: int) -> Event:
    return Event(
        title=title,
        place="Shop",
        starts_at=NOW + timedelta(days=days),
        timezone="Europe/London",
        capacity=9,
        audience="all",
        created_at=NOW,
    )
