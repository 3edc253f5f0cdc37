"""What the company does in the year: what it defines, and its campaigns and events, each on its day."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from customers.phrases import phrases
from scheduler.campaigns.queueing import draft_campaign, start_campaign
from scheduler.definitions.kept import write_definition
from scheduler.definitions.kinds import Defined, read_definition
from scheduler.events.plans import EventPlan, add_event
from scheduler.recurrence.rules import read_recurrence
from store.tables.definitions import DefinitionKind
from store.tables.outreach import CampaignState
from tests.factories import COMPANY

KEY_PERIOD = 60
PERIOD = 180

DEFINED: Sequence[tuple[DefinitionKind, str, dict[str, Any]]] = (
    (DefinitionKind.SEGMENT, "contents", {"filter": "standing = regular and not open complaint"}),
    (
        DefinitionKind.PROGRAMME,
        "key-customers",
        {
            "segment": "key",
            "period_days": KEY_PERIOD,
            "priority": 80,
            "window": {
                "weekdays": ["mon", "tue", "wed", "thu", "fri"],
                "from_hour": 9,
                "until_hour": 19,
                "days": 4,
            },
        },
    ),
    (
        DefinitionKind.PROGRAMME,
        "everybody",
        {"segment": "regular", "period_days": PERIOD, "window": {"days": 7}, "retry_after_days": None},
    ),
    (
        DefinitionKind.PROGRAMME,
        "after-a-purchase",
        {"trigger": "purchase", "period_days": 3, "retry_after_days": None, "priority": 60},
    ),
    (
        DefinitionKind.PROGRAMME,
        "after-a-case",
        {"trigger": "resolved", "period_days": 7, "retry_after_days": None, "priority": 90},
    ),
    (
        DefinitionKind.FESTIVAL,
        "our-birthday",
        {
            "every_year": "06-01",
            "title": {"en": "Our birthday"},
            "messages": {"A": {"en": "A year older. Thank you!"}, "B": {"en": "It is our birthday!"}},
        },
    ),
    (DefinitionKind.FESTIVAL, "spring_festival", {"hour": 9, "holdout": 0.1}),
)


def define(session: Session, *, now: datetime) -> None:
    """Let the company have its programmes, festivals and segments."""
    for kind, name, body in DEFINED:
        one = read_definition(kind, name, body)
        assert isinstance(one, Defined), one
        write_definition(session, kind, name, one.body, staff_id=None, now=now)


def send_campaign(session: Session, now: datetime, *, text: str, audience: str, **fields: Any) -> None:
    """Start a campaign, or schedule it where it has a time."""
    chat = COMPANY.staff_chat
    campaign = draft_campaign(
        session, text=text, audience=audience, event=None, staff_id=None, chat=chat, now=now
    )
    for name, value in fields.items():
        setattr(campaign, name, value)
    if campaign.send_at is None:
        start_campaign(session, campaign, chat=chat, company=COMPANY, now=now)
    else:
        campaign.state = CampaignState.SCHEDULED


def invite(session: Session, now: datetime, *, days: int) -> None:
    """Invite customers to an event some days later."""
    plan = EventPlan(
        title="Tea evening",
        starts_at=(now + timedelta(days=days)).replace(hour=18),
        place="Old Street 5",
        capacity=60,
        audience="country = GB",
        reminders=(7 * 24 * 60, 24 * 60, 120),
    )
    event = add_event(session, plan, timezone="Europe/London", staff_id=None, now=now)
    chat = COMPANY.staff_chat
    campaign = draft_campaign(
        session, text=event.title, audience=plan.audience, event=event, staff_id=None, chat=chat, now=now
    )
    start_campaign(session, campaign, chat=chat, company=COMPANY, now=now)


def monthly(now: datetime) -> dict[str, Any]:
    """Give how something comes again four times."""
    found = read_recurrence("every month on the 15th at 10:00", phrases("en"), zone=COMPANY.timezone, now=now)
    assert found is not None
    return {"rule": found.rule, "last_day": (now + timedelta(days=110)).date()}


def plans_of(begins: datetime) -> Sequence[tuple[datetime, Callable[[Session, datetime], None]]]:
    """Give what the company does in the year, with its moments."""

    def on(day: int, hour: int = 8) -> datetime:
        return (begins + timedelta(days=day)).astimezone(UTC).replace(hour=hour)

    def campaign(text: str, audience: str, **fields: Any) -> Callable[[Session, datetime], None]:
        return lambda session, now: send_campaign(session, now, text=text, audience=audience, **fields)

    def event(days: int) -> Callable[[Session, datetime], None]:
        return lambda session, now: invite(session, now, days=days)

    two = {"A": {"en": "Spring oolong!", "zh": "春茶来了！"}, "B": {"en": "New oolong!", "zh": "新茶到了！"}}
    return (
        (on(20), campaign("Winter teas", "all", holdout=0.05)),
        (on(60), campaign("Spring teas", "language in (en, zh)", messages=two, holdout=0.1)),
        (on(75), event(12)),
        (on(100), campaign("For key customers", "key")),
        (on(130), campaign("By your clock", "all", send_at=on(132, 10), local_time=True, holdout=0.05)),
        (on(160), event(9)),
        (on(190), campaign("Monthly news", "contents", send_at=on(191, 9), **monthly(on(190)))),
        (on(240), campaign("Autumn teas", "country = CN or standing = key")),
        (on(300), event(20)),
        (on(330), campaign("Winter is near", "country = GB", holdout=0.05)),
    )
