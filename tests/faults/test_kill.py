"""The program is killed at random moments while messages pour in: nothing is lost, nothing happens twice."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.tables.conversations import Message
from store.tables.feedback import Feedback
from store.tables.queues import InboxUpdate, OutboxMessage, OutboxState
from tests.botapi.people import User
from tests.botapi.server import BotApi
from tests.postgres import PostgresServer
from tests.program import Program, free_port

pytestmark = pytest.mark.faults

MESSAGES = 500
PEOPLE = 50
KILLS = 8
DONE_TIMEOUT_S = 120.0
WORDS = (
    "I love your teas, number {number} is my favourite",
    "Where can I park near shop number {number}?",
    "My parcel number {number} never arrived, I am very disappointed",
    "You could offer tea number {number} in smaller tins",
    "你好，第{number}号茶很好喝，谢谢",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[str]:
    """The URL of an empty database, on each kind in turn."""
    if request.param == "sqlite":
        yield sqlite_url
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.new_database() as url:
        yield url


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_each_message_has_one_effect_and_an_answer(
    mode: str, database_url: str, tmp_path: Path
) -> None:
    seed = random.randrange(10_000)
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    chance = random.Random(seed)
    async with BotApi() as botapi:
        program = _program(tmp_path, botapi, mode, database_url)
        await program.command("migrate")
        people = [botapi.user(f"Customer {number}") for number in range(PEOPLE)]
        await program.start()
        writing = asyncio.create_task(_write(people, chance))
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.1, 2.0))
            await program.kill()
            await program.start()
        await writing
        await _wait_until_done(program)
        await program.stop()
        _check(program, botapi, people)


def _program(folder: Path, botapi: BotApi, mode: str, database_url: str) -> Program:
    port = free_port()
    settings = {"TELEGRAM_TOKEN": botapi.token, "TELEGRAM_API_URL": botapi.url, "TELEGRAM_MODE": mode}
    settings["DATABASE_URL"] = database_url
    if mode == "webhook":
        settings |= {"PUBLIC_URL": f"http://127.0.0.1:{port}", "TELEGRAM_WEBHOOK_SECRET": "for-the-test"}
    return Program(folder, settings, port=port)


async def _write(people: list[User], chance: random.Random) -> None:
    """Let everybody write, over about as long as the kills take."""
    for number in range(MESSAGES):
        people[number % PEOPLE].says(chance.choice(WORDS).format(number=number))
        await asyncio.sleep(chance.uniform(0.0, 0.04))


async def _wait_until_done(program: Program) -> None:
    """Wait until every message is handled and nothing waits to be sent."""
    database = program.database()
    async with asyncio.timeout(DONE_TIMEOUT_S):
        while not await database.read(_is_done):  # noqa: ASYNC110 - another process does the work
            await asyncio.sleep(0.2)
    database.close()


def _is_done(session: Session) -> bool:
    handled = session.scalar(select(func.count()).select_from(InboxUpdate))
    waiting = session.scalar(
        select(func.count())
        .select_from(OutboxMessage)
        .where(OutboxMessage.state.in_([OutboxState.QUEUED, OutboxState.SENDING]))
    )
    return handled == MESSAGES and waiting == 0


def _check(program: Program, botapi: BotApi, people: list[User]) -> None:
    database = program.database()
    with database.reading() as session:
        texts = Counter(session.scalars(select(Message.text)))
        feedback = Counter(session.scalars(select(Feedback.message_id)))
        failures = session.scalars(select(InboxUpdate.error).where(InboxUpdate.error.is_not(None))).all()
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.channel == "telegram")).all()
    database.close()
    assert failures == []
    assert len(texts) == MESSAGES
    assert set(texts.values()) == {1}
    assert set(feedback.values()) == {1}
    assert {row.state for row in rows} == {OutboxState.SENT}
    for person in people:
        mine = [row for row in rows if row.address == str(person.id)]
        heard = Counter(shown.text for shown in person.window.all())
        assert len(mine) >= MESSAGES // PEOPLE, "somebody was left without an answer"
        said = Counter(row.body["text"] for row in mine)
        repeatable: Counter[str] = Counter()  # one kill after another may fall on the same message
        for row in mine:
            repeatable[row.body["text"]] += row.attempts - 1 if row.maybe_repeat else 0
        assert not said - heard, "an answer that is noted as sent did not arrive"
        assert not heard - said - repeatable, "an answer came twice without a kill in between"
