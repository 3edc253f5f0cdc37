"""What we are going to say first, day by day: a look ahead for marketers, which changes nothing.

Each kind of thing contributes one query function. Numbers are of those who are meant: who has said stop by
then, or complains, gets nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.campaigns.kinds import begins_at
from scheduler.campaigns.text import title_of
from scheduler.campaigns.times import next_of
from scheduler.definitions.programme import Programme, programmes_of
from scheduler.events.announced import takes_place
from scheduler.events.follow_up import writes_from
from scheduler.festivals.ahead import FestivalAhead, festivals_ahead, greetings_ahead
from scheduler.local_clock import local_date, moment_on
from scheduler.segments.conditions import condition_of
from scheduler.segments.counting import count_segment
from store.errors import InputError
from store.outbox import RULES
from store.tables.customers import Customer
from store.tables.outreach import (
    Campaign,
    CampaignState,
    Event,
    EventGuest,
    Rsvp,
    Visit,
    VisitState,
    VisitTurn,
)
from store.tables.queues import MessageKind, OutboxMessage, OutboxState

LOOKED_AHEAD_DAYS = 30
REMINDED = (Rsvp.GOING, Rsvp.MAYBE)


@dataclass(frozen=True, slots=True)
class EventAhead:
    """An event on a day; ``going`` counts people, companions included."""

    event_id: int
    title: str
    starts_at: datetime
    timezone: str
    capacity: int
    going: int


@dataclass(frozen=True, slots=True)
class CampaignAhead:
    """A run of a scheduled campaign on a day.

    Attributes:
        campaign_id, title: which.
        at: when it begins; aware.
        people: how many are in its segment now; None where the segment cannot be read any more.
        recurs: whether it comes again and again.
    """

    campaign_id: int
    title: str
    at: datetime
    people: int | None
    recurs: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A day by the company's clock, and what is planned for it.

    Attributes:
        day: the date.
        visits: customers whose return visit falls due, or is looked at again: it was held back till then, or
            was not answered; who is in touch before has theirs later.
        greetings: customers who are greeted.
        reminders: guests who are reminded of an event.
        thanks: guests who are thanked for coming, or asked why they did not.
        waiting: messages of campaigns, and invitations, that are queued already and wait for the day.
        festivals: that somebody celebrates on it.
        events: that begin on it.
        campaigns: that begin to be sent on it.
    """

    day: date
    visits: int
    greetings: int
    reminders: int
    thanks: int
    waiting: int
    festivals: Sequence[FestivalAhead]
    events: Sequence[EventAhead]
    campaigns: Sequence[CampaignAhead]

    @property
    def sent_to_many(self) -> int:
        """Messages of campaigns and invitations."""
        return self.waiting + sum(one.people or 0 for one in self.campaigns)

    @property
    def to_guests(self) -> int:
        """Messages to guests of events."""
        return self.reminders + self.thanks

    @property
    def messages(self) -> int:
        """All messages of the day, at most."""
        return self.visits + self.greetings + self.to_guests + self.sent_to_many

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell of it."""
        return not (self.messages or self.festivals or self.events or self.campaigns)


def days_ahead(
    session: Session, *, company: Company, now: datetime, days: int = LOOKED_AHEAD_DAYS
) -> Sequence[Day]:
    """Look at the next days, today included; only reads.

    Args:
        session: an open view; with many customers it is read for a second or so.
        company: who we are; days are those of its clock.
        now: aware UTC.
        days: how many, one at least.
    """
    today = local_date(now, company.timezone)
    dates = [today + timedelta(days=number) for number in range(days)]
    queued = _queued(session, dates, company, now)
    visits = _visits(session, dates, company, now) + _steps(session, dates, company, now)
    greetings = greetings_ahead(session, dates, company=company, now=now)
    festivals = festivals_ahead(session, dates, company=company, now=now)
    reminders = _reminders(session, dates, company, now)
    thanks = _thanks(session, dates, company)
    events = _events(session, dates, company, now)
    campaigns = _campaigns(session, dates, company, now)
    return [
        Day(
            day,
            visits[day] + queued[day, MessageKind.VISIT],
            greetings[day],
            reminders[day] + queued[day, MessageKind.REMINDER],
            thanks[day] + queued[day, MessageKind.FOLLOW_UP],
            queued[day, MessageKind.CAMPAIGN] + queued[day, MessageKind.INVITATION],
            festivals.get(day, ()),
            events.get(day, ()),
            campaigns.get(day, ()),
        )
        for day in dates
    ]


def _end(dates: Sequence[date], company: Company) -> datetime:
    return moment_on(dates[-1], 24, company.timezone).astimezone(UTC)


def _visits(session: Session, dates: Sequence[date], company: Company, now: datetime) -> Counter[date]:
    """Count the visits that fall due on each day to who is meant now; those that are late count today."""
    found: Counter[date] = Counter()
    try:
        due = [_due(session, one, company, now) for one in programmes_of(session, company=company)]
    except InputError:  # the planner says what is wrong with it, and makes no visits meanwhile
        return found
    for place, day in enumerate(dates):
        begins, ends = (moment_on(day, hour, company.timezone).astimezone(UTC) for hour in (0, 24))
        on_it = (VisitTurn.due_at < ends, VisitTurn.due_at >= begins if place else true())
        found[day] = sum(session.scalar(count.where(*on_it)) or 0 for count in due)
    return found


def _due(session: Session, programme: Programme, company: Company, now: datetime) -> Select[int]:
    """Count the turns of a programme, of who is in its segment."""
    count = select(func.count()).select_from(VisitTurn).where(VisitTurn.programme == programme.name)
    if programme.segment == "all":  # which is counted in the index alone
        return count
    meant = condition_of(session, programme.segment, company=company, now=now)
    return count.join(Customer, Customer.id == VisitTurn.customer_id).where(meant)


def _steps(session: Session, dates: Sequence[date], company: Company, now: datetime) -> Counter[date]:
    """Count the visits that are looked at again: what held them back may be over, or nobody answered."""
    held_back = and_(Visit.state == VisitState.DUE, Visit.reason.is_not(None))
    asked_once = and_(Visit.state == VisitState.MADE, Visit.attempt == 0)
    rows = session.execute(
        select(Visit.next_step_at, func.count())
        .where(Visit.next_step_at < _end(dates, company), or_(held_back, asked_once))
        .group_by(Visit.next_step_at)
    )
    found: Counter[date] = Counter()
    for at, number in rows:
        if at is not None:  # none is, for it is compared
            found[local_date(max(at, now), company.timezone)] += number
    return found


def _queued(
    session: Session, dates: Sequence[date], company: Company, now: datetime
) -> Counter[tuple[date, MessageKind]]:
    """Count what is queued and waits, by kind: for the morning, for its hour, or for room.

    Greetings are not among it: they are counted on the day of their festival, queued or not.
    """
    kinds = [kind for kind, rule in RULES.items() if rule.first_spoken and kind is not MessageKind.GREETING]
    rows = session.execute(
        select(OutboxMessage.not_before, OutboxMessage.kind, func.count())
        .where(
            OutboxMessage.channel.in_(company.channels),
            OutboxMessage.state == OutboxState.QUEUED,
            OutboxMessage.kind.in_(kinds),
            OutboxMessage.not_before > now,
            OutboxMessage.not_before < _end(dates, company),
        )
        .group_by(OutboxMessage.not_before, OutboxMessage.kind)
    )
    found: Counter[tuple[date, MessageKind]] = Counter()
    for at, kind, number in rows:
        found[local_date(at, company.timezone), kind] += number
    return found


def _events(
    session: Session, dates: Sequence[date], company: Company, now: datetime
) -> Mapping[date, Sequence[EventAhead]]:
    people = func.coalesce(func.sum(1 + EventGuest.companions), 0)
    going = (
        select(people)
        .where(EventGuest.event_id == Event.id, EventGuest.answer == Rsvp.GOING)
        .correlate(Event)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Event, going)
        .where(Event.starts_at > now, Event.starts_at < _end(dates, company), takes_place())
        .order_by(Event.starts_at, Event.id)
    )
    found: dict[date, list[EventAhead]] = defaultdict(list)
    for event, coming in rows:
        one = EventAhead(event.id, event.title, event.starts_at, event.timezone, event.capacity, coming)
        found[local_date(event.starts_at, company.timezone)].append(one)
    return found


def _reminders(session: Session, dates: Sequence[date], company: Company, now: datetime) -> Counter[date]:
    """Count the guests who are reminded on each day, of those who answered by now."""
    longest = timedelta(days=60)
    rows = session.execute(
        select(Event, func.count())
        .join(EventGuest, EventGuest.event_id == Event.id)
        .where(
            Event.starts_at > now,
            Event.starts_at < _end(dates, company) + longest,
            Event.cancelled_at.is_(None),
            EventGuest.answer.in_(REMINDED),
        )
        .group_by(Event.id)
    )
    found: Counter[date] = Counter()
    for event, guests in rows:
        for minutes in event.reminders:
            at = event.starts_at - timedelta(minutes=minutes)
            if at > now:
                found[local_date(at, company.timezone)] += guests
    return found


def _thanks(session: Session, dates: Sequence[date], company: Company) -> Counter[date]:
    """Count the guests who are written to after an event, of those who come as it stands now."""
    rows = session.execute(
        select(Event, func.count())
        .join(EventGuest, EventGuest.event_id == Event.id)
        .where(
            Event.starts_at < _end(dates, company),
            Event.cancelled_at.is_(None),
            Event.followed_up.is_(False),
            EventGuest.answer == Rsvp.GOING,
        )
        .group_by(Event.id)
    )
    found: Counter[date] = Counter()
    for event, guests in rows:
        day = local_date(writes_from(event), company.timezone)
        if day >= dates[0]:
            found[day] += guests
    return found


def _campaigns(
    session: Session, dates: Sequence[date], company: Company, now: datetime
) -> Mapping[date, Sequence[CampaignAhead]]:
    """Find the runs of scheduled campaigns; whoever gets it by their own clock may get it a day later."""
    scheduled = session.scalars(
        select(Campaign)
        .where(
            Campaign.state == CampaignState.SCHEDULED,
            Campaign.send_at.is_not(None),
            Campaign.paused_at.is_(None),
        )
        .order_by(Campaign.send_at, Campaign.id)
    ).all()
    found: dict[date, list[CampaignAhead]] = defaultdict(list)
    sizes: dict[str, int | None] = {}
    for campaign in scheduled:
        for at in _runs(campaign, company, now, until=_end(dates, company)):
            if campaign.audience not in sizes:
                sizes[campaign.audience] = _size(session, campaign.audience, company, now)
            one = CampaignAhead(
                campaign.id,
                title_of(campaign),
                at,
                sizes[campaign.audience],
                campaign.rule is not None,
            )
            found[max(dates[0], local_date(at, company.timezone))].append(one)
    return found


def _runs(campaign: Campaign, company: Company, now: datetime, *, until: datetime) -> Iterator[datetime]:
    at = campaign.send_at
    if at is None or begins_at(at, company, local_time=campaign.local_time) >= until:
        return
    yield max(at, now)
    while campaign.rule is not None:
        at = next_of(campaign, company=company, after=at)
        if at is None or at >= until:
            return
        yield at


def _size(session: Session, audience: str, company: Company, now: datetime) -> int | None:
    try:
        return count_segment(session, audience, company=company, now=now).inside
    except InputError:
        return None
