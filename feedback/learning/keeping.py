"""What was learnt, version by version: the newest that was kept is in use. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback.learning.correction import Correction, base_of, corrected
from feedback.learning.labels import Label, find_labels, fingerprint
from feedback.learning.nightly import Learnt
from feedback.learning.switch import Mode, mode_of, switch
from feedback.reading.model import Model, shipped
from store.errors import NotFoundError
from store.tables.learning import LearntState, LearntVersion

NOT_AGAIN_FOR = timedelta(hours=20)
WEIGHTS_KEPT = 10
"""Versions that can be gone back to."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be learnt from tonight."""

    labels: Sequence[Label]
    fingerprint: str


def find_task(session: Session, *, now: datetime) -> Task | None:
    """Find what is to be learnt from; None where we learnt tonight, or where nobody said more since."""
    if mode_of(session) is not Mode.ON:
        return None
    last = session.scalar(select(LearntVersion).order_by(LearntVersion.id.desc()).limit(1))
    if last is not None and now - last.made_at < NOT_AGAIN_FOR:
        return None
    labels = find_labels(session)
    name = fingerprint(labels)
    said_before = last is not None and last.figures.get("labels") == name
    if not labels or (said_before and last is not None and last.base == base_of(shipped().weights)):
        return None
    return Task(labels, name)


def keep(session: Session, learnt: Learnt, *, now: datetime) -> int:
    """Note what a night gave, and use it from now on where it is better; not where we no longer learn.

    Returns:
        How many versions were noted, 0 or 1.
    """
    if mode_of(session) is not Mode.ON:
        return 0
    version = LearntVersion(
        made_at=now,
        state=LearntState.KEPT if learnt.is_better else LearntState.NOT_BETTER,
        base=learnt.base,
        figures={"labels": learnt.labels, "verdicts": list(learnt.verdicts)},
        weights=learnt.weights,
    )
    session.add(version)
    session.flush()
    kept = select(LearntVersion.id).where(LearntVersion.weights != "").order_by(LearntVersion.id.desc())
    oldest = session.scalar(kept.offset(WEIGHTS_KEPT - 1).limit(1))
    if oldest is not None:
        too_old = update(LearntVersion).where(LearntVersion.id < oldest, LearntVersion.weights != "")
        session.execute(too_old.values(weights="").execution_options(synchronize_session=False))
    return 1


def find_in_use(session: Session) -> int:
    """Give the number of the version in use; 0 where it is the shipped model alone.

    What was learnt on another shipped model than ours is not used: the next night learns anew.
    """
    if mode_of(session) is Mode.OFF:
        return 0
    newest = select(func.max(LearntVersion.id)).where(
        LearntVersion.state == LearntState.KEPT,
        LearntVersion.weights != "",
        LearntVersion.base == base_of(shipped().weights),
    )
    return session.scalar(newest) or 0


def load_model(session: Session, number: int) -> Model:
    """Give the shipped model with a version added.

    Raises:
        NotFoundError: there is no such version.
        InputError: it is damaged.
    """
    weights = session.scalar(select(LearntVersion.weights).where(LearntVersion.id == number))
    if not weights:
        raise NotFoundError(f"version {number} of what was learnt is gone: see `rapport learning status`")
    return corrected(shipped(), Correction.from_text(weights))


def roll_back(session: Session) -> tuple[int, int]:
    """Take the version in use out of use; the one before it is used, and learning is held.

    Returns:
        The version that was in use, and the one that is now; 0 is the shipped model.

    Raises:
        NotFoundError: the shipped model is in use already.
    """
    number = find_in_use(session)
    if not number:
        raise NotFoundError("nothing that was learnt is in use: the shipped model reads alone already")
    given_up = update(LearntVersion).where(LearntVersion.id == number)
    session.execute(
        given_up.values(state=LearntState.ROLLED_BACK).execution_options(synchronize_session=False)
    )
    switch(session, Mode.HELD)
    return number, find_in_use(session)


def list_versions(session: Session, limit: int) -> Sequence[LearntVersion]:
    """List the newest versions, the newest first."""
    return session.scalars(select(LearntVersion).order_by(LearntVersion.id.desc()).limit(limit)).all()
