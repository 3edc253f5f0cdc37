"""News of changed and cancelled events: to whom it concerns, from what they know, once for each revision."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from customers.consent import set_consent
from scheduler.delivery.clearance import DESPITE_COMPLAINT
from scheduler.events.changes import cancel_event, change_event
from scheduler.events.invitations import rewrite_invitations, stale_statement
from scheduler.events.offers import moving_statement
from scheduler.events.refusals import CancelledError, ClosedError, EndsTooEarlyError, TooFewError
from scheduler.events.reminders import plan_event_reminders
from scheduler.events.telling import (
    BATCH,
    GATHERED_FOR,
    NotTold,
    Untold,
    tell_changes,
    untold_statement,
    who_cannot_be_told,
)
from store.engine import Database
from store.errors import NotFoundError
from store.tables.outreach import Campaign, CampaignState, Event, EventGuest, Rsvp, Suppression
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.events.ground import CHANNELS, START, announce, answer, make_event, told
from tests.scheduler.test_return_visits import explain

NIGHT = NOW + timedelta(hours=11)
GARDEN = {"place": "Garden Room"}


def change(session: Session, event_id: int, changes: Mapping[str, Any], **when: Any) -> Event:
    return change_event(session, event_id, changes, company=COMPANY, **{"now": NOW, **when})


def tell(session: Session, event_id: int, **when: Any) -> Sequence[OutboxMessage]:
    """Let the beat run until it has nothing to do; give the news that was queued so far.

    Unless ``when`` says for how long, it waits for no further changes.
    """
    while tell_changes(session, company=COMPANY, **{"now": NOW, "gathered_for": timedelta(0), **when}):
        pass
    return told(session, event_id, "change:")


def sent(session: Session) -> None:
    session.execute(
        update(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED).values(state=OutboxState.SENT)
    )


def guests(database: Database, **event: Any) -> tuple[int, dict[Rsvp, int]]:
    event_id, people = announce(database, 4, capacity=1, **event)
    said = dict(zip((Rsvp.GOING, Rsvp.WAITING, Rsvp.MAYBE, Rsvp.NO), people, strict=True))
    with database.transaction() as session:
        for rsvp, customer in said.items():
            answer(session, event_id, customer, Rsvp.GOING if rsvp is Rsvp.WAITING else rsvp)
        sent(session)
    return event_id, said


def test_each_whom_it_concerns_is_told_once_for_each_revision(any_database: Database) -> None:
    event_id, people = guests(any_database)
    with any_database.transaction() as session:
        assert change(session, event_id, GARDEN).revision == 1
        concerned = {people[Rsvp.GOING], people[Rsvp.WAITING], people[Rsvp.MAYBE]}
        assert {row.customer_id for row in tell(session, event_id)} == concerned
        assert len(tell(session, event_id)) == 3
        sent(session)
        change(session, event_id, {"title": "Garden tea"})
        assert len(tell(session, event_id)) == 6
        newest = told(session, event_id, f"change:{event_id}:2:")
        assert all("Name: Tea evening → Garden tea" in row.body["text"] for row in newest)
        assert not any("Where:" in row.body["text"] for row in newest)


def test_changes_within_two_minutes_are_told_as_one(any_database: Database) -> None:
    event_id, people = guests(any_database)
    later = {"starts_at": START + timedelta(hours=1)}
    with any_database.transaction() as session:
        for seconds, changes in ((0, GARDEN), (50, later), (100, {"title": "Garden tea"})):
            moment = NOW + timedelta(seconds=seconds)
            change(session, event_id, changes, now=moment)
            for wait in (0, 45, 119) if seconds == 100 else (0, 45):
                at = moment + timedelta(seconds=wait)
                assert tell(session, event_id, now=at, gathered_for=GATHERED_FOR) == []
        at = NOW + timedelta(seconds=100) + GATHERED_FOR
        news = tell(session, event_id, now=at, gathered_for=GATHERED_FOR)
        assert {row.customer_id for row in news} == set(people.values()) - {people[Rsvp.NO]}
        for row in news:
            assert row.dedupe_key.startswith(f"change:{event_id}:3:")
            assert all(part in row.body["text"] for part in ("• Name: ", "• When: ", "• Where: "))
        (going,) = (row for row in news if row.customer_id == people[Rsvp.GOING])
        assert "SEQUENCE:3" in going.body["document"][2]
        assert len(tell(session, event_id, now=at, gathered_for=GATHERED_FOR)) == 3


def test_a_cancellation_is_told_at_once_whatever_is_gathered(database: Database) -> None:
    event_id, people = guests(database)
    with database.transaction() as session:
        other = make_event(session)
        answer(session, other.id, people[Rsvp.GOING])
        change(session, other.id, GARDEN)
        change(session, event_id, GARDEN)
        cancel_event(session, event_id, now=NOW)
        news = tell(session, event_id, gathered_for=GATHERED_FOR)
        assert len(news) == 3
        assert all("is cancelled" in row.body["text"] for row in news)
        assert tell(session, other.id, gathered_for=GATHERED_FOR) == []


@pytest.mark.parametrize("to", [{"place": "Garden Room"}, {"starts_at": START}])
def test_what_was_to_begin_by_tomorrow_is_told_at_once(database: Database, to: Mapping[str, Any]) -> None:
    event_id, _ = guests(database, starts_at=NOW + timedelta(hours=12))
    with database.transaction() as session:
        change(session, event_id, to)
        assert tell(session, event_id, gathered_for=GATHERED_FOR) != []


def test_a_change_that_is_taken_back_while_changes_are_gathered_is_not_told(database: Database) -> None:
    event_id, _ = guests(database)
    with database.transaction() as session:
        for place in ("Garden Room", "Harbour Hall"):
            change(session, event_id, {"place": place})
        assert tell(session, event_id, now=NOW + GATHERED_FOR, gathered_for=GATHERED_FOR) == []


def test_what_waits_for_the_morning_is_replaced_by_all_that_changed_since(database: Database) -> None:
    event_id, people = guests(database)
    with database.transaction() as session:
        change(session, event_id, GARDEN, now=NIGHT)
        tell(session, event_id, now=NIGHT)
        change(session, event_id, {"title": "Garden tea"}, now=NIGHT)
        rows = [row for row in tell(session, event_id, now=NIGHT) if row.customer_id == people[Rsvp.GOING]]
        assert [row.state for row in rows] == [OutboxState.SKIPPED, OutboxState.QUEUED]
        assert "Name: Tea evening → Garden tea\n• Where: Harbour Hall → Garden Room" in rows[1].body["text"]
        assert rows[1].not_before == NIGHT + timedelta(hours=10)


def test_a_change_that_is_taken_back_before_it_was_told_is_not_told(database: Database) -> None:
    event_id, _ = guests(database)
    with database.transaction() as session:
        change(session, event_id, GARDEN, now=NIGHT)
        tell(session, event_id, now=NIGHT)
        change(session, event_id, {"place": "Harbour Hall"}, now=NIGHT)
        assert {row.state for row in tell(session, event_id, now=NIGHT)} == {OutboxState.SKIPPED}
        assert session.get_one(Event, event_id).revision == 2


def test_a_change_that_is_taken_back_untold_leaves_the_reminder(database: Database) -> None:
    early = NIGHT + timedelta(hours=18)
    event_id, people = guests(database, starts_at=early)
    with database.transaction() as session:
        plan_event_reminders(
            session, company=COMPANY, now=NIGHT, channels=CHANNELS
        )  # they wait for the morning
        for changes in (GARDEN, {"starts_at": early + timedelta(hours=1)}):
            change(session, event_id, changes, now=NIGHT)
            tell(session, event_id, now=NIGHT)
        for changes in ({"starts_at": early}, {"place": "Harbour Hall"}):
            change(session, event_id, changes, now=NIGHT)
            tell(session, event_id, now=NIGHT)
        reminders = told(session, event_id, "reminder:")
        assert {row.customer_id for row in reminders} == {people[Rsvp.GOING], people[Rsvp.MAYBE]}
        assert {(row.state, row.reason) for row in reminders} == {(OutboxState.QUEUED, None)}


def test_the_way_back_is_news_and_no_reminder_where_the_change_was_told(database: Database) -> None:
    event_id, people = guests(database, starts_at=NIGHT + timedelta(hours=18))
    with database.transaction() as session:
        plan_event_reminders(session, company=COMPANY, now=NIGHT, channels=CHANNELS)
        change(session, event_id, GARDEN, now=NIGHT)
        tell(session, event_id, now=NIGHT)
        sent(session)
        change(session, event_id, {"place": "Harbour Hall"}, now=NIGHT)
        assert OutboxState.QUEUED in {row.state for row in tell(session, event_id, now=NIGHT)}
        reminders = told(session, event_id, "reminder:")
        assert {row.state for row in reminders} == {OutboxState.SKIPPED}
        assert people[Rsvp.GOING] in {row.customer_id for row in reminders}


def test_who_hears_that_it_is_tomorrow_already_is_not_reminded_of_that(database: Database) -> None:
    event_id, people = guests(database, reminders=(24 * 60, 120))
    with database.transaction() as session:
        soon = NOW + timedelta(hours=23)
        change(session, event_id, {"starts_at": soon})
        assert {row.customer_id for row in tell(session, event_id)} > {people[Rsvp.GOING]}
        plan_event_reminders(session, company=COMPANY, now=NOW, channels=CHANNELS)
        assert told(session, event_id, "reminder:") == []
        plan_event_reminders(session, company=COMPANY, now=soon - timedelta(hours=2), channels=CHANNELS)
        reminded = {row.customer_id for row in told(session, event_id, "reminder:")}
        assert reminded == {people[Rsvp.GOING], people[Rsvp.MAYBE]}


def test_who_answers_after_a_change_has_seen_it(database: Database) -> None:
    event_id, people = guests(database)
    with database.transaction() as session:
        change(session, event_id, GARDEN)
        answer(session, event_id, people[Rsvp.GOING], Rsvp.GOING)
        answer(session, event_id, people[Rsvp.MAYBE], Rsvp.MAYBE)  # which is answered without its place
        heard = {row.customer_id for row in tell(session, event_id)}
        assert heard == {people[Rsvp.MAYBE], people[Rsvp.WAITING]}


def test_who_cannot_be_told_is_named_and_holds_up_nobody(database: Database) -> None:
    event_id, people = guests(database, starts_at=NIGHT + timedelta(hours=8))
    with database.transaction() as session:
        set_consent(session, people[Rsvp.GOING], granted=False, now=NOW)
        awake = make_customer(session, timezone="America/Los_Angeles").id
        elsewhere = make_customer(session, channel="carrier pigeon").id
        for customer in (awake, elsewhere):
            answer(session, event_id, customer, Rsvp.MAYBE)
        event = change(session, event_id, GARDEN, now=NIGHT)
        missing = who_cannot_be_told(session, event, company=COMPANY, now=NIGHT)
        assert missing == [
            NotTold(people[Rsvp.GOING], Untold.CANNOT),
            NotTold(people[Rsvp.WAITING], Untold.TOO_LATE),
            NotTold(people[Rsvp.MAYBE], Untold.TOO_LATE),
            NotTold(elsewhere, Untold.CANNOT),
        ]
        assert {row.customer_id for row in tell(session, event_id, now=NIGHT)} == {awake}
        session.expire_all()
        assert session.get_one(EventGuest, (event_id, elsewhere)).told_revision == 1
        noted = session.execute(
            select(Suppression.customer_id, Suppression.reason).where(
                Suppression.occasion == f"change:{event_id}:1"
            )
        )
        assert {row[0]: row[1] for row in noted} == {
            people[Rsvp.GOING]: "stopped",
            people[Rsvp.WAITING]: "too late",
            people[Rsvp.MAYBE]: "too late",
            elsewhere: "unreachable",
        }


def test_who_was_not_told_before_it_began_for_nothing_ran_is_noted_once(database: Database) -> None:
    event_id, people = guests(database)
    with database.transaction() as session:
        change(session, event_id, GARDEN)
        for hours in (1, 2):
            assert tell(session, event_id, now=START + timedelta(hours=hours)) == []
        noted = session.execute(select(Suppression.customer_id, Suppression.reason, Suppression.at)).all()
    began = START + timedelta(hours=1)
    concerned = [people[said] for said in (Rsvp.GOING, Rsvp.MAYBE, Rsvp.WAITING)]
    assert sorted(tuple(row) for row in noted) == [(who, "too late", began) for who in sorted(concerned)]


def test_many_are_told_in_batches(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.events.telling.BATCH", 2)
    assert BATCH > 2
    event_id, _ = guests(database)
    with database.transaction() as session:
        change(session, event_id, GARDEN)
        assert tell_changes(session, company=COMPANY, now=NOW + GATHERED_FOR) == 2
        assert len(tell(session, event_id)) == 3


def test_cancelling_withdraws_what_waits_and_tells_whom_it_concerns(any_database: Database) -> None:
    event_id, people = guests(any_database)
    with any_database.transaction() as session:
        plan_event_reminders(
            session, company=COMPANY, now=START - timedelta(hours=12), channels=CHANNELS
        )  # they wait for the morning
        reminders = told(session, event_id, "reminder:")
        assert {row.state for row in reminders} == {OutboxState.QUEUED}
        event = cancel_event(session, event_id, now=NOW)
        assert {row.state for row in told(session, event_id, "reminder:")} == {OutboxState.SKIPPED}
        assert session.scalars(select(Campaign.state)).all() == [CampaignState.CANCELLED]
        news = tell(session, event_id)
        assert {row.customer_id for row in news} == set(people.values()) - {people[Rsvp.NO]}
        assert all(row.body["buttons"] == [] and row.kind in DESPITE_COMPLAINT for row in news)
        with pytest.raises(CancelledError):
            cancel_event(session, event_id, now=NOW)
        with pytest.raises(CancelledError):
            change(session, event_id, GARDEN)
        assert event.revision == 1


def test_what_nobody_knows_of_changes_without_a_word(database: Database) -> None:
    with database.transaction() as session:
        event = make_event(session, sent=False)
        assert change(session, event.id, GARDEN).revision == 0
        assert tell(session, event.id) == []


def test_what_guests_do_not_see_is_no_news(database: Database) -> None:
    event_id, _ = guests(database)
    with database.transaction() as session:
        assert change(session, event_id, {"capacity": 5, "reminders": [60], "companions": 1}).revision == 0
        assert tell(session, event_id) == []


def test_an_event_that_moves_reminds_again_before_its_new_start(database: Database) -> None:
    event_id, people = guests(database)
    with database.transaction() as session:
        day_before = START - timedelta(days=1)
        plan_event_reminders(session, company=COMPANY, now=day_before, channels=CHANNELS)
        sent(session)
        change(session, event_id, {"starts_at": START + timedelta(days=7)}, now=day_before)
        later = day_before + timedelta(days=7)
        plan_event_reminders(session, company=COMPANY, now=later, channels=CHANNELS)
        rows = [row for row in told(session, event_id, "reminder:") if row.customer_id == people[Rsvp.GOING]]
        assert [row.not_before for row in rows] == [day_before, later]


@pytest.mark.parametrize(
    ("changes", "now", "refused"),
    [
        ({"starts_at": NOW}, NOW, ClosedError),
        ({"ends_at": START}, NOW, EndsTooEarlyError),
        (GARDEN, START, ClosedError),
        ({"capacity": 0}, NOW, TooFewError),
    ],
)
def test_what_cannot_be_is_refused(
    database: Database, changes: Mapping[str, Any], now: Any, refused: type[Exception]
) -> None:
    event_id, _ = guests(database)
    with database.transaction() as session:
        with pytest.raises(refused):
            change(session, event_id, changes, now=now)
        with pytest.raises(NotFoundError):
            change(session, 10**9, changes)
        with pytest.raises(ValueError, match="weather"):
            change(session, event_id, {"weather": "fine"})


def test_invitations_that_wait_say_what_holds_now(database: Database) -> None:
    with database.transaction() as session:
        people = {
            zone: make_customer(session, timezone=zone).id for zone in ("Asia/Shanghai", "Europe/London")
        }
        event_id = make_event(session).id  # in Shanghai it is night: that invitation waits
        assert rewrite_invitations(session, company=COMPANY, now=NOW) == 0
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.customer_id == people["Europe/London"])
            .values(state=OutboxState.SENT)
        )
        later = NOW + timedelta(minutes=1)
        change(session, event_id, {**GARDEN, "starts_at": START + timedelta(days=1)}, now=later)
        assert rewrite_invitations(session, company=COMPANY, now=later) == 1
        assert rewrite_invitations(session, company=COMPANY, now=later) == 0
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == MessageKind.INVITATION))
        texts = {row.customer_id: (row.body["text"], row.expires_at) for row in rows}
        text, expires = texts[people["Asia/Shanghai"]]
        assert "Garden Room" in text
        assert "On your own clock" in text
        assert expires == START + timedelta(days=1)
        assert "Harbour Hall" in texts[people["Europe/London"]][0]


def test_what_the_beats_look_for_is_found_by_indexes(any_database: Database) -> None:
    with any_database.transaction() as session:
        invitations = explain(session, stale_statement(NOW))
        lists, news = (
            explain(session, statement.params(now=NOW, begun_since=NOW))
            for statement in (moving_statement(), untold_statement())
        )
    assert "ix_outbox_campaign_id_state" in invitations
    for plan_text in (lists, news):
        assert "ix_event_guests_event_id_answer" in plan_text or "event_guests_1" in plan_text
        assert "Seq Scan on event_guests" not in plan_text
        assert "SCAN event_guests" not in plan_text
