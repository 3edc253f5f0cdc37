"""What a company defines of its outreach by name: segments, visit programmes, festivals, templates."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, true
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.tables.base import Base, only


class DefinitionKind(StrEnum):
    """What is defined."""

    SEGMENT = "segment"
    PROGRAMME = "programme"
    FESTIVAL = "festival"
    TEMPLATE = "template"


class Definition(Base):
    """One of them; what ``body`` may hold, the kind says (``scheduler.definitions``)."""

    __tablename__ = "definitions"

    kind: Mapped[DefinitionKind] = mapped_column(EnumText(DefinitionKind), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]]
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    __table_args__ = (Index(None, "changed_by", **only("changed_by IS NOT NULL")),)
