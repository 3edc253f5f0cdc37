"""The people of the company who speak with customers, and how they join."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.tables.base import Base


class Role(StrEnum):
    """What a member of staff may do: agents answer, marketers also invite, managers do both."""

    AGENT = "agent"
    MARKETER = "marketer"
    MANAGER = "manager"


class Staff(Base):
    """A member of staff; one who left stays for history's sake, with ``active`` false."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(EnumText(Role))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class StaffIdentity(Base):
    """Who of the staff speaks, on one messaging app."""

    __tablename__ = "staff_identities"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    channel: Mapped[str]
    sender: Mapped[str]
    joined_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("channel", "sender"), Index(None, "staff_id"))


class JoinCode(Base):
    """A one-time code that makes its bearer a member of staff; only its hash is kept."""

    __tablename__ = "join_codes"

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "staff_id"),)
