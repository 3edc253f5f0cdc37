"""Customers of whom much is known: as plain values, and as rows of the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import strategies as st
from sqlalchemy.orm import Session

from customers.phrases import phrases
from customers.tags import tag_customer
from store.feedback_kinds import FeedbackKind
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Consent, Customer, Purpose, Standing
from store.tables.feedback import CustomerAtRisk, EntrySource, Feedback, RiskReason, SatisfactionEntry
from store.tables.outreach import Event, EventGuest, Purchase, Rsvp
from store.tables.staff import Staff
from tests.factories import NOW, make_customer

TITLES = ("Tea evening", "春茶会")
STAFF = ("Mei", "Tom")
AGO = st.sampled_from([1, 20, 40, 80, 200, 500]).map(lambda days: NOW - timedelta(days=days, hours=5))
"""Moments, none of which is so long ago as a segment asks to the second."""


@dataclass(frozen=True)
class Person:
    """What is known of one customer."""

    standing: Standing = Standing.REGULAR
    language: str = "en"
    country: str | None = None
    source: str | None = None
    contact: str | None = None
    birthday: str | None = None
    index: float | None = None
    created: datetime = NOW
    last_contact: datetime = NOW
    visited: datetime | None = None
    tags: Sequence[str] = ()
    stopped: Sequence[Purpose] = ()
    at_risk: bool = False
    complaints: Sequence[tuple[datetime, ComplaintState]] = ()
    purchases: Sequence[tuple[datetime, int]] = ()
    feedback: Sequence[tuple[datetime, float]] = ()
    entries: Sequence[tuple[datetime, int, int, bool]] = ()
    guests: Sequence[tuple[str, datetime, Rsvp, bool]] = ()


PEOPLE = st.builds(
    Person,
    standing=st.sampled_from(Standing),
    language=st.sampled_from(["en", "zh"]),
    country=st.sampled_from([None, "GB", "IN"]),
    source=st.sampled_from([None, "qr-shop", "friend"]),
    contact=st.sampled_from([None, *STAFF]),
    birthday=st.sampled_from([None, "11-21", "11-30", "12-25", "02-29"]),
    index=st.sampled_from([None, 0.0, 59.5, 60.0, 100.0]),
    created=AGO,
    last_contact=AGO,
    visited=st.none() | AGO,
    tags=st.lists(st.sampled_from(["wholesale", "茶友"]), unique=True),
    stopped=st.lists(st.sampled_from(Purpose), unique=True, max_size=2),
    at_risk=st.booleans(),
    complaints=st.lists(st.tuples(AGO, st.sampled_from(ComplaintState)), max_size=3),
    purchases=st.lists(st.tuples(AGO, st.sampled_from([10, 90, 400])), max_size=4),
    feedback=st.lists(st.tuples(AGO, st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0])), max_size=7),
    entries=st.lists(
        st.tuples(AGO, st.sampled_from([0, 25, 50, 75, 100]), st.integers(1, 3), st.booleans()), max_size=6
    ),
    guests=st.lists(
        st.tuples(st.sampled_from(TITLES), AGO, st.sampled_from([Rsvp.GOING, Rsvp.NO]), st.booleans()),
        max_size=2,
        unique_by=lambda guest: guest[0],
    ),
)


@dataclass
class Ground:
    """What stands in the database before the first customer."""

    staff: dict[str, int] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)


def lay_ground(session: Session) -> Ground:
    """Add those who look after customers, and events."""
    ground = Ground()
    for name in STAFF:
        member = Staff(name=name, role="agent", created_at=NOW)
        session.add(member)
        session.flush()
        ground.staff[name] = member.id
    for title in TITLES:
        event = Event(
            title=title,
            place="Old Street",
            starts_at=NOW,
            timezone="UTC",
            capacity=9,
            audience="all",
            created_at=NOW,
        )
        session.add(event)
        session.flush()
        ground.events[title] = event.id
    return ground


def add_person(session: Session, person: Person, ground: Ground) -> Customer:
    """Write a customer down."""
    customer = make_customer(
        session,
        standing=person.standing,
        language=person.language,
        country=person.country,
        source=person.source,
        contact_id=None if person.contact is None else ground.staff[person.contact],
        birthday=person.birthday,
        index=person.index,
        created_at=person.created,
        last_contact_at=person.last_contact,
        visited_at=person.visited,
    )
    tag_customer(session, customer.id, person.tags, say=phrases("en"), now=NOW)
    who = {"customer_id": customer.id}
    session.add_all(Consent(**who, purpose=one, granted=False, changed_at=NOW) for one in person.stopped)
    if person.at_risk:
        session.add(CustomerAtRisk(**who, reason=RiskReason.SILENT, since=NOW))
    session.add_all(_complaint(customer.id, at, state) for at, state in person.complaints)
    for number, (at, amount) in enumerate(person.purchases):
        session.add(Purchase(**who, reference=f"{customer.id}-{number}", at=at, what="", amount=amount))
    for at, polarity in person.feedback:
        session.add(Feedback(**who, kind=FeedbackKind.OTHER, polarity=polarity, why=[], at=at))
        session.flush()  # in this order
    for at, value, weight, is_rating in person.entries:
        source = EntrySource.RATING if is_rating else EntrySource.FEEDBACK
        session.add(SatisfactionEntry(**who, source=source, value=value, weight=weight, at=at))
    for title, at, answer, came in person.guests:
        guest = EventGuest(**who, event_id=ground.events[title], answer=answer, answered_at=at)
        guest.checked_in_at = at if came else None
        session.add(guest)
    session.flush()
    return customer


def _complaint(customer_id: int, at: datetime, state: ComplaintState) -> Complaint:
    return Complaint(
        customer_id=customer_id,
        channel="telegram",
        address="77",
        state=state,
        text="cold",
        opened_at=at,
        first_response_due_at=at,
        resolution_due_at=at,
        resolved_at=at if state is ComplaintState.RESOLVED else None,
    )
