"""``rapport outreach suppressed``: what was not said first, and why."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from customers.phrases import SOURCE_LANGUAGE, phrases
from handlers.marketing.suppressed import in_words
from scheduler.campaigns.queueing import find_campaign
from scheduler.suppressions import count_suppressed, list_suppressed, occasion_of_campaign
from store.engine import Database


def suppressed(database: Database, *, days: int, campaign: int | None, limit: int) -> Iterator[str]:
    """Print how much was not said, by purpose and reason, then the newest of it.

    Raises:
        NotFoundError: there is no such campaign.
    """
    since = datetime.now(UTC) - timedelta(days=days)
    with database.reading() as session:
        occasion = None if campaign is None else occasion_of_campaign(find_campaign(session, campaign))
        counts = count_suppressed(session, since=since, occasion=occasion)
        newest = list_suppressed(session, since=since, occasion=occasion, limit=limit)
    if not counts:
        yield f"Nothing was left unsaid in the last {days} days."
        return
    say = phrases(SOURCE_LANGUAGE)
    yield f"{'purpose':<12} {'number':>8}  reason"
    for purpose, reasons in counts.items():
        for reason, number in reasons.items():
            yield f"{purpose:<12} {number:>8}  {in_words(reason, say)}"
    for one in newest:
        name = f"customer {one.customer_id} ({one.name})" if one.name else f"customer {one.customer_id}"
        yield f"{one.at:%Y-%m-%d %H:%M} UTC  {one.occasion}  {name}: {in_words(one.reason, say)}"
