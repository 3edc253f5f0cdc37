"""How campaigns go: one message in the chat where each was confirmed, kept up to date, and a final tally.

What is told is counted first, in a view that holds up nobody; the transaction that tells it is short.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import Phrases, phrases
from scheduler.campaigns.moves import UNDER_WAY
from scheduler.campaigns.queueing import progress_key
from scheduler.campaigns.tally import ON_THE_WAY, WAITING, Tally, count_tally, has_messages, kept_tally
from scheduler.campaigns.text import control_buttons, final_text, progress_text
from store.outbox import ButtonRows, Draft, enqueue, find_by_key
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import MessageKind

COUNTED_EVERY = timedelta(seconds=10)
"""Apps allow about twenty messages and edits a minute in one group chat, and alerts may need them."""

COUNTED_PER_S = 20_000
"""Of a larger campaign, so many messages are counted a second: more seldom, so that it costs little."""

COUNTED_AT_REST_EVERY = timedelta(minutes=5)
"""For a campaign of which nothing is on the way, because it is paused."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A campaign of which there is something to tell.

    Attributes:
        campaign_id: which.
        counted_at: when it was counted last, so that of several who count at once one tells.
        tally: how it goes.
        ended: whether nothing of it is on the way any more.
    """

    campaign_id: int
    counted_at: datetime | None
    tally: Tally
    ended: bool


def see_campaigns(
    session: Session, *, company: Company, channels: Collection[str], now: datetime
) -> Sequence[Seen]:
    """Count how the campaigns go of which it is time to tell something; only reads.

    Costs one look at an index while none is under way.
    """
    seen = []
    for campaign in session.scalars(select(Campaign).where(UNDER_WAY).order_by(Campaign.id)).all():
        ended = _has_ended(session, campaign)
        if ended or _is_time(session, campaign, now):
            tally = count_tally(session, campaign, ended=ended, company=company, channels=channels, now=now)
            seen.append(Seen(campaign.id, campaign.counted_at, tally, ended))
    return seen


def tell_campaigns(session: Session, seen: Sequence[Seen], *, company: Company, now: datetime) -> int:
    """Show how campaigns go and end what is done; does not commit.

    One that changed since it was counted is left for the next time.

    Returns:
        How many messages were queued.
    """
    return sum(_tell(session, one, company, now) for one in seen)


def _tell(session: Session, seen: Seen, company: Company, now: datetime) -> int:
    campaign = session.scalar(
        select(Campaign)
        .where(Campaign.id == seen.campaign_id, Campaign.state == seen.tally.state)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if campaign is None or campaign.counted_at != seen.counted_at:
        return 0
    if seen.ended:
        return _finish(session, campaign, seen.tally, company, now) if _has_ended(session, campaign) else 0
    campaign.tally, campaign.counted_at = seen.tally.to_json(), now
    return _show(session, campaign, seen.tally, company, now)


def _has_ended(session: Session, campaign: Campaign) -> bool:
    if not campaign.queued_all and campaign.state is not CampaignState.CANCELLED:
        return False
    return not has_messages(session, campaign.id, *WAITING)


def _is_time(session: Session, campaign: Campaign, now: datetime) -> bool:
    """Tell whether a campaign is to be counted now: it changed its state, or enough time went by."""
    if campaign.counted_at is None or kept_tally(campaign).state is not campaign.state:
        return True
    last = find_by_key(session, campaign.progress)
    if last is not None and last.state in ON_THE_WAY:
        return False
    passed = abs(now - campaign.counted_at)  # a clock may have been put back
    if passed < max(COUNTED_EVERY, timedelta(seconds=kept_tally(campaign).total / COUNTED_PER_S)):
        return False
    return passed >= COUNTED_AT_REST_EVERY or has_messages(session, campaign.id, *ON_THE_WAY)


def _show(session: Session, campaign: Campaign, tally: Tally, company: Company, now: datetime) -> int:
    """Bring the message that shows the progress up to date, where it would say something new."""
    say = phrases(company.language)
    text = progress_text(tally, campaign, company=company, say=say)
    last = find_by_key(session, campaign.progress)
    if last is not None and last.body["text"] == text:
        return 0
    key = _next_key(campaign)
    campaign.progress = key
    return enqueue(session, [_edit(campaign, text, key, control_buttons(campaign, say))], now=now)


def _finish(session: Session, campaign: Campaign, tally: Tally, company: Company, now: datetime) -> int:
    if campaign.state is not CampaignState.CANCELLED:
        campaign.state = CampaignState.DONE
    campaign.finished_at, campaign.counted_at, campaign.paused_at = now, now, None
    campaign.tally = tally.to_json()
    say = phrases(company.language)
    final = Draft(
        kind=MessageKind.ANSWER,
        channel=campaign.channel,
        address=campaign.address,
        text=final_text(tally, campaign, company=company, say=say),
        dedupe_key=f"tally:{campaign.id}",
        reply_to=progress_key(campaign),
    )
    return enqueue(session, [_last_edit(campaign, say), final], now=now)


def _last_edit(campaign: Campaign, say: Phrases) -> Draft:
    cancelled = campaign.state is CampaignState.CANCELLED
    text = say("Stopped. The result is below.") if cancelled else say("Done. The result is below.")
    return _edit(campaign, text, f"{progress_key(campaign)}:done", (), kind=MessageKind.ANSWER)


def _next_key(campaign: Campaign) -> str:
    """Number the messages that show a campaign's progress."""
    first = progress_key(campaign)
    shown = campaign.progress.removeprefix(first).strip(":").partition(":")[0]
    return f"{first}:{int(shown or 0) + 1}"


def _edit(
    campaign: Campaign,
    text: str,
    key: str,
    buttons: ButtonRows,
    *,
    kind: MessageKind = MessageKind.PROGRESS,
) -> Draft:
    return Draft(
        kind=kind,
        channel=campaign.channel,
        address=campaign.address,
        text=text,
        buttons=buttons,
        dedupe_key=key,
        edits=progress_key(campaign),
    )
