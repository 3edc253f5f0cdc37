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
from feedback.complaints import most_on_mind, needs_case, pending_of
from feedback.evidence import STORED_EVIDENCE
from feedback.past_cases import PAST_CASES
from feedback.repeats import TOLD
from handlers.context import Setting
from handlers.incoming import Incoming, IncomingKind
from handlers.matters import about_customer
from handlers.staff.follow_ups import JUST_BEFORE
from store.conversations import HAS_SENT_FILES, dialogues_in
from store.read_ahead import forget_ahead
from store.tables.complaints import Complaint
from store.tables.conversations import Dialogue
from store.tables.feedback import FeedbackKind
from store.tables.staff import Staff
from store.threads import NEWEST_OF_TALK, spoken_of

MAY_GO_TO_STAFF = frozenset(
    {FeedbackKind.SUGGESTION, FeedbackKind.QUESTION, FeedbackKind.PERSON_REQUEST, FeedbackKind.OTHER}
)

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

    def pending_cases(self, customer_id: int) -> tuple[int, ...]:
        """Number a customer's pending complaints."""
        return tuple(case.id for case in self.pending.get(customer_id, ()))

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


def look_ahead(session: Session, updates: Sequence[Incoming], known: Known, setting: Setting) -> None:
    """Read for all at once what will be asked of those whose words make a case, or go to a person."""
    complain: list[int] = []
    go_to_staff: list[int] = []
    for incoming in updates:
        met = known.customers.get(incoming.sender.id)
        if met is None or incoming.kind is not IncomingKind.MESSAGE or incoming.command is not None:
            continue
        read = setting.understand(incoming.text)
        if read.kind is FeedbackKind.COMPLAINT or read.also_complains or needs_case(read.severity):
            complain.append(met.customer.id)
        elif read.kind in MAY_GO_TO_STAFF:
            go_to_staff.append(met.customer.id)
    staff_chat = setting.company.staff_chat
    PAST_CASES.read_ahead(session, [*complain, *go_to_staff])
    STORED_EVIDENCE.read_ahead(session, complain)
    HAS_SENT_FILES.read_ahead(session, [(one, setting.now - JUST_BEFORE) for one in complain])
    TOLD.read_ahead(session, [cases for one in complain if (cases := known.pending_cases(one))])
    talks = [(one, staff_chat.channel, staff_chat.address) for one in go_to_staff]
    NEWEST_OF_TALK.read_ahead(session, talks)


def look_up(session: Session, updates: Sequence[Incoming], *, now: datetime) -> Known:
    """Read what is known of the speakers of a round."""
    forget_ahead(session)
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
