"""The line tells what a lane asks."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME, TABLE = "ix_outbox_due", "outbox"
IN_LINE = ("channel", "priority", "not_before", "id")
ASKED_IN_LINE = ("address", "campaign_id", "retry_at", "state")


def upgrade() -> None:
    op.drop_index(NAME, table_name=TABLE)
    _create(*IN_LINE, *ASKED_IN_LINE)


def downgrade() -> None:
    op.drop_index(NAME, table_name=TABLE)
    _create(*IN_LINE)


def _create(*columns: str) -> None:
    queued = sa.text("state = 'queued'")
    op.create_index(NAME, TABLE, columns, sqlite_where=queued, postgresql_where=queued)
