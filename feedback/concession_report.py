"""What it cost to make good, and whether the customers came back: by cause, kind and currency."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from store.tables.complaints import Complaint
from store.tables.conversations import Message
from store.tables.customers import Consent
from store.tables.desk import Concession, ConcessionKind, ConcessionState

WATCHED = timedelta(days=90)
"""For how long after a concession we look whether its customer comes back."""
THANKS = timedelta(days=1)
"""What is written so soon after it belongs to the same talk, and is no coming back."""


class Return(StrEnum):
    """Whether a customer came back after a concession."""

    BACK = "back"
    STOPPED = "stopped"
    QUIET = "quiet"
    TOO_EARLY = "too early"


@dataclass(slots=True)
class Made:
    """What was given of one kind for one cause.

    Attributes:
        cause: of the cases; None where it is not known yet.
        kind: what was given.
        currency: ISO 4217.
        number: how often.
        cost: of all, in the smallest units of the currency.
        returns: how often what followed.
    """

    cause: str | None
    kind: ConcessionKind
    currency: str
    number: int = 0
    cost: int = 0
    returns: dict[Return, int] = field(default_factory=lambda: dict.fromkeys(Return, 0))

    @property
    def retention(self) -> float | None:
        """Which part of the customers came back, 0–1, of those of whom it is known; None for none."""
        known = self.number - self.returns[Return.TOO_EARLY]
        return self.returns[Return.BACK] / known if known else None


def after_concession(
    given_at: datetime, *, wrote_at: datetime | None, stopped_at: datetime | None, now: datetime
) -> Return:
    """Tell whether a customer came back.

    Args:
        given_at: when they got it.
        wrote_at: when they first wrote to us more than ``THANKS`` after it; None for never.
        stopped_at: when they last said stop, where that still holds; None for never.
        now: aware UTC.
    """
    until = given_at + WATCHED
    if stopped_at is not None and given_at < stopped_at <= until:
        return Return.STOPPED
    if wrote_at is not None and wrote_at <= until:
        return Return.BACK
    return Return.QUIET if now > until else Return.TOO_EARLY


def concession_report(session: Session, *, now: datetime, since: datetime | None = None) -> Sequence[Made]:
    """Sum up what was given and what followed, the most often given first.

    Args:
        session: the open transaction.
        now: aware UTC.
        since: of what was given since then; None is of all.
    """
    is_meant = [Concession.state == ConcessionState.GIVEN, Concession.decided_at.is_not(None)]
    if since is not None:
        is_meant.append(Concession.decided_at >= since)
    whose = select(Concession.customer_id).where(*is_meant)
    written, stopped = _written(session, whose), _stopped(session, whose)
    sums: dict[tuple[str | None, ConcessionKind, str], Made] = {}
    rows = session.execute(
        select(Concession, Complaint.cause)
        .join(Complaint, Complaint.id == Concession.complaint_id)
        .where(*is_meant)
    )
    for given, cause in rows:
        at = given.decided_at or given.made_at
        made = sums.setdefault((cause, given.kind, given.currency), Made(cause, given.kind, given.currency))
        made.number += 1
        made.cost += given.amount
        moments = written[given.customer_id]
        later = bisect_right(moments, at + THANKS)
        wrote_at = moments[later] if later < len(moments) else None
        stopped_at = stopped.get(given.customer_id)
        made.returns[after_concession(at, wrote_at=wrote_at, stopped_at=stopped_at, now=now)] += 1
    return sorted(sums.values(), key=lambda made: (-made.number, made.cause or "", made.kind, made.currency))


def _written(session: Session, whose: Select[int]) -> Mapping[int, list[datetime]]:
    """Give when each of these customers wrote, in order."""
    moments: dict[int, list[datetime]] = defaultdict(list)
    rows = session.execute(
        select(Message.customer_id, Message.at).where(Message.customer_id.in_(whose)).order_by(Message.at)
    )
    for customer_id, at in rows:
        if customer_id is not None:
            moments[customer_id].append(at)
    return moments


def _stopped(session: Session, whose: Select[int]) -> Mapping[int, datetime]:
    """Give when those of these customers said stop who have not taken it back."""
    rows = session.execute(
        select(Consent.customer_id, func.max(Consent.changed_at, type_=Consent.changed_at.type))
        .where(Consent.granted.is_(False), Consent.customer_id.in_(whose))
        .group_by(Consent.customer_id)
    )
    return {row[0]: row[1] for row in rows}
