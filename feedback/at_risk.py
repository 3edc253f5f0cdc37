"""Who may be lost, and why: a content customer who turned unhappy, or one who fell silent after a complaint.

The reasons are decided by a pure function over what is known of one customer. Among many customers, queries
find by an index those of whom it may be true; all others are not looked at.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam, delete, exists, func, insert, literal_column, select, union, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from feedback.satisfaction import Evidence, change
from store.many_rows import ManyRows
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer, Standing
from store.tables.feedback import CustomerAtRisk, RiskReason, SatisfactionEntry
from store.trends import TREND_LEAST_WEIGHT, TREND_WINDOW, Trend

HAPPY_FROM = 60.0
"""A mean value from here on is that of a content customer; what we expect of one of whom we know nothing."""
UNHAPPY_BELOW = 40.0
SILENT_AFTER = timedelta(days=14)
"""Who complained and has not written for so long has fallen silent."""
LOST_AFTER = timedelta(days=90)
"""A complaint of so long ago says nothing of a silence of today."""
AT_ONCE = 500
"""Customers whose entries are read together."""

_UNSETTLED = (
    ComplaintState.OPEN,
    ComplaintState.CLAIMED,
    ComplaintState.WAITING,
    ComplaintState.RESOLVED,
    ComplaintState.UNCONFIRMED,
)
"""States of a complaint of which the customer has not said that it is solved."""

_NEW = ManyRows(insert(CustomerAtRisk), ("reason", "since", "customer_id"))
_OTHER = ManyRows(
    update(CustomerAtRisk)
    .where(CustomerAtRisk.customer_id == bindparam("number"))
    .values(reason=bindparam("now_reason"), since=bindparam("now_since")),
    ("now_reason", "now_since", "number"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A customer's newest complaint of which they have not said that it is solved.

    Attributes:
        complaint_id: which.
        opened_at: when they complained.
    """

    complaint_id: int
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one customer.

    Attributes:
        evidence: the entries of their record.
        last_contact_at: when they wrote last.
        case: the complaint that is not settled; None where there is none.
    """

    evidence: Sequence[Evidence]
    last_contact_at: datetime
    case: Case | None = None


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Why a customer may be lost.

    Attributes:
        reason: which of the two.
        since: when it began: with the first unhappy entry of the last 30 days, or their last words.
        before: of one who turned, the mean value (0–100) of their entries until 30 days ago.
        lately: the mean value of those since.
        complaint_id: of one who fell silent, what they complained of.
    """

    reason: RiskReason
    since: datetime
    before: float = 0.0
    lately: float = 0.0
    complaint_id: int | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What is no longer as it was kept.

    Attributes:
        gone: customers who are no longer at risk.
        new: customers who were not kept as being at risk.
        other: customers whose risk is another than was kept.
    """

    gone: Sequence[int]
    new: Mapping[int, AtRisk]
    other: Mapping[int, AtRisk]


def at_risk(known: Known, now: datetime) -> AtRisk | None:
    """Decide whether a customer may be lost, and why; None where nothing says so.

    Somebody turned whose entries until 30 days ago have a mean of 60 or more, and those since below 40, where
    the difference is more than chance (``satisfaction.change``). Somebody fell silent who complained within
    90 days, has not said that it is solved, told us nothing good since (60 or more), and has not written for
    14 days.

    Args:
        known: what is known of the customer.
        now: aware UTC.
    """
    return _turned(known.evidence, now) or _fell_silent(known, now)


def _turned(evidence: Sequence[Evidence], now: datetime) -> AtRisk | None:
    changed = change(evidence, now)
    if changed is None or changed.trend is not Trend.FALLING:
        return None
    if changed.before < HAPPY_FROM or changed.lately >= UNHAPPY_BELOW:
        return None
    since = min(one.at for one in evidence if one.at > now - TREND_WINDOW and one.value < UNHAPPY_BELOW)
    return AtRisk(RiskReason.TURNED, since, before=changed.before, lately=changed.lately)


def _fell_silent(known: Known, now: datetime) -> AtRisk | None:
    case = known.case
    if case is None or now - case.opened_at > LOST_AFTER or now - known.last_contact_at < SILENT_AFTER:
        return None
    if any(one.at > case.opened_at and one.value >= HAPPY_FROM for one in known.evidence):
        return None
    return AtRisk(RiskReason.SILENT, known.last_contact_at, complaint_id=case.complaint_id)


def risks_of(session: Session, customer_ids: Iterable[int], now: datetime) -> Mapping[int, AtRisk]:
    """Decide of each of some customers, from what is stored, whether they may be lost; only reads."""
    ids = sorted(set(customer_ids))
    found: dict[int, AtRisk] = {}
    for some in _chunks(ids):
        for customer_id, known in _known(session, some).items():
            risk = at_risk(known, now)
            if risk is not None:
                found[customer_id] = risk
    return found


def find_at_risk(session: Session, *, now: datetime) -> Mapping[int, AtRisk]:
    """Find all customers who may be lost; only reads.

    Of the others hardly one is looked at: who turned has unhappy entries of the last 30 days, who fell silent
    an unsettled complaint of the last 90.
    """
    return risks_of(session, session.scalars(union(_may_have_turned(now), _may_be_silent(now))), now)


def changes_of(session: Session, found: Mapping[int, AtRisk]) -> Changes:
    """Compare those who may be lost with those who were kept as such; only reads."""
    kept = {row[0]: (row[1], row[2]) for row in session.execute(select(CustomerAtRisk.__table__))}
    return Changes(
        gone=sorted(kept.keys() - found.keys()),
        new={number: risk for number, risk in found.items() if number not in kept},
        other={
            number: risk
            for number, risk in found.items()
            if number in kept and kept[number] != (risk.reason, risk.since)
        },
    )


def note_at_risk(session: Session, changes: Changes) -> None:
    """Keep who may be lost, and forget who no longer is; does not commit."""
    connection = session.connection()
    for some in _chunks(changes.gone):
        session.execute(delete(CustomerAtRisk).where(CustomerAtRisk.customer_id.in_(some)))
    for some in _chunks(sorted(changes.new)):
        _NEW.run(connection, _rows(session, Customer.id, some, changes.new))
    for some in _chunks(sorted(changes.other)):
        _OTHER.run(connection, _rows(session, CustomerAtRisk.customer_id, some, changes.other))


def list_at_risk(session: Session, limit: int) -> Sequence[int]:
    """Name the customers who may be lost as of the last look: key customers first, then the newest."""
    # Not a join: PostgreSQL would read all customers for it.
    standing = select(Customer.standing).where(Customer.id == CustomerAtRisk.customer_id).scalar_subquery()
    return session.scalars(
        select(CustomerAtRisk.customer_id)
        .order_by((standing == Standing.KEY).desc(), CustomerAtRisk.since.desc())
        .limit(limit)
    ).all()


def count_at_risk(session: Session) -> Mapping[RiskReason, int]:
    """Count the customers who may be lost as of the last look, by reason."""
    rows = session.execute(select(CustomerAtRisk.reason, func.count()).group_by(CustomerAtRisk.reason)).all()
    return {row[0]: row[1] for row in rows}


def _rows(
    session: Session, here: InstrumentedAttribute[int], ids: Sequence[int], risks: Mapping[int, AtRisk]
) -> list[tuple[RiskReason, datetime, int]]:
    """Give the rows of some customers, except of those who were erased meanwhile."""
    return [
        (risks[number].reason, risks[number].since, number)
        for number in session.scalars(select(here).where(here.in_(ids)).order_by(here))
    ]


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _may_have_turned(now: datetime) -> Select[int]:
    """Select customers whose last 30 days may have a mean that is low enough.

    Decay inside of 30 days moves a mean of 40 to 46 at most, so 50 lets nobody slip through.
    """
    entry = SatisfactionEntry
    number = entry.customer_id + literal_column("0")  # or SQLite reads all entries, customer by customer
    return (
        select(number)
        .where(entry.at > now - TREND_WINDOW)
        .group_by(number)
        .having(
            func.sum(entry.weight) >= TREND_LEAST_WEIGHT,
            func.sum(entry.weight * entry.value) < 50.0 * func.sum(entry.weight),
        )
    )


def _may_be_silent(now: datetime) -> Select[int]:
    """Select customers with an unsettled complaint who have not written for long, and said nothing good."""
    good = exists().where(
        SatisfactionEntry.customer_id == Complaint.customer_id,
        SatisfactionEntry.at > Complaint.opened_at,
        SatisfactionEntry.value >= HAPPY_FROM,
    )
    return (
        select(Complaint.customer_id)
        .join(Customer, Customer.id == Complaint.customer_id)
        .where(
            Complaint.state.in_(_UNSETTLED),
            Complaint.opened_at >= now - LOST_AFTER,
            Complaint.opened_at <= now - SILENT_AFTER,
            Customer.last_contact_at <= now - SILENT_AFTER,
            ~good,
        )
    )


def _known(session: Session, ids: Sequence[int]) -> Mapping[int, Known]:
    """Load what is known of some customers; those who are gone are left out."""
    entry = SatisfactionEntry
    evidence: dict[int, list[Evidence]] = defaultdict(list)
    of_them = select(entry.customer_id, entry.value, entry.weight, entry.at).where(entry.customer_id.in_(ids))
    for number, value, weight, at in session.execute(of_them):
        evidence[number].append(Evidence(value, weight, at))
    unsettled = (
        select(Complaint.customer_id, Complaint.id, Complaint.opened_at)
        .where(Complaint.customer_id.in_(ids), Complaint.state.in_(_UNSETTLED))
        .order_by(Complaint.id)
    )
    cases = {row.customer_id: Case(row.id, row.opened_at) for row in session.execute(unsettled)}
    wrote = session.execute(select(Customer.id, Customer.last_contact_at).where(Customer.id.in_(ids)))
    return {number: Known(evidence[number], at, cases.get(number)) for number, at in wrote}
