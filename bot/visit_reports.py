"""``rapport visits coverage``: what became of the return visits that fell due."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from scheduler.local_clock import local_date
from scheduler.programmes.coverage import IN_TIME, By, Coverage, count_coverage
from store.engine import Database

NOBODY = {By.PROGRAMME: "(unknown)", By.CONTACT: "(no contact)", By.STANDING: "(unknown)"}


def coverage(database: Database, *, by: By, days: int, timezone: str) -> Iterator[str]:
    """Print how many visits that fell due were made, in time and answered; the most due first."""
    until = local_date(datetime.now(UTC), timezone)
    with database.reading() as session:
        rows = count_coverage(session, since=until - timedelta(days=days), until=until, by=by)
    if not rows:
        yield f"No visit fell due in the last {days} days."
        return
    counts = (
        f"{'due':>7} {'possible':>9} {'made':>7} {'rate':>6} {'in time':>8} {'answered':>9} {'waiting':>8}"
    )
    yield f"{by.capitalize():<24} {counts}  missed"
    for row in rows:
        yield _line(row, by)
    yield f"In time: it left at most {IN_TIME.days} days after its date. Possible: made, or missed by us."


def _line(row: Coverage, by: By) -> str:
    share = "–" if row.share is None else f"{row.share:.0%}"
    missed = ", ".join(f"{reason} {number}" for reason, number in row.missed.most_common())
    counts = f"{row.due:>7} {row.possible:>9} {row.made:>7} {share:>6} {row.in_time:>8}"
    return f"{row.name or NOBODY[by]:<24} {counts} {row.answered:>9} {row.waiting:>8}  {missed}".rstrip()
