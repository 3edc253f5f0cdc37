"""What each role of the staff may do: data."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from store.tables.staff import Role, Staff


class Right(StrEnum):
    """Something that not everybody may do; what is not named here, all of the staff may."""

    APPROVE = "approve"
    """Approve what is above somebody's limit."""
    PEOPLE = "people"
    """Put others on and off duty, hand over what is theirs, and say who looks after a customer."""
    MARKET = "market"
    """Invite customers, and write to all of them."""


IN_CHARGE = frozenset({Role.LEAD, Role.MANAGER, Role.ADMIN})
"""Who leads; they answer for a case where nobody is on duty."""
RIGHTS: Mapping[Right, frozenset[Role]] = MappingProxyType(
    {
        Right.APPROVE: IN_CHARGE,
        Right.PEOPLE: IN_CHARGE,
        Right.MARKET: frozenset({Role.MARKETER, Role.MANAGER, Role.ADMIN}),
    }
)


def may(staff: Staff, right: Right) -> bool:
    """Tell whether a member of staff may do something."""
    return staff.role in RIGHTS[right]
