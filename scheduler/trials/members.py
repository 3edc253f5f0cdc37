"""Who takes part in a trial: each gets an arm when their turn comes, and is noted once.

Everybody is noted who would be written to, also those who then get nothing: what came of it is asked of all
of them alike, from the same moment (``scheduler.trials.results``).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache

from sqlalchemy import bindparam, delete, select, tuple_
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.suppressions import KEPT
from scheduler.trials.assignment import HELD_OUT, deal, with_holdout
from store.inserts import insert_into
from store.many_rows import ManyRows
from store.one_of import is_one_of
from store.tables.outreach import TrialMember

WRITTEN_TO = "written to"
"""The arm of those who are written to, where there is one way of doing so."""

ROUND = "@"
"""Parts the name of a trial from which round of it this is."""


PRUNED_AT_ONCE = 1000


class TrialKind(StrEnum):
    """What a trial is about; its name begins with it."""

    VISITS = "visits"
    FESTIVAL = "festival"
    CAMPAIGN = "campaign"


def trial_name(kind: TrialKind, name: object) -> str:
    """Name a trial after its programme or festival, or the number of its campaign (a recurring one's own)."""
    return f"{kind}:{name}"


def split(
    session: Session,
    people: Collection[int],
    *,
    trial: str,
    company: Company,
    now: datetime,
    variants: Sequence[str] = (WRITTEN_TO,),
    holdout: float | None = None,
    occasion: str = "",
) -> Mapping[int, str]:
    """Give each customer an arm of a trial, and note them as taking part; does not commit.

    Ask it of those whom nothing else holds back, right before they are written to, all at once: they are
    dealt their arms together (``assignment.deal``), but for those who have one of this trial. Who is
    ``HELD_OUT`` gets nothing, and their turn is over as if they had. Asked again it gives the same and notes
    nothing new. Where there is nothing to compare (nobody is held out, one variant) nobody is noted.

    Args:
        session: the open transaction.
        people: numbers of customers.
        trial: what ``trial_name`` gave; whoever has an arm of it keeps that from round to round.
        company: who we are; its seed draws.
        now: from when on it is looked at what came of it.
        variants: in equal parts, in an order that stays.
        holdout: which part gets nothing, 0–1; None is the company's.
        occasion: which round this is, such as ``2027``; each is looked at by itself.

    Returns:
        The arm of each.
    """
    share = company.outreach.holdout if holdout is None else holdout
    if not share and len(variants) == 1:
        return dict.fromkeys(people, variants[0])
    before = _drawn_in_rounds(session, people, trial) if occasion else {}
    given = _deal_the_rest(
        before, people, trial=trial, seed=company.outreach.seed, share=share, variants=variants
    )
    name = f"{trial}{ROUND}{occasion}" if occasion else trial
    rows = [(name, customer, given[customer], now) for customer in people]
    if _note_new(session.get_bind().dialect.name).run(session.connection(), rows) == len(rows):
        return given
    noted = session.connection().execute(_NOTED, {"people": list(people), "trial": name})
    return {**given, **{row.customer_id: row.arm for row in noted}}


def _deal_the_rest(
    before: Mapping[int, str],
    people: Collection[int],
    *,
    trial: str,
    seed: str,
    share: float,
    variants: Sequence[str],
) -> Mapping[int, str]:
    """Let those who have an arm keep it, as far as there still is that arm, and deal it to the others. Pure.

    Whose variant is gone gets another one: they were written to, and so they are not held out now.
    """
    arms, written = with_holdout(share, variants), with_holdout(0.0, variants)
    there = {arm.name for arm in arms if arm.share > 0}
    given = {customer: arm for customer, arm in before.items() if arm in there}
    anew = [one for one in people if one not in given and before.get(one, HELD_OUT) != HELD_OUT]
    rest = set(people) - given.keys() - set(anew)
    given.update(deal(anew, trial=trial, seed=seed, arms=written))
    return {**given, **deal(rest, trial=trial, seed=seed, arms=arms)}


def _drawn_in_rounds(session: Session, people: Collection[int], trial: str) -> Mapping[int, str]:
    """Find the newest arms that customers have in any round of a trial; only reads."""
    if not people:
        return {}
    rows = session.connection().execute(_IN_ROUNDS, {"people": list(people)})
    return {row.customer_id: row.arm for row in rows if row.trial.startswith(trial + ROUND)}


_AMONG = is_one_of(TrialMember.customer_id, "people")
_NOTED = select(TrialMember.customer_id, TrialMember.arm).where(
    TrialMember.trial == bindparam("trial"), _AMONG
)
_IN_ROUNDS = (
    select(TrialMember.customer_id, TrialMember.trial, TrialMember.arm).where(_AMONG).order_by(TrialMember.at)
)


def written_to(arms: Mapping[int, str]) -> Mapping[int, str]:
    """Leave out who gets nothing."""
    return {customer: arm for customer, arm in arms.items() if arm != HELD_OUT}


def prune_members(session: Session, *, now: datetime) -> int:
    """Forget who took part in trials long ago, some at a time; does not commit.

    Returns:
        How many were forgotten; run it again while there are any.
    """
    key = tuple_(TrialMember.trial, TrialMember.customer_id)
    old = (
        select(TrialMember.trial, TrialMember.customer_id)
        .where(TrialMember.at < now - KEPT)
        .limit(PRUNED_AT_ONCE)
    )
    gone = session.execute(
        delete(TrialMember)
        .where(key.in_(old))
        .returning(TrialMember.customer_id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


@cache
def _note_new(dialect: str) -> ManyRows:
    new = insert_into(TrialMember, dialect=dialect).on_conflict_do_nothing(
        index_elements=["trial", "customer_id"]
    )
    return ManyRows(new, ("trial", "customer_id", "arm", "at"))
