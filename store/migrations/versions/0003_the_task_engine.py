"""The task engine that several processes share: Procrastinate's own tables, on PostgreSQL only.

What it installs is the schema of the Procrastinate 3.10 that ``pyproject.toml`` names. Whoever raises that
version adds a migration that runs the files which Procrastinate brings for the step (``sql/migrations``).
"""

from collections.abc import Sequence
from typing import Any

from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    "procrastinate_periodic_defers",
    "procrastinate_events",
    "procrastinate_jobs",
    "procrastinate_workers",
)
TYPES = (
    "procrastinate_job_to_defer_v1",
    "procrastinate_job_event_type",
    "procrastinate_job_status",
)


def driver() -> Any:
    """Give the driver's own connection: in the engine's statements % and : are not SQLAlchemy's to fill in."""
    return op.get_bind().connection.driver_connection


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        from procrastinate.schema import SchemaManager  # which brings much along that SQLite does not need

        driver().execute(SchemaManager.get_schema())


def downgrade() -> None:
    """Take away the engine's tables, functions and types; the jobs in it are only beats, which come again."""
    if op.get_bind().dialect.name != "postgresql":
        return
    connection = driver()
    for table in TABLES:
        connection.execute(f"DROP TABLE {table} CASCADE")
    functions = connection.execute(
        "SELECT oid::regprocedure::text FROM pg_proc"
        " WHERE proname LIKE 'procrastinate%' AND pronamespace = current_schema()::regnamespace"
    ).fetchall()
    for (function,) in functions:
        connection.execute(f"DROP FUNCTION {function} CASCADE")
    for name in TYPES:
        connection.execute(f"DROP TYPE {name}")
