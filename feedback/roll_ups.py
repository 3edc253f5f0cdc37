"""What the records of many customers add up to: of the company, of a segment, of a part of the service.

Everything is a sum of the same entries, each with its weight and with its age, so sums can be added: the sum
of a whole is the sum of its parts, however it is cut. Of one customer the sums stand in their summary: from
the index and the weight behind it the weighted values can be had back (``satisfaction.added``), so no entry
need be read again. Sums are stored now and then, by a beat, for reading all customers takes a moment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Float, String, cast, column, delete, func, insert, literal, select, true
from sqlalchemy.orm import Session

from feedback.satisfaction import PRIOR_VALUE, PRIOR_WEIGHT, confidence
from store.decayed import decayed
from store.tables.customers import Customer
from store.tables.feedback import SatisfactionEntry, SatisfactionSum
from store.trends import HALF_LIFE

ASPECT = "aspect"
ASPECTS_OF = timedelta(days=180)
"""What was said of a part of the service earlier is left out: it would weigh less than a quarter."""


@dataclass(frozen=True, slots=True)
class RollUp:
    """What some entries add up to.

    Attributes:
        weight: the sum of their weights, decayed to ``at``.
        told: the sum of their values (0–100), each times its weight.
        number: of customers, or of entries that speak of a part of the service.
        at: the moment to which they are decayed; None where there are none.
    """

    weight: float = 0.0
    told: float = 0.0
    number: int = 0
    at: datetime | None = None

    def __add__(self, other: "RollUp") -> "RollUp":
        """Put two together that have no entry in common, as of the later moment."""
        if self.at is None or other.at is None:
            return other if self.at is None else self
        at = max(self.at, other.at)
        one, two = self.as_of(at), other.as_of(at)
        return RollUp(one.weight + two.weight, one.told + two.told, one.number + two.number, at)

    def as_of(self, moment: datetime) -> "RollUp":
        """Give the same entries as they weigh at another moment; aware UTC."""
        if self.at is None:
            return self
        kept = 2.0 ** (-((moment - self.at) / HALF_LIFE))
        return RollUp(self.weight * kept, self.told * kept, self.number, moment)

    @property
    def mean(self) -> float | None:
        """The weighted mean of the values, 0–100; None where nothing was told.

        No prior is mixed in, so the mean of a whole is the mean of its parts, each with its weight.
        """
        return self.told / self.weight if self.weight > 0 else None

    def confidence(self, now: datetime) -> float:
        """How much evidence there is, 0–1, as of one customer."""
        return confidence(self.weight, self.at, now)


def total(parts: Iterable[RollUp]) -> RollUp:
    """Put all parts together."""
    return sum(parts, start=RollUp())


@dataclass(frozen=True, slots=True)
class Standings:
    """What all records add up to.

    Attributes:
        cells: the customers, cut by standing and language.
        aspects: the parts of the service, of the last 180 days.
    """

    cells: Mapping[tuple[str, str], RollUp]
    aspects: Mapping[str, RollUp]

    @property
    def company(self) -> RollUp:
        """All customers."""
        return total(self.cells.values())

    def of_standing(self, standing: str) -> RollUp:
        """The customers of one standing."""
        return total(one for (kind, _), one in self.cells.items() if kind == standing)

    def by_language(self) -> Mapping[str, RollUp]:
        """The customers of each language."""
        languages = sorted({language for _, language in self.cells})
        return {
            name: total(one for (_, language), one in self.cells.items() if language == name)
            for name in languages
        }


def add_up(session: Session, *, now: datetime) -> Standings:
    """Add up all records as of now; only reads, and that takes a second or so for each million customers."""
    return Standings(cells=_customers(session, now), aspects=_aspects(session, now))


def keep_sums(session: Session, standings: Standings, *, now: datetime) -> None:
    """Keep what all records add up to as of now, in place of what was kept; does not commit."""
    sums = {(kind, name): one for (kind, name), one in standings.cells.items()}
    sums |= {(ASPECT, name): one for name, one in standings.aspects.items()}
    rows = [
        {"kind": kind, "name": name, "weight": one.weight, "told": one.told, "number": one.number, "at": now}
        for (kind, name), one in sums.items()
    ]
    session.execute(delete(SatisfactionSum))
    if rows:
        session.execute(insert(SatisfactionSum), rows)


def kept_sums(session: Session) -> Standings:
    """Give what all records added up to when it was kept last."""
    cells: dict[tuple[str, str], RollUp] = {}
    aspects: dict[str, RollUp] = {}
    for row in session.scalars(select(SatisfactionSum).order_by(SatisfactionSum.kind, SatisfactionSum.name)):
        one = RollUp(row.weight, row.told, row.number, row.at)
        if row.kind == ASPECT:
            aspects[row.name] = one
        else:
            cells[row.kind, row.name] = one
    return Standings(cells, aspects)


def _customers(session: Session, now: datetime) -> Mapping[tuple[str, str], RollUp]:
    """Add up all customers by standing and language, from their summaries."""
    kept = decayed(Customer.evidence_at, now, HALF_LIFE)
    index = func.coalesce(Customer.index, literal(PRIOR_VALUE))
    told = (PRIOR_WEIGHT + Customer.evidence_weight) * index - PRIOR_WEIGHT * PRIOR_VALUE
    rows = session.execute(
        select(
            Customer.standing,
            Customer.language,
            func.sum(Customer.evidence_weight * kept),
            func.sum(told * kept),
            func.count(),
        )
        .where(Customer.evidence_at.is_not(None))
        .group_by(Customer.standing, Customer.language)
    )
    return {
        (str(standing), language): RollUp(weight, told, number, now)
        for standing, language, weight, told, number in rows
    }


def _aspects(session: Session, now: datetime) -> Mapping[str, RollUp]:
    """Add up what entries say of each part of the service; each counts with the weight of its entry."""
    entry = SatisfactionEntry
    sqlite = session.get_bind().dialect.name == "sqlite"
    parts = func.json_each(entry.aspects) if sqlite else func.jsonb_each_text(entry.aspects)
    part = parts.table_valued(column("key", String()), column("value", String()), name="part")
    weight = entry.weight * decayed(entry.at, now, HALF_LIFE)
    rows = session.execute(
        select(part.c.key, func.sum(weight), func.sum(weight * cast(part.c.value, Float())), func.count())
        .select_from(entry)
        .join(part, true())
        .where(entry.at > now - ASPECTS_OF, entry.aspects.is_not(None))
        .group_by(part.c.key)
    )
    return {name: RollUp(weight, told, number, now) for name, weight, told, number in rows}
