"""``rapport promises`` and ``rapport concessions``: what was promised and kept, what it cost to make good."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from customers.phrases import SOURCE_LANGUAGE
from feedback.concession_report import WATCHED, Made, Return, concession_report
from feedback.kept_rates import By, KeptRate, kept_rates
from feedback.money import in_words
from store.engine import Database

NOBODY = {By.PERSON: "(removed)", By.TEAM: "(no team)", By.CAUSE: "(not known yet)"}


def promises(database: Database, *, by: By, days: int) -> Iterator[str]:
    """Print how many promises were kept; the worst kept first."""
    with database.reading() as session:
        rates = kept_rates(session, by=by, since=datetime.now(UTC) - timedelta(days=days))
    if not rates:
        yield f"Nothing was promised in the last {days} days."
        return
    yield f"{by.capitalize():<24} {'rate':>6} {'kept':>6} {'broken':>7} {'open':>6} {'withdrawn':>10}"
    for rate in rates:
        yield _kept_line(rate, by)


def concessions(database: Database, *, days: int) -> Iterator[str]:
    """Print what was given to make good, what it cost, and who came back; the most often given first."""
    now = datetime.now(UTC)
    with database.reading() as session:
        report = concession_report(session, now=now, since=now - timedelta(days=days))
    if not report:
        yield f"Nothing was given in the last {days} days."
        return
    header = f"{'Cause':<20} {'kind':<12} {'number':>6} {'cost':>14} {'rate':>6}"
    yield f"{header} {'back':>6} {'stopped':>8} {'quiet':>6} {'too early':>10}"
    for made in report:
        yield _concession_line(made)
    yield f"Back: wrote again more than a day and at most {WATCHED.days} days later, and has not said stop."


def _kept_line(rate: KeptRate, by: By) -> str:
    name = rate.name or NOBODY[by]
    counts = f"{rate.kept:>6} {rate.broken:>7} {rate.open:>6} {rate.withdrawn:>10}"
    return f"{name:<24} {_percent(rate.rate):>6} {counts}"


def _concession_line(made: Made) -> str:
    cost = in_words(made.cost, made.currency, SOURCE_LANGUAGE)
    returns = made.returns
    first = f"{made.cause or NOBODY[By.CAUSE]:<20} {made.kind:<12} {made.number:>6} {cost:>14}"
    counts = f"{returns[Return.BACK]:>6} {returns[Return.STOPPED]:>8} {returns[Return.QUIET]:>6}"
    return f"{first} {_percent(made.retention):>6} {counts} {returns[Return.TOO_EARLY]:>10}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
