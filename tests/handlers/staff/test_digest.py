"""The digest: every working morning once, at any time by command, with its picture or without."""

from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from customers.company import Company
from customers.desk import WEEK, Desk, Hours
from feedback.digest_days import due_period
from handlers.staff.digest import read_picture, see_digests, send_digest
from store.engine import Database
from store.tables.digests import DigestPicture
from store.tables.queues import OutboxMessage
from store.tables.staff import Role
from tests.factories import COMPANY, make_staff
from tests.handlers.rooms import StaffRoom
from tests.talk import texts

OFFICE = Hours(
    tuple(((time(9), time(17)),) if day not in ("sat", "sun") else () for day in WEEK),
    "Europe/London",
    "GB-ENG",
)
DESK = Desk(hours=OFFICE)
PNG = b"\x89PNG\r\n\x1a\n and so on"
MONDAY = datetime(2026, 11, 23, 8, 45, tzinfo=UTC)
BROKEN = "My teapot arrived broken, this is terrible!"


def at(*moment: int, company: Company | None = None) -> str | None:
    """Name the digest that is due at a moment of UTC; in London, in summer, an hour later there."""
    year, month, day, hour, minute = moment
    now = datetime(year, month, day, hour, minute, tzinfo=UTC)
    period = due_period(company or replace(COMPANY, desk=DESK), now)
    return None if period is None else period.occasion


@pytest.mark.parametrize(
    ("moment", "occasion"),
    [
        ((2026, 11, 24, 8, 29), None),
        ((2026, 11, 24, 8, 30), "digest:day:2026-11-24"),
        ((2026, 11, 24, 19, 59), "digest:day:2026-11-24"),
        ((2026, 11, 24, 20, 0), None),
        ((2026, 7, 15, 7, 29), None),
        ((2026, 7, 15, 7, 30), "digest:day:2026-07-15"),
        ((2026, 11, 21, 9, 0), None),
        ((2026, 11, 23, 9, 0), "digest:week:2026-11-23"),
        ((2026, 8, 31, 9, 0), None),
        ((2026, 9, 1, 9, 0), "digest:week:2026-09-01"),
        ((2026, 9, 2, 9, 0), "digest:day:2026-09-02"),
    ],
)
def test_a_digest_is_due_on_working_mornings(moment: tuple[int, ...], occasion: str | None) -> None:
    assert at(*moment) == occasion


def test_a_digest_covers_all_since_the_one_before() -> None:
    company = replace(COMPANY, desk=DESK)
    tuesday = due_period(company, datetime(2026, 11, 24, 9, tzinfo=UTC))
    monday = due_period(company, datetime(2026, 11, 23, 9, tzinfo=UTC))
    after_holiday = due_period(company, datetime(2026, 9, 1, 9, tzinfo=UTC))

    assert tuesday is not None
    assert monday is not None
    assert after_holiday is not None
    assert tuesday.since == monday.until
    assert monday.until - monday.since == timedelta(days=7)
    assert after_holiday.since == datetime(2026, 8, 24, 7, 30, tzinfo=UTC)


def test_who_works_around_the_clock_hears_every_day() -> None:
    assert at(2026, 11, 22, 9, 0, company=COMPANY) == "digest:day:2026-11-22"


def morning(room: StaffRoom, now: datetime, content: bytes | None = PNG) -> list[OutboxMessage]:
    """Let the beat run."""
    room.talk.now = now
    company = room.talk.company
    with room.talk.database.reading() as session:
        wanted = see_digests(session, company=company, now=now)
    with room.talk.database.transaction() as session:
        for one in wanted:
            send_digest(session, one, content, now=now)
    return room.talk.deliver()


def test_every_morning_has_its_digest_once(room: StaffRoom) -> None:
    with room.talk.database.transaction() as session:
        make_staff(session, name="Lin", role=Role.LEAD, sender="9103")
    room.talk.says(BROKEN)

    sent = morning(room, MONDAY)

    (text,) = texts(sent)
    assert "📊" in text
    assert "New: 1 · ended: 0" in text
    assert "Open: 1" in text
    assert "For Lin" in text
    assert (sent[0].channel, sent[0].address) == (COMPANY.staff_chat.channel, COMPANY.staff_chat.address)
    ((kind, source, reference, *_),) = sent[0].body["attachments"]
    assert (kind, source) == ("photo", "digests")
    with room.talk.database.reading() as session:
        assert read_picture(session, reference) == PNG
        assert read_picture(session, "999") is None
        assert read_picture(session, "../secret") is None
    assert morning(room, MONDAY + timedelta(minutes=5)) == []
    assert len(morning(room, MONDAY + timedelta(days=1))) == 1


def test_of_two_processes_one_sends(room: StaffRoom, any_database: Database) -> None:
    room.talk.says(BROKEN)
    with room.talk.database.reading() as session:
        (wanted,) = see_digests(session, company=COMPANY, now=MONDAY)
    counts = []
    for _ in range(2):
        with any_database.transaction() as session:
            counts.append(send_digest(session, wanted, PNG, now=MONDAY))

    assert counts == [1, 0]


def test_where_nothing_is_to_tell_nothing_is_sent_and_that_once(room: StaffRoom) -> None:
    assert morning(room, MONDAY) == []
    room.talk.says(BROKEN)
    room.talk.deliver()

    assert morning(room, MONDAY + timedelta(minutes=1)) == []


def test_of_hours_before_the_first_case_nothing_is_told(room: StaffRoom) -> None:
    room.talk.now = MONDAY + timedelta(minutes=1)  # a program that was begun after the digest's hour
    room.talk.says(BROKEN)
    room.talk.deliver()

    assert morning(room, MONDAY + timedelta(minutes=2)) == []
    (text,) = texts(morning(room, MONDAY + timedelta(days=1)))
    assert "New: 1" in text


def test_without_a_picture_the_text_goes_alone(room: StaffRoom) -> None:
    room.talk.says(BROKEN)

    (sent,) = morning(room, MONDAY, content=None)

    assert "attachments" not in sent.body
    with room.talk.database.reading() as session:
        assert session.scalars(select(DigestPicture)).all() == []


def test_by_command_the_text_comes_at_once_and_the_picture_under_it(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    morning(room, MONDAY)

    (text,) = room.says("/digest week")
    (picture,) = morning(room, MONDAY + timedelta(seconds=5))

    assert "📊 The week since" in texts([text])[0]
    assert picture.reply_to == text.dedupe_key
    assert texts([picture]) == [""]
    assert morning(room, MONDAY + timedelta(seconds=10)) == []


def test_by_command_where_nothing_is_to_tell(room: StaffRoom) -> None:
    assert texts(room.says("/digest")) == ["There is nothing to tell: no case is open, and none was new."]
    assert morning(room, MONDAY) == []


def test_old_pictures_go(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    morning(room, MONDAY)
    morning(room, MONDAY + timedelta(days=8))

    with room.talk.database.reading() as session:
        (kept,) = session.scalars(select(DigestPicture)).all()
    assert kept.occasion == "digest:day:2026-12-01"
    assert b64decode(kept.content or "") == PNG


def test_a_customer_hears_nothing_of_it(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    assert "📊" not in texts(room.talk.says("/digest"))[0]
