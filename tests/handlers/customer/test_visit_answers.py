"""A visit of several questions: asked one after another, answered by taps or words."""

from typing import Any

import pytest
from sqlalchemy import select

from handlers.staff.tasks import tell_tasks
from scheduler.definitions.kept import write_definition
from scheduler.programmes.planning import plan_visits
from store.tables.complaints import Complaint
from store.tables.customers import Consent
from store.tables.definitions import DefinitionKind
from store.tables.feedback import Feedback, SatisfactionEntry
from store.tables.outreach import Task, TaskKind, Visit, VisitState
from store.tables.queues import OutboxMessage
from tests.factories import COMPANY, make_customer, make_staff
from tests.handlers.rooms import to_customer
from tests.scheduler.test_return_visits import CHANNELS, LONG_AGO
from tests.talk import Talk, button_data, texts

QUESTIONS: list[dict[str, Any]] = [
    {"kind": "stars"},
    {"kind": "nps"},
    {"kind": "expectation"},
    {"kind": "text", "text": {"en": "What shall we bake, {first_name|friend}?", "zh": "想吃什么？"}},
]


def asks(talk: Talk, questions: list[dict[str, Any]], **fields: Any) -> OutboxMessage:
    """Let a programme visit the customer who speaks as "77"."""
    body = {"period_days": 30, "holdout": 0.0, "questions": questions}
    with talk.database.transaction() as session:
        write_definition(session, DefinitionKind.PROGRAMME, "all", body, staff_id=None, now=talk.now)
        make_customer(session, sender="77", last_contact_at=LONG_AGO, **fields)
        plan_visits(session, company=COMPANY, now=talk.now, channels=CHANNELS)
    (message,) = talk.deliver()
    return message


def look_again(talk: Talk) -> None:
    """Let the planner see, some minutes later, that the visit left."""
    talk.passes(minutes=6)
    with talk.database.transaction() as session:
        plan_visits(session, company=COMPANY, now=talk.now, channels=CHANNELS)


def visit(talk: Talk) -> Visit:
    with talk.database.reading() as session:
        return session.scalars(select(Visit)).one()


def entry(talk: Talk) -> SatisfactionEntry:
    with talk.database.reading() as session:
        return session.scalars(select(SatisfactionEntry).filter_by(visit_id=1)).one()


def test_all_questions_are_asked_one_after_another(talk: Talk) -> None:
    message = asks(talk, QUESTIONS)
    (second,) = talk.taps(button_data(message)[3])
    assert texts([second])[0].startswith("Thank you! How likely is it that you recommend us to a friend?")
    assert button_data(second) == [f"nps:1:1:{score}" for score in range(11)]
    assert (entry(talk).value, entry(talk).evidence) == (75.0, {"stars": 4})
    (third,) = talk.taps("nps:1:1:9")
    assert texts([third]) == ["Thank you! What did you expect of us? Just write it here."]
    assert (entry(talk).value, entry(talk).evidence) == (82.5, {"stars": [4], "scores": [9]})
    fourth = to_customer(talk.says("A kettle that does not drip"))
    assert texts(fourth)[0].endswith("And how was it then? Just write it here.")
    fifth = to_customer(talk.says("It is lovely, thank you so much"))
    assert texts(fifth)[0].endswith("What shall we bake, Ana?")
    last = to_customer(talk.says("Lemon cake"))
    assert "?" not in texts(last)[0]
    found = visit(talk)
    assert (found.state, found.rating) == (VisitState.ANSWERED, 4)
    assert found.answers == {
        "stars": 4,
        "nps": 9,
        "expected": "A kettle that does not drip",
        "experienced": "It is lovely, thank you so much",
        "text": "Lemon cake",
    }
    with talk.database.reading() as session:
        assert len(session.scalars(select(Feedback)).all()) == 3


def test_staff_read_what_was_answered_in_words(talk: Talk) -> None:
    asks(talk, [{"kind": "text"}])
    look_again(talk)
    shown = [message for message in talk.says("More green tea") if message.address != "77"]
    assert texts(shown)[0].startswith("💬 Answer to a visit")
    assert "More green tea" in texts(shown)[0]
    assert visit(talk).answers == {"text": "More green tea"}


def test_a_low_mark_leads_to_what_went_wrong_and_asks_nothing_more(talk: Talk) -> None:
    message = asks(talk, QUESTIONS)
    (answer,) = talk.taps(button_data(message)[0])
    assert "What went wrong?" in texts([answer])[0]
    assert button_data(answer) == []
    told = to_customer(talk.says("The kettle exploded."))
    assert "What did you expect" not in texts(told)[0]
    with talk.database.reading() as session:
        assert session.scalars(select(Complaint)).one().text == "The kettle exploded."


