"""The stage of the stories: the running program beside a Bot API server, and the people around both."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from customers.staff import add_staff
from store.tables import Base
from store.tables.customers import Customer, Identity
from store.tables.staff import Role
from tests.botapi.account import Call
from tests.botapi.people import EDITING, SENDING, Group, Shown, User
from tests.botapi.server import BotApi
from tests.faults.bent import Bend
from tests.program import Program, kept_running

STAFF_GROUP = -1_001_234_567_890
SETTINGS = {"COMPANY_NAME": "Lantern Tea", "TIMEZONE": "Europe/London", "COUNTRY": "GB"}
UNHURRIED = {"TELEGRAM_CHAT_MESSAGES_PER_S": "100", "TELEGRAM_GROUP_MESSAGES_PER_MINUTE": "6000"}
"""One chat may hear much at once, as with a Bot API server of one's own: no story waits for its next line."""
AS_DOCUMENTED = {"TELEGRAM_CHAT_MESSAGES_PER_S": "1", "TELEGRAM_GROUP_MESSAGES_PER_MINUTE": "20"}
"""What Telegram allows one chat, and our usual settings."""
ALERT_WITHIN_S = 1.0
"""After the customer was answered."""

UNKNOWN_COMMAND = "I do not know this command. /help shows those I know, or just write in your own words."


@dataclass
class Stage:
    """A Bot API server, the program that uses it, and the staff's group there."""

    botapi: BotApi
    program: Program
    staff: Group

    async def joins(self, member: User, *, role: Role = Role.AGENT) -> None:
        """Let somebody become staff by a one-time code, which they send alone with the bot.

        The code is made as ``rapport staff add`` makes it, without the second that a command takes to start.
        """
        name, now = str(member.about["first_name"]), datetime.now(UTC)
        database = self.program.database()
        with database.transaction() as session:
            _, code = add_staff(session, name=name, role=role, now=now)
        database.close()
        member.says(f"/join {code}")
        await member.hears("You now speak for")

    async def still_answers(self, person: User) -> None:
        """Check that a plain message of somebody is answered: whatever came before has stopped nothing."""
        person.says("Hello")
        await person.hears("Lantern Tea")

    async def all_handled(self) -> None:
        """Wait until every update is handled and confirmed."""
        await self.botapi.updates.wait_until_confirmed()

    def check_markup(self) -> None:
        """Check that nothing was ever sent as markup: whatever people wrote stays what they wrote."""
        sent = self.calls(*SENDING, *EDITING)
        assert not [
            call for call in sent if {"parse_mode", "entities", "caption_entities"} & call.payload.keys()
        ]

    def rows(self, statement: Select[Any]) -> Sequence[Any]:
        """Read from the program's database."""
        database = self.program.database()
        try:
            with database.reading() as session:
                return session.execute(statement).all()
        finally:
            database.close()

    def column(self, statement: Select[Any]) -> list[Any]:
        """Read one column from the program's database."""
        return [row[0] for row in self.rows(statement)]

    def customer(self, person: User) -> Customer:
        """Give what is kept of somebody."""
        statement = select(Customer).join(Identity).where(Identity.sender == str(person.id))
        (customer,) = self.column(statement)
        assert isinstance(customer, Customer)
        return customer

    def tables_that_hold(self, *texts: str) -> list[str]:
        """Name each column that holds one of some texts somewhere, as ``table.column: text``."""
        return sorted(
            {
                f"{table.name}.{column.name}: {text}"
                for table in Base.metadata.sorted_tables
                for row in self.rows(select(table))
                for column, value in zip(table.columns, row, strict=True)
                for text in texts
                if text in str(value)
            }
        )

    def sent(self, person: User | Group) -> list[Shown]:
        """Give all that the bot sent somebody, in order."""
        return person.window.all()

    def calls(self, *methods: str) -> list[Call]:
        """Give the calls of some methods so far."""
        return [call for call in self.botapi.calls if call.method in methods]


@asynccontextmanager
async def playing(folder: Path, bend: Bend | None = None, /, **settings: str) -> AsyncIterator[Stage]:
    """Set the stage: the program polls, staff are in a Telegram group, and a chat may hear much at once.

    All that is by default. With ``bend`` its clock and constants are what the test makes of them.
    """
    async with BotApi() as botapi:
        staff = botapi.group("Staff", group_id=STAFF_GROUP)
        telegram = {
            "TELEGRAM_TOKEN": botapi.token,
            "TELEGRAM_API_URL": botapi.url,
            "STAFF_CHAT": f"telegram:{STAFF_GROUP}",
        }
        settings = SETTINGS | UNHURRIED | telegram | settings
        await Program(folder, settings).makes_tables()
        program = Program(folder, settings) if bend is None else bend.program(folder, settings)
        async with kept_running(program):
            stage = Stage(botapi, program, staff)
            yield stage
            stage.check_markup()


def quiet_hours(*, now: bool) -> dict[str, str]:
    """Choose quiet hours that hold now, or that are far from now; so a test does not depend on the clock.

    What we send first is held back in quiet hours, of the customer's zone; here that is the company's.
    """
    hour = datetime.now(ZoneInfo(SETTINGS["TIMEZONE"])).hour
    first, last = (hour - 1, hour + 2) if now else (hour + 11, hour + 13)
    return {"QUIET_FROM_HOUR": str(first % 24), "QUIET_UNTIL_HOUR": str(last % 24)}


def reference_in(text: str) -> str:
    """Find the reference of a complaint, as ``C-1001``."""
    found = re.search(r"C-\d+", text)
    assert found is not None, text
    return found.group()


def complaint_id(reference: str) -> int:
    """Give the number that buttons carry for a complaint."""
    return int(reference.removeprefix("C-")) - 1000
