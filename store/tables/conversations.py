"""What was said to us, and where each many-step talk stands."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import NEVER_REUSED, Base, only

SHOWN_HERE = "webchat"
"""The channel whose chats we show ourselves, from what is stored. Only of these the rows are indexed by chat:
that index grows in as many places as there are chats."""

IS_SHOWN_HERE = f"channel = '{SHOWN_HERE}'"


class Message(Base):
    """One incoming message of a customer or of staff; what we said is in the outbox.

    ``about`` names what it concerns, e.g. ``complaint:42``, where it joined a case or answered a customer.
    ``reply_to`` is what the app calls the message that it was written under.
    """

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    channel: Mapped[str]
    address: Mapped[str]
    sender: Mapped[str]
    external_id: Mapped[str | None]
    text: Mapped[str]
    attachments: Mapped[list[Any]] = mapped_column(default=list)
    about: Mapped[str | None]
    reply_to: Mapped[str | None]
    at: Mapped[datetime]
    edited_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "customer_id", **only("customer_id IS NOT NULL")),
        Index(None, "external_id", "channel", "address", **only("external_id IS NOT NULL")),
        Index("ix_messages_shown_here", "address", "id", **only(IS_SHOWN_HERE)),
        Index(None, "about", **only("about IS NOT NULL")),
        Index(None, "edited_at", **only("edited_at IS NOT NULL")),
        NEVER_REUSED,
    )


class Dialogue(Base):
    """Where a talk of several steps stands, for one speaker in one chat."""

    __tablename__ = "dialogues"

    channel: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    sender: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    updated_at: Mapped[datetime]
