"""Complaints know the newest alert that staff were sent about them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FIND_THE_NEWEST = """
UPDATE complaints SET alert_key = (
    SELECT dedupe_key FROM outbox
    WHERE about = 'complaint:' || complaints.id AND edits IS NULL
        AND (dedupe_key = 'alert:' || complaints.id OR dedupe_key LIKE 'alert:' || complaints.id || ':%')
    ORDER BY id DESC LIMIT 1
)
"""


def upgrade() -> None:
    op.add_column("complaints", sa.Column("alert_key", sa.String(), nullable=True))
    op.execute(sa.text(FIND_THE_NEWEST))


def downgrade() -> None:
    op.drop_column("complaints", "alert_key")
