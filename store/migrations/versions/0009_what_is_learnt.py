"""What staff say that messages were, and what was learnt from it and from ratings."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SAID_BY_STAFF = sa.text("staff_id IS NOT NULL")
RATINGS = sa.text("source = 'rating' AND feedback_id IS NOT NULL")


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "staff_corrections",
        sa.Column("feedback_id", number, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("staff_id", number, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["feedback_id"], ["feedback.id"], name="fk_staff_corrections_feedback_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name="fk_staff_corrections_staff_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("feedback_id", name="pk_staff_corrections"),
    )
    op.create_index(
        "ix_staff_corrections_staff_id",
        "staff_corrections",
        ["staff_id"],
        sqlite_where=SAID_BY_STAFF,
        postgresql_where=SAID_BY_STAFF,
    )
    op.create_table(
        "learnt_versions",
        sa.Column("id", number, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("figures", document, nullable=False),
        sa.Column("weights", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_learnt_versions"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_satisfaction_entries_ratings",
        "satisfaction_entries",
        ["id"],
        sqlite_where=RATINGS,
        postgresql_where=RATINGS,
    )


def downgrade() -> None:
    # The older program knows no complaint that staff call none; it is closed all the same.
    op.execute("UPDATE complaints SET state = 'confirmed' WHERE state = 'dismissed'")
    op.drop_index("ix_satisfaction_entries_ratings", table_name="satisfaction_entries")
    op.drop_table("learnt_versions")
    op.drop_table("staff_corrections")
