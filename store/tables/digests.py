"""Pictures of digests and calendars: asked for, drawn by a beat in a process of its own, sent from here."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import NEVER_REUSED, Base

DIGESTS, CALENDARS = "digest:", "calendar:"
"""How the occasion of a picture begins, by which beat draws it."""


class DigestPicture(Base):
    """One picture of the days from ``since`` to ``until``; it names nobody.

    It is shown in a chat under the message ``reply_to``. ``content`` is the PNG in Base64; null until it is
    drawn.
    """

    __tablename__ = "digest_pictures"

    id: Mapped[int] = mapped_column(primary_key=True)
    occasion: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]
    address: Mapped[str]
    reply_to: Mapped[str | None]
    since: Mapped[datetime]
    until: Mapped[datetime]
    asked_at: Mapped[datetime]
    content: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (NEVER_REUSED,)
