"""The beats with pictures: a real one from a process of its own, or none, and that is said once."""

import logging
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.aside import AsideError
from bot.channels.files import FileGoneError, Files, media_type
from bot.pictures import digests, share_pictures
from handlers.staff.digest_picture import Bar, Day, Picture, Tile, draw
from store.engine import Database
from store.outbox import Enclosure
from store.tables.queues import OutboxMessage
from tests.factories import COMPANY
from tests.talk import Talk

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n and so on"
WORDS = 'Lantern Tea </text> <script> "quoted" {braces} 茶'
PICTURE = Picture(
    title=WORDS,
    subtitle=WORDS,
    tiles=(Tile(WORDS, "1"), Tile("open", "2", alarming=True)),
    days_title=WORDS,
    opened="new",
    ended="ended",
    days=[Day(f"{number}'\"", number, 0) for number in range(14)],
    ages_title=WORDS,
    ages=[Bar(str(number), number) for number in range(4)],
    csat_title=WORDS,
    csat=[Bar("★" * stars, 120 * stars) for stars in range(5, 0, -1)],
    causes_title=WORDS,
    causes=[Bar(WORDS, 0, 0.0), Bar("b", 9, 3.5, stands_out=True)],
)


@pytest.fixture
def busy(talk: Talk) -> Talk:
    """A desk that has a case."""
    talk.says("My teapot arrived broken, this is terrible!")
    return talk


async def test_a_picture_is_drawn_in_a_process_of_its_own(busy: Talk) -> None:
    assert await digests(COMPANY).run(busy.database, now=MORNING) == 1

    with busy.database.reading() as session:
        sent = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert sent is not None
    ((kind, channel, reference, *_),) = sent.body["attachments"]
    files = Files()
    share_pictures(busy.database, files)
    content = await files.fetch(Enclosure(kind, channel, reference))
    assert media_type(content[:12]) == "image/png"
    assert len(content) > 20_000
    with pytest.raises(FileGoneError):
        await files.fetch(Enclosure(kind, channel, "12345"))


async def test_in_chinese_too(busy: Talk) -> None:
    company = replace(COMPANY, language="zh")

    assert await digests(company).run(busy.database, now=MORNING) == 1


def test_what_is_shown_is_never_markup_and_nothing_is_too_odd() -> None:
    assert draw(PICTURE).startswith(b"\x89PNG")
    assert draw(replace(PICTURE, causes=[], csat=[Bar("★", 0)] * 5)).startswith(b"\x89PNG")


async def _gives(_picture: Picture) -> bytes:
    return PNG


async def _fails(_picture: Picture) -> bytes:
    raise AsideError("the process has ended early")


async def test_where_drawing_fails_the_text_goes_alone_and_that_is_said_once(
    busy: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    beat = replace(digests(COMPANY), draw=_fails)
    with caplog.at_level(logging.WARNING):
        assert await beat.run(busy.database, now=MORNING) == 1
        busy.says("/start", sender="78")
        assert await beat.run(busy.database, now=MORNING.replace(day=24)) == 1

    assert [record.getMessage() for record in caplog.records] == [
        "digests go out without their picture: the process has ended early"
    ]


async def test_where_a_library_is_missing_the_text_goes_alone(
    busy: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        beat = replace(digests(COMPANY), draw=_gives, libraries=("no_such_library",))
        assert await beat.run(busy.database, now=MORNING) == 1

    assert "no_such_library cannot be imported" in caplog.text


async def test_at_night_nothing_is_read_or_drawn(busy: Talk) -> None:
    beat = replace(digests(COMPANY), draw=_fails)

    assert await beat.run(busy.database, now=MORNING.replace(hour=3)) == 0


async def test_two_runs_send_one_digest(any_database: Database) -> None:
    Talk(any_database).says("My teapot arrived broken, this is terrible!")
    beat = replace(digests(COMPANY), draw=_gives)
    counts = [await beat.run(any_database, now=MORNING) for _ in range(2)]

    assert counts == [1, 0]
