"""To whom a promise was broken lately, planners say nothing first."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from customers.phrases import phrases
from scheduler.audience import LeftOut, may_be_written_to, select_addressees, why_left_out
from scheduler.campaigns.moves import move_campaigns
from scheduler.campaigns.queueing import reach_of
from scheduler.campaigns.text import left_out_text
from store.broken_promises import REMEMBERED
from store.engine import Database
from store.tables.customers import Purpose
from store.tables.desk import Promise, PromiseState
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.campaigns.test_queueing import draft, messages_of, start


def promised(
    session: Session, customer_id: int, state: PromiseState, closed_at: datetime | None = NOW
) -> None:
    """Let a promise to a customer stand somewhere."""
    session.add(
        Promise(
            customer_id=customer_id,
            text="It comes",
            state=state,
            made_at=NOW,
            due_at=NOW,
            closed_at=closed_at,
        )
    )
    session.flush()


def make_people(session: Session) -> dict[str, int]:
    people = {name: make_customer(session).id for name in ("broken", "long ago", "kept", "open", "none")}
    promised(session, people["broken"], PromiseState.BROKEN, NOW - REMEMBERED + timedelta(seconds=1))
    promised(session, people["long ago"], PromiseState.BROKEN, NOW - REMEMBERED)
    promised(session, people["kept"], PromiseState.CONFIRMED)
    promised(session, people["open"], PromiseState.OPEN, None)
    return people


def test_planners_leave_out_whom_we_let_down_within_two_weeks(any_database: Database) -> None:
    with any_database.transaction() as session:
        people = make_people(session)
        spoken = select_addressees(COMPANY.channels).where(
            *may_be_written_to(Purpose.OFFERS, company=COMPANY, now=NOW)
        )
        found = {row[0] for row in session.execute(spoken)}
        why = select_addressees(COMPANY.channels).add_columns(
            why_left_out(Purpose.OFFERS, company=COMPANY, now=NOW)
        )
        reasons = {row[0]: row[-1] for row in session.execute(why)}

    assert found == {people[name] for name in ("long ago", "kept", "open", "none")}
    assert {number for number, reason in reasons.items() if reason} == {people["broken"]}
    assert reasons[people["broken"]] == LeftOut.PROMISE


def test_a_campaign_counts_them_and_goes_to_the_others(any_database: Database) -> None:
    with any_database.transaction() as session:
        make_people(session)
        campaign = draft(session)
        reach = reach_of(session, campaign, company=COMPANY, now=NOW)
        assert start(session, campaign)
        move_campaigns(session, company=COMPANY, channels=COMPANY.channels, now=NOW)
        sent = len(messages_of(session, campaign))

    assert (reach.recipients, reach.left_out) == (4, {LeftOut.PROMISE: 1})
    assert sent == reach.recipients
    assert left_out_text(reach.left_out, phrases("en")) == "1 was let down by a broken promise"
