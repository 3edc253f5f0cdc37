"""Playing the staff chat, and telling apart who was written to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers.incoming import IncomingKind
from store.tables.queues import OutboxMessage
from tests.factories import make_incoming, make_staff
from tests.talk import Talk, texts

MEI, TOM = "9001", "9002"


@dataclass
class StaffRoom:
    """The staff chat: what Mei and Tom write and tap there."""

    talk: Talk

    @classmethod
    def opened(cls, talk: Talk) -> "StaffRoom":
        """Let Mei and Tom join."""
        with talk.database.transaction() as session:
            make_staff(session, name="Mei", sender=MEI)
            make_staff(session, name="Tom", sender=TOM)
        return cls(talk)

    def says(self, text: str, *, sender: str = MEI, **fields: Any) -> list[OutboxMessage]:
        """Somebody of the staff writes in the staff chat."""
        return self.talk.says(text, sender=sender, **self._chat(), **fields)

    def taps(self, data: str, *, sender: str = MEI) -> list[OutboxMessage]:
        """Somebody of the staff taps a button in the staff chat."""
        return self.talk.taps(data, sender=sender, **self._chat())

    def replies(self, to: OutboxMessage, text: str, **fields: Any) -> list[OutboxMessage]:
        """Somebody of the staff replies to a message, as apps let one do."""
        return self.says(text, reply_to=to.external_id, **fields)

    def edits(self, message_id: str, text: str, *, sender: str = MEI) -> list[OutboxMessage]:
        """Somebody of the staff corrects what they wrote in the staff chat."""
        corrected = make_incoming(
            text,
            sender=sender,
            kind=IncomingKind.EDIT,
            message_id=message_id,
            at=self.talk.now,
            **self._chat(),
        )
        return self.talk.receives(corrected)

    def shown(self, messages: Sequence[OutboxMessage]) -> list[OutboxMessage]:
        """What of these went to the staff chat."""
        return [message for message in messages if message.address == self._chat()["address"]]

    def alert(self, key: str) -> OutboxMessage:
        """The message that was sent for an occasion."""
        return next(message for message in self.talk.sent if message.dedupe_key == key)

    def _chat(self) -> dict[str, Any]:
        staff_chat = self.talk.company.staff_chat
        return {"address": staff_chat.address, "channel": staff_chat.channel, "private": False}


def to_customer(messages: Sequence[OutboxMessage], address: str = "77") -> list[OutboxMessage]:
    """What of these went to a customer's chat."""
    return [message for message in messages if message.address == address]


def answer(messages: Sequence[OutboxMessage], address: str = "77") -> str:
    """The one text that went to a customer's chat."""
    (only,) = texts(to_customer(messages, address))
    return str(only)
