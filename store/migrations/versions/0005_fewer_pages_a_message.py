"""A message touches fewer pages: indexes that nobody asks are gone, and hold only rows that somebody asks for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

Index = tuple[str, str, tuple[str, ...], str | None]
"""Table, name, columns, and which rows it holds; None is all."""

BEFORE: tuple[Index, ...] = (
    ("complaint_events", "ix_complaint_events_complaint_id_at", ("complaint_id", "at"), None),
    ("complaint_events", "ix_complaint_events_staff_id", ("staff_id",), None),
    ("complaints", "ix_complaints_owner_id", ("owner_id",), None),
    ("complaints", "ix_complaints_state_alerted_at", ("state", "alerted_at"), None),
    ("customers", "ix_customers_contact_id", ("contact_id",), None),
    ("customers", "ix_customers_index", ("index",), None),
    ("feedback", "ix_feedback_customer_id_at", ("customer_id", "at"), None),
    ("messages", "ix_messages_about", ("about",), None),
    ("messages", "ix_messages_channel_address_external_id", ("channel", "address", "external_id"), None),
    ("messages", "ix_messages_channel_address_id", ("channel", "address", "id"), None),
    ("messages", "ix_messages_customer_id_at", ("customer_id", "at"), None),
    ("outbox", "ix_outbox_about_id", ("about", "id"), None),
    ("outbox", "ix_outbox_campaign_id_state", ("campaign_id", "state"), None),
    ("outbox", "ix_outbox_channel_address_external_id", ("channel", "address", "external_id"), None),
    ("outbox", "ix_outbox_channel_address_id", ("channel", "address", "id"), None),
    ("outbox", "ix_outbox_customer_id", ("customer_id",), None),
    ("satisfaction_entries", "ix_satisfaction_entries_complaint_id", ("complaint_id",), None),
    ("satisfaction_entries", "ix_satisfaction_entries_customer_id_at", ("customer_id", "at"), None),
    ("satisfaction_entries", "ix_satisfaction_entries_feedback_id", ("feedback_id",), None),
    ("satisfaction_entries", "ix_satisfaction_entries_visit_id", ("visit_id",), None),
)

NOW: tuple[Index, ...] = (
    ("complaint_events", "ix_complaint_events_complaint_id", ("complaint_id",), None),
    ("complaint_events", "ix_complaint_events_staff_id", ("staff_id",), "staff_id IS NOT NULL"),
    ("complaints", "ix_complaints_owner_id", ("owner_id",), "owner_id IS NOT NULL"),
    ("complaints", "ix_complaints_state", ("state",), None),
    ("customers", "ix_customers_contact_id", ("contact_id",), "contact_id IS NOT NULL"),
    ("feedback", "ix_feedback_customer_id", ("customer_id",), None),
    ("messages", "ix_messages_about", ("about",), "about IS NOT NULL"),
    ("messages", "ix_messages_customer_id", ("customer_id",), "customer_id IS NOT NULL"),
    (
        "messages",
        "ix_messages_external_id_channel_address",
        ("external_id", "channel", "address"),
        "external_id IS NOT NULL",
    ),
    ("messages", "ix_messages_shown_here", ("address", "id"), "channel = 'webchat'"),
    ("outbox", "ix_outbox_about_id", ("about", "id"), "about IS NOT NULL"),
    ("outbox", "ix_outbox_campaign_id_state", ("campaign_id", "state"), "campaign_id IS NOT NULL"),
    ("outbox", "ix_outbox_customer_id", ("customer_id",), "customer_id IS NOT NULL"),
    ("outbox", "ix_outbox_edits", ("edits",), "edits IS NOT NULL"),
    (
        "outbox",
        "ix_outbox_external_id_channel_address",
        ("external_id", "channel", "address"),
        "external_id IS NOT NULL",
    ),
    ("outbox", "ix_outbox_shown_here", ("address", "id"), "channel = 'webchat'"),
    (
        "satisfaction_entries",
        "ix_satisfaction_entries_complaint_id",
        ("complaint_id",),
        "complaint_id IS NOT NULL",
    ),
    ("satisfaction_entries", "ix_satisfaction_entries_customer_id", ("customer_id",), None),
    (
        "satisfaction_entries",
        "ix_satisfaction_entries_feedback_id",
        ("feedback_id",),
        "feedback_id IS NOT NULL",
    ),
    ("satisfaction_entries", "ix_satisfaction_entries_visit_id", ("visit_id",), "visit_id IS NOT NULL"),
)


def upgrade() -> None:
    _replace(BEFORE, NOW)


def downgrade() -> None:
    _replace(NOW, BEFORE)


def _replace(old: Sequence[Index], new: Sequence[Index]) -> None:
    """Drop all of the old first: the new ones take the pages that come free."""
    for table, name, _, _ in old:
        op.drop_index(name, table_name=table)
    for table, name, columns, rows in new:
        where = None if rows is None else sa.text(rows)
        op.create_index(name, table, list(columns), sqlite_where=where, postgresql_where=where)
