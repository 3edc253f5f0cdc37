"""Groups that became supergroups: Telegram gives them a new id, we keep calling them by the one we know."""

import logging
from dataclasses import dataclass, field

log = logging.getLogger(__name__)


@dataclass(slots=True)
class GroupMoves:
    """The groups that moved while the program ran; Telegram tells again after a restart."""

    _new: dict[str, str] = field(default_factory=dict)
    _old: dict[str, str] = field(default_factory=dict)

    def note(self, old: str, new: str) -> None:
        """Remember that a group has a new id, and tell the operator once."""
        if self._new.get(old) == new:
            return
        self._new[old], self._old[new] = new, old
        log.warning(
            "the Telegram group %s became %s; if it is the staff chat, set RAPPORT_STAFF_CHAT=telegram:%s",
            old,
            new,
            new,
        )

    def current(self, address: str) -> str:
        """Give the id under which Telegram knows a chat now."""
        return self._new.get(address, address)

    def original(self, address: str) -> str:
        """Give the id under which the rest of the program knows a chat."""
        return self._old.get(address, address)
