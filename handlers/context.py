"""All that a handler may use: who speaks, what they said, the company, and one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from customers.company import Chat, Company
from customers.phrases import Phrases
from feedback.understanding import Understand, understand
from handlers.drafts import ASIDE, CAMPAIGN, Begun, with_aside
from handlers.incoming import Incoming
from store.conversations import end_dialogue, set_dialogue
from store.new_rows import NewMessage
from store.outbox import ButtonRows, Document, Draft
from store.tables.complaints import Complaint
from store.tables.conversations import Dialogue
from store.tables.customers import Customer
from store.tables.queues import MessageKind
from store.tables.staff import Staff


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for all updates that are handled together.

    Attributes:
        company: who we are.
        now: the moment of handling; aware UTC.
        understand: what a text means.
    """

    company: Company
    now: datetime
    understand: Understand = understand


@dataclass(frozen=True, slots=True)
class Context:
    """One update and what is known around it, inside the transaction that handles it.

    Attributes:
        session: the open transaction; a handler neither commits nor writes SQL.
        now: the moment of handling; aware UTC.
        company: who we are.
        incoming: the update.
        say: the speaker's language.
        understand: what a text means.
        message: the stored message, where the update is one.
        dialogue: the many-step talk under way with this speaker in this chat.
    """

    session: Session
    now: datetime
    company: Company
    incoming: Incoming
    say: Phrases
    understand: Understand
    message: NewMessage | None
    dialogue: Dialogue | None

    def answer(
        self,
        text: str,
        *,
        buttons: ButtonRows = (),
        about: str | None = None,
        document: Document | None = None,
        reply_to: str | None = None,
        dedupe_key: str = "",
    ) -> Draft:
        """Compose an answer in the chat where the update came from."""
        return Draft(
            kind=MessageKind.ANSWER,
            channel=self.incoming.channel,
            address=self.incoming.address,
            customer_id=self.customer_id,
            text=text,
            buttons=buttons,
            about=about,
            document=document,
            reply_to=reply_to,
            dedupe_key=dedupe_key,
        )

    @property
    def customer_id(self) -> int | None:
        """The customer who speaks; None where staff does."""
        return None

    @property
    def chat(self) -> Chat:
        """The chat the update came from."""
        return Chat(self.incoming.channel, self.incoming.address)

    def expect(self, step: str, data: Mapping[str, Any] | None = None) -> None:
        """Let the next message of this speaker in this chat answer ``step``; other drafts are set aside."""
        kept = with_aside(data or {}, self._beside(step))
        set_dialogue(self.session, **self._speaker(), step=step, data=kept, now=self.now)

    def expect_nothing(self, finished: str = "") -> None:
        """End the many-step talk with this speaker in this chat; drafts are set aside, but for ``finished``.

        Args:
            finished: the step of a draft that is done with, or given up.
        """
        if kept := self._beside(finished):
            data = with_aside({}, kept)
            set_dialogue(self.session, **self._speaker(), step=ASIDE, data=data, now=self.now)
        else:
            end_dialogue(self.session, **self._speaker())

    def _beside(self, step: str) -> Sequence[Begun]:
        """Give the half-written drafts that stay beside a step; customers write none."""
        del step
        return ()

    def _speaker(self) -> dict[str, str]:
        incoming = self.incoming
        return {"channel": incoming.channel, "address": incoming.address, "sender": incoming.sender.id}


@dataclass(frozen=True, slots=True)
class CustomerContext(Context):
    """A customer speaks.

    Attributes:
        customer: who.
        complaint: the case that is most on their mind.
        pending: all that are.
        in_talk: whether a person has written to them lately, outside any complaint.
    """

    customer: Customer
    complaint: Complaint | None
    pending: Sequence[Complaint]
    in_talk: bool

    @property
    def customer_id(self) -> int | None:
        """The customer who speaks."""
        return self.customer.id


@dataclass(frozen=True, slots=True)
class StaffContext(Context):
    """A member of staff speaks, in the staff chat or alone with the bot.

    Attributes:
        staff: who.
        begun: the drafts that they have half written here, the one under way first.
    """

    staff: Staff
    begun: tuple[Begun, ...] = ()

    def begun_at(self, *steps: str) -> Begun | None:
        """Give the half-written draft of a talk, the newest of several; None where there is none."""
        return next((one for one in self.begun if one.step in steps), None)

    def give_up_changes(self, campaign_id: int) -> bool:
        """Forget what was half written to change a drafted campaign; tells whether there was anything.

        Where ``/campaign`` just asks for it the question stays: its answer is told what became of it.
        """
        open_step = None if self.dialogue is None else self.dialogue.step
        changes = {one.step for one in self.begun if one.changes == campaign_id}
        gone = changes - ({CAMPAIGN} & {open_step})
        if not gone:
            return False
        left = replace(self, begun=tuple(one for one in self.begun if one.step not in gone))
        if self.dialogue is None or open_step in gone:
            left.expect_nothing()
        else:
            left.expect(self.dialogue.step, self.dialogue.data)
        return True

    def _beside(self, step: str) -> Sequence[Begun]:
        return [one for one in self.begun if one.step != step]
