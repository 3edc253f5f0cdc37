"""What marketers are told of a new event: whom it cannot reach, what can never be, and what is wrong with a line."""

from sqlalchemy import select

from store.tables.customers import Customer
from store.tables.queues import OutboxMessage
from tests.talk import Talk, button_data, texts


def plan(talk: Talk, line: str, marketer: str) -> tuple[OutboxMessage, str]:
    """Plan an event in one line; give the answer and its text."""
    answer = talk.says(f"/newevent {line}", sender=marketer)[-1]
    return answer, str(answer.body["text"])


def test_who_sleeps_until_an_event_has_begun_is_not_reached(talk: Talk, marketer: str) -> None:
    with talk.database.transaction() as session:
        (ana,) = session.scalars(select(Customer).where(Customer.display_name == "Ana Lopes"))
        ana.timezone = "Pacific/Auckland"  # where it is one in the morning
    preview, text = plan(talk, "Tea | 2026-11-21 19:00 | Hall | 9 | all", marketer)
    assert text.endswith("It reaches 1 of 3: 1 wants no such messages, 1 has quiet hours until it begins.")
    assert "Waiting for morning" not in text
    talk.taps(button_data(preview)[0], sender=marketer)
    told = texts(talk.says("/suppressed", sender=marketer))[0]
    assert "expired before it could be sent" in told
    assert f"customer {ana.id}, expired" in told
