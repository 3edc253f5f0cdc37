"""What was promised to customers, and what was given to make good."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.tables.base import NEVER_REUSED, Base, only


class PromiseState(StrEnum):
    """Where a promise stands; ``kept`` is its maker's word, ``confirmed`` the customer's."""

    OPEN = "open"
    KEPT = "kept"
    CONFIRMED = "confirmed"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class Promise(Base):
    """A dated commitment to a customer: who promised what, in which case, by when.

    ``next_step_at`` is when its maker, and then the lead, is next reminded, or when it is broken; ``steps``
    is how many of these steps were taken.
    """

    __tablename__ = "promises"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    text: Mapped[str]
    state: Mapped[PromiseState] = mapped_column(EnumText(PromiseState), default=PromiseState.OPEN)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    next_step_at: Mapped[datetime | None]
    steps: Mapped[int] = mapped_column(SmallInteger, default=0)
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "customer_id"),
        Index(None, "complaint_id", **only("complaint_id IS NOT NULL")),
        Index(None, "staff_id", **only("staff_id IS NOT NULL")),
        Index(None, "next_step_at", **only("next_step_at IS NOT NULL")),
        NEVER_REUSED,
    )


class ConcessionKind(StrEnum):
    """What a customer was given to make good."""

    APOLOGY = "apology"
    REFUND = "refund"
    VOUCHER = "voucher"
    REPLACEMENT = "replacement"
    EXTRA = "extra"


class ConcessionState(StrEnum):
    """Where a concession stands; one above its giver's limit waits for a lead."""

    PROPOSED = "proposed"
    GIVEN = "given"
    REFUSED = "refused"


class Concession(Base):
    """What was given in a case, what it cost, and who allowed it.

    ``amount`` counts the smallest units of ``currency`` (ISO 4217).
    """

    __tablename__ = "concessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"))
    kind: Mapped[ConcessionKind] = mapped_column(EnumText(ConcessionKind))
    amount: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    reason: Mapped[str]
    state: Mapped[ConcessionState] = mapped_column(EnumText(ConcessionState))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "customer_id"),
        Index(None, "complaint_id"),
        Index(None, "staff_id", **only("staff_id IS NOT NULL")),
        Index(None, "decided_by_id", **only("decided_by_id IS NOT NULL")),
        NEVER_REUSED,
    )


class DoneOnce(Base):
    """Something done once for an occasion, across restarts and processes: a digest, a rise that was told.

    What comes again and again has a name instead, and ``at`` is when it was done last (``store.occasions``).
    """

    __tablename__ = "done_once"

    occasion: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
