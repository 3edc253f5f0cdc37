"""What a beat runs: a planner, and those of cases, which read customers' words again.

To show a case as it stands its alert is composed anew, and for that the customer's words are understood. What
that takes is loaded where messages are handled (``bot.other_core``), so these planners run there.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Concatenate, Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from customers.company import Company
from feedback.owners import see_misplaced
from handlers.staff.alerts import repeat_alerts
from handlers.staff.ladder import climb_seen, see_ladders
from handlers.staff.owners import give_seen
from handlers.staff.silence import break_silences
from store.engine import Database

T = TypeVar("T")

PlanCases = Callable[[str, datetime], Awaitable[int]]
"""Runs a planner of cases, by the name of its beat; tells how much it did."""


class Planner(Protocol):
    """What a beat calls: do what is due, and say how much that was: messages, or customers."""

    def __call__(self, session: Session, /, *, now: datetime) -> int:
        """Do it in one transaction, without committing."""


@dataclass(frozen=True, slots=True)
class Seeing(Generic[T]):
    """A planner that has much to read before it knows what to do.

    Attributes:
        see: reads, in a view for which nobody has to wait.
        plan: does what is due about what was seen, in one transaction; it may have changed since.
    """

    see: Callable[Concatenate[Session, ...], T]
    plan: Callable[Concatenate[Session, T, ...], int]

    async def run(self, database: Database, *, now: datetime) -> int:
        """See and do, once."""
        seen = await database.read(self.see, now=now)
        return await database.run(self.plan, seen, now=now)

    def run_here(self, database: Database, *, now: datetime) -> int:
        """See and do, once, in this thread."""
        with database.reading() as session:
            seen = self.see(session, now=now)
        with database.transaction() as session:
            return self.plan(session, seen, now=now)


def case_planners(company: Company) -> Mapping[str, Planner | Seeing[Any]]:
    """Give the planners that read customers' words again, by the names of their beats."""
    return {
        "silence": partial(break_silences, company=company),
        "alerts": partial(repeat_alerts, company=company),
        "owners": Seeing(partial(see_misplaced, company=company), partial(give_seen, company=company)),
        "ladder": Seeing(partial(see_ladders, company=company), partial(climb_seen, company=company)),
    }


def plan_cases(name: str, now: datetime, database: Database, company: Company) -> int:
    """Run a planner of cases, once, in this thread.

    Args:
        name: of its beat.
        now: aware UTC.
        database: where it looks and writes.
        company: whose cases they are.
    """
    plan = case_planners(company)[name]
    if isinstance(plan, Seeing):
        return plan.run_here(database, now=now)
    with database.transaction() as session:
        return plan(session, now=now)


def cases_planned_here(database: Database, company: Company) -> PlanCases:
    """Run planners of cases in threads of this process."""
    planners = case_planners(company)

    async def run(name: str, now: datetime) -> int:
        return await run_planner(planners[name], database, now=now)

    return run


async def run_planner(plan: Planner | Seeing[Any], database: Database, *, now: datetime) -> int:
    """Run a planner, once, in threads of this process; tells how much it did."""
    if isinstance(plan, Seeing):
        return await plan.run(database, now=now)
    return await database.run(plan, now=now)
