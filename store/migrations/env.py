"""Runs migrations on the engine that ``store.migrate`` hands over, and drafts new ones."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, BigInteger

from store.columns import EnumText, UtcDateTime
from store.tables import Base


def render_plainly(kind: str, item: Any, _autogen: object) -> str | Literal[False]:
    """Write our column types as what they are in the database, so that old migrations never change."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, EnumText):
        return "sa.String(32)"
    if isinstance(item, JSON):
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    if isinstance(item, BigInteger):
        return "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"
    return False


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the task engine's tables, and those that FTS5 makes, out of every comparison with ours."""
    return kind != "table" or not (name or "").startswith(("procrastinate_", "search_fts"))


def run() -> None:
    """Migrate in one transaction, so that a failed step leaves the tables as they were."""
    with context.config.attributes["engine"].connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            render_item=render_plainly,
            include_name=is_ours,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
