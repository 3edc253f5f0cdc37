"""``/calendar``: what is planned for the next days, for marketers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.pictures import calendars
from handlers.marketing import calendar
from handlers.marketing.calendar_picture import Picture, draw
from handlers.staff.digest import read_picture
from scheduler.definitions.kept import write_definition
from store.engine import Database
from store.outbox import Draft, enqueue
from store.tables.customers import Customer, Standing
from store.tables.definitions import DefinitionKind
from store.tables.digests import DigestPicture
from store.tables.outreach import (
    Campaign,
    CampaignState,
    Event,
    EventGuest,
    Rsvp,
    Visit,
    VisitState,
    VisitTurn,
)
from store.tables.queues import MessageKind, OutboxMessage
from store.tables.staff import Role
from tests.factories import NOW, make_customer, make_staff
from tests.talk import Talk, button_data, texts

MEI = "9001"
PNG = b"\x89PNG\r\n\x1a\n"


async def _gives(_picture: Picture) -> bytes:
    return PNG


def announcement_of(event: Event) -> Campaign:
    """Make the invitations of an event, as they are once they were sent."""
    return Campaign(
        text=event.title,
        audience="all",
        event_id=event.id,
        state=CampaignState.DONE,
        started_at=NOW,
        channel="telegram",
        address=MEI,
        created_at=NOW,
    )


@pytest.fixture
def marketing(talk: Talk) -> Talk:
    """A marketer, and customers with all kinds of things ahead."""
    with talk.database.transaction() as session:
        make_staff(session, role=Role.MARKETER, sender=MEI)
        customers = [make_customer(session, birthday="12-01" if one == 0 else None) for one in range(4)]
        session.add_all(
            VisitTurn(
                programme="periodic", customer_id=one.id, due_at=NOW + timedelta(days=2), period_days=90
            )
            for one in customers
        )
        tea = Event(
            title="Tea evening",
            place="Town hall",
            starts_at=NOW + timedelta(days=10),
            timezone="Europe/London",
            capacity=12,
            audience="all",
            created_at=NOW,
        )
        session.add(tea)
        session.flush()
        session.add(announcement_of(tea))
        session.add(
            EventGuest(
                event_id=tea.id, customer_id=customers[0].id, answer=Rsvp.GOING, answered_at=NOW, companions=1
            )
        )
        session.add(
            Campaign(
                text="New oolong",
                audience="all",
                state=CampaignState.SCHEDULED,
                channel="telegram",
                address=MEI,
                created_at=NOW,
                send_at=NOW + timedelta(days=1),
                rule="DTSTART:20261122T120000\nRRULE:FREQ=WEEKLY",
            )
        )
    return talk


def ask(talk: Talk, text: str = "/calendar", **fields: Any) -> str:
    (answer,) = texts(talk.says(text, sender=MEI, **fields))
    return answer


def test_the_next_thirty_days_are_told(marketing: Talk) -> None:
    told = ask(marketing)

    assert told.startswith("🗓 21 Nov 2026 – 20 Dec 2026, by our clock (Europe/London)")
    assert "Mon, 23 Nov: 4 visits" in told
    assert "Tue, 1 Dec: 1 greeting\n• Event “Tea evening” at 12:00: 2 of 12 places" in told
    assert "Mon, 30 Nov: 1 reminder" in told
    weekly = [line for line in told.splitlines() if "New oolong" in line]
    assert weekly == ["• Campaign “New oolong” at 12:00, again and again: 4 customers"] * 5
    assert "27 messages at most; the fullest day is Sun, 22 Nov with 4." in told


def test_festivals_are_marked_where_their_day_is_estimated(marketing: Talk) -> None:
    with marketing.database.transaction() as session:
        make_customer(session, country="EG", timezone="Africa/Cairo")
        write_definition(
            session,
            DefinitionKind.FESTIVAL,
            "founders_day",
            {
                "every_year": "03-12",
                "title": {"en": "Founders' Day"},
                "messages": {"A": {"en": "Thank you!"}},
            },
            staff_id=None,
            now=NOW,
        )
    marketing.now = datetime(2027, 3, 1, 12, tzinfo=UTC)

    told = ask(marketing)
    assert "Tue, 9 Mar: 1 greeting\n• Eid al-Fitr (estimated): 1 customer" in told
    assert "Fri, 12 Mar: 5 greetings\n• Founders' Day: 5 customers" in told
    assert "Estimated days depend on the moon" in told


def test_visits_are_counted_of_who_is_in_the_segment(marketing: Talk) -> None:
    with marketing.database.transaction() as session:
        quiet = make_customer(session, standing=Standing.KEY)
        session.add(
            VisitTurn(
                programme="key-customers",
                customer_id=quiet.id,
                due_at=NOW + timedelta(days=3),
                period_days=30,
            )
        )
        session.add_all(
            VisitTurn(
                programme="key-customers",
                customer_id=one.id,
                due_at=NOW + timedelta(days=3),
                period_days=30,
            )
            for one in session.scalars(select(Customer).where(Customer.standing != Standing.KEY))
        )
        write_definition(
            session,
            DefinitionKind.PROGRAMME,
            "key-customers",
            {"segment": "key", "period_days": 30},
            staff_id=None,
            now=NOW,
        )

    assert "Tue, 24 Nov: 1 visit\n" in ask(marketing)


def test_what_is_queued_and_waits_for_the_morning_is_counted(marketing: Talk) -> None:
    with marketing.database.transaction() as session:
        morning = NOW + timedelta(hours=15)
        for kind in (MessageKind.CAMPAIGN, MessageKind.INVITATION, MessageKind.ALERT):
            draft = Draft(kind, "telegram", "7", "Hello", dedupe_key=f"waits:{kind}", not_before=morning)
            enqueue(session, [draft], now=NOW)

    *_queued, told = texts(marketing.says("/calendar", sender=MEI))
    assert "Sun, 22 Nov: 6 campaign messages" in told, told
    assert "29 messages at most; the fullest day is Sun, 22 Nov with 6." in told


def test_whatever_leaves_on_a_day_is_in_it_once(marketing: Talk) -> None:
    morning, in_a_week = NOW + timedelta(hours=15), NOW + timedelta(days=7)
    with marketing.database.transaction() as session:
        for kind in (MessageKind.VISIT, MessageKind.REMINDER, MessageKind.FOLLOW_UP):
            draft = Draft(kind, "telegram", "7", "Hello", dedupe_key=f"waits:{kind}", not_before=morning)
            enqueue(session, [draft], now=NOW)
        due: dict[str, Any] = {"programme": "periodic", "due_on": NOW.date(), "created_at": NOW}
        ana, bo, chen, dan = session.scalars(select(Customer.id).order_by(Customer.id)).all()
        session.add_all(
            [
                Visit(customer_id=ana, state=VisitState.DUE, reason="promise", next_step_at=in_a_week, **due),
                Visit(customer_id=bo, state=VisitState.MADE, made_at=NOW, next_step_at=in_a_week, **due),
                Visit(customer_id=chen, state=VisitState.DUE, next_step_at=in_a_week, **due),
                Visit(customer_id=dan, state=VisitState.ANSWERED, next_step_at=in_a_week, **due),
            ]
        )

    *_queued, told = texts(marketing.says("/calendar", sender=MEI))
    assert "Sun, 22 Nov: 1 visit, 1 reminder, thanks to 1 guest, 4 campaign messages" in told
    assert "Sat, 28 Nov: 2 visits" in told
    assert "Wed, 2 Dec: thanks to 1 guest" in told  # the day after the Tea evening


def test_an_empty_calendar_says_so(talk: Talk) -> None:
    with talk.database.transaction() as session:
        make_staff(session, role=Role.MARKETER, sender=MEI)
    assert "Nothing is planned." in ask(talk)


@pytest.mark.parametrize("days", ["0", "93", "-1", "a month", "9" * 40])
def test_bad_numbers_of_days_are_asked_for_again(marketing: Talk, days: str) -> None:
    assert "Send a number from 1 to 92" in ask(marketing, f"/calendar {days}")
    with marketing.database.reading() as session:
        assert session.scalars(select(DigestPicture)).all() == []


def test_it_is_for_marketers(talk: Talk) -> None:
    with talk.database.transaction() as session:
        make_staff(session, role=Role.AGENT, sender=MEI)
    assert "I do not know this command" in ask(talk)


async def test_the_picture_follows_once(marketing: Talk) -> None:
    ask(marketing, "/calendar 14")
    beat = replace(calendars(marketing.company), draw=_gives)
    assert await beat.run(marketing.database, now=marketing.now) == 1
    assert await beat.run(marketing.database, now=marketing.now) == 0

    (message,) = marketing.deliver()
    (photo,) = message.body["attachments"]
    with marketing.database.reading() as session:
        assert read_picture(session, photo[2]) == PNG
    assert message.body["text"] == ""
    assert message.reply_to is not None


async def test_where_many_customers_must_be_counted_the_text_comes_with_the_picture(
    marketing: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "COUNTED_AT_ONCE", 1)
    assert ask(marketing) == "One moment, I am counting …"

    await replace(calendars(marketing.company), draw=_gives).run(marketing.database, now=marketing.now)
    (message,) = marketing.deliver()
    assert "Mon, 23 Nov: 4 visits" in message.body["text"]


async def test_where_nothing_can_be_drawn_the_text_is_all(
    marketing: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    beat = replace(calendars(marketing.company), draw=_gives, libraries=("no_such_library",))
    ask(marketing)
    assert await beat.run(marketing.database, now=marketing.now) == 0
    monkeypatch.setattr(calendar, "COUNTED_AT_ONCE", 1)
    ask(marketing)
    assert await beat.run(marketing.database, now=marketing.now) == 1
    assert rows(marketing.database) == []


def rows(database: Database) -> list[DigestPicture]:
    with database.reading() as session:
        return list(session.scalars(select(DigestPicture)))


def test_the_picture_is_a_png_of_a_phones_width(marketing: Talk) -> None:
    ask(marketing)
    with marketing.database.reading() as session:
        (wanted,) = calendar.see_calendars(session, company=marketing.company, now=marketing.now)
    content = draw(wanted.picture)
    assert content.startswith(PNG)
    assert int.from_bytes(content[16:20]) in range(1200, 1700)


def test_nothing_is_changed_by_looking(marketing: Talk) -> None:
    ask(marketing)
    with marketing.database.reading() as session:
        kinds = {row.kind for row in session.scalars(select(OutboxMessage))}
    assert {str(kind) for kind in kinds} == {"answer"}


def test_an_event_that_was_dropped_or_only_looked_at_is_on_no_list(marketing: Talk) -> None:
    (preview,) = marketing.says("/newevent Dropped | 2026-11-22 19:00 | Hall | 4 | all", sender=MEI)
    assert "Dropped" not in texts(marketing.says("/calendar", sender=MEI))[0]
    marketing.taps(next(one for one in button_data(preview) if one.endswith(":cancel")), sender=MEI)
    assert "Dropped" not in texts(marketing.says("/calendar", sender=MEI))[0]
    marketing.now += timedelta(hours=20)
    assert "No event is on today" in texts(marketing.says("/door", sender=MEI))[0]
