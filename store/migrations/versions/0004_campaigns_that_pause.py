"""Campaigns can be paused and remember how they went; visits are found by one index, however many are silent."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SILENT_SINCE = {
    "sqlite": "max(last_contact_at, coalesce(visit_from, last_contact_at))",
    "postgresql": "GREATEST(last_contact_at, visit_from)",
}


def upgrade() -> None:
    document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("campaigns", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("campaigns", sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("campaigns", sa.Column("tally", document, nullable=True))
    op.add_column("customers", sa.Column("visit_from", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE customers SET visit_from = visited_at WHERE visited_at IS NOT NULL")
    op.drop_index("ix_customers_last_contact_at_visited_at", table_name="customers")
    silent_since = sa.text(SILENT_SINCE[op.get_context().dialect.name])
    op.create_index("ix_customers_silent_since", "customers", [silent_since])


def downgrade() -> None:
    op.drop_index("ix_customers_silent_since", table_name="customers")
    op.create_index("ix_customers_last_contact_at_visited_at", "customers", ["last_contact_at", "visited_at"])
    op.drop_column("customers", "visit_from")
    op.drop_column("campaigns", "tally")
    op.drop_column("campaigns", "counted_at")
    op.drop_column("campaigns", "paused_at")
