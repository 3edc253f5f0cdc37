"""How many promises are kept: by person, by team, by cause."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, null, select
from sqlalchemy.orm import Session

from store.tables.complaints import Complaint
from store.tables.desk import Promise, PromiseState
from store.tables.staff import Staff


class By(StrEnum):
    """What kept-rates are told apart by."""

    PERSON = "person"
    TEAM = "team"
    CAUSE = "cause"


@dataclass(frozen=True, slots=True)
class KeptRate:
    """What became of the promises of somebody, or about something.

    Attributes:
        number: of the member of staff; None where it is no person, or they were deleted.
        name: of the person, the team or the cause; None where there is none.
        kept: those kept, by the word of staff (or of the customer, too).
        confirmed: of these, those that the customer called kept.
        broken: those that were due and not kept, or that the customer called not kept.
        open: those that are not yet due.
        withdrawn: those that were taken back.
    """

    number: int | None
    name: str | None
    kept: int
    confirmed: int
    broken: int
    open: int
    withdrawn: int

    @property
    def rate(self) -> float | None:
        """Which part of those that are over was kept, 0–1; None where none is over yet.

        One that was withdrawn in time is neither kept nor broken.
        """
        over = self.kept + self.broken
        return self.kept / over if over else None


def kept_rates(session: Session, *, by: By, since: datetime | None = None) -> Sequence[KeptRate]:
    """Count what became of promises, the worst kept first.

    Args:
        session: the open transaction.
        by: what they are told apart by; a person's are those that they have to keep or had to.
        since: of promises made since then; None is of all.
    """
    number = Staff.id if by is By.PERSON else null()
    name = {By.PERSON: Staff.name, By.TEAM: Staff.team, By.CAUSE: Complaint.cause}[by]
    query = (
        select(number, name, Promise.state, func.count())
        .select_from(Promise)
        .outerjoin(Staff, Staff.id == Promise.staff_id)
        .outerjoin(Complaint, Complaint.id == Promise.complaint_id)
        .group_by(*((Staff.id, name) if by is By.PERSON else (name,)), Promise.state)
    )
    if since is not None:
        query = query.where(Promise.made_at >= since)
    counts: dict[tuple[int | None, str | None], Counter[PromiseState]] = defaultdict(Counter)
    for whose, named, state, count in session.execute(query):
        counts[whose, named][state] += count
    rates = [_rate(whose, named, states) for (whose, named), states in counts.items()]
    return sorted(rates, key=_the_worst_first)


def _rate(number: int | None, name: str | None, states: Counter[PromiseState]) -> KeptRate:
    return KeptRate(
        number=number,
        name=name,
        kept=states[PromiseState.KEPT] + states[PromiseState.CONFIRMED],
        confirmed=states[PromiseState.CONFIRMED],
        broken=states[PromiseState.BROKEN],
        open=states[PromiseState.OPEN],
        withdrawn=states[PromiseState.WITHDRAWN],
    )


def _the_worst_first(rate: KeptRate) -> tuple[float, int, str]:
    kept = 2.0 if rate.rate is None else rate.rate
    return kept, -rate.broken, rate.name or ""
