"""What members of staff may do, as handlers ask it; the table is ``customers.roles``."""

from customers.roles import Right, may
from store.tables.staff import Staff


def may_market(staff: Staff) -> bool:
    """Tell whether a member of staff may invite customers and write to all of them."""
    return may(staff, Right.MARKET)


def may_manage_people(staff: Staff) -> bool:
    """Tell whether a member of staff may put others on and off duty, and hand over what is theirs."""
    return may(staff, Right.PEOPLE)
