"""How a campaign goes: one message in the chat where it was confirmed, kept up to date, and a final tally."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import Phrases, phrases
from scheduler.audience import LeftOut
from scheduler.campaigns import progress_key, queue_batch, running_campaigns, stale_at
from scheduler.delivery.clearance import TOO_LATE
from store.outbox import Draft, enqueue, find_by_key, withdraw_queued
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import MessageKind, OutboxMessage, OutboxState

SHOWN_EVERY = timedelta(seconds=10)
"""Apps allow about twenty messages and edits a minute in one group chat, and alerts may need them."""

ON_THE_WAY = (OutboxState.QUEUED, OutboxState.SENDING)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of a campaign's messages.

    Attributes:
        states: how many stand where.
        skipped: why some were skipped, with how many; filled at the end.
        left_out: whom it never meant to send to, by reason.
    """

    states: Mapping[OutboxState, int]
    left_out: Mapping[str, int]
    skipped: Mapping[str, int] = field(default_factory=dict)

    def of(self, state: OutboxState) -> int:
        """How many messages stand there."""
        return self.states.get(state, 0)

    @property
    def total(self) -> int:
        """How many messages were queued."""
        return sum(self.states.values())

    @property
    def waiting(self) -> int:
        """How many are still on the way."""
        return sum(self.of(state) for state in ON_THE_WAY)


def refresh_campaigns(session: Session, *, company: Company, now: datetime) -> int:
    """Go on with the campaigns under way: queue the next batch, show how it goes, end what is done.

    Costs one look at an index while none is under way. Does not commit.

    Returns:
        How many messages were queued, of whatever kind.
    """
    return sum(_refresh(session, campaign, company, now) for campaign in running_campaigns(session))


def _refresh(session: Session, campaign: Campaign, company: Company, now: datetime) -> int:
    queued = 0
    if not campaign.queued_all:
        queued = queue_batch(session, campaign, company=company, now=now, channels=company.channels)
    if now >= stale_at(session, campaign):
        _drop_stale(session, campaign, now)
    if campaign.queued_all and not is_on_the_way(session, campaign.id):
        return queued + _finish(session, campaign, company, now)
    if not _may_show(session, campaign, now):
        return queued
    say = phrases(company.language)
    tally = Tally(states=count_states(session, campaign.id), left_out=campaign.left_out)
    key = f"{progress_key(campaign)}:{tally.total}:{tally.total - tally.waiting}"
    return queued + _show(session, campaign, progress_text(tally, campaign, say), key, now)


def _finish(session: Session, campaign: Campaign, company: Company, now: datetime) -> int:
    campaign.state, campaign.finished_at = CampaignState.DONE, now
    tally = Tally(
        states=count_states(session, campaign.id),
        left_out=campaign.left_out,
        skipped=count_skip_reasons(session, campaign.id),
    )
    say = phrases(company.language)
    text = final_text(tally, campaign, say)
    done = _edit(campaign, say("Done. The result is below."), f"{progress_key(campaign)}:done")
    final = Draft(
        kind=MessageKind.ANSWER,
        channel=campaign.channel,
        address=campaign.address,
        text=text,
        dedupe_key=f"tally:{campaign.id}",
        reply_to=progress_key(campaign),
    )
    return enqueue(session, [replace(done, kind=MessageKind.ANSWER), final], now=now)


def progress_text(tally: Tally, campaign: Campaign, say: Phrases) -> str:
    """Say how a campaign under way goes."""
    settled = tally.total - tally.waiting
    head = say(
        "Sending “{title}”: {settled} of {total}",
        title=title_of(campaign),
        settled=settled,
        total=tally.total,
    )
    lines = [head, *_counts(tally, say), say("On the way: {number}", number=tally.waiting)]
    if not campaign.queued_all:
        lines.append(say("More customers are being added."))
    return "\n".join(lines)


def final_text(tally: Tally, campaign: Campaign, say: Phrases) -> str:
    """Say how a campaign went."""
    head = say("“{title}” is done: {total} messages.", title=title_of(campaign), total=tally.total)
    lines = [head, *_counts(tally, say)]
    lines += [f"  – {say(reason)}: {number}" for reason, number in tally.skipped.items()]
    if tally.left_out:
        lines.append(say("Left out from the start: {reasons}", reasons=left_out_text(tally.left_out, say)))
    return "\n".join(lines)


