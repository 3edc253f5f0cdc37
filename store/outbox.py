"""The outbox: what must be sent is a row, written in the same transaction as its cause.

Handlers and planners put drafts in; a delivery lane takes due rows out, marks each as being sent before
the call to the app and as sent after it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.tables.customers import Purpose
from store.tables.queues import MessageKind, OutboxMessage, OutboxState

INSERT_CHUNK = 500


class Policy(StrEnum):
    """What to do with a message when nobody can know whether it reached the app."""

    AT_MOST_ONCE = "at_most_once"
    AT_LEAST_ONCE = "at_least_once"


@dataclass(frozen=True, slots=True)
class Rule:
    """How messages of one kind are treated.

    Attributes:
        policy: whether an uncertain one is repeated or only shown.
        priority: its rank in the lane; lower leaves first.
        first_spoken: whether we speak first, so that consent and quiet hours apply.
    """

    policy: Policy
    priority: int
    first_spoken: bool


RULES: Mapping[MessageKind, Rule] = {
    MessageKind.ANSWER: Rule(Policy.AT_LEAST_ONCE, 0, first_spoken=False),
    MessageKind.ALERT: Rule(Policy.AT_LEAST_ONCE, 1, first_spoken=False),
    MessageKind.VISIT: Rule(Policy.AT_MOST_ONCE, 2, first_spoken=True),
    MessageKind.REMINDER: Rule(Policy.AT_MOST_ONCE, 2, first_spoken=True),
    MessageKind.GREETING: Rule(Policy.AT_MOST_ONCE, 3, first_spoken=True),
    MessageKind.INVITATION: Rule(Policy.AT_MOST_ONCE, 3, first_spoken=True),
    MessageKind.CAMPAIGN: Rule(Policy.AT_MOST_ONCE, 4, first_spoken=True),
}


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; ``data`` (64 bytes at most) comes back when it is tapped."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Document:
    """A text file sent along with a message."""

    name: str
    media_type: str
    text: str


ButtonRows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be queued.

    Attributes:
        kind: decides policy, rank, and whether consent and quiet hours apply.
        channel, address: where it goes.
        text: plain text, never markup; may be empty only with ``document``.
        buttons: rows of buttons.
        document: a file that goes along.
        dedupe_key: names the occasion; a second draft with the same key is dropped. A handler may leave
            it empty: intake then names it after the update and its place among the replies.
        customer_id: whom it speaks to; None for staff.
        purpose: what consent a first-spoken message needs.
        about: what a reply to it concerns, e.g. ``complaint:42``.
        reply_to: dedupe key of the message it is shown under.
        edits: dedupe key of the message whose text and buttons it replaces.
        not_before, expires_at: when it may leave; None is at once, and never.
        campaign_id: the campaign whose tally it counts in.
    """

    kind: MessageKind
    channel: str
    address: str
    text: str
    buttons: ButtonRows = ()
    document: Document | None = None
    dedupe_key: str = ""
    customer_id: int | None = None
    purpose: Purpose | None = None
    about: str | None = None
    reply_to: str | None = None
    edits: str | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    campaign_id: int | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The content of a queued message, as it is kept in its row."""

    text: str
    buttons: ButtonRows = ()
    document: Document | None = None

    def to_json(self) -> dict[str, Any]:
        """Write the body as a JSON object."""
        document = self.document
        return {
            "text": self.text,
            "buttons": [[[button.label, button.data] for button in row] for row in self.buttons],
            "document": None if document is None else [document.name, document.media_type, document.text],
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Body":
        """Read a body that ``to_json`` wrote."""
        return cls(
            text=row["text"],
            buttons=tuple(tuple(Button(*button) for button in line) for line in row["buttons"]),
            document=None if row["document"] is None else Document(*row["document"]),
        )


def enqueue(session: Session, drafts: Iterable[Draft], *, now: datetime) -> int:
    """Queue drafts; one whose dedupe key is known already is dropped. Does not commit.

    Returns:
        How many were new.
    """
    rows = [_row(draft, now) for draft in drafts]
    dialect = session.get_bind().dialect.name
    new = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(OutboxMessage)
    statement = new.on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(OutboxMessage.id)
    queued = 0
    for start in range(0, len(rows), INSERT_CHUNK):
        queued += len(session.execute(statement, rows[start : start + INSERT_CHUNK]).all())
    return queued


def _row(draft: Draft, now: datetime) -> dict[str, Any]:
    if not draft.dedupe_key:
        raise ValueError("a draft needs a dedupe key before it is queued")
    return {
        "dedupe_key": draft.dedupe_key,
        "channel": draft.channel,
        "address": draft.address,
        "customer_id": draft.customer_id,
        "campaign_id": draft.campaign_id,
        "kind": draft.kind,
        "purpose": draft.purpose,
        "priority": RULES[draft.kind].priority,
        "body": Body(draft.text, draft.buttons, draft.document).to_json(),
        "about": draft.about,
        "reply_to": draft.reply_to,
        "edits": draft.edits,
        "state": OutboxState.QUEUED,
        "not_before": draft.not_before or now,
        "expires_at": draft.expires_at,
        "attempts": 0,
        "maybe_repeat": False,
        "created_at": now,
    }


def claim_due(session: Session, *, channel: str, now: datetime, limit: int) -> Sequence[OutboxMessage]:
    """Take the due messages of a channel, most urgent first, and mark them as being sent; does not commit.

    The caller commits before it calls the app: a row found in ``sending`` after a crash is one of which
    nobody knows whether it left.
    """
    due = list(
        session.scalars(
            select(OutboxMessage)
            .where(_is_due(channel, now))
            .order_by(OutboxMessage.priority, OutboxMessage.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    for message in due:
        message.state = OutboxState.SENDING
        message.attempts += 1
    return due


def _is_due(channel: str, now: datetime) -> ColumnElement[bool]:
    return and_(
        OutboxMessage.state == OutboxState.QUEUED,
        OutboxMessage.channel == channel,
        OutboxMessage.not_before <= now,
    )


def next_due_at(session: Session, *, channel: str) -> datetime | None:
    """Tell when the next queued message of a channel may leave; None where none waits."""
    return session.scalar(
        select(OutboxMessage.not_before)
        .where(OutboxMessage.state == OutboxState.QUEUED, OutboxMessage.channel == channel)
        .order_by(OutboxMessage.not_before)
        .limit(1)
    )


def mark_sent(session: Session, message_id: int, *, external_id: str | None, now: datetime) -> None:
    """Note that the app took the message and what it calls it; does not commit."""
    _settle(session, message_id, state=OutboxState.SENT, external_id=external_id, sent_at=now)


def mark_ended(session: Session, message_id: int, state: OutboxState, *, reason: str) -> None:
    """Note that the message will not be sent, and why; does not commit."""
    _settle(session, message_id, state=state, reason=reason)


def requeue(
    session: Session, message_id: int, *, not_before: datetime, reason: str, maybe_repeat: bool = False
) -> None:
    """Put a message back, to leave at ``not_before`` at the earliest; does not commit."""
    changes: dict[str, Any] = {"state": OutboxState.QUEUED, "not_before": not_before, "reason": reason}
    if maybe_repeat:
        changes["maybe_repeat"] = True
    _settle(session, message_id, **changes)


def _settle(session: Session, message_id: int, **changes: Any) -> None:
    session.execute(update(OutboxMessage).where(OutboxMessage.id == message_id).values(**changes))


def recover_interrupted(session: Session, *, channel: str) -> tuple[int, int]:
    """After a crash, decide on the rows that were being sent, by their kind's policy; does not commit.

    Returns:
        How many were queued again, and how many became uncertain.
    """
    repeated = [kind for kind, rule in RULES.items() if rule.policy is Policy.AT_LEAST_ONCE]
    interrupted = and_(OutboxMessage.state == OutboxState.SENDING, OutboxMessage.channel == channel)
    again = session.execute(
        update(OutboxMessage)
        .where(interrupted, OutboxMessage.kind.in_(repeated))
        .values(state=OutboxState.QUEUED, maybe_repeat=True)
        .returning(OutboxMessage.id)
    ).all()
    uncertain = session.execute(
        update(OutboxMessage)
        .where(interrupted)
        .values(state=OutboxState.UNCERTAIN, reason="the program stopped while this was being sent")
        .returning(OutboxMessage.id)
    ).all()
    return len(again), len(uncertain)


def find_by_external_id(
    session: Session, *, channel: str, address: str, external_id: str
) -> OutboxMessage | None:
    """Find the message that the app knows under ``external_id`` in one chat."""
    return session.scalar(
        select(OutboxMessage)
        .where(
            OutboxMessage.channel == channel,
            OutboxMessage.address == address,
            OutboxMessage.external_id == external_id,
        )
        .order_by(OutboxMessage.id)
        .limit(1)
    )


def find_by_key(session: Session, dedupe_key: str) -> OutboxMessage | None:
    """Find the message of one occasion."""
    return session.scalar(select(OutboxMessage).where(OutboxMessage.dedupe_key == dedupe_key))


def withdraw_queued(session: Session, *where: ColumnElement[bool], reason: str) -> int:
    """Skip the queued messages that a condition picks, e.g. when consent is withdrawn; does not commit."""
    statement = (
        update(OutboxMessage)
        .where(OutboxMessage.state == OutboxState.QUEUED, or_(*where))
        .values(state=OutboxState.SKIPPED, reason=reason)
        .returning(OutboxMessage.id)
    )
    return len(session.execute(statement).all())
