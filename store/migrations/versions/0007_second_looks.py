"""Messages that are read twice: why, and what both looks found."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WAITING = sa.text("looked_at IS NULL")


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "second_looks",
        sa.Column("feedback_id", number, nullable=False),
        sa.Column("customer_id", number, nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_kind", sa.String(32), nullable=False),
        sa.Column("first_polarity", sa.Double(), nullable=False),
        sa.Column("first_probabilities", document, nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_probabilities", document, nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_second_looks_customer_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["feedback_id"], ["feedback.id"], name="fk_second_looks_feedback_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("feedback_id", name="pk_second_looks"),
    )
    op.create_index("ix_second_looks_customer_id", "second_looks", ["customer_id"])
    op.create_index(
        "ix_second_looks_waiting",
        "second_looks",
        ["asked_at", "feedback_id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    op.drop_table("second_looks")
