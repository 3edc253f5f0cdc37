"""What is found by words, events that nobody can change, and pictures of digests."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
IS_BREACH = sa.text("what = 'breached'")
IS_CORRECTED = sa.text("edited_at IS NOT NULL")
REFUSAL = "the history of a case cannot be changed"


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    _create_tables()
    for statement in _find_on_sqlite() if is_sqlite else _find_on_postgresql():
        op.execute(statement)
    for statement in _guard_on_sqlite() if is_sqlite else _guard_on_postgresql():
        op.execute(statement)
    op.create_index(
        "ix_complaint_events_breached",
        "complaint_events",
        ["at"],
        sqlite_where=IS_BREACH,
        postgresql_where=IS_BREACH,
    )
    op.create_index(
        "ix_messages_edited_at",
        "messages",
        ["edited_at"],
        sqlite_where=IS_CORRECTED,
        postgresql_where=IS_CORRECTED,
    )


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.drop_index("ix_messages_edited_at", table_name="messages")
    op.drop_index("ix_complaint_events_breached", table_name="complaint_events")
    on_table = "" if is_sqlite else " ON complaint_events"
    for name in ("stand", "stay"):
        op.execute(f"DROP TRIGGER complaint_events_{name}{on_table}")
    op.execute("DROP TABLE search_fts" if is_sqlite else "DROP FUNCTION refuse_complaint_events()")
    for table in ("digest_pictures", "search_places", "search_rows"):
        op.drop_table(table)


def _create_tables() -> None:
    op.create_table(
        "search_rows",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("source_id", NUMBER, nullable=False),
        sa.Column("customer_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_search_rows_customer_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_search_rows"),
        sa.UniqueConstraint("source", "source_id", name="uq_search_rows_source_source_id"),
    )
    op.create_index("ix_search_rows_customer_id", "search_rows", ["customer_id"])
    op.create_table(
        "search_places",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_search_places"),
    )
    op.create_table(
        "digest_pictures",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("reply_to", sa.String()),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("content", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_digest_pictures"),
        sa.UniqueConstraint("occasion", name="uq_digest_pictures_occasion"),
        sqlite_autoincrement=True,
    )


def _find_on_sqlite() -> Sequence[str]:
    """Let FTS5 find the words; it keeps no copy of them, and triggers keep it the same as the rows."""
    deleted = "INSERT INTO search_fts (search_fts, rowid, words) VALUES ('delete', old.id, old.words);"
    added = "INSERT INTO search_fts (rowid, words) VALUES (new.id, new.words);"
    return (
        (
            "CREATE VIRTUAL TABLE search_fts USING fts5"
            " (words, content='search_rows', content_rowid='id', tokenize='ascii', detail='none', columnsize=0)"
        ),
        f"CREATE TRIGGER search_rows_added AFTER INSERT ON search_rows BEGIN {added} END",
        f"CREATE TRIGGER search_rows_deleted AFTER DELETE ON search_rows BEGIN {deleted} END",
        f"CREATE TRIGGER search_rows_changed AFTER UPDATE ON search_rows BEGIN {deleted} {added} END",
    )


def _find_on_postgresql() -> Sequence[str]:
    return (
        (
            "CREATE INDEX ix_search_rows_words ON search_rows USING gin"
            " (array_to_tsvector(array_remove(string_to_array(words, ' '), '')))"
        ),
    )


def _guard_on_sqlite() -> Sequence[str]:
    changed = (
        "new.id <> old.id OR new.complaint_id <> old.complaint_id OR new.at <> old.at OR new.what <> old.what"
        " OR new.text <> old.text OR new.staff_id IS NOT NULL AND new.staff_id IS NOT old.staff_id"
    )
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return (
        f"CREATE TRIGGER complaint_events_stand BEFORE UPDATE ON complaint_events WHEN {changed} {refuse}",
        (
            "CREATE TRIGGER complaint_events_stay BEFORE DELETE ON complaint_events"  # noqa: S608 - our text
            f" WHEN EXISTS (SELECT 1 FROM complaints WHERE id = old.complaint_id) {refuse}"
        ),
    )


def _guard_on_postgresql() -> Sequence[str]:
    changed = (
        "new.id <> old.id OR new.complaint_id <> old.complaint_id OR new.at <> old.at OR new.what <> old.what"
        " OR new.text <> old.text"
        " OR new.staff_id IS NOT NULL AND new.staff_id IS DISTINCT FROM old.staff_id"
    )
    return (
        (
            "CREATE FUNCTION refuse_complaint_events() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"  # noqa: S608 - our text
            " IF TG_OP = 'DELETE' THEN"
            " IF EXISTS (SELECT 1 FROM complaints WHERE id = old.complaint_id) THEN"
            f" RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN old; END IF;"
            f" RAISE EXCEPTION '{REFUSAL}'; END $$"
        ),
        (
            "CREATE TRIGGER complaint_events_stand BEFORE UPDATE ON complaint_events FOR EACH ROW"
            f" WHEN ({changed}) EXECUTE FUNCTION refuse_complaint_events()"
        ),
        (
            "CREATE TRIGGER complaint_events_stay BEFORE DELETE ON complaint_events FOR EACH ROW"
            " EXECUTE FUNCTION refuse_complaint_events()"
        ),
    )
