"""Whether staff can be reached: alerts that go nowhere must not go unnoticed."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from scheduler.delivery.channel import UnreachableError
from store.errors import PermanentError

_UNWATCHED = nullcontext()


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

    def watched(self, address: str) -> AbstractContextManager[None]:
        """Note whether a call inside, for the chat at an address, reaches staff."""
        return self._watched() if address == self.address else _UNWATCHED

    @contextmanager
    def _watched(self) -> Iterator[None]:
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
