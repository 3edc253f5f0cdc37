"""Groups that became supergroups: Telegram gives them a new id, we keep calling them by the one we know.

A supergroup numbers its messages anew, so that two messages of one chat of ours may have the same number.
What stands in the supergroup is therefore named with the supergroup before it: ``-1001234/505``, not ``505``.
"""

import logging
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

SEPARATOR = "/"


@dataclass(slots=True)
class GroupMoves:
    """The groups that moved while the program ran; Telegram tells again after a restart.

    Attributes:
        home: the staff chat as the settings name it; once they name the supergroup, it goes by that name.
    """

    home: str | None = None
    _new: dict[str, str] = field(default_factory=dict)
    _old: dict[str, str] = field(default_factory=dict)

    def note(self, old: str, new: str) -> None:
        """Remember that a group has a new id, and tell the operator once."""
        if self._new.get(old) == new:
            return
        self._new[old] = new
        if new == self.home:
            return
        self._old[new] = old
        log.warning(
            "the Telegram group %s became %s; if it is the staff chat, set RAPPORT_STAFF_CHAT=telegram:%s",
            old,
            new,
            new,
        )

    def current(self, address: str) -> str:
        """Give the id under which Telegram knows a chat now."""
        return self._new.get(address, address)

    def original(self, chat: str) -> str:
        """Give the id under which the rest of the program knows a chat."""
        return self._old.get(chat, chat)

    def name(self, chat: str, number: int) -> str:
        """Name a message for the rest of the program.

        Args:
            chat: where it stands, as Telegram knows the chat.
            number: of the message there.
        """
        return f"{chat}{SEPARATOR}{number}" if chat in self._old else str(number)

    def number(self, chat: str, name: str, *, address: str) -> int | None:
        """Tell what number a message has in a chat; None where it does not stand there, as after a move.

        Args:
            chat: as Telegram knows it.
            name: what ``name`` gave, or anything else that was kept as a message's name.
            address: the chat as the rest of the program knows it.
        """
        place, _, number = name.rpartition(SEPARATOR)
        stands_there = place == chat if chat in self._old else not place and address == chat
        return int(number) if stands_there and number.isdecimal() else None
