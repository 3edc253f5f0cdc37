"""Keys that the program makes for itself."""

from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base


class ProgramKey(Base):
    """A random key, made at first use; shared by every process on the same database."""

    __tablename__ = "program_keys"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
