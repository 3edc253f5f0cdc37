"""Rounds: many updates handled at once, as if each came alone.

In a round nobody speaks twice, so what is known of its speakers can be read for all of them at once, before
the first is heard: nothing that one says changes what was read of another.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from customers.identities import Met, customers_by_sender
from customers.staff import staff_by_sender
from feedback.complaints import most_on_mind, pending_of
from handlers.incoming import Incoming
from handlers.matters import about_customer
from store.conversations import dialogues_in
from store.tables.complaints import Complaint
from store.tables.conversations import Dialogue
from store.tables.staff import Staff
from store.threads import spoken_of

CONVERSATION = timedelta(days=1)
"""For how long after a person wrote to a customer their words are taken as an answer to that person."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the speakers of a round.

    Attributes:
        staff: those who are staff, by user id.
        customers: those who are customers, with the number of their identity, by user id.
        dialogues: the talks of several steps under way, by chat and user id.
        complaints: the case that is most on a customer's mind, by customer id.
        pending: all that are, by customer id.
        in_talk: ids of the customers to whom a person has written lately, outside any complaint.
    """

    staff: Mapping[str, Staff]
    customers: Mapping[str, Met]
    dialogues: Mapping[tuple[str, str], Dialogue]
    complaints: Mapping[int, Complaint]
    pending: Mapping[int, Sequence[Complaint]]
    in_talk: frozenset[int]

    def with_customers(self, taken_in: Mapping[str, Met]) -> "Known":
        """Know some more customers."""
        return replace(self, customers={**self.customers, **taken_in})

    def dialogue_of(self, incoming: Incoming) -> Dialogue | None:
        """Tell where the talk with this speaker in this chat stands."""
        return self.dialogues.get((incoming.address, incoming.sender.id))


def rounds(updates: Iterable[Incoming]) -> Sequence[Sequence[Incoming]]:
    """Split updates so that a round has one channel and nobody speaks twice in it.

    What one speaker said keeps its order over the rounds; of different speakers it does not matter.
    """
    spoken: Counter[tuple[str, str]] = Counter()
    split: dict[tuple[str, int], list[Incoming]] = {}
    for update in updates:
        speaker = (update.channel, update.sender.id)
        split.setdefault((update.channel, spoken[speaker]), []).append(update)
        spoken[speaker] += 1
    return list(split.values())


def look_up(session: Session, updates: Sequence[Incoming], *, now: datetime) -> Known:
    """Read what is known of the speakers of a round."""
    channel = updates[0].channel
    senders = {update.sender.id for update in updates}
    customers = customers_by_sender(session, channel=channel, senders=senders)
    matters = {about_customer(customer.id): customer.id for customer, _ in customers.values()}
    pending = pending_of(session, matters.values(), now=now)
    in_talk = spoken_of(session, matters.keys(), now - CONVERSATION)
    return Known(
        staff=staff_by_sender(session, channel=channel, senders=senders),
        customers=customers,
        dialogues=dialogues_in(session, channel=channel, addresses={update.address for update in updates}),
        complaints=most_on_mind(session, pending),
        pending=pending,
        in_talk=frozenset(matters[about] for about in in_talk),
    )
