"""The messages of a campaign to some of its customers: who gets which variant, what it says, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import phrases
from scheduler.audience import Addressee
from scheduler.best_hours import find_best_moments
from scheduler.campaigns.content import Content, content_of, words_for
from scheduler.campaigns.kinds import kind_of, lifetime_of, occasion_in_trial, purpose_of, trial_of
from scheduler.events.wording import invitation_text, own_zone, rsvp_buttons
from scheduler.local_clock import leaves_at
from scheduler.manners import zone_of
from scheduler.trials.assignment import HELD_OUT
from scheduler.trials.members import split
from scheduler.variables import NOTHING_KNOWN, know
from scheduler.wall_clock import on_their_clock, shown_at
from store.copies import Copy
from store.outbox import ButtonRows, Draft, Enclosure
from store.tables.outreach import Campaign, Event

A_DAY = timedelta(days=1)
LATE = timedelta(hours=1)
"""Whose clock showed a local time longer ago gets it a day later: queueing a large campaign takes a while."""

Body = tuple[str, ButtonRows, tuple[Enclosure, ...]]


@dataclass(frozen=True, slots=True)
class Composed:
    """What a batch of a campaign comes to.

    Attributes:
        alike: what its messages have in common.
        copies: the messages.
        held_out: how many get nothing, for comparison.
        too_late: whose quiet hours last until it would be too late, by number: they get nothing either.
    """

    alike: Draft
    copies: Sequence[Copy]
    held_out: int
    too_late: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class _Batch:
    """A campaign, and what its messages are made from."""

    session: Session
    campaign: Campaign
    event: Event | None
    content: Content
    company: Company
    now: datetime


@dataclass(frozen=True, slots=True)
class _Times:
    """When a campaign's message may leave in a zone, and until when it is worth sending."""

    leaves: datetime
    expires: datetime


def compose_messages(
    session: Session, campaign: Campaign, people: Sequence[Addressee], *, company: Company, now: datetime
) -> Composed:
    """Compose the messages of a campaign to customers whom nothing holds back; does not commit.

    Who is held out is noted and gets none; nor does whom an invitation would only reach once the event began.
    """
    event = None if campaign.event_id is None else session.get_one(Event, campaign.event_id)
    batch = _Batch(session, campaign, event, content_of(campaign), company, now)
    arms = _arms(batch, people)
    meant = [who for who in people if arms[who.customer_id] != HELD_OUT]
    lifetime = lifetime_of(session, campaign)
    zones = {who.customer_id: zone_of(who, company) for who in meant}
    times = {zone: _times(batch, zone, lifetime) for zone in set(zones.values())}
    asleep = {one for one, zone in zones.items() if event and times[zone].leaves >= event.starts_at}
    written_to = [who for who in meant if who.customer_id not in asleep]
    bodies = _invitations(batch, event, written_to) if event else _texts(batch, written_to, arms)
    best = _best_moments(batch, written_to)
    key = _key_begins(campaign)
    copies = [
        Copy(
            f"{key}{who.customer_id}",
            who.channel,
            who.address,
            who.customer_id,
            *body,
            best.get(who.customer_id, times[zones[who.customer_id]].leaves),
            times[zones[who.customer_id]].expires,
        )
        for who, body in zip(written_to, bodies, strict=True)
    ]
    return Composed(_alike(campaign), copies, len(people) - len(meant), sorted(asleep))


def _alike(campaign: Campaign) -> Draft:
    return Draft(
        kind=kind_of(campaign),
        channel="",
        address="",
        text="",
        campaign_id=campaign.id,
        purpose=purpose_of(campaign),
        about=None if campaign.event_id is None else f"event:{campaign.event_id}",
    )


def _arms(batch: _Batch, people: Sequence[Addressee]) -> Mapping[int, str]:
    """Give each customer a variant, or nothing; invitations go to all."""
    campaign, variants = batch.campaign, batch.content.variants
    ids = [who.customer_id for who in people]
    if batch.event is not None or (not campaign.holdout and len(variants) == 1):
        return dict.fromkeys(ids, variants[0])
    return split(
        batch.session,
        ids,
        trial=trial_of(campaign),
        company=batch.company,
        now=batch.now,
        variants=variants,
        holdout=campaign.holdout,
        occasion=occasion_in_trial(campaign, batch.company),
    )


def _texts(batch: _Batch, people: Sequence[Addressee], arms: Mapping[int, str]) -> Sequence[Body]:
    content, company, campaign_id = batch.content, batch.company, batch.campaign.id
    ids = [who.customer_id for who in people]
    known = know(batch.session, ids, company=company, now=batch.now) if content.looks_up else {}
    bodies = []
    for who in people:
        words = words_for(
            content,
            arms[who.customer_id],
            who,
            campaign_id=campaign_id,
            company=company,
            known=known.get(who.customer_id, NOTHING_KNOWN),
        )
        bodies.append((words.text, words.buttons, words.attachments))
    return bodies


def _invitations(batch: _Batch, event: Event, people: Sequence[Addressee]) -> Sequence[Body]:
    bodies: list[Body] = []
    for who in people:
        say = phrases(who.language, who.country)
        text = invitation_text(event, say, name=who.name, company=batch.company, zone=own_zone(who))
        bodies.append((text, rsvp_buttons(event.id, say), ()))
    return bodies


def _best_moments(batch: _Batch, people: Sequence[Addressee]) -> Mapping[int, datetime]:
    """Tell when each usually writes, within a day from the start, where that is when it shall leave."""
    campaign, now = batch.campaign, batch.now
    if campaign.send_at is not None or not campaign.local_time:
        return {}
    latest = max(now, (campaign.started_at or now) + A_DAY)
    return find_best_moments(batch.session, [(who, now, latest) for who in people], company=batch.company)


def _times(batch: _Batch, zone: str, lifetime: timedelta) -> _Times:
    """Tell when a message may leave in a zone; where there is no time for it, that is at once."""
    campaign, company, now = batch.campaign, batch.company, batch.now
    if campaign.send_at is None:
        begins, ends = now, now + lifetime
    elif campaign.local_time:
        wall = shown_at(campaign.send_at, company.timezone)
        begins = on_their_clock(wall, zone, now=now, late=LATE)
        ends = begins + lifetime
    else:
        begins, ends = max(now, campaign.send_at), campaign.send_at + lifetime
    leaves = max(leaves_at(begins, zone, company), now)
    return _Times(leaves, ends if batch.event is None else batch.event.starts_at)


def _key_begins(campaign: Campaign) -> str:
    """Give what the dedupe keys of a campaign's messages begin with; the customer's number follows."""
    return f"campaign:{campaign.id}:" if campaign.event_id is None else f"invite:{campaign.event_id}:"
