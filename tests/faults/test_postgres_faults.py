"""On PostgreSQL: its connections are cut in the middle of a story, and nothing is lost or said twice."""

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, select

from store.tables.complaints import Complaint
from store.tables.conversations import Message
from tests.e2e.stage import Stage, playing
from tests.postgres import PostgresServer

pytestmark = pytest.mark.faults

PASSWORD = "a-password-of-the-database"
ROUNDS = 5
CUTS = (0, 1, 2, 5)
"""Before which of the answers all connections are cut; some fall into the middle of something."""


def _with_password(uri: str) -> str:
    return make_url(uri).set(password=PASSWORD).render_as_string(hide_password=False)


async def test_connections_are_cut_while_people_write(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    with postgres_server.new_database() as uri:
        database_url = _with_password(uri)
        async with playing(tmp_path, DATABASE_URL=database_url, LOG_LEVEL="DEBUG") as stage:
            people = [stage.botapi.user(f"Customer {number}") for number in range(10)]
            for number in range(ROUNDS):
                for person in people:
                    person.says(f"Parcel {number} never arrived, I am very disappointed")
                for place, person in enumerate(people):
                    if place in CUTS:
                        _cut_connections(postgres_server, uri)
                    await person.hears("C-", timeout_s=30)
            await stage.all_handled()
            assert len(stage.column(select(Message.id))) == ROUNDS * len(people)
            assert len(stage.column(select(Complaint.id))) == len(people)
            assert await stage.program.stop() == 0
            assert [len(stage.sent(person)) for person in people] == [ROUNDS] * len(people)
            _check_log(stage)


def _cut_connections(server: PostgresServer, uri: str) -> None:
    with psycopg.connect(server.uri, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [make_url(uri).database],
        )


def _check_log(stage: Stage) -> None:
    log = stage.program.log_path.read_text()
    assert "terminating connection" in log, "no connection was cut in the middle of anything"
    assert PASSWORD not in log
