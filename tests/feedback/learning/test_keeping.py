"""Versions: the newest that is better is in use, everywhere soon; it can be rolled back and switched off."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.learning import Learning, LearningError, _in_own_process
from bot.learning_commands import do
from feedback.learning import keeping
from feedback.learning.following import LOOK_EVERY_S, Follower, use_newest
from feedback.learning.keeping import find_in_use, find_task, keep
from feedback.learning.nightly import Learnt, learn
from feedback.learning.switch import Mode, is_night, switch
from feedback.learning.tonight import learn_tonight
from feedback.reading.model import in_use, shipped, use
from store.engine import Database
from store.errors import NotFoundError
from store.tables.learning import LearntState, LearntVersion
from tests.factories import COMPANY, NOW, make_customer
from tests.feedback.learning.ratings import ratings
from tests.feedback.learning.test_labels import say

NIGHT = datetime.fromisoformat("2026-11-22T03:10:00+00:00")
STARS = (1, 3, 5)


@pytest.fixture(autouse=True)
def _shipped_again() -> Iterator[None]:
    yield
    use(None)


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    """Something that is better."""
    return learn(ratings(90), "90")


def rate(database: Database, number: int) -> None:
    with database.transaction() as session:
        for label in ratings(number):
            say(session, make_customer(session), label.text, stars=STARS[label.sentiment or 0])


def told(database: Database, what: str) -> str:
    return "\n".join(do(database, what, limit=5))


def test_a_night_learns_from_what_was_rated(any_database: Database) -> None:
    url = any_database.url.render_as_string(hide_password=False)
    rate(any_database, 90)

    assert learn_tonight(url, NIGHT) == 1
    with any_database.reading() as session:
        [version] = session.scalars(select(LearntVersion)).all()
        assert (version.state, find_in_use(session)) == (LearntState.KEPT, version.id)
    Follower(any_database).look()
    assert in_use() is not shipped()
    assert "macro-F1 on held-back labels" in told(any_database, "status")
    assert f"In use: version {version.id}." in told(any_database, "status")
    assert learn_tonight(url, NIGHT + timedelta(hours=1)) == 0, "once a night"
    assert learn_tonight(url, NIGHT + timedelta(days=1)) == 0, "nobody said more"


def test_where_nothing_is_better_the_shipped_model_reads_on(database: Database) -> None:
    rate(database, 10)

    assert learn_tonight(database.url.render_as_string(), NIGHT) == 1
    with database.reading() as session:
        assert find_in_use(session) == 0
    assert "not tried, labels of 10 customers, 20 are needed" in told(database, "status")
    assert "In use: the shipped model alone." in told(database, "status")


def test_a_version_is_rolled_back_to_the_one_before(database: Database, learnt: Learnt) -> None:
    with database.transaction() as session:
        for day in range(2):
            keep(session, learnt, now=NOW + timedelta(days=day))
    seconds = [0.0]
    follower = Follower(database, clock=lambda: seconds[0])
    follower.look()
    newest = in_use()

    assert "Version 2 is out of use; version 1 reads" in told(database, "rollback")
    follower.look()
    assert in_use() is newest, "it looks once a minute at most"
    seconds[0] += LOOK_EVERY_S
    follower.look()
    assert in_use() not in (newest, shipped())
    with database.reading() as session:
        assert find_task(session, now=NIGHT) is None, "what was rolled back does not come again by itself"
    assert "shipped model alone reads" in told(database, "rollback")
    seconds[0] += LOOK_EVERY_S
    follower.look()
    assert in_use() is shipped()
    with pytest.raises(NotFoundError, match="shipped model reads alone already"):
        told(database, "rollback")


def test_learning_is_switched_off_and_on(database: Database, learnt: Learnt) -> None:
    with database.transaction() as session:
        keep(session, learnt, now=NOW)
    assert "the shipped model reads alone" in told(database, "off")
    with database.transaction() as session:
        assert (find_in_use(session), find_task(session, now=NIGHT)) == (0, None)
        assert keep(session, learnt, now=NOW) == 0, "it was switched off while it was learnt"
    told(database, "on")
    with database.reading() as session:
        assert find_in_use(session) == 1


def test_what_was_learnt_on_another_model_is_not_used(
    database: Database, learnt: Learnt, caplog: pytest.LogCaptureFixture
) -> None:
    with database.transaction() as session:
        keep(session, learnt, now=NOW)
        keep(session, learnt, now=NOW)
        session.execute(update(LearntVersion).where(LearntVersion.id == 2).values(base="another"))
        assert find_in_use(session) == 1
        session.execute(update(LearntVersion).where(LearntVersion.id == 1).values(weights="damaged"))
    with caplog.at_level(logging.WARNING):
        Follower(database).look()
    assert in_use() is shipped()
    assert "what was learnt is damaged" in caplog.text


def test_where_the_database_cannot_say_messages_are_read_as_before(database: Database) -> None:
    with database.transaction() as session:
        session.connection().exec_driver_sql("DROP TABLE learnt_versions")
    Follower(database).look()
    assert in_use() is shipped()


def test_few_versions_keep_their_weights(
    database: Database, learnt: Learnt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "WEIGHTS_KEPT", 2)
    with database.transaction() as session:
        for day in range(3):
            keep(session, learnt, now=NOW + timedelta(days=day))
    with database.reading() as session:
        kept = session.scalars(select(LearntVersion).order_by(LearntVersion.id)).all()
    assert [bool(one.weights) for one in kept] == [False, True, True]
    assert "its weights were cleared since" in told(database, "status")


def test_it_is_learnt_by_night_alone() -> None:
    assert not is_night(COMPANY, NOW)
    assert is_night(COMPANY, NIGHT)


async def test_a_process_of_its_own_learns(database: Database) -> None:
    rate(database, 10)
    learning = Learning(COMPANY)

    assert await learning.run(database, now=NOW) == 0, "by day nothing is begun"
    assert await learning.run(database, now=NIGHT) == 1
    with database.transaction() as session:
        assert session.scalars(select(LearntVersion.made_at)).all() == [NIGHT]
        switch(session, Mode.HELD)
    with pytest.raises(LearningError, match="cannot be opened"):
        await _in_own_process("sqlite:////nowhere/at/all.db", NIGHT)


def test_who_scores_a_file_reads_with_the_newest_version(database: Database, learnt: Learnt) -> None:
    assert use_newest(database) == 0
    with database.transaction() as session:
        keep(session, learnt, now=NOW)
    number = use_newest(database)
    assert number > 0
    assert in_use() is not shipped()
    assert use_newest(database, before=number) == number
