"""Pictures of a digest that somebody asked for and that are still to be drawn."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base


class DigestWish(Base):
    """One picture, of the days from ``since`` to ``until``, to be shown in a chat under a message of ours."""

    __tablename__ = "digest_wishes"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    address: Mapped[str]
    reply_to: Mapped[str | None]
    since: Mapped[datetime]
    until: Mapped[datetime]
    asked_at: Mapped[datetime]
