"""Speaking first: what is defined of it, visit programmes, tasks, events' guests, campaigns, trials, manners."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for table, added in _added().items():
        for column in added:
            op.add_column(table, column)
    for table, columns, only in _indexes():
        _index(table, *columns, only=only)
    _index("event_guests", "ticket", only="ticket", unique=True)
    _drop_index("customers", "country", "timezone", "greeted_on")
    op.create_index(
        "ix_outbox_first_spoken",
        "outbox",
        ["customer_id", "sent_at"],
        sqlite_where=sa.text("purpose IS NOT NULL"),
        postgresql_where=sa.text("purpose IS NOT NULL"),
    )
    _create_definitions()
    _create_what_is_known()
    _create_visits()
    _create_campaigns()
    op.drop_index("ix_customers_in_line_since", table_name="customers")
    op.drop_column("customers", "in_line_since")
    op.drop_column("customers", "visit_from")


def downgrade() -> None:
    # The older program knows none of these answers, states and kinds.
    op.execute("DELETE FROM event_guests WHERE answer IN ('waiting', 'offered')")
    op.execute("DELETE FROM visits WHERE state IN ('due', 'missed')")
    op.execute("UPDATE campaigns SET state = 'draft' WHERE state = 'scheduled'")
    op.execute("UPDATE outbox SET kind = 'reminder' WHERE kind = 'follow_up'")
    op.execute("UPDATE satisfaction_entries SET source = 'rating' WHERE source = 'event'")
    for name in (
        "trial_members",
        "suppressions",
        "campaign_answers",
        "referrals",
        "purchases",
        "tasks",
        "visit_turns",
        "festival_choices",
        "customer_tags",
        "definitions",
    ):
        op.drop_table(name)
    _put_back_in_line()
    op.drop_index("ix_outbox_first_spoken", table_name="outbox")
    _drop_index("event_guests", "ticket")
    _index("customers", "country", "timezone", "greeted_on")
    for table, columns, _ in _indexes():
        _drop_index(table, *columns)
    for table, added in _added().items():
        for column in added:
            op.drop_column(table, column.name)


def _put_back_in_line() -> None:
    """Give customers their place in the only line that the older program knows."""
    op.add_column("customers", sa.Column("visit_from", MOMENT))
    op.add_column(
        "customers",
        sa.Column("in_line_since", MOMENT, nullable=False, server_default=sa.text("'1970-01-01 00:00:00'")),
    )
    op.execute("UPDATE customers SET visit_from = visited_at")
    op.execute(
        "UPDATE customers SET in_line_since ="
        " CASE WHEN visit_from > last_contact_at THEN visit_from ELSE last_contact_at END"
    )
    op.create_index("ix_customers_in_line_since", "customers", ["in_line_since"])


def _added() -> dict[str, list[sa.Column[object]]]:
    return {
        "customers": [sa.Column("birthday", sa.String())],
        "visits": [
            sa.Column("state", sa.String(32), nullable=False, server_default="made"),
            sa.Column("reason", sa.String()),
            sa.Column("attempt", sa.SmallInteger(), nullable=False, server_default="0"),
            sa.Column("made_at", MOMENT),
            sa.Column("next_step_at", MOMENT),
            sa.Column("contact_id", NUMBER),
            sa.Column("standing", sa.String(32)),
            sa.Column("answers", DOCUMENT, nullable=False, server_default="{}"),
            sa.Column("arm", sa.String()),
        ],
        "events": [
            sa.Column("ends_at", MOMENT),
            sa.Column("map_link", sa.String()),
            sa.Column("companions", sa.SmallInteger(), nullable=False, server_default="0"),
            sa.Column("reminders", DOCUMENT, nullable=False, server_default="[1440]"),
            sa.Column("offer_minutes", NUMBER, nullable=False, server_default="240"),
            sa.Column("revision", NUMBER, nullable=False, server_default="0"),
            sa.Column("past", DOCUMENT, nullable=False, server_default="[]"),
            sa.Column("changed_at", MOMENT),
            sa.Column("cancelled_at", MOMENT),
            sa.Column("followed_up", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("referrals", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("festival", sa.String()),
        ],
        "event_guests": [
            sa.Column("companions", sa.SmallInteger(), nullable=False, server_default="0"),
            sa.Column("waiting_since", MOMENT),
            sa.Column("offered_until", MOMENT),
            sa.Column("ticket", sa.String()),
            sa.Column("checked_in_at", MOMENT),
            sa.Column("checked_in_by", NUMBER),
            sa.Column("referred_by", NUMBER),
            sa.Column("stars", sa.SmallInteger()),
            sa.Column("told_revision", NUMBER, nullable=False, server_default="0"),
            sa.Column("knew_revision", NUMBER, nullable=False, server_default="0"),
            sa.Column("entry_turns", sa.SmallInteger(), nullable=False, server_default="0"),
        ],
        "campaigns": [
            sa.Column("name", sa.String(), nullable=False, server_default=""),
            sa.Column("purpose", sa.String(32)),
            sa.Column("messages", DOCUMENT, nullable=False, server_default="{}"),
            sa.Column("picture", DOCUMENT),
            sa.Column("buttons", DOCUMENT, nullable=False, server_default="[]"),
            sa.Column("send_at", MOMENT),
            sa.Column("local_time", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("rule", sa.String()),
            sa.Column("last_day", sa.Date()),
            sa.Column("parent_id", NUMBER),
            sa.Column("holdout", sa.Double(), nullable=False, server_default="0"),
        ],
    }


def _indexes() -> list[tuple[str, tuple[str, ...], str | None]]:
    """Give the indexes of added columns: table, columns, and the column that must not be null."""
    return [
        ("customers", ("birthday",), "birthday"),
        ("customers", ("created_at",), None),
        ("customers", ("language", "country", "timezone", "greeted_on"), None),
        ("visits", ("due_on",), None),
        ("visits", ("next_step_at",), "next_step_at"),
        ("visits", ("contact_id", "made_at"), "contact_id"),
        ("event_guests", ("offered_until",), "offered_until"),
        ("event_guests", ("referred_by",), "referred_by"),
        ("campaigns", ("send_at",), "send_at"),
        ("campaigns", ("parent_id",), "parent_id"),
    ]


def _create_definitions() -> None:
    op.create_table(
        "definitions",
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", DOCUMENT, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", NUMBER),
        _foreign("definitions", "changed_by", "staff", "SET NULL"),
        sa.PrimaryKeyConstraint("kind", "name", name="pk_definitions"),
    )
    _index("definitions", "changed_by", only="changed_by")


def _create_what_is_known() -> None:
    """Create what is known of customers beside their profile."""
    op.create_table(
        "customer_tags",
        sa.Column("customer_id", NUMBER, nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _foreign("customer_tags", "customer_id", "customers", "CASCADE"),
        sa.PrimaryKeyConstraint("customer_id", "tag", name="pk_customer_tags"),
    )
    _index("customer_tags", "tag", "customer_id")
    op.create_table(
        "festival_choices",
        sa.Column("customer_id", NUMBER, nullable=False),
        sa.Column("festival", sa.String(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _foreign("festival_choices", "customer_id", "customers", "CASCADE"),
        sa.PrimaryKeyConstraint("customer_id", "festival", name="pk_festival_choices"),
    )
    _index("festival_choices", "festival")
    op.create_table(
        "purchases",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("customer_id", NUMBER, nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("amount", sa.Double()),
        _foreign("purchases", "customer_id", "customers", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_purchases"),
        sa.UniqueConstraint("reference", name="uq_purchases_reference"),
    )
    _index("purchases", "customer_id", "at")
    _index("purchases", "at")


def _create_visits() -> None:
    op.create_table(
        "visit_turns",
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("customer_id", NUMBER, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("stretch", sa.Double(), nullable=False),
        sa.Column("period_days", sa.Double(), nullable=False),
        _foreign("visit_turns", "customer_id", "customers", "CASCADE"),
        sa.PrimaryKeyConstraint("programme", "customer_id", name="pk_visit_turns"),
    )
    _index("visit_turns", "programme", "due_at")
    _index("visit_turns", "programme", "period_days")
    _index("visit_turns", "customer_id")
    op.create_table(
        "tasks",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("customer_id", NUMBER, nullable=False),
        sa.Column("staff_id", NUMBER),
        sa.Column("visit_id", NUMBER),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("done_at", MOMENT),
        sa.Column("done_by", NUMBER),
        _foreign("tasks", "customer_id", "customers", "CASCADE"),
        _foreign("tasks", "staff_id", "staff", "SET NULL"),
        _foreign("tasks", "visit_id", "visits", "CASCADE"),
        _foreign("tasks", "done_by", "staff", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.UniqueConstraint("occasion", name="uq_tasks_occasion"),
        sqlite_autoincrement=True,
    )
    _index("tasks", "customer_id")
    _index("tasks", "visit_id", only="visit_id")
    _index("tasks", "done_by", only="done_by")
    op.create_index(
        "ix_tasks_open",
        "tasks",
        ["staff_id", "due_at"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )


def _create_campaigns() -> None:
    """Create what belongs to events and campaigns: referrals, answers, who was left out, and why."""
    op.create_table(
        "referrals",
        sa.Column("event_id", NUMBER, nullable=False),
        sa.Column("customer_id", NUMBER, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("via", NUMBER),
        sa.Column("created_at", MOMENT, nullable=False),
        _foreign("referrals", "event_id", "events", "CASCADE"),
        _foreign("referrals", "customer_id", "customers", "CASCADE"),
        sa.PrimaryKeyConstraint("event_id", "customer_id", name="pk_referrals"),
        sa.UniqueConstraint("code", name="uq_referrals_code"),
    )
    _index("referrals", "customer_id")
    op.create_table(
        "campaign_answers",
        sa.Column("campaign_id", NUMBER, nullable=False),
        sa.Column("customer_id", NUMBER, nullable=False),
        sa.Column("button", sa.SmallInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _foreign("campaign_answers", "campaign_id", "campaigns", "CASCADE"),
        _foreign("campaign_answers", "customer_id", "customers", "CASCADE"),
        sa.PrimaryKeyConstraint("campaign_id", "customer_id", name="pk_campaign_answers"),
    )
    _index("campaign_answers", "customer_id")
    op.create_table(
        "trial_members",
        sa.Column("trial", sa.String(), nullable=False),
        sa.Column("customer_id", NUMBER, nullable=False),
        sa.Column("arm", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _foreign("trial_members", "customer_id", "customers", "CASCADE"),
        sa.PrimaryKeyConstraint("trial", "customer_id", name="pk_trial_members"),
    )
    _index("trial_members", "customer_id")
    _index("trial_members", "at")
    op.create_table(
        "suppressions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("customer_id", NUMBER, nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _foreign("suppressions", "customer_id", "customers", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_suppressions"),
        sa.UniqueConstraint("customer_id", "occasion", name="uq_suppressions_customer_id_occasion"),
    )
    _index("suppressions", "at", "purpose", "reason")
    _index("suppressions", "occasion", "purpose", "reason")


def _foreign(table: str, column: str, to: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}", ondelete=ondelete)


def _index(table: str, *columns: str, only: str | None = None, unique: bool = False) -> None:
    where = None if only is None else sa.text(f"{only} IS NOT NULL")
    op.create_index(
        f"ix_{table}_{'_'.join(columns)}",
        table,
        list(columns),
        unique=unique,
        sqlite_where=where,
        postgresql_where=where,
    )


def _drop_index(table: str, *columns: str) -> None:
    op.drop_index(f"ix_{table}_{'_'.join(columns)}", table_name=table)
