"""What was not said first, and why: counted, listed, and forgotten after a while."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from store.suppressions import Suppressed, note_suppressed, occasion_of
from store.tables.customers import Customer, Purpose
from store.tables.outreach import Campaign, Suppression

__all__ = [
    "KEPT",
    "Suppressed",
    "Unsaid",
    "count_suppressed",
    "list_suppressed",
    "note_suppressed",
    "occasion_of",
    "occasion_of_campaign",
    "prune_suppressed",
]

KEPT = timedelta(days=400)
"""Reasons are forgotten after a year and a month, so that a festival can be compared with the last one."""

PRUNED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A message that a customer did not get.

    Attributes:
        customer_id, name: whose it would have been.
        occasion: what for.
        purpose: of the message.
        reason: why not (``scheduler.left_out``).
        at: when that was decided; aware UTC.
    """

    customer_id: int
    name: str
    occasion: str
    purpose: Purpose
    reason: str
    at: datetime


def occasion_of_campaign(campaign: Campaign) -> str:
    """Name the occasion of a campaign's messages."""
    if campaign.event_id is not None:
        return f"invite:{campaign.event_id}"
    return f"campaign:{campaign.id}"


def count_suppressed(
    session: Session,
    *,
    since: datetime | None = None,
    occasion: str | None = None,
    most: int | None = None,
) -> Mapping[Purpose, Mapping[str, int]]:
    """Count what was not said, by purpose and reason, the most frequent reason first.

    Args:
        session: an open view.
        since: from when on; None is as far back as is kept.
        occasion: of one occasion only.
        most: how many are counted at most, the newest; for those who must not keep others waiting.
    """
    some = select(Suppression.purpose, Suppression.reason).where(*_which(since, occasion))
    if most is not None:
        some = some.order_by(*_order(occasion)).limit(most)
    each = some.subquery()
    rows = session.execute(
        select(each.c.purpose, each.c.reason, func.count()).group_by(each.c.purpose, each.c.reason)
    )
    counts: dict[Purpose, Counter[str]] = {}
    for row in rows:
        counts.setdefault(row[0], Counter())[row[1]] += row[2]
    return {purpose: dict(counts[purpose].most_common()) for purpose in Purpose if purpose in counts}


def list_suppressed(
    session: Session, *, since: datetime | None = None, occasion: str | None = None, limit: int
) -> Sequence[Unsaid]:
    """List some of what was not said: the newest, or of one occasion any, by purpose and reason."""
    rows = session.execute(
        select(
            Suppression.customer_id,
            Customer.display_name,
            Suppression.occasion,
            Suppression.purpose,
            Suppression.reason,
            Suppression.at,
        )
        .join(Customer, Customer.id == Suppression.customer_id)
        .where(*_which(since, occasion))
        .order_by(*_order(occasion))
        .limit(limit)
    )
    return [Unsaid(*row) for row in rows]


def prune_suppressed(session: Session, *, now: datetime) -> int:
    """Forget what was not said long ago, some at a time; does not commit.

    Returns:
        How many were forgotten; run it again while there are any.
    """
    old = select(Suppression.id).where(Suppression.at < now - KEPT).limit(PRUNED_AT_ONCE)
    gone = session.execute(
        delete(Suppression)
        .where(Suppression.id.in_(old))
        .returning(Suppression.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _order(occasion: str | None) -> tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]:
    """Give an order in which an index has the rows.

    An occasion may have left out hundreds of thousands, of whom the newest would have to be sorted out.
    """
    if occasion is None:
        return (Suppression.at.desc(), Suppression.purpose.desc(), Suppression.reason.desc())
    return Suppression.purpose, Suppression.reason


def _which(since: datetime | None, occasion: str | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if since is not None:
        found.append(Suppression.at > since)
    if occasion is not None:
        found.append(Suppression.occasion == occasion)
    return found
