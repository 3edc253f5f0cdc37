"""What customers bought, as the company tells us: the beginning of visits after a purchase."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.inserts import insert_into
from store.tables.customers import Customer, Identity
from store.tables.outreach import Purchase

MOST_DIGITS = 15
LONGEST_WHAT = 200
"""Characters of what was bought that are kept."""


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase.

    Attributes:
        customer_id: who bought.
        reference: the company's own number for it; one that is known already is passed over.
        at: when; aware UTC.
        what: in words; may be empty.
        amount: what it cost, in the company's currency, where that is known.
    """

    customer_id: int
    reference: str
    at: datetime
    what: str = ""
    amount: float | None = None


def note_purchases(session: Session, bought: Sequence[Bought]) -> int:
    """Note purchases, each reference once; does not commit.

    Returns:
        How many were new.
    """
    if not bought:
        return 0
    new = insert_into(Purchase, dialect=session.get_bind().dialect.name)
    written = session.execute(
        new.on_conflict_do_nothing(index_elements=["reference"]).returning(Purchase.id),
        [asdict(one) | {"what": one.what[:LONGEST_WHAT]} for one in bought],
    )
    return len(written.all())


def find_buyer(session: Session, written: str) -> int | None:
    """Find a customer by how a list names them; only reads.

    Args:
        session: an open view.
        written: our own number; an app and their number there, such as ``telegram:77``; or a phone number
            with its plus.

    Returns:
        Their number; None where nobody, or more than one, is called so.
    """
    app, colon, sender = written.partition(":")
    if colon:
        statement = select(Identity.customer_id).where(Identity.channel == app, Identity.sender == sender)
    elif written.startswith("+"):
        digits = "".join(filter(str.isdigit, written))
        bare = func.replace(func.replace(func.replace(Customer.phone, "+", ""), " ", ""), "-", "")
        statement = select(Customer.id).where(bare == digits)
    elif written.isascii() and written.isdigit() and len(written) <= MOST_DIGITS:
        statement = select(Customer.id).where(Customer.id == int(written))
    else:
        return None
    found = set(session.scalars(statement.limit(2)))
    return found.pop() if len(found) == 1 else None