def test_a_low_score_asks_why_and_words_that_complain_are_a_complaint(talk: Talk) -> None:
    asks(talk, [{"kind": "nps"}, {"kind": "text"}])
    (answer,) = talk.taps("nps:1:0:3")
    assert texts([answer]) == ["Thank you for being frank. What should we do better? Just write it here."]
    talk.says("My order never arrived and nobody answers the phone, this is terrible")
    with talk.database.reading() as session:
        assert len(session.scalars(select(Complaint)).all()) == 1
    assert visit(talk).answers["why"].startswith("My order never arrived")
    assert entry(talk).value == 30.0


def test_a_low_score_and_a_plain_wish_is_no_complaint(talk: Talk) -> None:
    asks(talk, [{"kind": "nps"}])
    talk.taps("nps:1:0:6")
    talk.says("Lemon cake would be nice")
    with talk.database.reading() as session:
        assert session.scalars(select(Complaint)).all() == []


@pytest.mark.parametrize(("words", "score"), [("10", 10), ("0", 0), ("７", 7)])
def test_a_score_may_be_written(talk: Talk, words: str, score: int) -> None:
    asks(talk, [{"kind": "nps"}])
    talk.says(words)
    assert visit(talk).answers == {"nps": score}


def test_who_says_stop_in_place_of_an_answer_has_stopped(talk: Talk) -> None:
    asks(talk, [{"kind": "text"}])
    look_again(talk)
    talk.says("stop writing to me")
    with talk.database.reading() as session:
        assert not any(session.scalars(select(Consent.granted)))
    assert visit(talk).answers == {}


def test_the_customers_language_asks(talk: Talk) -> None:
    message = asks(talk, [{"kind": "stars"}, QUESTIONS[3]], language="zh", display_name="安娜")
    assert message.body["text"].startswith("安娜，您好！")
    (answer,) = talk.taps(button_data(message)[4])
    assert texts([answer]) == ["谢谢您！ 想吃什么？"]


@pytest.mark.parametrize(
    "data",
    ["nps:1:0:11", "nps:1:0", "nps:1:1:5", "nps:2:0:5", "nps:x:0:5", "nps:1:0:05", "visit:1:5", "nps:1:0:-1"],
)
def test_forged_scores_change_nothing(talk: Talk, data: str) -> None:
    asks(talk, [{"kind": "nps"}])
    assert "no longer does anything" in texts(talk.taps(data))[0]
    assert visit(talk).answers == {}


def test_a_tap_after_the_programme_is_gone_still_counts(talk: Talk) -> None:
    message = asks(talk, [{"kind": "stars"}, {"kind": "text"}])
    with talk.database.transaction() as session:
        session.scalars(select(Visit)).one().programme = "gone"
    assert texts(talk.taps(button_data(message)[4])) == ["Thank you, that is good to hear!"]
    assert visit(talk).rating == 5


def test_a_low_mark_without_words_is_a_task_for_the_contact_once(talk: Talk) -> None:
    with talk.database.transaction() as session:
        mei = make_staff(session).id
    message = asks(talk, [{"kind": "stars"}], contact_id=mei)
    talk.taps(button_data(message)[0])
    talk.passes(days=2)
    look_again(talk)
    assert tasks(talk) == []
    talk.passes(days=1)
    for _ in range(2):
        look_again(talk)
    assert tasks(talk) == [(TaskKind.OTHER, mei)]
    with talk.database.transaction() as session:
        tell_tasks(session, company=COMPANY, now=talk.now)
    (told,) = texts(talk.deliver())
    assert "They gave 1 of 5 stars when I asked how things are, and did not say why." in told


@pytest.mark.parametrize("then", ["words", "a better mark"])
def test_a_low_mark_that_is_explained_or_taken_back_is_no_task(talk: Talk, then: str) -> None:
    message = asks(talk, [{"kind": "stars"}])
    talk.taps(button_data(message)[0])
    talk.passes(minutes=5)
    if then == "words":
        talk.says("Oh, nothing much, all the best to you")
    else:
        talk.taps(button_data(message)[4])
    talk.passes(days=3)
    look_again(talk)
    assert tasks(talk) == []


def tasks(talk: Talk) -> list[tuple[TaskKind, int | None]]:
    with talk.database.reading() as session:
        return [(task.kind, task.staff_id) for task in session.scalars(select(Task))]
