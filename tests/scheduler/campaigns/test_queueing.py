"""Campaigns: counted as they are sent, each customer once, however large and however often confirmed."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.company import Chat
from customers.consent import set_consent
from scheduler.audience import LeftOut, count_reach
from scheduler.campaigns import queueing as campaigns
from scheduler.campaigns.kinds import LIFETIME
from scheduler.campaigns.moves import move_campaigns, resume_campaign
from scheduler.campaigns.progress import COUNTED_EVERY
from scheduler.campaigns.queueing import (
    draft_campaign,
    drop_draft,
    find_campaign,
    progress_key,
    reach_of,
    start_campaign,
)
from scheduler.definitions.kept import remove_definition, write_definition
from store.engine import Database
from store.errors import NotFoundError
from store.tables.complaints import ComplaintState
from store.tables.customers import Identity, Purpose, Standing
from store.tables.definitions import DefinitionKind
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.campaigns import move_all, refresh
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.test_return_visits import CHANNELS, add_complaint

CHAT = Chat("telegram", "-100123")


def draft(session: Session, *, text: str = "Hello {first_name}", audience: str = "all") -> Campaign:
    return draft_campaign(
        session, text=text, audience=audience, event=None, staff_id=None, chat=CHAT, now=NOW
    )


def start(session: Session, campaign: Campaign) -> bool:
    return start_campaign(session, campaign, chat=CHAT, company=COMPANY, now=NOW)


def messages_of(session: Session, campaign: Campaign) -> list[OutboxMessage]:
    return list(
        session.scalars(
            select(OutboxMessage).where(OutboxMessage.campaign_id == campaign.id).order_by(OutboxMessage.id)
        )
    )


def settle(session: Session, message: OutboxMessage, state: OutboxState, reason: str = "") -> None:
    """Let a message have become this."""
    message.state, message.reason = state, reason
    session.flush()


def told(session: Session) -> list[OutboxMessage]:
    """What the staff chat was told, oldest first."""
    return list(
        session.scalars(
            select(OutboxMessage).where(OutboxMessage.address == CHAT.address).order_by(OutboxMessage.id)
        )
    )


def make_base(session: Session) -> dict[str, int]:
    """Three who can be reached, one for each reason why not, and one whom only a replayed file knows."""
    people = {
        name: make_customer(session).id for name in ("a", "b", "c", "stopped", "complaining", "blocked")
    }
    people["replayed"] = make_customer(session, channel="replay").id
    set_consent(session, people["stopped"], granted=False, now=NOW)
    add_complaint(session, people["complaining"], ComplaintState.RESOLVED)
    session.scalars(
        select(Identity).where(Identity.customer_id == people["blocked"])
    ).one().unreachable_since = NOW
    session.flush()
    return people


def test_the_count_says_whom_it_reaches_and_why_not_the_others(any_database: Database) -> None:
    with any_database.transaction() as session:
        make_base(session)
        reach = reach_of(session, draft(session), company=COMPANY, now=NOW)
    assert (reach.recipients, reach.total) == (3, 6)
    assert reach.left_out == {LeftOut.STOPPED: 1, LeftOut.UNREACHABLE: 1, LeftOut.COMPLAINT: 1}


def test_a_campaign_goes_to_exactly_those_whom_the_count_names(any_database: Database) -> None:
    with any_database.transaction() as session:
        people = make_base(session)
        campaign = draft(session)
        assert start(session, campaign)
        messages = messages_of(session, campaign)
        assert [row.customer_id for row in messages] == [people[name] for name in "abc"]
        assert messages[0].dedupe_key == f"campaign:{campaign.id}:{people['a']}"
        assert messages[0].body["text"] == "Hello Ana"
        assert messages[0].kind is MessageKind.CAMPAIGN
        assert messages[0].purpose is Purpose.OFFERS
        assert messages[0].expires_at == NOW + LIFETIME
        assert campaign.left_out == {"stopped": 1, "unreachable": 1, "complaint": 1}


@pytest.mark.parametrize(
    ("audience", "names"),
    [("all", ["key", "zh", "plain"]), ("key", ["key"]), ("regular", ["zh", "plain"]), ("zh", ["zh"])],
)
def test_an_audience_is_everybody_a_standing_or_a_language(
    any_database: Database, audience: str, names: list[str]
) -> None:
    with any_database.transaction() as session:
        people = {
            "key": make_customer(session, standing=Standing.KEY).id,
            "zh": make_customer(session, language="zh").id,
            "plain": make_customer(session).id,
        }
        campaign = draft(session, audience=audience)
        start(session, campaign)
        assert [row.customer_id for row in messages_of(session, campaign)] == [people[name] for name in names]


def test_a_large_campaign_is_queued_batch_by_batch(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaigns, "BATCH", 3)
    with any_database.transaction() as session:
        people = [make_customer(session).id for _ in range(7)]
        campaign = draft(session)
        start(session, campaign)
        sizes = [len(messages_of(session, campaign))]
        for _ in range(3):
            move_campaigns(session, company=COMPANY, channels=COMPANY.channels, now=NOW)
            sizes.append(len(messages_of(session, campaign)))
        assert sizes == [3, 6, 7, 7]
        assert [row.customer_id for row in messages_of(session, campaign)] == people


def test_simultaneous_confirmations_send_once(any_database: Database) -> None:
    with any_database.transaction() as session:
        for _ in range(5):
            make_customer(session)
        campaign_id = draft(session).id

    def confirm(_: int) -> bool:
        with any_database.transaction() as session:
            return start(session, find_campaign(session, campaign_id))

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(confirm, range(8))).count(True) == 1
    with any_database.reading() as session:
        assert len(messages_of(session, find_campaign(session, campaign_id))) == 5


def test_a_cancelled_campaign_cannot_start_and_a_started_one_cannot_be_cancelled(database: Database) -> None:
    with database.transaction() as session:
        make_customer(session)
        cancelled, started = draft(session), draft(session)
        assert drop_draft(session, cancelled)
        assert not start(session, cancelled)
        assert start(session, started)
        assert not drop_draft(session, started)
        with pytest.raises(NotFoundError):
            find_campaign(session, 10**15)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(
        st.tuples(st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["en", "zh"])), max_size=8
    ),
    audience=st.sampled_from(["all", "key", "regular", "zh"]),
)
def test_what_is_queued_and_left_out_is_always_what_was_counted(
    database: Database, people: list[tuple[bool, bool, bool, str]], audience: str
) -> None:
    with database.transaction() as session:
        for stopped, blocked, complains, language in people:
            customer = make_customer(session, language=language, channel="replay" if blocked else "telegram")
            if stopped:
                set_consent(session, customer.id, granted=False, now=NOW)
            if complains:
                add_complaint(session, customer.id, ComplaintState.OPEN)
        session.flush()
        reach = count_reach(
            session, audience, purpose=Purpose.OFFERS, channels=CHANNELS, company=COMPANY, now=NOW
        )
        campaign = draft(session, audience=audience)
        start(session, campaign)
        assert len(messages_of(session, campaign)) == reach.recipients
        assert campaign.left_out == reach.left_out


def test_progress_is_one_message_that_is_edited_every_few_seconds(any_database: Database) -> None:
    with any_database.transaction() as session:
        for _ in range(3):
            make_customer(session)
        campaign = draft(session, text="Spring sale!\nEverything must go.")
        start(session, campaign)
        first, second, _third = messages_of(session, campaign)
        refresh(session, now=NOW)
        shown = told(session)
        assert shown[-1].edits == progress_key(campaign)
        assert shown[-1].body["text"].startswith("Sending “Spring sale!”: 0 of 3")
        settle(session, shown[-1], OutboxState.SENT)
        settle(session, first, OutboxState.SENT)
        settle(session, second, OutboxState.UNREACHABLE, "blocked")
        assert shown[-1].kind is MessageKind.PROGRESS
        assert refresh(session, now=NOW + COUNTED_EVERY / 2) == 0
        assert refresh(session, now=NOW + COUNTED_EVERY) == 1
        newest = told(session)[-1]
        assert newest.body["text"].splitlines() == [
            "Sending “Spring sale!”: 2 of 3",
            "Sent: 1",
            "Unreachable: 1",
            "On the way: 1",
            "Ends about Sat, 21 Nov, 12:00 (London time)",
        ]
        assert refresh(session, now=NOW + 2 * COUNTED_EVERY) == 0  # the edit waits


def test_nothing_new_is_no_edit(database: Database) -> None:
    with database.transaction() as session:
        make_customer(session)
        start(session, draft(session))
        refresh(session, now=NOW)
        settle(session, told(session)[-1], OutboxState.SENT)
        assert refresh(session, now=NOW + COUNTED_EVERY) == 0


def test_the_final_tally_says_what_became_of_each(any_database: Database) -> None:
    with any_database.transaction() as session:
        make_base(session)
        for _ in range(3):
            make_customer(session)
        campaign = draft(session, text="Spring sale!")
        start(session, campaign)
        sent, blocked, failed, uncertain, late, said_stop = messages_of(session, campaign)
        settle(session, sent, OutboxState.SENT)
        settle(session, blocked, OutboxState.UNREACHABLE, "blocked")
        settle(session, failed, OutboxState.FAILED, "refused")
        settle(session, uncertain, OutboxState.UNCERTAIN, "stopped")
        settle(session, late, OutboxState.SKIPPED, "expired before it could be sent")
        settle(session, said_stop, OutboxState.SKIPPED, "consent withdrawn")
        refresh(session, now=NOW)
        assert campaign.state is CampaignState.DONE
        assert campaign.finished_at == NOW
        last_edit, tally = told(session)
        assert (last_edit.edits, tally.reply_to) == (progress_key(campaign), progress_key(campaign))
        lines = tally.body["text"].splitlines()
        assert lines[:6] == [
            "“Spring sale!” is done: 6 messages.",
            "Sent: 1",
            "Unreachable: 1",
            "Failed: 1",
            "Uncertain whether they arrived: 1",
            "Skipped: 2",
        ]
        assert sorted(lines[6:8]) == ["  – consent withdrawn: 1", "  – expired before it could be sent: 1"]
        assert lines[8] == (
            "Left out from the start: 1 wants no such messages, 1 cannot be reached, 1 has an open complaint"
        )
        assert lines[9] == f"Who did not get it, and why: /suppressed {campaign.id}"
        assert lines[10].startswith("What is uncertain is not sent again by itself")
        assert refresh(session, now=NOW) == 0


def test_a_messaging_app_that_was_switched_off_does_not_keep_a_campaign_open(database: Database) -> None:
    with database.transaction() as session:
        make_customer(session)
        campaign = draft(session)
        start(session, campaign)
        refresh(session, now=NOW + LIFETIME)
        assert campaign.state is CampaignState.DONE
        assert [row.state for row in messages_of(session, campaign)] == [OutboxState.SKIPPED]


def test_a_campaign_whose_segment_is_gone_is_paused_and_goes_on_where_it_stood(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaigns, "BATCH", 1)
    guests = {"filter": "all"}
    with database.transaction() as session:
        for _ in range(3):
            make_customer(session)
        write_definition(session, DefinitionKind.SEGMENT, "Guests", guests, staff_id=None, now=NOW)
        campaign = draft(session, audience="guests")
        start(session, campaign)
        remove_definition(session, DefinitionKind.SEGMENT, "Guests")
        move_all(session, now=NOW)
        assert (campaign.state, campaign.paused_at) == (CampaignState.PAUSED, NOW)
        assert (campaign.queued_all, len(messages_of(session, campaign))) == (False, 1)
        (notice,) = [one for one in told(session) if "cannot be read" in one.body["text"]]
        assert "is paused. Whom it is for cannot be read any more: guests\n^^^^^^" in notice.body["text"]
        write_definition(session, DefinitionKind.SEGMENT, "Guests", guests, staff_id=None, now=NOW)
        resume_campaign(session, campaign)
        move_all(session, now=NOW)
        assert len(messages_of(session, campaign)) == 3
