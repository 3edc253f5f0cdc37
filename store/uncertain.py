"""Messages of which nobody can know whether they arrived: shown, and settled by a person's word."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.orm import Session

from store.outbox import RULES
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import MessageKind, OutboxMessage, OutboxState

IS_UNCERTAIN = OutboxMessage.state == OutboxState.UNCERTAIN


class Verdict(StrEnum):
    """What a person says of an uncertain message."""

    SENT = "sent"
    NOT_SENT = "not sent"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A message that may have arrived; the fields are those of ``OutboxMessage``, and never its text."""

    id: int
    channel: str
    kind: MessageKind
    campaign_id: int | None
    customer_id: int | None
    not_before: datetime
    reason: str | None


def count_by_state(session: Session) -> Sequence[tuple[str, OutboxState, int]]:
    """Count the outbox, by channel and state."""
    columns = (OutboxMessage.channel, OutboxMessage.state)
    rows = session.execute(select(*columns, func.count()).group_by(*columns).order_by(*columns))
    return [(channel, state, count) for channel, state, count in rows]


def list_uncertain(session: Session, *, campaign_id: int | None, limit: int) -> Sequence[Uncertain]:
    """List uncertain messages, of one campaign or all; the oldest first."""
    rows = session.execute(
        select(
            OutboxMessage.id,
            OutboxMessage.channel,
            OutboxMessage.kind,
            OutboxMessage.campaign_id,
            OutboxMessage.customer_id,
            OutboxMessage.not_before,
            OutboxMessage.reason,
        )
        .where(IS_UNCERTAIN, *_of_campaign(campaign_id))
        .order_by(OutboxMessage.id)
        .limit(limit)
    )
    return [Uncertain(*row) for row in rows]


def count_uncertain(session: Session, *, campaign_id: int | None = None) -> int:
    """Count uncertain messages, of one campaign or all."""
    return session.scalar(select(func.count()).where(IS_UNCERTAIN, *_of_campaign(campaign_id))) or 0


def find_not_uncertain(session: Session, numbers: Collection[int]) -> list[int]:
    """Tell which of some messages are not uncertain, or are not there."""
    found = session.scalars(select(OutboxMessage.id).where(OutboxMessage.id.in_(numbers), IS_UNCERTAIN))
    return sorted(set(numbers) - set(found))


def find_cancelled(session: Session, *where: ColumnElement[bool]) -> list[int]:
    """Name the cancelled campaigns that uncertain messages belong to."""
    campaigns = (
        select(Campaign.id)
        .join(OutboxMessage, OutboxMessage.campaign_id == Campaign.id)
        .where(Campaign.state == CampaignState.CANCELLED, IS_UNCERTAIN, *where)
    )
    return sorted(set(session.scalars(campaigns)))


def settle_uncertain(session: Session, verdict: Verdict, *where: ColumnElement[bool], now: datetime) -> int:
    """Settle the uncertain messages that meet every condition; does not commit.

    Those to be sent again stand in line anew, whatever their kind, and have the lifetime of their kind from
    now; those of a paused campaign wait for it.

    Returns:
        How many were settled.
    """
    if verdict is Verdict.AGAIN:
        return sum(_queue_again(session, kind, *where, now=now) for kind in MessageKind)
    state = OutboxState.SENT if verdict is Verdict.SENT else OutboxState.FAILED
    moment = {"sent_at": OutboxMessage.not_before} if verdict is Verdict.SENT else {}
    statement = (
        update(OutboxMessage)
        .where(IS_UNCERTAIN, *where)
        .values(state=state, reason=f"settled by hand: {verdict}", **moment)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.execute(statement).all())


def _queue_again(session: Session, kind: MessageKind, *where: ColumnElement[bool], now: datetime) -> int:
    paused = select(Campaign.id).where(Campaign.state == CampaignState.PAUSED)
    is_paused = OutboxMessage.campaign_id.is_not(None) & OutboxMessage.campaign_id.in_(paused)
    statement = (
        update(OutboxMessage)
        .where(IS_UNCERTAIN, OutboxMessage.kind == kind, *where)
        .values(
            state=case((is_paused, OutboxState.PAUSED), else_=OutboxState.QUEUED),
            reason="settled by hand: again",
            not_before=now,
            retry_at=None,
            expires_at=now + RULES[kind].lifetime,
            attempts=0,
            maybe_repeat=True,
        )
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.execute(statement).all())


def _of_campaign(campaign_id: int | None) -> list[ColumnElement[bool]]:
    return [] if campaign_id is None else [OutboxMessage.campaign_id == campaign_id]
