"""``/results``: what is compared, what came of it, and that a great trial is told of a moment later."""

from datetime import timedelta

import pytest

from handlers.marketing import results
from scheduler.trials.assignment import HELD_OUT
from scheduler.trials.members import WRITTEN_TO
from store.tables.outreach import TrialMember
from store.tables.staff import Role
from tests.factories import COMPANY, NOW, make_customer, make_staff
from tests.talk import Talk, texts

MEI, TOM = "900", "901"
WEEKS = timedelta(days=40)


@pytest.fixture
def compared(talk: Talk) -> Talk:
    """A programme in which half of those written to answered, and a young campaign with two variants."""
    with talk.database.transaction() as session:
        make_staff(session, name="Mei", role=Role.MARKETER, sender=MEI)
        make_staff(session, name="Tom", role=Role.AGENT, sender=TOM)
        for place in range(120):
            wrote = NOW - WEEKS + timedelta(days=1) if place % 3 == 1 else NOW - 2 * WEEKS
            customer = make_customer(session, last_contact_at=wrote).id
            arm = WRITTEN_TO if place % 3 else HELD_OUT
            session.add(
                TrialMember(trial="visits:periodic@2026", customer_id=customer, arm=arm, at=NOW - WEEKS)
            )
            if place < 30:
                session.add(
                    TrialMember(trial="campaign:9", customer_id=customer, arm="AB"[place % 2], at=NOW)
                )
    return talk


def ask(talk: Talk, text: str, *, sender: str = MEI) -> str:
    return texts(talk.says(text, sender=sender))[0]


def test_it_says_in_plain_words_what_came_of_it(compared: Talk) -> None:
    listed = ask(compared, "/results")
    assert listed.startswith("1. Campaign “9”\n2. Visits “periodic”, 2026\n")
    told = ask(compared, "/results 2")
    assert told == ask(compared, "/results visits:periodic@2026")
    assert told.splitlines() == [
        "📊 Visits “periodic”, 2026",
        "• held out: 40",
        "• written to: 80",
        "",
        "written to, beside held out:",
        "– 50 of 100 more answered within 7 days: between 36 and 61 (50 beside 0)",
        "– 50 of 100 more came back within 30 days: between 36 and 61 (50 beside 0)",
        "– complained within 30 days: too early to tell, it takes about 1,700 more people (0 beside 0)",
        "– satisfaction: too early to tell, it takes about 40 more people",
    ]
    young = ask(compared, "/results 1")
    assert "• variant A: 15; of 0 the 30 days are over" in young
    assert "variant B, beside variant A:" in young
    assert young.count("too early to tell") == 4


@pytest.mark.parametrize("number", ["0", "3", "-1", "9" * 30, "visits:none", "１", "1 2", "%", "campaign:"])
def test_another_number_is_none(compared: Talk, number: str) -> None:
    expected = (
        ask(compared, "/results 1") if number == "１" else "There is no such number. /results shows them all."
    )
    assert ask(compared, f"/results {number}") == expected


def test_where_nothing_is_compared_it_says_so(talk: Talk) -> None:
    with talk.database.transaction() as session:
        make_staff(session, name="Mei", role=Role.MARKETER, sender=MEI)
    assert ask(talk, "/results").startswith("Nothing is compared yet.")


def test_it_is_for_marketers(compared: Talk) -> None:
    assert ask(compared, "/results", sender=TOM) == ask(compared, "/nosuchcommand", sender=TOM)
    assert "/results" not in ask(compared, "/help", sender=TOM)
    assert "/results" in ask(compared, "/help")


def test_of_a_great_trial_it_is_told_a_moment_later_and_once(
    compared: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = ask(compared, "/results 2")
    monkeypatch.setattr(results, "COUNTED_AT_ONCE", 100)
    assert ask(compared, "/results 2") == "Visits “periodic”, 2026\nLooking what came of it …"
    with compared.database.reading() as session:
        seen = results.see_results(session, company=COMPANY, now=compared.now)
        late = results.see_results(session, company=COMPANY, now=compared.now + timedelta(days=1))
    assert not late
    with compared.database.transaction() as session:
        assert results.tell_results(session, seen, now=compared.now) == 1
        assert results.tell_results(session, seen, now=compared.now) == 0
    (edit,) = compared.deliver()
    assert edit.body["text"] == at_once
    assert edit.edits == seen[0].key
    with compared.database.reading() as session:
        assert not results.see_results(session, company=COMPANY, now=compared.now)
