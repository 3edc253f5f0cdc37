"""The company that the program speaks for, as the rest of the program needs to know it."""

from dataclasses import dataclass, field

from customers.desk import Desk
from customers.outreach import Outreach


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat on one messaging app."""

    channel: str
    address: str


NAMELESS = "Our company"
"""What a company is called that has not said its name."""


@dataclass(frozen=True, slots=True)
class Company:
    """Who we are: set once, at the start, from the settings.

    Attributes:
        name: as customers read it.
        timezone: IANA name; used for staff, and for customers of whom we know no better.
        country: ISO 3166 two-letter code of customers of whom we know no better.
        language: language tag of staff, and of customers of whom we know no better.
        staff_chat: where complaint alerts go.
        first_response_hours, resolution_hours: within which a complaint is answered, and settled.
        realert_minutes: after which an alert that nobody took is repeated.
        visit_every_days: after how many days without contact a return visit is due.
        channels: names of the messaging apps that are switched on; nothing is sent first on any other.
        quiet_from_hour, quiet_until_hour: local hours between which we do not speak first.
        second_look: whether messages that the first look was unsure of are read again.
        desk: how complaints are handled.
        outreach: how we speak first.
        pages_url: where customers reach our own pages, for links in messages; None where they cannot.
    """

    name: str
    timezone: str
    country: str
    language: str
    staff_chat: Chat
    first_response_hours: float = 4.0
    resolution_hours: float = 72.0
    realert_minutes: float = 15.0
    visit_every_days: int = 90
    quiet_from_hour: int = 21
    quiet_until_hour: int = 9
    channels: frozenset[str] = frozenset({"telegram", "webchat"})
    second_look: bool = False
    desk: Desk = field(default_factory=Desk)
    outreach: Outreach = field(default_factory=Outreach)
    pages_url: str | None = None

    @property
    def is_named(self) -> bool:
        """Whether it has said its name."""
        return self.name != NAMELESS
