"""What came of a trial: counted in SQL, against a slow look at each customer."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from scheduler.trials.assignment import HELD_OUT
from scheduler.trials.listing import LISTED, list_trials
from scheduler.trials.results import Group, Outcome, results_of
from scheduler.trials.verdicts import Verdict
from store.engine import Database
from store.errors import NotFoundError
from store.tables.complaints import Complaint
from store.tables.conversations import Message
from store.tables.feedback import EntrySource, SatisfactionEntry
from store.tables.outreach import TrialMember, Visit
from tests.factories import NOW, make_customer
from tests.scheduler.campaigns.test_starts import AT, daily, run, runs_of, scheduled

TRIAL = "visits:periodic@2026"
ARMS = (HELD_OUT, "A", "B")


@dataclass
class Person:
    """Somebody in a trial, and what they did when."""

    arm: str
    at: datetime
    wrote: list[datetime] = field(default_factory=list)
    tapped: datetime | None = None
    complained: list[datetime] = field(default_factory=list)
    told: list[tuple[datetime, float, float]] = field(default_factory=list)


def draw_person(chance: random.Random) -> Person:
    at = NOW - timedelta(days=chance.uniform(0, 60))

    def moment() -> datetime:
        return at + timedelta(days=chance.uniform(-20, (NOW - at).days + 0.5))

    return Person(
        arm=chance.choice(ARMS),
        at=at,
        wrote=[moment() for _ in range(chance.randrange(3))],
        tapped=moment() if chance.random() < 0.3 else None,
        complained=[moment() for _ in range(chance.randrange(2))],
        told=[(moment(), chance.uniform(0, 100), chance.uniform(0.1, 3)) for _ in range(chance.randrange(4))],
    )


def add(session: Session, person: Person, *, trial: str = TRIAL) -> None:
    contacts = [*person.wrote, *([person.tapped] if person.tapped else [])]
    last = max(contacts, default=NOW - timedelta(days=365))
    customer = make_customer(session, last_contact_at=last).id
    session.add(TrialMember(trial=trial, customer_id=customer, arm=person.arm, at=person.at))
    for at in person.wrote:
        session.add(
            Message(customer_id=customer, channel="telegram", address="1", sender="1", text="hi", at=at)
        )
    if person.tapped:
        visit = Visit(customer_id=customer, programme="periodic", due_on=NOW.date(), created_at=person.at)
        visit.answered_at = person.tapped
        session.add(visit)
    for at in person.complained:
        session.add(
            Complaint(
                customer_id=customer,
                channel="telegram",
                address="1",
                text="broken",
                opened_at=at,
                first_response_due_at=at,
                resolution_due_at=at,
            )
        )
    if person.told:
        rows = [
            {
                "customer_id": customer,
                "source": EntrySource.FEEDBACK,
                "value": value,
                "weight": weight,
                "at": at,
                "evidence": {},
            }
            for at, value, weight in person.told
        ]
        session.execute(insert(SatisfactionEntry), rows)


def did(person: Person, moments: Sequence[datetime], days: int) -> bool:
    return any(person.at < moment <= person.at + timedelta(days=days) for moment in moments)


def check(group: Group, people: Sequence[Person]) -> None:
    """Compare a group with those who are in it, one by one."""
    assert group.people == len(people)
    for outcome, days in ((Outcome.ANSWERED, 7), (Outcome.RETURNED, 30), (Outcome.COMPLAINED, 30)):
        over = [one for one in people if NOW - one.at >= timedelta(days=days)]
        if outcome is Outcome.COMPLAINED:
            yes = [one for one in over if did(one, one.complained, days)]
        else:
            yes = [one for one in over if did(one, [*one.wrote, *([one.tapped] if one.tapped else [])], days)]
        assert (group.shares[outcome].yes, group.shares[outcome].of) == (len(yes), len(over))
    means = []
    for one in people:
        told = [(value, weight) for at, value, weight in one.told if did(one, [at], 30)]
        if told and NOW - one.at >= timedelta(days=30):
            means.append(sum(value * weight for value, weight in told) / sum(weight for _, weight in told))
    assert group.satisfaction.number == len(means)
    assert group.satisfaction.total == pytest.approx(sum(means))
    assert group.satisfaction.squares == pytest.approx(sum(mean * mean for mean in means))


def test_each_group_did_what_its_people_did(any_database: Database) -> None:
    chance = random.Random(8)
    people = [draw_person(chance) for _ in range(250)]
    with any_database.transaction() as session:
        for person in people:
            add(session, person)
        add(session, Person("A", NOW - timedelta(days=40)), trial="campaign:9")
    with any_database.reading() as session:
        results = results_of(session, TRIAL, now=NOW)
    assert [group.arm for group in results.groups] == list(ARMS)
    for group in results.groups:
        check(group, [one for one in people if one.arm == group.arm])
    pairs = dict.fromkeys((one.arm, one.base) for one in results.differences)
    assert list(pairs) == [("A", HELD_OUT), ("B", HELD_OUT), ("B", "A")]


def test_a_great_difference_is_seen_and_a_young_trial_is_too_early(database: Database) -> None:
    begun = NOW - timedelta(days=31)
    with database.transaction() as session:
        for place in range(60):
            add(session, Person(HELD_OUT, begun))
            add(session, Person("A", begun, wrote=[begun + timedelta(days=1)] if place % 2 else []))
            add(session, Person("A", NOW, wrote=[NOW]), trial="campaign:1")
    with database.reading() as session:
        old, young = (results_of(session, trial, now=NOW) for trial in (TRIAL, "campaign:1"))
    answered = old.differences[0]
    assert (answered.outcome, answered.finding.verdict) == (Outcome.ANSWERED, Verdict.MORE)
    assert answered.finding.interval is not None
    assert answered.finding.interval.difference == pytest.approx(0.5)
    assert [group.watched for group in young.groups] == [0]
    assert not young.differences


def test_trials_are_listed_the_newest_first(any_database: Database) -> None:
    with any_database.transaction() as session:
        assert not list_trials(session)
        for days, trial in enumerate([TRIAL, "festival:春节@2027", "campaign:77", "visits:a:b@c", "bad"]):
            for _ in range(2):
                add(session, Person("A", NOW - timedelta(days=days)), trial=trial)
    with any_database.reading() as session:
        found = [(one.kind, one.title, one.round) for one in list_trials(session)]
        assert found == [
            ("visits", "periodic", "2026"),
            ("festival", "春节", "2027"),
            ("campaign", "77", ""),
            ("visits", "a:b@c", ""),
        ]
        assert len(list_trials(session, limit=1)) == 1
        with pytest.raises(NotFoundError, match="no trial"):
            results_of(session, "visits:none", now=NOW)


def test_daily_runs_are_one_trial_and_leave_room_for_others(database: Database) -> None:
    with database.transaction() as session:
        add(session, Person("A", NOW - timedelta(days=1)))
        for _ in range(20):
            make_customer(session)
        campaign = scheduled(session, daily())
        campaign.holdout = 0.5
        for days in range(LISTED + 1):
            run(session, AT + timedelta(days=days))
        assert len(runs_of(session, campaign)) == LISTED + 1
        assert [trial.name for trial in list_trials(session)] == [f"campaign:{campaign.id}@2026", TRIAL]
