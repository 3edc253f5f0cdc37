"""Taking part in a trial: once, in one arm, whether written to or not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.outreach import Outreach
from scheduler.campaigns.kinds import occasion_in_trial, trial_of
from scheduler.suppressions import KEPT
from scheduler.trials import members as trial_members
from scheduler.trials.assignment import HELD_OUT
from scheduler.trials.members import WRITTEN_TO, TrialKind, prune_members, split, trial_name, written_to
from store.engine import Database
from store.tables.outreach import Campaign, TrialMember
from tests.factories import COMPANY, NOW, make_customer

TRIAL = trial_name(TrialKind.VISITS, "periodic")
HALF = replace(COMPANY, outreach=Outreach(holdout=0.5))


def people(session: Session, number: int) -> list[int]:
    return [make_customer(session).id for _ in range(number)]


def members(session: Session) -> dict[tuple[str, int], str]:
    return {(row.trial, row.customer_id): row.arm for row in session.scalars(select(TrialMember))}


def test_everybody_is_noted_once_in_the_arm_they_got(any_database: Database) -> None:
    with any_database.transaction() as session:
        ids = people(session, 20)
        first = split(session, ids, trial=TRIAL, company=HALF, now=NOW)
        again = split(session, ids, trial=TRIAL, company=HALF, now=NOW + timedelta(days=1))
        assert first == again
        assert set(first.values()) == {HELD_OUT, WRITTEN_TO}
        assert members(session) == {(TRIAL, customer): arm for customer, arm in first.items()}
        assert {row.at for row in session.scalars(select(TrialMember))} == {NOW}
        assert set(written_to(first)) == {one for one, arm in first.items() if arm == WRITTEN_TO}


def test_another_round_finds_everybody_in_the_same_arm(database: Database) -> None:
    with database.transaction() as session:
        ids = people(session, 20)
        first = split(session, ids, trial=TRIAL, company=HALF, now=NOW, occasion="2026")
        second = split(session, ids, trial=TRIAL, company=HALF, now=NOW, occasion="2027")
        assert first == second
        assert {trial for trial, _ in members(session)} == {f"{TRIAL}@2026", f"{TRIAL}@2027"}


def test_who_has_an_arm_keeps_it_among_others_and_in_every_round(any_database: Database) -> None:
    with any_database.transaction() as session:
        ids = people(session, 40)
        first = split(session, ids[:10], trial=TRIAL, company=HALF, now=NOW, occasion="2026")
        later = split(session, ids, trial=TRIAL, company=HALF, now=NOW, occasion="2027")
        assert {one: later[one] for one in first} == first
        again = split(session, ids[::-1], trial=TRIAL, company=HALF, now=NOW, occasion="2027")
        assert again == later
        assert list(later.values()).count(HELD_OUT) == 20  # 5 of 10, and 15 of 30


def test_part_of_a_campaign_that_was_drawn_before_stays_so(database: Database) -> None:
    with database.transaction() as session:
        ids = people(session, 30)
        first = split(session, ids[5:15], trial="campaign:1", company=HALF, now=NOW)
        assert {
            one: split(session, ids, trial="campaign:1", company=HALF, now=NOW)[one] for one in first
        } == first


def test_whose_version_is_gone_gets_another_one_and_who_is_not_held_out_any_more_is_written_to(
    database: Database,
) -> None:
    with database.transaction() as session:
        ids, drawn = people(session, 40), partial(split, session, trial=TRIAL, company=HALF, now=NOW)
        first = drawn(ids, variants=("A", "B", "C"), occasion="2026")
        fewer = drawn(ids, variants=("A", "B"), occasion="2027")
        assert {one: arm for one, arm in fewer.items() if first[one] != "C"} == {
            one: arm for one, arm in first.items() if arm != "C"
        }
        assert {fewer[one] for one, arm in first.items() if arm == "C"} <= {"A", "B"}
        nobody = drawn(ids, variants=("A", "B"), holdout=0.0, occasion="2028")
        assert set(nobody.values()) == {"A", "B"}


def test_the_runs_of_a_campaign_are_one_trial_each_year() -> None:
    runs = [
        Campaign(id=number, parent_id=7, send_at=datetime(2026, month, day, 23, 30, tzinfo=UTC))
        for number, (month, day) in enumerate([(3, 1), (3, 2), (12, 31)], 8)
    ]
    assert {trial_of(run) for run in runs} == {"campaign:7"}
    east = replace(COMPANY, timezone="Asia/Shanghai")
    assert [occasion_in_trial(run, east) for run in runs] == ["2026", "2026", "2027"]
    assert occasion_in_trial(Campaign(id=7), east) == ""


def test_who_took_part_is_forgotten_after_a_while(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial_members, "PRUNED_AT_ONCE", 3)
    with any_database.transaction() as session:
        ids = people(session, 5)
        then = NOW - KEPT - timedelta(days=1)
        split(session, ids, trial=TRIAL, company=HALF, now=then, occasion="2025")
        split(session, ids, trial=TRIAL, company=HALF, now=NOW - KEPT, occasion="2026")
        assert [prune_members(session, now=NOW) for _ in range(3)] == [3, 2, 0]
        assert {trial for trial, _ in members(session)} == {f"{TRIAL}@2026"}


def test_where_there_is_nothing_to_compare_nobody_is_noted(database: Database) -> None:
    with database.transaction() as session:
        ids = people(session, 3)
        arms = split(session, ids, trial=TRIAL, company=COMPANY, now=NOW, holdout=0.0)
        assert set(arms.values()) == {WRITTEN_TO}
        assert not members(session)
        assert split(session, [], trial=TRIAL, company=HALF, now=NOW) == {}


def test_two_variants_are_compared_without_anybody_held_out(database: Database) -> None:
    with database.transaction() as session:
        ids = people(session, 20)
        arms = split(session, ids, trial=TRIAL, company=COMPANY, now=NOW, holdout=0.0, variants=("A", "B"))
        assert set(arms.values()) == {"A", "B"}
        assert len(members(session)) == len(ids)
