"""What the company does in the year: what it defines, and its campaigns and events, each on its day."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from customers.phrases import phrases
from scheduler.campaigns.queueing import draft_campaign, start_campaign
from scheduler.definitions.kept import write_definition
from scheduler.definitions.kinds import Defined, read_definition
from scheduler.events.plans import EventPlan, add_event
from scheduler.recurrence.rules import read_recurrence
from store.tables.customers import Standing
from store.tables.definitions import DefinitionKind
from store.tables.outreach import CampaignState
from tests.factories import COMPANY
from tests.year.people import Diary

KEY_PERIOD = 60
PERIOD = 180
AFTER_PURCHASE = 3
AFTER_CASE = 7
BEGINS = datetime(2028, 1, 3, 0, 30, tzinfo=UTC)

WEST = ("GB", "US", "DE", "AU", "NZ", "")
FESTIVALS: Sequence[tuple[str, date, Sequence[str]]] = (
    ("spring_festival:2028", date(2028, 1, 26), ("CN",)),
    ("eid_al_fitr:2028", date(2028, 2, 28), ("IN",)),
    ("holi:2028", date(2028, 3, 11), ("IN",)),
    ("easter:2028", date(2028, 4, 16), WEST),
    ("eid_al_adha:2028", date(2028, 5, 6), ("IN",)),
    ("dragon_boat:2028", date(2028, 5, 28), ("CN",)),
    ("our-birthday:2028", date(2028, 6, 1), (*WEST, "CN", "IN", "BR")),
    ("mid_autumn:2028", date(2028, 10, 3), ("CN",)),
    ("diwali:2028", date(2028, 10, 17), ("IN",)),
    ("thanksgiving:2028", date(2028, 11, 23), ("US",)),
    ("christmas:2028", date(2028, 12, 25), (*WEST, "IN", "BR")),
)
"""What is kept in the year, on which day and where, as almanacs have it; "" is who told no country."""

CORRECTED = ("IN", "eid_al_fitr:2028", date(2028, 2, 27), datetime(2028, 2, 27, 2, 30, tzinfo=UTC))
"""A day that the calendar estimates, and corrects by one while greetings for it wait."""

AUDIENCES: Mapping[str, Callable[[Diary, datetime], bool]] = {
    "all": lambda _who, _at: True,
    "language in (en, zh)": lambda who, _at: who.home.language in ("en", "zh"),
    "key": lambda who, _at: who.standing is Standing.KEY,
    "contents": lambda who, at: who.standing is Standing.REGULAR and not who.has_case(at),
    "country = GB": lambda who, _at: who.home.country == "GB",
    "country = CN or standing = key": lambda who, _at: (
        who.home.country == "CN" or who.standing is Standing.KEY
    ),
}
"""Who is in each audience at a moment, by their diary."""

OFF_AT_NIGHT = timedelta(hours=9)
OFF_ALL_DAY = (datetime(2028, 5, 27, 15, tzinfo=UTC), datetime(2028, 5, 29, 2, tzinfo=UTC))
"""Over the dragon boat festival, all of it."""

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
        {"trigger": "purchase", "period_days": AFTER_PURCHASE, "retry_after_days": None, "priority": 60},
    ),
    (
        DefinitionKind.PROGRAMME,
        "after-a-case",
        {"trigger": "resolved", "period_days": AFTER_CASE, "retry_after_days": None, "priority": 90},
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
    (DefinitionKind.FESTIVAL, "anniversary", {}),
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


def hours_off(begins: datetime) -> Sequence[tuple[datetime, datetime]]:
    """Give when the program does not run: now and then a night, and one whole day."""
    nights = [(begins + timedelta(days=day)).replace(hour=22) for day in range(5, 360, 29)]
    return (*((night, night + OFF_AT_NIGHT) for night in nights), OFF_ALL_DAY)


LAUNCHES: Sequence[tuple[int, str, str]] = (
    (20, "Winter teas", "all"),
    (60, "Spring teas", "language in (en, zh)"),
    (75, "Tea evening", "country = GB"),
    (100, "For key customers", "key"),
    (132, "By your clock", "all"),
    (160, "Tea evening", "country = GB"),
    (194, "Monthly news", "contents"),
    (225, "Monthly news", "contents"),
    (240, "Autumn teas", "country = CN or standing = key"),
    (256, "Monthly news", "contents"),
    (286, "Monthly news", "contents"),
    (300, "Tea evening", "country = GB"),
    (330, "Winter is near", "country = GB"),
)
"""What goes to whom on which day of the year."""


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
        (on(190), campaign("Monthly news", "contents", send_at=on(194, 9), **monthly(on(190)))),
        (on(240), campaign("Autumn teas", "country = CN or standing = key")),
        (on(300), event(20)),
        (on(330), campaign("Winter is near", "country = GB", holdout=0.05)),
    )
