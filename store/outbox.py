"""The outbox: what must be sent is a row, written in the same transaction as its cause.

Handlers and planners put drafts in; a delivery lane takes due rows out (``store.departures``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, literal_column, select, update
from sqlalchemy.orm import Session

from store.inserts import insert_into
from store.many_rows import ManyRows
from store.tables.customers import Purpose
from store.tables.queues import MessageKind, OutboxMessage, OutboxState

INSERT_CHUNK = 500

IS_QUEUED = OutboxMessage.state == literal_column("'queued'")
"""The condition for rows that wait. A literal, because a partial index does not serve a bound value."""


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
        lifetime: for how long after its moment it is worth sending, where the draft does not say.
    """

    policy: Policy
    priority: int
    first_spoken: bool
    lifetime: timedelta


RULES: Mapping[MessageKind, Rule] = {
    MessageKind.ANSWER: Rule(Policy.AT_LEAST_ONCE, 0, first_spoken=False, lifetime=timedelta(days=2)),
    MessageKind.ALERT: Rule(Policy.AT_LEAST_ONCE, 1, first_spoken=False, lifetime=timedelta(days=7)),
    MessageKind.PROGRESS: Rule(Policy.AT_LEAST_ONCE, 2, first_spoken=False, lifetime=timedelta(days=1)),
    MessageKind.VISIT: Rule(Policy.AT_MOST_ONCE, 2, first_spoken=True, lifetime=timedelta(days=3)),
    MessageKind.REMINDER: Rule(Policy.AT_MOST_ONCE, 2, first_spoken=True, lifetime=timedelta(days=1)),
    MessageKind.GREETING: Rule(Policy.AT_MOST_ONCE, 3, first_spoken=True, lifetime=timedelta(days=1)),
    MessageKind.INVITATION: Rule(Policy.AT_MOST_ONCE, 3, first_spoken=True, lifetime=timedelta(days=3)),
    MessageKind.FOLLOW_UP: Rule(Policy.AT_MOST_ONCE, 3, first_spoken=True, lifetime=timedelta(days=3)),
    MessageKind.CAMPAIGN: Rule(Policy.AT_MOST_ONCE, 4, first_spoken=True, lifetime=timedelta(days=3)),
}


URGENT_PRIORITY = RULES[MessageKind.ANSWER].priority
"""The rank of what cannot wait: that of answers, before all other alerts."""


class Button(NamedTuple):
    """A button under a message; ``data`` (64 bytes at most) comes back when it is tapped.

    One with a ``link`` leads there instead, and nothing comes back.
    """

    label: str
    data: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A text file sent along with a message."""

    name: str
    media_type: str
    text: str


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A photo, a voice message or any other file that goes along; its bytes lie where it came in.

    Attributes:
        kind: what it is, as ``handlers.incoming.AttachmentKind`` names it.
        channel: the app where it came in.
        reference: how that app finds it again.
        name: the file's, where it has one.
        otherwise: what its reader is told in its place where it cannot be brought to them.
        may_be_missing: whether the words go alone then, without a word about it; staff see how often.
    """

    kind: str
    channel: str
    reference: str
    name: str = ""
    otherwise: str = ""
    may_be_missing: bool = False


