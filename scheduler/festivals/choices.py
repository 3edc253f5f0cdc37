"""What customers say of festivals themselves: which they want to be greeted on, and which not."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.festivals.places import Place
from store.outbox import withdraw_beginning
from store.tables.customers import Customer, FestivalChoice


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

    A greeting that waits to be sent is withdrawn where they do not.
    """
    session.merge(FestivalChoice(customer_id=customer_id, festival=festival, wanted=wanted, at=now))
    if not wanted:
        withdraw_beginning(
            session, f"festival:{customer_id}:{festival}:", reason="the customer does not keep this festival"
        )
    session.flush()


def places_of_choosers(session: Session) -> Sequence[tuple[str, Place]]:
    """Find which festivals somebody added or wants to keep, and where those people are; only reads."""
    rows = session.execute(
        select(FestivalChoice.festival, Customer.language, Customer.country, Customer.timezone)
        .join(Customer, Customer.id == FestivalChoice.customer_id)
        .where(FestivalChoice.wanted)
        .distinct()
    )
    return [(row[0], Place(row[1], row[2], row[3])) for row in rows]
