"""Whether staff can be reached: alerts that go nowhere must not go unnoticed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from scheduler.delivery.channel import UnreachableError
from store.errors import PermanentError


@dataclass(slots=True)
class StaffChat:
    """The staff's chat, where it is on Telegram.

    Attributes:
        address: as the settings name it; None where it is elsewhere.
        trouble: why nothing reaches it, and what to do; None where nothing is known to be wrong.
        seen: whether it was reached, or found to be out of reach.
    """

    address: str | None = None
    trouble: str | None = None
    seen: bool = False

    @contextmanager
    def watched(self, address: str) -> Iterator[None]:
        """Note whether a call inside, for the chat at an address, reaches staff."""
        if address != self.address:
            yield
            return
        try:
            yield
        except UnreachableError as error:
            self.miss(error)
            raise
        self.trouble, self.seen = None, True

    def miss(self, error: PermanentError) -> None:
        """Note that nothing reaches staff."""
        self.seen = True
        self.trouble = (
            f"the staff chat {self.address} cannot be reached ({error}): add the bot to the group,"
            " and check RAPPORT_STAFF_CHAT"
        )
