"""The entries of a customer's satisfaction record, as what their index is made of."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.satisfaction import Evidence
from store.new_rows import NewEntry, waiting
from store.one_of import is_one_of
from store.read_ahead import Question
from store.tables.feedback import SatisfactionEntry

_EVIDENCE = (
    select(
        SatisfactionEntry.customer_id,
        SatisfactionEntry.value,
        SatisfactionEntry.weight,
        SatisfactionEntry.at,
    )
    .where(is_one_of(SatisfactionEntry.customer_id, "customer_ids"))
    .order_by(SatisfactionEntry.id)
)


def evidence_of(session: Session, customer_id: int) -> list[Evidence]:
    """Load the entries of a customer's satisfaction record, those that are still to be written among them."""
    new = [
        Evidence(entry.value, entry.weight, entry.at)
        for entry in waiting(session, NewEntry)
        if entry.customer_id == customer_id
    ]
    return [*STORED_EVIDENCE.answer(session, customer_id), *new]


def _find_evidence(session: Session, customer_ids: Collection[int]) -> Mapping[int, Sequence[Evidence]]:
    found: dict[int, list[Evidence]] = defaultdict(list)
    rows = session.connection().execute(_EVIDENCE, {"customer_ids": list(customer_ids)})
    for customer_id, value, weight, at in rows:
        found[customer_id].append(Evidence(value, weight, at))
    return found


STORED_EVIDENCE = Question[int, Sequence[Evidence]](_find_evidence, nothing=())
"""By customer, the entries of their satisfaction record that are stored."""
