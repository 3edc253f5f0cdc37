"""What came of a trial: what each group did afterwards, from one look at the tables.

Who was held out is watched from the moment at which it was their turn, like everybody else, and everybody
counts in the group that they were drawn for, whatever happened to their message. That is what makes the
groups comparable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from scheduler.trials.assignment import HELD_OUT
from scheduler.trials.intervals import Sample, Share
from scheduler.trials.verdicts import Finding, judge_means, judge_shares
from store.columns import UtcDateTime
from store.decayed import days_between
from store.errors import NotFoundError
from store.tables.complaints import Complaint
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.feedback import SatisfactionEntry
from store.tables.outreach import CampaignAnswer, EventGuest, TrialMember, Visit

ANSWER_DAYS = 7
RETURN_DAYS = 30


class Outcome(StrEnum):
    """What is asked of everybody who took part."""

    ANSWERED = "answered"
    RETURNED = "returned"
    COMPLAINED = "complained"
    SATISFACTION = "satisfaction"


SHARES = (Outcome.ANSWERED, Outcome.RETURNED, Outcome.COMPLAINED)


@dataclass(frozen=True, slots=True)
class Group:
    """One arm of a trial.

    Attributes:
        arm: its name.
        people: all who are in it.
        shares: for each outcome how many, of those whose time is over.
        satisfaction: what those told us in that time who told us anything, 0–100 each.
    """

    arm: str
    people: int
    shares: Mapping[Outcome, Share]
    satisfaction: Sample

    @property
    def watched(self) -> int:
        """Of how many the whole time is over."""
        return self.shares[Outcome.RETURNED].of


@dataclass(frozen=True, slots=True)
class Difference:
    """One group beside another in one outcome."""

    outcome: Outcome
    arm: str
    base: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Results:
    """What came of a trial; who was held out stands first, the others by name."""

    trial: str
    groups: Sequence[Group]
    differences: Sequence[Difference]


def results_of(session: Session, trial: str, *, now: datetime) -> Results:
    """Look what came of a trial; only reads, in one pass over those who took part.

    Args:
        session: an open view; with a million people it takes seconds, so no transaction that others wait for.
        trial: the name of one round, as ``list_trials`` gives it.
        now: aware UTC.

    Raises:
        NotFoundError: nobody took part in a trial of that name.
    """
    groups = [_group(row) for row in session.execute(outcome_statement(trial, now=now)).mappings()]
    if not groups:
        raise NotFoundError(f"there is no trial {trial!r}")
    groups.sort(key=lambda group: (group.arm != HELD_OUT, group.arm))
    return Results(trial, groups, tuple(_differences(groups)))


def _differences(groups: Sequence[Group]) -> Sequence[Difference]:
    """Compare everybody with those held out, and further variants with the first."""
    pairs = [(group, groups[0]) for group in groups[1:]]
    if groups[0].arm == HELD_OUT:
        pairs += [(group, groups[1]) for group in groups[2:]]
    return [
        Difference(outcome, one.arm, other.arm, _judge(outcome, one, other))
        for one, other in pairs
        for outcome in Outcome
    ]


def _judge(outcome: Outcome, one: Group, other: Group) -> Finding:
    if outcome is Outcome.SATISFACTION:
        return judge_means(one.satisfaction, other.satisfaction)
    return judge_shares(one.shares[outcome], other.shares[outcome])


def outcome_statement(trial: str, *, now: datetime) -> Select[*tuple[Any, ...]]:
    """Select a row for each arm of a trial: how many people, and what they did, as sums."""
    each = _each(trial, now)
    sums: list[ColumnElement[Any]] = [each.c.arm, func.count().label("people")]
    for outcome in SHARES:
        over = each.c.age_days >= _days(outcome)
        sums += [
            func.count().filter(over).label(f"{outcome}_of"),
            func.count().filter(over, each.c[outcome] == 1).label(outcome),
        ]
    told = each.c.satisfaction
    sums += [
        func.count(told).label("told"),
        func.coalesce(func.sum(told), 0.0).label("told_total"),
        func.coalesce(func.sum(told * told), 0.0).label("told_squares"),
    ]
    return select(*sums).group_by(each.c.arm)


def _each(trial: str, now: datetime) -> Any:
    """Select everybody who took part, and what each did in their time: a subquery, which nobody keeps."""
    member = TrialMember
    age = days_between(member.at, literal(now, UtcDateTime()))
    value = func.sum(SatisfactionEntry.value * SatisfactionEntry.weight) / func.sum(SatisfactionEntry.weight)
    told = (
        select(value)
        .where(
            SatisfactionEntry.customer_id == member.customer_id, _within(SatisfactionEntry.at, RETURN_DAYS)
        )
        .correlate(member)
        .scalar_subquery()
    )
    return (
        select(
            member.arm,
            age.label("age_days"),
            _flag(_was_in_contact(ANSWER_DAYS)).label(Outcome.ANSWERED),
            _flag(_was_in_contact(RETURN_DAYS)).label(Outcome.RETURNED),
            _flag(_did(Complaint.customer_id, Complaint.opened_at, RETURN_DAYS)).label(Outcome.COMPLAINED),
            case((age >= RETURN_DAYS, told)).label(Outcome.SATISFACTION),
        )
        .join(Customer, Customer.id == member.customer_id)
        .where(member.trial == trial)
        .offset(0)  # a fence: what is asked of each is not asked again for each sum
        .subquery()
    )


def _was_in_contact(days: int) -> ColumnElement[bool]:
    """The condition that a customer wrote or tapped anything in their time.

    A tap leaves no message, but what it answered, and it moves the last contact; who has had none since needs
    no further look.
    """
    return and_(
        Customer.last_contact_at > TrialMember.at,
        or_(
            _within(Customer.last_contact_at, days),
            _did(Message.customer_id, Message.at, days),
            _did(Visit.customer_id, Visit.answered_at, days),
            _did(EventGuest.customer_id, EventGuest.answered_at, days),
            _did(CampaignAnswer.customer_id, CampaignAnswer.at, days),
        ),
    )


def _did(
    whose: InstrumentedAttribute[Any], moment: InstrumentedAttribute[Any], days: int
) -> ColumnElement[bool]:
    return exists().where(whose == TrialMember.customer_id, _within(moment, days))


def _within(moment: InstrumentedAttribute[Any], days: int) -> ColumnElement[bool]:
    return and_(moment > TrialMember.at, days_between(TrialMember.at, moment) <= days)


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _days(outcome: Outcome) -> int:
    return ANSWER_DAYS if outcome is Outcome.ANSWERED else RETURN_DAYS


def _group(known: RowMapping) -> Group:
    return Group(
        arm=known["arm"],
        people=known["people"],
        shares={outcome: Share(known[outcome], known[f"{outcome}_of"]) for outcome in SHARES},
        satisfaction=Sample(known["told"], float(known["told_total"]), float(known["told_squares"])),
    )
