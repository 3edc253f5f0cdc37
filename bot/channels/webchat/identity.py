"""Who is on the other side of a browser: an unguessable id in a signed cookie."""

import re
import secrets
from dataclasses import dataclass
from enum import StrEnum

from itsdangerous import BadSignature, Signer

STAFF_ADDRESS = "staff"
ID_BYTES = 18
_CUSTOMER_ADDRESS = re.compile(r"w-[A-Za-z0-9_-]{8,64}")


class Side(StrEnum):
    """Which page somebody uses; each has a cookie of its own."""

    CUSTOMER = "customer"
    STAFF = "staff"


PREFIXES = {Side.CUSTOMER: "w-", Side.STAFF: "s-"}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody on one of the pages.

    Attributes:
        sender: who speaks.
        side: customers have a chat each; staff share one.
    """

    sender: str
    side: Side

    @property
    def address(self) -> str:
        """The chat that they see."""
        return STAFF_ADDRESS if self.is_staff else self.sender

    @property
    def is_staff(self) -> bool:
        """Whether this is the staff's side."""
        return self.side is Side.STAFF


def is_address(address: str) -> bool:
    """Tell whether a chat of ours could have this address."""
    return address == STAFF_ADDRESS or _CUSTOMER_ADDRESS.fullmatch(address) is not None


def new_visitor(side: Side) -> Visitor:
    """Make up somebody whom nobody can guess."""
    return Visitor(PREFIXES[side] + secrets.token_urlsafe(ID_BYTES), side)


class Signatures:
    """Signs ids into cookie values and reads them back; a customer's value is worth nothing to staff.

    Attributes:
        secret: the key; whoever knows it can be anybody.
    """

    def __init__(self, secret: str) -> None:
        self._signers = {side: Signer(secret, salt=f"rapport.webchat.{side}") for side in Side}

    def sign(self, visitor: Visitor) -> str:
        """Write the cookie value of a visitor."""
        return self._signers[visitor.side].sign(visitor.sender).decode()

    def read(self, side: Side, value: str | None) -> Visitor | None:
        """Read a cookie value; None where it is absent, forged or of the other side."""
        if not value:
            return None
        try:
            sender = self._signers[side].unsign(value).decode()
        except (BadSignature, UnicodeError):
            return None
        return Visitor(sender, side) if sender.startswith(PREFIXES[side]) else None
