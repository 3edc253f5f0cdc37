"""Stop in nine languages, on the whole road: consent is withdrawn, and nothing that we say first leaves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest
from sqlalchemy import select

from customers.consent import consents_of
from store.outbox import Draft
from store.tables.complaints import Complaint
from store.tables.customers import Identity, Purpose
from store.tables.queues import MessageKind, OutboxState
from tests.factories import make_incoming
from tests.handlers.customer.stop_words import BOTH, NO_STOPS, SOME, STOPS, lines
from tests.handlers.rooms import StaffRoom, answer
from tests.scheduler.delivery.fakes import FakeChannel, InlineDatabase, MovedTime, Scene
from tests.tables import new_sqlite
from tests.talk import Talk

EVERYTHING = set(Purpose)
OFFERS = EVERYTHING - {Purpose.OFFERS}
SPOKEN_FIRST = {MessageKind.CAMPAIGN: Purpose.OFFERS, MessageKind.VISIT: Purpose.VISITS}


@dataclass(frozen=True)
class Heard:
    """What became of one customer's words."""

    customer: int
    allows: set[Purpose]
    cases: int


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A lane beside the chats, not yet running."""
    database, time = InlineDatabase(new_sqlite(tmp_path / "rapport.db")), MovedTime()
    yield Scene(database, time, FakeChannel(time))
    database.close()


def spoken(talk: Talk, table: Mapping[str, str]) -> dict[str, Heard]:
    """Let each line of a table be said by a customer of their own, all at once."""
    said = {f"says-{place}": words for place, words in enumerate(chain(*map(lines, table.values())))}
    talk.receives(*(make_incoming(words, sender=sender, at=talk.now) for sender, words in said.items()))
    heard: dict[str, Heard] = {}
    with talk.database.reading() as session:
        complained = session.scalars(select(Complaint.customer_id)).all()
        for sender, customer in session.execute(select(Identity.sender, Identity.customer_id)):
            allows = {one for one, granted in consents_of(session, customer).items() if granted}
            heard[said[sender]] = Heard(customer, allows, complained.count(customer))
    assert len(heard) == len(said)
    return heard


def test_who_says_no_more_offers_allows_all_else(talk: Talk) -> None:
    assert {words: one.allows for words, one in spoken(talk, SOME).items() if one.allows != OFFERS} == {}


def test_a_stop_beside_a_complaint_is_both(talk: Talk) -> None:
    heard = spoken(talk, BOTH)

    assert {words: one for words, one in heard.items() if one.allows or one.cases != 1} == {}


def test_what_only_sounds_like_a_stop_takes_nothing_back(talk: Talk) -> None:
    heard = spoken(talk, NO_STOPS)

    assert {words: one.allows for words, one in heard.items() if one.allows != EVERYTHING} == {}


@pytest.mark.parametrize(
    ("words", "stopped"),
    [
        ("Stop! Terrible service, 1 star", "Done: we will not write to you first any more."),
        ("No more offers! The soup was cold", "Done: from now on you get none of these from us"),
    ],
)
def test_the_customer_is_told_both_and_staff_are_asked(room: StaffRoom, words: str, stopped: str) -> None:
    messages = room.talk.says(words)

    assert answer(messages).startswith(stopped)
    assert "C-1001" in answer(messages)
    assert [message.dedupe_key for message in room.shown(messages)] == ["alert:1"]


@pytest.mark.parametrize("before", ["", "/complaint", "a rating"])
def test_a_stop_counts_wherever_it_is_said(room: StaffRoom, before: str) -> None:
    """In plain words, as the complaint that we asked for, and as the line that goes with a mark."""
    words = "Stop! The teapot is broken and your staff was rude"
    if before == "a rating":
        room.talk.says("The service was wonderful, thank you")
        room.talk.taps("rate:f1:1")
    elif before:
        room.talk.says(before)

    messages = room.talk.says(words)

    assert answer(messages).startswith("Done: we will not write to you first any more.")
    assert "C-1001" in answer(messages)


def test_a_declared_complaint_with_a_stop_is_both(room: StaffRoom) -> None:
    messages = room.talk.says("/complaint 東西壞了。取消訂閱")

    assert answer(messages).startswith("Done: we will not write to you first any more.")
    assert "C-1001" in answer(messages)


def first_words(heard: Mapping[str, Heard]) -> Iterator[Draft]:
    """Give what we would say first to each of them."""
    for words, one in heard.items():
        for kind, purpose in SPOKEN_FIRST.items():
            key = f"{kind}:{one.customer}"
            yield Draft(
                kind, "telegram", words, key, dedupe_key=key, customer_id=one.customer, purpose=purpose
            )


async def test_who_says_stop_allows_nothing_and_hears_nothing(scene: Scene) -> None:
    """Who asks about a bus gets what we say first; who says stop, in any language, gets none of it."""
    bus = "the bus stop is closed"
    heard = spoken(Talk(scene.database), {"content": bus, **STOPS})
    content = heard[bus].customer
    assert {words: one.allows for words, one in heard.items() if one.allows} == {bus: EVERYTHING}

    scene.queue(*first_words(heard))
    await scene.starts()
    await scene.time.passes(60)
    await scene.stops()

    assert sorted(scene.channel.texts) == [f"campaign:{content}", f"visit:{content}"]
    assert set(scene.states().values()) == {OutboxState.SENT, OutboxState.SKIPPED}
