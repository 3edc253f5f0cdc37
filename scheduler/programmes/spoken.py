"""A person who got in touch with a customer begins all periods anew, as a visit does."""

from datetime import datetime, timedelta

from store.tables.customers import Customer

WROTE_LATELY = timedelta(days=1)
"""Whose own words are no older has begun the period anew by them: an answer changes nothing, and that they
were in touch after the last visit is still seen."""


def note_spoken_with(customer: Customer, *, now: datetime) -> None:
    """Note that a person wrote to a customer, or called them; does not commit.

    Args:
        customer: whom.
        now: aware UTC.
    """
    if now - customer.last_contact_at > WROTE_LATELY:
        customer.visited_at = now
