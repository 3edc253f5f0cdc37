"""``rapport outbox``: what waits, what left, and what nobody can know of until a person says."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from store.engine import Database
from store.errors import InputError, NotFoundError
from store.tables.outreach import Campaign
from store.tables.queues import OutboxMessage
from store.uncertain import (
    Uncertain,
    Verdict,
    count_by_state,
    count_uncertain,
    find_cancelled,
    find_not_uncertain,
    list_uncertain,
    settle_uncertain,
)

VERDICTS = "--sent, --not-sent or --again"


def counts(database: Database) -> Iterator[str]:
    """Count the outbox by channel and state, a line each."""
    with database.reading() as session:
        found = count_by_state(session)
    if not found:
        yield "The outbox is empty."
    for channel, state, count in found:
        yield f"{channel:<10} {state:<12} {count:>10,}"


def uncertain(database: Database, *, campaign: int | None, limit: int) -> Iterator[str]:
    """List the messages of which nobody knows whether they arrived; what they say is not shown."""
    with database.reading() as session:
        _require_campaign(session, campaign)
        found = list_uncertain(session, campaign_id=campaign, limit=limit)
        count = count_uncertain(session, campaign_id=campaign)
    if not found:
        yield "Nothing is uncertain."
        return
    yield f"{'number':>8}  {'due (UTC)':<16}  {'app':<9} {'kind':<10} {'campaign':>8} {'customer':>8}  why"
    for one in found:
        yield _line(one)
    if count > len(found):
        yield f"… and {count - len(found):,} more (--limit)"
    yield f"Settle them with `rapport outbox settle NUMBER… | --campaign N | --all` and {VERDICTS}."


def settle(
    database: Database,
    *,
    numbers: Sequence[int],
    campaign: int | None,
    everything: bool,
    verdicts: Sequence[Verdict],
) -> str:
    """Settle uncertain messages by a person's word; returns what to tell them.

    Raises:
        InputError: it is not clear which messages are meant, or what became of them; nothing is changed.
        NotFoundError: one of the messages is not uncertain; nothing is changed.
    """
    if len(verdicts) != 1:
        raise InputError(f"say what became of the messages with one of {VERDICTS}")
    if [bool(numbers), campaign is not None, everything].count(True) != 1:
        raise InputError("say which messages: their numbers, --campaign NUMBER, or --all")
    [verdict] = verdicts
    with database.transaction() as session:
        _require_campaign(session, campaign)
        where = _conditions(session, numbers, campaign)
        cancelled = find_cancelled(session, *where) if verdict is Verdict.AGAIN else []
        if cancelled:
            raise InputError(
                f"campaign {cancelled[0]} is cancelled, so its messages cannot be sent again: settle them "
                "with --sent or --not-sent"
            )
        count = settle_uncertain(session, verdict, *where, now=datetime.now(UTC))
    if verdict is Verdict.AGAIN:
        return f"Queued again: {count:,}."
    return f"Settled as {verdict}: {count:,}."


def _conditions(session: Session, numbers: Sequence[int], campaign: int | None) -> list[ColumnElement[bool]]:
    if campaign is not None:
        return [OutboxMessage.campaign_id == campaign]
    if not numbers:
        return []
    others = find_not_uncertain(session, numbers)
    if others:
        named = ", ".join(map(str, others))
        raise NotFoundError(f"not uncertain, or not there: {named}: see `rapport outbox uncertain`")
    return [OutboxMessage.id.in_(numbers)]


def _require_campaign(session: Session, campaign: int | None) -> None:
    if campaign is not None and session.get(Campaign, campaign) is None:
        raise NotFoundError(f"there is no campaign {campaign}")


def _line(one: Uncertain) -> str:
    campaign, customer = (str(number or "-") for number in (one.campaign_id, one.customer_id))
    return (
        f"{one.id:>8}  {one.not_before:%Y-%m-%d %H:%M}  {one.channel:<9} {one.kind:<10} {campaign:>8} "
        f"{customer:>8}  {one.reason or '-'}"
    )
