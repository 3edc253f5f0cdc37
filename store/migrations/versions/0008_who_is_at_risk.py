"""Who is at risk, what all records add up to, and which parts of the service an entry speaks of."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    document = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    op.add_column("satisfaction_entries", sa.Column("aspects", document, nullable=True))
    op.create_index("ix_satisfaction_entries_at", "satisfaction_entries", ["at"])
    op.drop_index("ix_complaints_state", table_name="complaints")
    op.create_index("ix_complaints_state_opened_at", "complaints", ["state", "opened_at"])
    op.create_table(
        "customers_at_risk",
        sa.Column("customer_id", number, nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_customers_at_risk_customer_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", name="pk_customers_at_risk"),
    )
    op.create_table(
        "satisfaction_sums",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("told", sa.Double(), nullable=False),
        sa.Column("number", number, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", name="pk_satisfaction_sums"),
    )


def downgrade() -> None:
    op.drop_table("satisfaction_sums")
    op.drop_table("customers_at_risk")
    op.drop_index("ix_complaints_state_opened_at", table_name="complaints")
    op.create_index("ix_complaints_state", "complaints", ["state"])
    op.drop_index("ix_satisfaction_entries_at", table_name="satisfaction_entries")
    op.drop_column("satisfaction_entries", "aspects")
