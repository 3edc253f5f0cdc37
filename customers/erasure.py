"""Erasing a person: everything that refers to them goes; only counts that name nobody stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from customers.privacy import HOLDINGS
from store.inserts import insert_into
from store.outbox import Body, find_by_key
from store.tables.complaints import Complaint
from store.tables.conversations import Dialogue, Message
from store.tables.customers import Customer, ErasureTally, Identity
from store.tables.outreach import EventGuest, Referral
from store.tables.queues import InboxUpdate, OutboxMessage, OutboxState
from store.threads import messages_about

FAREWELL = "farewell"
"""Begins the dedupe key of the last answer to somebody who was erased."""

MAYBE_SHOWN = frozenset({OutboxState.SENDING, OutboxState.SENT, OutboxState.UNCERTAIN})


@dataclass(frozen=True, slots=True)
class Overwrite:
    """A message about an erased customer that staff may see already; what it says must be overwritten there.

    Attributes:
        message: it; it is empty by now.
        had_files: whether something went along that must go, too.
    """

    message: OutboxMessage
    had_files: bool


def erase(session: Session, customer: Customer, *, now: datetime) -> Sequence[Overwrite]:
    """Erase a customer and all that refers to them; does not commit.

    Rows of their own go by the foreign keys. What staff were sent about them, and what staff wrote to them,
    is found by what it concerns. Failed updates of theirs lose their content.

    Returns:
        The messages about them that staff may see already: what they say must be overwritten there.
    """
    session.flush()
    # Held before all else that concerns them, as by whoever handles their words, and by a lane.
    session.execute(select(Customer.id).where(Customer.id == customer.id).with_for_update(key_share=True))
    matters = _matters(session, customer.id)
    identities = session.scalars(select(Identity).where(Identity.customer_id == customer.id)).all()
    _count(session, customer.id, now)
    shown = _blank_what_staff_got(session, matters, identities)
    session.execute(
        delete(Message)
        .where(Message.about.in_(matters), Message.customer_id.is_distinct_from(customer.id))
        .execution_options(synchronize_session=False)
    )
    for identity in identities:
        _forget_address(session, identity)
    for brought in (EventGuest.referred_by, Referral.via):
        session.execute(
            update(brought.class_)
            .where(brought == customer.id)
            .values({brought: None})
            .execution_options(synchronize_session=False)
        )
    session.execute(
        delete(Customer).where(Customer.id == customer.id).execution_options(synchronize_session=False)
    )
    session.expunge(customer)
    return shown


def scrub_farewells(session: Session, *, now: datetime) -> int:
    """Take the address from last answers that have been sent, or never will be; a planner, does not commit.

    Returns:
        How many were scrubbed.
    """
    del now  # what has left may be scrubbed at any time
    statement = (
        update(OutboxMessage)
        .where(
            OutboxMessage.about == FAREWELL,
            OutboxMessage.state.not_in([OutboxState.QUEUED, OutboxState.SENDING]),
            OutboxMessage.address != "",
        )
        .values(address="", external_id=None, reason=None)
        .returning(OutboxMessage.id)
    )
    return len(session.execute(statement).all())


def _matters(session: Session, customer_id: int) -> Sequence[str]:
    complaints = session.scalars(select(Complaint.id).where(Complaint.customer_id == customer_id))
    events = session.scalars(select(EventGuest.event_id).where(EventGuest.customer_id == customer_id))
    return [
        f"customer:{customer_id}",
        *(f"complaint:{complaint_id}" for complaint_id in complaints),
        *(f"guests:{event_id}" for event_id in events),
    ]


def _count(session: Session, customer_id: int, now: datetime) -> None:
    counts = {holding.section: len(holding.rows(session, customer_id)) for holding in HOLDINGS}
    for what, count in {"customers": 1, **counts}.items():
        if count:
            _tally(session, f"{now:%Y-%m}", what, count)


def _tally(session: Session, month: str, what: str, count: int) -> None:
    new = insert_into(ErasureTally, dialect=session.get_bind().dialect.name)
    session.execute(
        new.values(month=month, what=what, count=count).on_conflict_do_update(
            index_elements=["month", "what"], set_={"count": ErasureTally.count + count}
        )
    )


def _blank_what_staff_got(
    session: Session, matters: Sequence[str], identities: Sequence[Identity]
) -> Sequence[Overwrite]:
    """Empty the messages to staff that concern the customer; those that have not left never will."""
    theirs = {identity.address for identity in identities}
    shown: dict[int, Overwrite] = {}
    for message in messages_about(session, matters):
        if message.address in theirs:
            continue
        if message.state in MAYBE_SHOWN and (stands_in := _first_of(session, message)) is not None:
            had_files = bool(Body.from_json(stands_in.body).attachments)
            shown.setdefault(stands_in.id, Overwrite(stands_in, had_files))
        if message.state is OutboxState.QUEUED:
            message.state, message.reason = OutboxState.SKIPPED, "the customer was erased"
        message.body = Body("").to_json()
    for overwrite in shown.values():
        overwrite.message.body = Body("").to_json()
    session.flush()
    return list(shown.values())


def _first_of(session: Session, message: OutboxMessage) -> OutboxMessage | None:
    """Find the message that staff see changed: a question that named nobody may name the customer by now."""
    first = message if message.edits is None else find_by_key(session, message.edits)
    return first if first is not None and first.state in MAYBE_SHOWN else None


def _forget_address(session: Session, identity: Identity) -> None:
    """Erase what knows a customer by an app's address alone: talks under way, and failed updates."""
    theirs = or_(Dialogue.sender == identity.sender, Dialogue.address == identity.address)
    session.execute(
        delete(Dialogue)
        .where(Dialogue.channel == identity.channel, theirs)
        .execution_options(synchronize_session=False)
    )
    failed = session.scalars(
        select(InboxUpdate).where(InboxUpdate.channel == identity.channel, InboxUpdate.error.is_not(None))
    )
    for row in failed:
        if _names(row.payload, identity):
            row.error, row.payload = "erased", None
    session.flush()


def _names(value: object, identity: Identity) -> bool:
    """Tell whether an update names a customer as who speaks or where: in our own form, or an app's."""
    if isinstance(value, Mapping):
        named = {str(value[key]) for key in ("id", "address") if key in value}
        if not named.isdisjoint({identity.sender, identity.address}):
            return True
        value = list(value.values())
    return isinstance(value, list) and any(_names(entry, identity) for entry in value)