def left_out_text(left_out: Mapping[str, int], say: Phrases) -> str:
    """Say who is left out and why, e.g. "10 said stop, 6 cannot be reached"."""
    sentences = {
        LeftOut.STOPPED: say("{number} said stop", number=left_out.get(LeftOut.STOPPED, 0)),
        LeftOut.UNREACHABLE: say("{number} cannot be reached", number=left_out.get(LeftOut.UNREACHABLE, 0)),
        LeftOut.COMPLAINT: say("{number} have an open complaint", number=left_out.get(LeftOut.COMPLAINT, 0)),
    }
    return say(", ").join(sentence for reason, sentence in sentences.items() if left_out.get(reason))


def title_of(campaign: Campaign) -> str:
    """Name a campaign by the beginning of its text."""
    first = campaign.text.strip().splitlines()[0]
    return first if len(first) <= 40 else f"{first[:39]}…"  # noqa: PLR2004 - a line on a phone


def is_on_the_way(session: Session, campaign_id: int) -> bool:
    """Tell whether a message of a campaign still waits or is being sent."""
    waiting = select(OutboxMessage.id).where(
        OutboxMessage.campaign_id == campaign_id, OutboxMessage.state.in_(ON_THE_WAY)
    )
    return session.scalar(waiting.limit(1)) is not None


def count_states(session: Session, campaign_id: int) -> dict[OutboxState, int]:
    """Count where the messages of a campaign stand."""
    rows = session.execute(
        select(OutboxMessage.state, func.count())
        .where(OutboxMessage.campaign_id == campaign_id)
        .group_by(OutboxMessage.state)
    )
    return {row[0]: row[1] for row in rows}


def count_skip_reasons(session: Session, campaign_id: int) -> dict[str, int]:
    """Count why messages of a campaign were skipped, the most frequent reason first."""
    rows = session.execute(
        select(OutboxMessage.reason, func.count())
        .where(OutboxMessage.campaign_id == campaign_id, OutboxMessage.state == OutboxState.SKIPPED)
        .group_by(OutboxMessage.reason)
        .order_by(func.count().desc())
    )
    return {row[0] or "no reason was noted": row[1] for row in rows}


def _counts(tally: Tally, say: Phrases) -> list[str]:
    labels = {
        OutboxState.SENT: say("Sent: {number}", number=tally.of(OutboxState.SENT)),
        OutboxState.UNREACHABLE: say("Unreachable: {number}", number=tally.of(OutboxState.UNREACHABLE)),
        OutboxState.FAILED: say("Failed: {number}", number=tally.of(OutboxState.FAILED)),
        OutboxState.UNCERTAIN: say(
            "Uncertain whether they arrived: {number}", number=tally.of(OutboxState.UNCERTAIN)
        ),
        OutboxState.SKIPPED: say("Skipped: {number}", number=tally.of(OutboxState.SKIPPED)),
    }
    return [label for state, label in labels.items() if state is OutboxState.SENT or tally.of(state)]


def _drop_stale(session: Session, campaign: Campaign, now: datetime) -> None:
    """Give up what waits for a messaging app that was switched off until it is too late."""
    withdraw_queued(
        session,
        (OutboxMessage.campaign_id == campaign.id) & (OutboxMessage.expires_at <= now),
        reason=TOO_LATE,
    )


def _may_show(session: Session, campaign: Campaign, now: datetime) -> bool:
    last = find_by_key(session, campaign.progress)
    if last is None:
        return True
    return last.state not in ON_THE_WAY and last.created_at <= now - SHOWN_EVERY


def _show(session: Session, campaign: Campaign, text: str, key: str, now: datetime) -> int:
    campaign.progress = key
    return enqueue(session, [_edit(campaign, text, key)], now=now)


def _edit(campaign: Campaign, text: str, key: str) -> Draft:
    return Draft(
        kind=MessageKind.PROGRESS,
        channel=campaign.channel,
        address=campaign.address,
        text=text,
        dedupe_key=key,
        edits=progress_key(campaign),
    )
