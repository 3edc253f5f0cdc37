"""No table that refers to customers, and no column of theirs, can be forgotten."""

from customers.privacy import HOLDINGS, PROFILE_FIELDS
from store.tables import Base
from store.tables.customers import Customer

SHOWN_OTHERWISE = {"id", "contact_id", "index", "evidence_weight", "evidence_at"}
"""Our own number, the contact (shown by name), and the summary of the satisfaction record (shown apart)."""


def test_every_table_with_a_customer_is_shown_and_erased() -> None:
    with_customers = {name for name, table in Base.metadata.tables.items() if "customer_id" in table.columns}

    assert {holding.table.__tablename__ for holding in HOLDINGS} == with_customers


def test_erasing_a_customer_takes_every_row_that_refers_to_them() -> None:
    kept = [
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in ("customers", "complaints", "messages", "feedback", "visits")
        and key.ondelete != "CASCADE"
    ]

    assert kept == []


def test_every_column_of_the_profile_is_shown() -> None:
    assert set(PROFILE_FIELDS) | SHOWN_OTHERWISE == set(Customer.__table__.columns.keys())


def test_every_section_has_a_name_of_its_own() -> None:
    sections = [holding.section for holding in HOLDINGS]

    assert len(set(sections)) == len(sections)
