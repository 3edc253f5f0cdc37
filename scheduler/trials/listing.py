"""Which trials there are, the newest first, and what each is called."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduler.campaigns.text import title_of
from scheduler.trials.members import ROUND, TrialKind
from store.tables.outreach import Campaign, TrialMember

LISTED = 20

_NAME = re.compile(rf"(?P<kind>\w+):(?P<subject>.*?)(?:{ROUND}(?P<round>[\d-]+))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Trial:
    """One round of a trial.

    Attributes:
        name: by which its results are asked for.
        kind: what it is about.
        title: of the campaign, or the name of the programme or festival.
        round: which round it is, such as ``2027``; "" where there is one.
        at: when somebody in it had their turn.
    """

    name: str
    kind: TrialKind
    title: str
    round: str
    at: datetime


def list_trials(session: Session, *, limit: int = LISTED) -> Sequence[Trial]:
    """Give the newest trials; only reads.

    However many people took part, it takes a few steps for each trial: names are found by hopping through
    their index, and that somebody took part at a moment is seen from one of them.
    """
    found = [trial for name in _names(session) if (trial := _read(session, name)) is not None]
    return sorted(found, key=lambda trial: (trial.at, trial.name), reverse=True)[:limit]


def find_trial(session: Session, name: str) -> Trial | None:
    """Find a trial that somebody took part in by its name; only reads."""
    return _read(session, name)


def has_more_people_than(session: Session, trial: Trial, number: int) -> bool:
    """Tell whether more than so many take part, without counting them all."""
    one = select(TrialMember.customer_id).where(TrialMember.trial == trial.name).offset(number).limit(1)
    return session.scalar(one) is not None


def _names(session: Session) -> Sequence[str]:
    name = TrialMember.trial
    hops = select(func.min(name).label("name")).cte("hops", recursive=True)
    larger = select(func.min(name)).where(name > hops.c.name).scalar_subquery()
    hops = hops.union_all(select(larger).where(hops.c.name.is_not(None)))
    return session.scalars(select(hops.c.name).where(hops.c.name.is_not(None))).all()


def _read(session: Session, name: str) -> Trial | None:
    match = _NAME.fullmatch(name)
    if match is None or match["kind"] not in tuple(TrialKind):
        return None
    newest = select(TrialMember.at).where(TrialMember.trial == name).order_by(TrialMember.customer_id.desc())
    at = session.scalar(newest.limit(1))
    if at is None:
        return None
    kind = TrialKind(match["kind"])
    return Trial(name, kind, _title(session, kind, match["subject"]), match["round"] or "", at)


def _title(session: Session, kind: TrialKind, subject: str) -> str:
    campaign = (
        session.get(Campaign, int(subject)) if kind is TrialKind.CAMPAIGN and subject.isdigit() else None
    )
    return subject if campaign is None else title_of(campaign)
