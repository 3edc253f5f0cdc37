"""The customers of the year: who they are, and a diary of what each of them did, kept beside the database."""

import random
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from store.tables.customers import Customer, Identity, Purpose, Standing
from store.tables.staff import Role
from tests.factories import make_staff

CHANNEL = "telegram"
WORD_AWAITED = timedelta(days=7)
BAD_RATING = timedelta(days=14)
LET_DOWN = timedelta(days=14)
LEAP_YEAR = 2028


@dataclass(frozen=True)
class Home:
    """Where some of the customers live; ``zone`` is that by which they are judged until they travel."""

    country: str | None
    timezone: str | None
    zone: str
    language: str
    share: int


HOMES = (
    Home("GB", "Europe/London", "Europe/London", "en", 25),
    Home("CN", "Asia/Shanghai", "Asia/Shanghai", "zh", 20),
    Home("US", "America/New_York", "America/New_York", "en", 15),
    Home("US", "America/Los_Angeles", "America/Los_Angeles", "en", 8),
    Home("DE", "Europe/Berlin", "Europe/Berlin", "de", 8),
    Home("IN", "Asia/Kolkata", "Asia/Kolkata", "en", 8),
    Home("BR", None, "America/Sao_Paulo", "pt", 5),
    Home("AU", "Australia/Lord_Howe", "Australia/Lord_Howe", "en", 3),
    Home("NZ", "Pacific/Auckland", "Pacific/Auckland", "en", 3),
    Home(None, None, "Europe/London", "en", 5),
)


@dataclass
class Case:
    """A complaint in the diary; one that was not confirmed is on their mind for a week after its solution."""

    number: int
    opened: datetime
    resolved: datetime | None = None
    confirmed: datetime | None = None

    def is_on_their_mind(self, at: datetime) -> bool:
        """Tell whether nothing may be said first because of it."""
        if at < self.opened or (self.confirmed is not None and at >= self.confirmed):
            return False
        return self.resolved is None or at < self.resolved + WORD_AWAITED


@dataclass(eq=False)
class Diary:
    """What a customer did, and what was done to them, each with its moment."""

    number: int
    home: Home
    address: str
    standing: Standing
    contacts: list[datetime] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    stars: list[tuple[datetime, int]] = field(default_factory=list)
    said: list[tuple[datetime, Purpose, bool]] = field(default_factory=list)
    let_down: list[datetime] = field(default_factory=list)
    blocked: list[tuple[datetime, bool]] = field(default_factory=list)
    birthday: str | None = None
    travelled: list[tuple[datetime, str]] = field(default_factory=list)

    def zone(self, at: datetime) -> str:
        """Tell by which clock they lived at a moment."""
        place = bisect_right(self.travelled, at, key=lambda journey: journey[0])
        return self.travelled[place - 1][1] if place else self.home.zone

    def is_travelling(self, at: datetime, near: timedelta = timedelta(days=3)) -> bool:
        """Tell whether they came to another zone near a moment."""
        return any(abs(moment - at) < near for moment, _ in self.travelled)

    def allows(self, purpose: Purpose, at: datetime) -> bool:
        """Tell whether they allowed messages for a purpose at a moment."""
        words = [granted for moment, what, granted in self.said if what is purpose and moment <= at]
        return words[-1] if words else True

    def is_reachable(self, at: datetime) -> bool:
        """Tell whether they had not blocked us."""
        words = [reachable for moment, reachable in self.blocked if moment <= at]
        return words[-1] if words else True

    def has_case(self, at: datetime) -> bool:
        """Tell whether a complaint was on their mind."""
        return any(case.is_on_their_mind(at) for case in self.cases)

    def is_cross(self, at: datetime) -> bool:
        """Tell whether a case, a broken promise or a fresh bad rating spoke against writing to them."""
        given = [(moment, stars) for moment, stars in self.stars if moment <= at]
        is_low = (
            bool(given)
            and given[-1][1] <= 2
            and any(at < moment + BAD_RATING for moment, _ in given[_last_better(given) :])
        )
        broken = any(moment <= at < moment + LET_DOWN for moment in self.let_down)
        return self.has_case(at) or is_low or broken

    def may_hear(self, purpose: Purpose, at: datetime) -> bool:
        """Tell whether nothing spoke against writing to them."""
        return self.allows(purpose, at) and self.is_reachable(at) and not self.is_cross(at)


def _last_better(given: Sequence[tuple[datetime, int]]) -> int:
    """Give the place after the last rating that was not bad."""
    places = [place for place, (_, stars) in enumerate(given) if stars > 2]
    return places[-1] + 1 if places else 0


def settle_people(session: Session, number: int, chance: random.Random, *, now: datetime) -> list[Diary]:
    """Let customers be there, who were in contact at some time in the last three months."""
    staff = [make_staff(session, name=name, role=Role.AGENT).id for name in ("Mei", "Tom", "Ana", "Bo")]
    diaries, customers, identities = [], [], []
    for place in range(1, number + 1):
        home = chance.choices(HOMES, [home.share for home in HOMES])[0]
        met = now - timedelta(days=chance.uniform(0, 90))
        is_key = chance.random() < 0.1
        standing = Standing.KEY if is_key else Standing.REGULAR
        birthday = _birthday(chance) if chance.random() < 0.2 else None
        customers.append(
            {
                "id": place,
                "display_name": f"Customer {place}",
                "language": home.language,
                "country": home.country,
                "timezone": home.timezone,
                "standing": standing,
                "contact_id": chance.choice(staff) if is_key else None,
                "created_at": met,
                "last_contact_at": met,
                "birthday": birthday,
            }
        )
        identities.append(
            {
                "customer_id": place,
                "channel": CHANNEL,
                "sender": str(place),
                "address": str(place),
                "created_at": met,
                "last_used_at": met,
            }
        )
        diaries.append(Diary(place, home, str(place), standing, [met], birthday=birthday))
    session.connection().execute(insert(Customer), customers)
    session.connection().execute(insert(Identity), identities)
    return diaries


def _birthday(chance: random.Random) -> str:
    """Draw a month and a day, a leap day more often than chance would."""
    if chance.random() < 0.05:
        return "02-29"
    month = chance.randint(1, 12)
    return f"{month:02}-{chance.randint(1, monthrange(LEAP_YEAR, month)[1]):02}"
