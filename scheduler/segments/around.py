"""What a condition is read with: where we are, when, and in which text it stands."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from sqlalchemy.orm import Session

from customers.company import Company
from customers.time_zones import zone_info
from scheduler.segments.mistakes import SegmentError, Worded
from scheduler.segments.tree import Place, Span, Unit


@dataclass(frozen=True, slots=True)
class Around:
    """What is the same for all conditions of one text.

    Attributes:
        session: where names are looked up.
        company: who we are; its zone says when a day begins.
        now: the moment that «30 days ago» counts from; aware UTC.
        source: the text.
        of_all: whether it is asked of all customers together, and not of one or of a few after each other.
    """

    session: Session
    company: Company
    now: datetime
    source: str
    of_all: bool = False

    @property
    def as_set(self) -> bool:
        """Whether what stands in other tables is best gathered first, and customers looked up in it.

        SQLite asks every customer anew where it is told to; PostgreSQL finds out by itself which is better.
        """
        return self.of_all and self.session.get_bind().dialect.name == "sqlite"

    def ago(self, span: Span) -> datetime:
        """Tell the moment so long before now, by the company's calendar."""
        match span.unit:
            case Unit.HOURS:
                return self.now - timedelta(hours=span.number)
            case Unit.MONTHS | Unit.YEARS:
                return self.now - relativedelta(**{str(span.unit): span.number})  # type: ignore[arg-type]
            case _:
                return self.now - timedelta(**{str(span.unit): span.number})

    def begins(self, day: date) -> datetime:
        """Tell the moment at which a day begins where the company is."""
        return datetime.combine(day, time(), zone_info(self.company.timezone))

    @property
    def today(self) -> date:
        """The day it is where the company is."""
        return self.now.astimezone(zone_info(self.company.timezone)).date()

    def wrong(self, place: Place, worded: Worded, *, inside: SegmentError | None = None) -> SegmentError:
        """Point at a mistake; ``inside`` is that of the saved segment which is named there."""
        return SegmentError(self.source, place, worded, language=self.company.language, inside=inside)
