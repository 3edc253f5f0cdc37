"""Who writes keeps their place in the line for visits; what cannot be reached is found by a small index."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SILENT_SINCE = {
    "sqlite": "max(last_contact_at, coalesce(visit_from, last_contact_at))",
    "postgresql": "GREATEST(last_contact_at, visit_from)",
}
UNREACHABLE = sa.text("unreachable_since IS NOT NULL")


def upgrade() -> None:
    silent_since = SILENT_SINCE[op.get_context().dialect.name]
    op.drop_index("ix_customers_silent_since", table_name="customers")
    place = sa.Column(
        "in_line_since",
        sa.DateTime(timezone=True),
        nullable=False,
        server_default=sa.text("'1970-01-01 00:00:00'"),
    )
    op.add_column("customers", place)
    op.execute(f"UPDATE customers SET in_line_since = {silent_since}")  # noqa: S608 - our own words
    op.create_index("ix_customers_in_line_since", "customers", ["in_line_since"])
    op.create_index(
        "ix_identities_unreachable",
        "identities",
        ["channel", "address"],
        sqlite_where=UNREACHABLE,
        postgresql_where=UNREACHABLE,
    )


def downgrade() -> None:
    op.drop_index("ix_identities_unreachable", table_name="identities")
    op.drop_index("ix_customers_in_line_since", table_name="customers")
    op.drop_column("customers", "in_line_since")
    silent_since = sa.text(SILENT_SINCE[op.get_context().dialect.name])
    op.create_index("ix_customers_silent_since", "customers", [silent_since])
