"""What everybody of the staff has to do: counted by a beat, and since then only what has come.

Who opens a case must not count all open cases first. So the sums stand in a table, and to these is added what
was opened since they were taken; what has ended or gone to another meanwhile tells at the next count.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, extract, func, select
from sqlalchemy.orm import Session

from feedback.assignment_rules import WEIGHTS
from store.tables.complaints import Complaint, ComplaintState
from store.tables.staff import StaffLoad

AT_WORK_ON = (ComplaintState.OPEN, ComplaintState.CLAIMED, ComplaintState.WAITING)
"""Cases that are somebody's work; one that is resolved waits for the customer's word alone."""

_WEIGHT = case(*((Complaint.severity == severity, weight) for severity, weight in WEIGHTS.items()), else_=1)
_COUNTED = select(StaffLoad)
_ALIKE = (Complaint.owner_id, Complaint.state, Complaint.severity, Complaint.opened_at)
# A batch of messages shares its moment, so even after a burst these are few rows. No more is asked for, so
# that the cases are found by their numbers.
_SINCE = select(*_ALIKE, func.count()).where(Complaint.id > bindparam("counted_to")).group_by(*_ALIKE)


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody has: how many cases, their weight, and their weighted moments of opening in seconds."""

    cases: int = 0
    weight: float = 0.0
    opened: float = 0.0

    def __add__(self, other: "Load") -> "Load":
        """Add what came since."""
        return Load(self.cases + other.cases, self.weight + other.weight, self.opened + other.opened)


@dataclass(frozen=True, slots=True)
class Counted:
    """What everybody has, by their numbers; and the number of the last case that was looked at."""

    loads: Mapping[int, Load]
    to: int


def count_loads(session: Session, *, now: datetime | None = None) -> Counted:
    """Add up all open cases; only reads. ``now`` says nothing here: it is what a beat gives."""
    del now
    last = session.scalar(select(func.max(Complaint.id))) or 0
    sums = (
        select(
            Complaint.owner_id,
            func.count(),
            func.sum(_WEIGHT),
            func.sum(_WEIGHT * extract("epoch", Complaint.opened_at)),
        )
        .where(Complaint.id <= last, Complaint.state.in_(AT_WORK_ON), Complaint.owner_id.is_not(None))
        .group_by(Complaint.owner_id)
    )
    loads = {
        owner: Load(cases, float(weight), float(opened))
        for owner, cases, weight, opened in session.execute(sums)
    }
    return Counted(loads, last)


def note_loads(session: Session, counted: Counted, *, now: datetime) -> int:
    """Keep what was counted; a planner that leaves nothing to send. Does not commit."""
    del now
    before = {row.staff_id: row for row in session.scalars(select(StaffLoad))}
    for staff_id in counted.loads.keys() | before.keys():
        load = counted.loads.get(staff_id, Load())
        row = before.get(staff_id)
        if row is None:
            row = StaffLoad(staff_id=staff_id)
            session.add(row)
        row.cases, row.weight, row.opened = load.cases, load.weight, load.opened
        row.counted_to = counted.to
    return 0


def current_loads(session: Session) -> Mapping[int, Load]:
    """Give what everybody has: as counted last, and what was opened since; all of it where nobody counted."""
    rows = session.scalars(_COUNTED).all()
    if not rows:
        return count_loads(session).loads
    loads = {row.staff_id: Load(row.cases, row.weight, row.opened) for row in rows}
    counted_to = max(row.counted_to for row in rows)
    for owner, state, severity, opened_at, cases in session.execute(_SINCE, {"counted_to": counted_to}):
        if owner is None or state not in AT_WORK_ON:
            continue
        weight = cases * WEIGHTS[severity]
        loads[owner] = loads.get(owner, Load()) + Load(cases, weight, weight * opened_at.timestamp())
    return loads
