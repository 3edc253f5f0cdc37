"""``/suppressed``: what was not said first, and why, as marketers read it."""

from datetime import timedelta

import pytest

from handlers.marketing import suppressed
from scheduler.suppressions import Suppressed, note_suppressed
from store.tables.customers import Purpose
from store.tables.outreach import Campaign
from store.tables.staff import Role
from tests.factories import NOW, make_customer, make_staff
from tests.handlers.rooms import answer
from tests.talk import Talk, button_data, texts

MEI, TOM = "900", "901"


@pytest.fixture
def people(talk: Talk) -> list[int]:
    """Two customers; one heard nothing of a campaign, the other of a visit long ago, too."""
    with talk.database.transaction() as session:
        make_staff(session, name="Mei", role=Role.MARKETER, sender=MEI)
        make_staff(session, name="Tom", role=Role.AGENT, sender=TOM)
        found = [make_customer(session).id for _ in range(2)]
        session.add(Campaign(text="Sale", audience="all", channel="telegram", address="-1", created_at=NOW))
        session.flush()
        rows = [Suppressed(one, "campaign:1", Purpose.OFFERS, "too many") for one in found]
        note_suppressed(session, rows, now=NOW - timedelta(days=3))
        old = [Suppressed(found[1], "visit:2026-09-01", Purpose.VISITS, "complaint")]
        note_suppressed(session, old, now=NOW - timedelta(days=80))
    return found


def test_the_last_thirty_days_are_counted_and_some_listed_by_number(talk: Talk, people: list[int]) -> None:
    [message] = talk.says("/suppressed", sender=MEI)

    ana, bo = people
    assert answer([message], MEI).splitlines() == [
        "Offers and news: 2 not sent",
        "  – too many messages lately: 2",
        "",
        f"Wed, 18 Nov, 12:00 (London time): customer {bo}, too many messages lately",
        f"Wed, 18 Nov, 12:00 (London time): customer {ana}, too many messages lately",
        "Tap a number to see who it is.",
    ]
    assert button_data(message) == [f"customer:{bo}", f"customer:{ana}"]


def test_as_far_back_as_is_asked_or_of_one_campaign(talk: Talk, people: list[int]) -> None:
    assert "Asking how things are: 1 not sent\n  – a complaint is open: 1" in answer(
        talk.says("/suppressed 20w", sender=MEI), MEI
    )
    assert answer(talk.says("/suppressed 2d", sender=MEI), MEI) == "Nothing was left unsaid."
    assert "Offers and news: 2 not sent" in answer(talk.says("/suppressed 1", sender=MEI), MEI)
    assert answer(talk.says("/suppressed 9", sender=MEI), MEI) == "There is no campaign 9."
    assert answer(talk.says("/suppressed everything", sender=MEI), MEI).startswith("Send how far back")


def test_where_there_are_very_many_it_says_that_not_all_are_counted(
    talk: Talk, people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suppressed, "MOST_COUNTED", 1)

    text = answer(talk.says("/suppressed", sender=MEI), MEI)

    assert text.startswith("Of the newest 1; `rapport outreach suppressed` counts all.\nOffers and news: 1")


def test_it_is_for_those_who_market(talk: Talk, people: list[int]) -> None:
    assert "not sent" not in answer(talk.says("/suppressed", sender=TOM), TOM)


@pytest.mark.usefixtures("people")
def test_help_names_it_to_marketers(talk: Talk) -> None:
    assert "/suppressed – what was not sent, and why" in texts(talk.says("/help", sender=MEI))[0]
    assert "/suppressed" not in texts(talk.says("/help", sender=TOM))[0]
