"""Who has how much, as last counted, and cases that need an owner."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_LIVE = sa.text("state IN ('open', 'claimed', 'waiting', 'resolved')")


def upgrade() -> None:
    op.create_index(
        "ix_complaints_live",
        "complaints",
        ["owner_id", "state"],
        sqlite_where=IS_LIVE,
        postgresql_where=IS_LIVE,
    )
    op.create_table(
        "staff_loads",
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("cases", NUMBER, nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("opened", sa.Double(), nullable=False),
        sa.Column("counted_to", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name="fk_staff_loads_staff_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", name="pk_staff_loads"),
    )


def downgrade() -> None:
    op.drop_table("staff_loads")
    op.drop_index("ix_complaints_live", table_name="complaints")