ButtonRows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be queued.

    Attributes:
        kind: decides policy, rank, and whether consent and quiet hours apply.
        channel, address: where it goes.
        text: plain text, never markup; may be empty only with ``document`` or ``attachments``.
        buttons: rows of buttons.
        document: a text file of ours that goes along.
        attachments: what somebody sent, which goes along.
        takes_back: for one that ``edits``: whether what went along with the original goes away, too.
        dedupe_key: names the occasion; a second draft with the same key is dropped. A handler may leave
            it empty: intake then names it after the update and its place among the replies.
        customer_id: whom it speaks to; None for staff.
        purpose: what consent a first-spoken message needs.
        about: what a reply to it concerns, e.g. ``complaint:42``.
        reply_to: dedupe key of the message it is shown under.
        edits: dedupe key of the message whose text and buttons it replaces.
        not_before: when it may leave; None is at once.
        expires_at: when it is no longer worth sending; None is after the lifetime of its kind.
        campaign_id: the campaign whose tally it counts in.
        urgent: whether it leaves before others of its kind.
    """

    kind: MessageKind
    channel: str
    address: str
    text: str
    buttons: ButtonRows = ()
    document: Document | None = None
    attachments: tuple[Enclosure, ...] = ()
    takes_back: bool = False
    dedupe_key: str = ""
    customer_id: int | None = None
    purpose: Purpose | None = None
    about: str | None = None
    reply_to: str | None = None
    edits: str | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    campaign_id: int | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """The content of a queued message, as it is kept in its row; the fields are those of ``Draft``."""

    text: str
    buttons: ButtonRows = ()
    document: Document | None = None
    attachments: tuple[Enclosure, ...] = ()
    takes_back: bool = False

    def to_json(self) -> dict[str, Any]:
        """Write the body as a JSON object; what most messages have not is left out."""
        document = self.document
        written: dict[str, Any] = {
            "text": self.text,
            "buttons": _buttons_to_json(self.buttons) if self.buttons else [],
            "document": None if document is None else [document.name, document.media_type, document.text],
        }
        if self.attachments:
            written["attachments"] = [_enclosure_to_json(one) for one in self.attachments]
        if self.takes_back:
            written["takes_back"] = True
        return written

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Body":
        """Read a body that ``to_json`` wrote."""
        return cls(
            text=row["text"],
            buttons=tuple(tuple(Button(*button) for button in line) for line in row["buttons"]),
            document=None if row["document"] is None else Document(*row["document"]),
            attachments=tuple(Enclosure(*one) for one in row.get("attachments", ())),
            takes_back=row.get("takes_back", False),
        )


@lru_cache(maxsize=256)
def _buttons_to_json(rows: ButtonRows) -> list[list[list[str]]]:
    """Write buttons; many messages of a campaign share theirs, and nobody changes what was written."""
    return [[_button_to_json(button) for button in row] for row in rows]


def _enclosure_to_json(file: Enclosure) -> list[str | bool]:
    *always, may_be_missing = astuple(file)
    return [*always, True] if may_be_missing else always  # an older program reads what it knows


def _button_to_json(button: Button) -> list[str]:
    return [button.label, button.data, *([button.link] if button.link else [])]


def enqueue(session: Session, drafts: Iterable[Draft], *, now: datetime) -> int:
    """Queue drafts as ``enqueue_named`` does, each under the dedupe key that it brings; does not commit."""
    return enqueue_named(session, [(draft.dedupe_key, draft) for draft in drafts], now=now)


def enqueue_named(session: Session, drafts: Sequence[tuple[str, Draft]], *, now: datetime) -> int:
    """Queue drafts under these dedupe keys; one whose key is known already is dropped. Does not commit.

    Returns:
        How many were new.
    """
    statement, connection = _insert_new(session.get_bind().dialect.name), session.connection()
    rows = [_row(key, draft, now) for key, draft in drafts]
    chunks = (rows[start : start + INSERT_CHUNK] for start in range(0, len(rows), INSERT_CHUNK))
    return sum(statement.run(connection, chunk) for chunk in chunks)


_COLUMNS = (
    "dedupe_key",
    "channel",
    "address",
    "customer_id",
    "campaign_id",
    "kind",
    "purpose",
    "priority",
    "body",
    "about",
    "reply_to",
    "edits",
    "state",
    "not_before",
    "expires_at",
    "attempts",
    "maybe_repeat",
    "created_at",
)


@cache
def _insert_new(dialect: str) -> ManyRows:
    """Build the statement once; it returns nothing, so that the driver sends row after row."""
    new = insert_into(OutboxMessage, dialect=dialect).on_conflict_do_nothing(index_elements=["dedupe_key"])
    return ManyRows(new, _COLUMNS)


def _row(key: str, draft: Draft, now: datetime) -> tuple[Any, ...]:
    """Give a row's values, in the order of its columns."""
    if not key:
        raise ValueError("a draft needs a dedupe key before it is queued")
    rule, not_before = RULES[draft.kind], draft.not_before or now
    return (
        key,
        draft.channel,
        draft.address,
        draft.customer_id,
        draft.campaign_id,
        draft.kind,
        draft.purpose,
        min(rule.priority, URGENT_PRIORITY) if draft.urgent else rule.priority,
        Body(draft.text, draft.buttons, draft.document, draft.attachments, draft.takes_back).to_json(),
        draft.about,
        draft.reply_to,
        draft.edits,
        OutboxState.QUEUED,
        not_before,
        draft.expires_at or not_before + rule.lifetime,
        0,
        False,
        now,
    )


