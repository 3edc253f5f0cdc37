"""What customers say of festivals themselves: which they keep, which not, and when their birthday is."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, and_, cast, delete, select, update
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.definitions.festival import BIRTHDAY
from scheduler.definitions.kept import find_definitions
from scheduler.festival_calendar import Occasion
from scheduler.festivals.habits import Why
from scheduler.festivals.places import Place
from scheduler.festivals.plans import find_usable
from scheduler.local_clock import local_date
from scheduler.manners import zone_of
from scheduler.trials.members import ROUND, TrialKind, trial_name
from store.outbox import IS_QUEUED, withdraw_queued
from store.tables.customers import Customer, FestivalChoice
from store.tables.definitions import DefinitionKind
from store.tables.outreach import TrialMember
from store.tables.queues import OutboxMessage, OutboxState

A_YEAR = timedelta(days=400)
"""Within it every festival comes once at least."""

YEAR = 3
"""The place of the year in the key of a birthday greeting, ``festival:42:birthday:2027``."""

NOT_THEIRS = "the customer does not keep this festival"
"""Why a greeting is skipped that its customer does not want."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A festival that a customer may keep or not.

    Attributes:
        occasion: when it comes next where they live.
        title: what the company calls a day of its own, by language; empty for a known festival.
        kept: whether they are greeted on it.
        theirs: whether it is shown among theirs: their country or language brings it, or they spoke of it.
    """

    occasion: Occasion
    title: Mapping[str, str]
    kept: bool
    theirs: bool


def festivals_offered(
    session: Session, customer: Customer, *, company: Company, now: datetime
) -> Sequence[Offered]:
    """Give all festivals on which somebody is or could be greeted, the next one first; only reads."""
    plans = find_usable(session, company=company, now=now)
    said = choices_of(session, [customer.id]).get(customer.id, {})
    country = (customer.country or company.country).upper()
    today = local_date(now, zone_of(customer, company))
    found: dict[str, Offered] = {}
    for kept in plans.between(country, customer.language, today, today + A_YEAR):
        key = kept.occasion.festival
        ways = [way for way in plans.ways(key) if way.holds_in(country)]
        if ways and key not in found:
            title = next((way.title for way in ways if way.title), {})
            usual = kept.why is not Why.COULD_ADD
            found[key] = Offered(kept.occasion, title, said.get(key, usual), usual or key in said)
    return list(found.values())


def tell_birthday(session: Session, customer: Customer, birthday: str | None) -> None:
    """Keep a customer's birthday, or forget it; does not commit.

    A greeting that waits for it is withdrawn, and its occasion is free again: it has not been greeted.

    Args:
        session: the open transaction.
        customer: whose.
        birthday: month and day, like ``05-03``; None forgets it.
    """
    if customer.birthday != birthday:
        customer.birthday = birthday
        _free_birthday(session, customer.id)
    session.flush()


def _free_birthday(session: Session, customer_id: int) -> None:
    """Withdraw a birthday greeting that waits, as if its turn had not been: under no key and in no trial."""
    withdrawn = session.scalars(
        update(OutboxMessage)
        .where(IS_QUEUED, _is_theirs(customer_id, BIRTHDAY))
        .values(
            state=OutboxState.SKIPPED,
            reason="the customer's birthday is another day",
            dedupe_key=OutboxMessage.dedupe_key + ":withdrawn:" + cast(OutboxMessage.id, String),
        )
        .returning(OutboxMessage.dedupe_key)
        .execution_options(synchronize_session=False)
    ).all()
    plans = find_definitions(session, DefinitionKind.FESTIVAL)
    names = [plan.name for plan in plans if plan.body.get("festival", plan.name) == BIRTHDAY]
    trials = [
        f"{trial_name(TrialKind.FESTIVAL, name)}{ROUND}{key.split(':')[YEAR]}"
        for name in names
        for key in withdrawn
    ]
    if trials:
        session.execute(
            delete(TrialMember).where(TrialMember.customer_id == customer_id, TrialMember.trial.in_(trials))
        )


def choices_of(session: Session, customer_ids: Collection[int]) -> Mapping[int, Mapping[str, bool]]:
    """Find what some customers said, by customer and festival; who said nothing has no entry."""
    rows = session.execute(
        select(FestivalChoice.customer_id, FestivalChoice.festival, FestivalChoice.wanted).where(
            FestivalChoice.customer_id.in_(customer_ids)
        )
    )
    found: dict[int, dict[str, bool]] = defaultdict(dict)
    for customer_id, festival, wanted in rows:
        found[customer_id][festival] = wanted
    return found


def choose_festival(
    session: Session, customer_id: int, festival: str, *, wanted: bool, now: datetime
) -> None:
    """Note whether a customer wants to be greeted on a festival; does not commit.

    A greeting that waits to be sent is withdrawn where they do not, and waits again where they think better.
    """
    session.merge(FestivalChoice(customer_id=customer_id, festival=festival, wanted=wanted, at=now))
    if wanted:
        session.execute(
            update(OutboxMessage)
            .where(
                _is_theirs(customer_id, festival),
                OutboxMessage.state == OutboxState.SKIPPED,
                OutboxMessage.reason == NOT_THEIRS,
                OutboxMessage.expires_at > now,
            )
            .values(state=OutboxState.QUEUED, reason=None)
        )
    else:
        withdraw_queued(session, _is_theirs(customer_id, festival), reason=NOT_THEIRS)
    session.flush()


def _is_theirs(customer_id: int, festival: str) -> ColumnElement[bool]:
    """Give the condition for a customer's greetings for a festival."""
    named_so = OutboxMessage.dedupe_key.startswith(f"festival:{customer_id}:{festival}:", autoescape=True)
    return and_(OutboxMessage.customer_id == customer_id, named_so)


def places_of_choosers(session: Session) -> Sequence[tuple[str, Place]]:
    """Find which festivals somebody added or wants to keep, and where those people are; only reads."""
    rows = session.connection().execute(_CHOSEN_WHERE)
    return [(row[0], Place(row[1], row[2], row[3])) for row in rows]


_CHOSEN_WHERE = (
    select(FestivalChoice.festival, Customer.language, Customer.country, Customer.timezone)
    .join(Customer, Customer.id == FestivalChoice.customer_id)
    .where(FestivalChoice.wanted)
    .distinct()
)
