"""What each role of staff may do."""

from store.tables.staff import Role, Staff

MARKETING = frozenset({Role.MARKETER, Role.MANAGER, Role.ADMIN})


def may_market(staff: Staff) -> bool:
    """Tell whether a member of staff may invite customers and write to all of them."""
    return staff.role in MARKETING