def mark_sent(session: Session, message_id: int, *, external_id: str | None, now: datetime) -> None:
    """Note that the app took one message and what it calls it; does not commit."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id)
        .values(state=OutboxState.SENT, external_id=external_id, sent_at=now)
    )


def find_by_external_id(
    session: Session, *, channel: str, address: str, external_id: str
) -> OutboxMessage | None:
    """Find the message that the app knows under ``external_id`` in one chat, the newest; no correction."""
    return session.scalar(
        select(OutboxMessage)
        .where(
            OutboxMessage.channel == channel,
            OutboxMessage.address == address,
            OutboxMessage.external_id == external_id,
            OutboxMessage.edits.is_(None),
        )
        .order_by(OutboxMessage.id.desc())
        .limit(1)
    )


class Sent(NamedTuple):
    """A message that an app shows: in which chat, and what the app calls it."""

    channel: str
    address: str
    external_id: str


def may_be_under_way(session: Session, shown: Iterable[Sent]) -> bool:
    """Tell whether one of these is no message that we know, while one is being sent to its chat."""
    return any(_is_under_way(session, *one) for one in shown)


def _is_under_way(session: Session, channel: str, address: str, external_id: str) -> bool:
    if find_by_external_id(session, channel=channel, address=address, external_id=external_id) is not None:
        return False
    sending = (
        OutboxMessage.state == OutboxState.SENDING,
        OutboxMessage.channel == channel,
        OutboxMessage.address == address,
    )
    return session.scalar(select(OutboxMessage.id).where(*sending).limit(1)) is not None


def find_by_key(session: Session, dedupe_key: str) -> OutboxMessage | None:
    """Find the message of one occasion."""
    return session.scalar(select(OutboxMessage).where(OutboxMessage.dedupe_key == dedupe_key))


def withdraw_queued(session: Session, *where: ColumnElement[bool], reason: str) -> int:
    """Skip the queued messages that meet every condition, e.g. when consent is withdrawn; does not commit.

    Returns:
        How many messages will not be sent.
    """
    statement = (
        update(OutboxMessage)
        .where(IS_QUEUED, *where)
        .values(state=OutboxState.SKIPPED, reason=reason)
        .returning(OutboxMessage.id)
    )
    return len(session.execute(statement).all())


def withdraw_beginning(session: Session, beginning: str, *, reason: str) -> int:
    """Skip the queued messages whose dedupe key begins so; does not commit.

    Returns:
        How many messages will not be sent.
    """
    begins_so = OutboxMessage.dedupe_key.startswith(beginning, autoescape=True)
    return withdraw_queued(session, begins_so, reason=reason)


def withdraw_named(session: Session, beginning: str, *, reason: str) -> Sequence[tuple[str, datetime]]:
    """Skip the queued messages whose dedupe key begins so; does not commit.

    Returns:
        The key of each, and when it was written, the first first.
    """
    begins_so = OutboxMessage.dedupe_key.startswith(beginning, autoescape=True)
    statement = (
        update(OutboxMessage)
        .where(IS_QUEUED, begins_so)
        .values(state=OutboxState.SKIPPED, reason=reason)
        .returning(OutboxMessage.id, OutboxMessage.dedupe_key, OutboxMessage.created_at)
    )
    return [(row.dedupe_key, row.created_at) for row in sorted(session.execute(statement))]


def settle_channel(session: Session, *, channel: str, reason: str, now: datetime) -> int:
    """Note all that is queued for a channel as sent without sending it; does not commit.

    For a channel that leads nowhere, such as a replay's.
    """
    statement = (
        update(OutboxMessage)
        .where(OutboxMessage.state == OutboxState.QUEUED, OutboxMessage.channel == channel)
        .values(state=OutboxState.SENT, sent_at=now, reason=reason)
        .returning(OutboxMessage.id)
    )
    return len(session.execute(statement).all())


def count_waiting(session: Session, *, channel: str) -> int:
    """Count the messages of a channel that are queued, whenever they may leave, or being sent."""
    is_sending = OutboxMessage.state == literal_column("'sending'")
    counts = (
        select(func.count()).where(where, OutboxMessage.channel == channel)
        for where in (IS_QUEUED, is_sending)
    )
    return sum(session.scalar(count) or 0 for count in counts)
