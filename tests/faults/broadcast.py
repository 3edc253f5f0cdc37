"""A campaign to many people that is on its way, and the account of whom it reached."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.outbox import Draft, enqueue
from store.tables.customers import Purpose
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.botapi.people import User
from tests.botapi.server import BotApi
from tests.factories import make_customer
from tests.patience import settled
from tests.program import Program

TEXT = "Our spring teas are here!"
LEFT = frozenset({OutboxState.SENT, OutboxState.UNCERTAIN})


@dataclass
class Broadcast:
    """One text to some people on Telegram, who have all agreed to it.

    Attributes:
        botapi: the server where they are.
        program: what sends.
        people: how many they are.
    """

    botapi: BotApi
    program: Program
    people: int
    users: list[User] = field(default_factory=list)
    campaign_id: int = 0

    def __post_init__(self) -> None:
        """Let them all open a chat."""
        self.users = [self.botapi.user(f"Guest {number}") for number in range(self.people)]

    def is_queued(self) -> None:
        """Queue the campaign's messages, as its planner does; the program's tables must exist."""
        database = self.program.database()
        with database.transaction() as session:
            now = datetime.now(UTC)
            campaign = Campaign(
                channel="telegram",
                address=str(self.users[0].id),
                text=TEXT,
                audience="all",
                state=CampaignState.RUNNING,
                created_at=now,
                started_at=now,
                queued_all=True,
            )
            session.add(campaign)
            session.flush()
            self.campaign_id = campaign.id
            enqueue(session, [self._draft(session, user) for user in self.users], now=now)
        database.close()

    def _draft(self, session: Session, user: User) -> Draft:
        customer = make_customer(session, sender=str(user.id))
        return Draft(
            kind=MessageKind.CAMPAIGN,
            channel="telegram",
            address=str(user.id),
            text=TEXT,
            customer_id=customer.id,
            campaign_id=self.campaign_id,
            purpose=Purpose.OFFERS,
            dedupe_key=f"campaign:{self.campaign_id}:{customer.id}",
        )

    def reached(self) -> int:
        """How many people have it."""
        people = {str(user.id) for user in self.users}
        mine = (call.payload for call in self.botapi.calls if call.taken and call.method == "sendMessage")
        return sum(payload["chat_id"] in people and payload["text"] == TEXT for payload in mine)

    async def has_reached(self, people: int) -> None:
        """Wait until so many people have it."""
        while self.reached() < people:
            call = len(self.botapi.calls)
            await self.botapi.wait_for(lambda made: made.taken, after=call)

    async def is_over(self) -> None:
        """Wait until none of its messages is on its way."""
        database = self.program.database()
        try:
            await settled(lambda: database.read(self._on_the_way))
        finally:
            database.close()

    def _on_the_way(self, session: Session) -> int:
        waits = OutboxMessage.state.in_([OutboxState.QUEUED, OutboxState.SENDING])
        mine = OutboxMessage.campaign_id == self.campaign_id
        return session.scalar(select(func.count()).select_from(OutboxMessage).where(mine, waits)) or 0

    def states(self) -> Counter[OutboxState]:
        """Count where its messages stand."""
        database = self.program.database()
        with database.reading() as session:
            rows = session.execute(
                select(OutboxMessage.state, func.count())
                .where(OutboxMessage.campaign_id == self.campaign_id)
                .group_by(OutboxMessage.state)
            )
            counted = Counter({row[0]: row[1] for row in rows})
        database.close()
        return counted

    def check(self) -> int:
        """Check that everybody has it once, but for those of whom nobody can know.

        Returns:
            Of how many nobody can know.
        """
        heard = {str(user.id): sum(shown.text == TEXT for shown in user.window.all()) for user in self.users}
        database = self.program.database()
        with database.reading() as session:
            rows = session.scalars(
                select(OutboxMessage).where(OutboxMessage.campaign_id == self.campaign_id)
            ).all()
        database.close()
        assert len(rows) == self.people
        assert max(heard.values()) == 1, "somebody got it twice"
        assert {row.state for row in rows} <= LEFT
        assert not [row.address for row in rows if row.state is OutboxState.SENT and not heard[row.address]]
        return sum(row.state is OutboxState.UNCERTAIN for row in rows)
