"""The people of the company who speak with customers, and how they join."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.tables.base import Base


class Role(StrEnum):
    """What a member of staff may do.

    Agents answer; leads also approve, and are told first when a case is late; marketers invite; managers do
    all of that, and admins say who is staff as well.
    """

    AGENT = "agent"
    LEAD = "lead"
    MARKETER = "marketer"
    MANAGER = "manager"
    ADMIN = "admin"


class Staff(Base):
    """A member of staff; one who left stays for history's sake, with ``active`` false.

    ``public_name`` is what customers read; null is ``name``. ``team`` names one of the desk's teams
    (``customers.desk``). Off duty, or away until a moment, whoever ``cover_id`` numbers stands in.
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(EnumText(Role))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    public_name: Mapped[str | None]
    team: Mapped[str | None]
    on_duty: Mapped[bool] = mapped_column(default=True, server_default=true())
    away_until: Mapped[datetime | None]
    cover_id: Mapped[int | None]
    skills: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    languages: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")


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


class StaffLoad(Base):
    """What somebody has, as it was last counted: so that who opens a case need not count all cases.

    ``cases`` are the open ones with a number up to ``counted_to``, ``weight`` their severities together, and
    ``opened`` of each its weight times the moment of its opening, in seconds since 1970, added up.
    """

    __tablename__ = "staff_loads"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    cases: Mapped[int]
    weight: Mapped[float]
    opened: Mapped[float]
    counted_to: Mapped[int]
