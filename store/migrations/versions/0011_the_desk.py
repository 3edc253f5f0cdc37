"""The complaint desk: what is at stake in a case and how it ends, promises, concessions, who is on duty."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in _of_cases():
        op.add_column("complaints", column)
    for name in ("next_step_at", "remind_at"):
        _index("complaints", name, only=name)
    _index("complaints", "cause", "opened_at", only="cause")
    for column in _of_staff():
        op.add_column("staff", column)
    _create_promises()
    _create_concessions()
    op.create_table(
        "done_once",
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("occasion", name="pk_done_once"),
    )


def downgrade() -> None:
    # The older program knows none of these: a case that waits is somebody's, one that ended is closed.
    op.execute("UPDATE complaints SET state = 'claimed' WHERE state = 'waiting'")
    op.execute("UPDATE complaints SET state = 'confirmed' WHERE state = 'unconfirmed'")
    op.execute("UPDATE satisfaction_entries SET source = 'complaint_outcome' WHERE source = 'promise'")
    op.execute("UPDATE staff SET role = 'agent' WHERE role = 'lead'")
    op.execute("UPDATE staff SET role = 'manager' WHERE role = 'admin'")
    op.drop_table("done_once")
    op.drop_table("concessions")
    op.drop_table("promises")
    for column in _of_staff():
        op.drop_column("staff", column.name)
    for name in ("next_step_at", "remind_at", "cause_opened_at"):
        op.drop_index(f"ix_complaints_{name}", table_name="complaints")
    for column in _of_cases():
        op.drop_column("complaints", column.name)


def _of_cases() -> list[sa.Column[object]]:
    return [
        sa.Column("severity", sa.String(32), nullable=False, server_default="normal"),
        sa.Column("reasons", DOCUMENT, nullable=False, server_default="[]"),
        sa.Column("waiting_since", MOMENT),
        sa.Column("next_step_at", MOMENT),
        sa.Column("steps", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("remind_at", MOMENT),
        sa.Column("reminders", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("cause", sa.String()),
        sa.Column("remedy", sa.String()),
        sa.Column("csat", sa.SmallInteger()),
        sa.Column("csat_asked_at", MOMENT),
    ]


def _of_staff() -> list[sa.Column[object]]:
    return [
        sa.Column("public_name", sa.String()),
        sa.Column("team", sa.String()),
        sa.Column("on_duty", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("away_until", MOMENT),
        sa.Column("cover_id", NUMBER),
        sa.Column("skills", DOCUMENT, nullable=False, server_default="[]"),
        sa.Column("languages", DOCUMENT, nullable=False, server_default="[]"),
    ]


def _create_promises() -> None:
    op.create_table(
        "promises",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("customer_id", NUMBER, nullable=False),
        sa.Column("complaint_id", NUMBER),
        sa.Column("staff_id", NUMBER),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("next_step_at", MOMENT),
        sa.Column("steps", sa.SmallInteger(), nullable=False),
        sa.Column("closed_at", MOMENT),
        _belongs("promises", "customer_id", "customers", "CASCADE"),
        _belongs("promises", "complaint_id", "complaints", "CASCADE"),
        _belongs("promises", "staff_id", "staff", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_promises"),
        sqlite_autoincrement=True,
    )
    _index("promises", "customer_id")
    for column in ("complaint_id", "staff_id", "next_step_at"):
        _index("promises", column, only=column)


def _create_concessions() -> None:
    op.create_table(
        "concessions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("customer_id", NUMBER, nullable=False),
        sa.Column("complaint_id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("amount", NUMBER, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("staff_id", NUMBER),
        sa.Column("decided_by_id", NUMBER),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT),
        _belongs("concessions", "customer_id", "customers", "CASCADE"),
        _belongs("concessions", "complaint_id", "complaints", "CASCADE"),
        _belongs("concessions", "staff_id", "staff", "SET NULL"),
        _belongs("concessions", "decided_by_id", "staff", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_concessions"),
        sqlite_autoincrement=True,
    )
    for column in ("customer_id", "complaint_id"):
        _index("concessions", column)
    for column in ("staff_id", "decided_by_id"):
        _index("concessions", column, only=column)


def _belongs(table: str, column: str, other: str, on_delete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}", ondelete=on_delete)


def _index(table: str, *columns: str, only: str = "") -> None:
    """Index columns; ``only`` rows where one of them is known."""
    condition = sa.text(f"{only} IS NOT NULL") if only else None
    op.create_index(
        f"ix_{table}_{'_'.join(columns)}",
        table,
        list(columns),
        sqlite_where=condition,
        postgresql_where=condition,
    )
