"""The inbox (each update once) and the outbox (each message once)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.tables.base import NEVER_REUSED, Base, only
from store.tables.conversations import IS_SHOWN_HERE
from store.tables.customers import Purpose


class MessageKind(StrEnum):
    """What an outgoing message is; its policy and rank follow (``store.outbox.RULES``)."""

    ANSWER = "answer"
    ALERT = "alert"
    PROGRESS = "progress"
    VISIT = "visit"
    REMINDER = "reminder"
    GREETING = "greeting"
    INVITATION = "invitation"
    FOLLOW_UP = "follow_up"
    CAMPAIGN = "campaign"


class OutboxState(StrEnum):
    """Where an outgoing message stands.

    ``paused`` waits for somebody to resume its campaign; ``uncertain`` may or may not have reached the app.
    """

    QUEUED = "queued"
    PAUSED = "paused"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    SKIPPED = "skipped"
    UNREACHABLE = "unreachable"
    FAILED = "failed"


class InboxUpdate(Base):
    """An update that was handled; ``error`` and ``payload`` are kept only where handling failed."""

    __tablename__ = "inbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    update_id: Mapped[str]
    received_at: Mapped[datetime]
    error: Mapped[str | None] = mapped_column(Text)
    payload: Mapped[dict[str, Any] | None]

    __table_args__ = (
        UniqueConstraint("channel", "update_id"),
        Index("ix_inbox_failed", "channel", **only("error IS NOT NULL")),
    )


IN_LINE = ("channel", "priority", "not_before", "id")
"""What puts a message that is queued in its place in line."""

ASKED_IN_LINE = ("address", "campaign_id", "retry_at", "state")
"""What a lane asks of the messages in line: the index tells it by itself. A chat that takes few messages a
minute has hundreds in line, and each look through the line would read a page of the table for each."""


class OutboxMessage(Base):
    """One message to be sent, and afterwards the record that it was.

    ``dedupe_key`` names the occasion and is unique for ever. ``reply_to`` and ``edits`` are dedupe keys
    of other messages in the same chat. ``about`` names what a reply to it concerns, e.g. ``complaint:42``.
    ``retry_at`` is set after a failure; ``not_before`` stays, so that the message keeps its place in line.
    """

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]
    address: Mapped[str]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    kind: Mapped[MessageKind] = mapped_column(EnumText(MessageKind))
    purpose: Mapped[Purpose | None] = mapped_column(EnumText(Purpose))
    priority: Mapped[int]
    body: Mapped[dict[str, Any]]
    about: Mapped[str | None]
    reply_to: Mapped[str | None]
    edits: Mapped[str | None]
    state: Mapped[OutboxState] = mapped_column(EnumText(OutboxState), default=OutboxState.QUEUED)
    not_before: Mapped[datetime]
    retry_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    maybe_repeat: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    external_id: Mapped[str | None]
    reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_outbox_due", *IN_LINE, *ASKED_IN_LINE, **only("state = 'queued'")),
        Index("ix_outbox_sending", "channel", **only("state = 'sending'")),
        Index("ix_outbox_sent", "channel", "sent_at", **only("sent_at IS NOT NULL")),
        Index(None, "external_id", "channel", "address", **only("external_id IS NOT NULL")),
        Index("ix_outbox_shown_here", "address", "id", **only(IS_SHOWN_HERE)),
        Index(None, "campaign_id", "state", **only("campaign_id IS NOT NULL")),
        Index(None, "customer_id", **only("customer_id IS NOT NULL")),
        Index("ix_outbox_first_spoken", "customer_id", "sent_at", **only("purpose IS NOT NULL")),
        Index(None, "about", "id", **only("about IS NOT NULL")),
        Index(None, "edits", **only("edits IS NOT NULL")),
        NEVER_REUSED,
    )
