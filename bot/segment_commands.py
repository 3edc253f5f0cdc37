"""``rapport segments``: whom filters pick, and those that are kept by name; what is told is in English."""

from collections.abc import Iterator
from datetime import UTC, datetime

from customers.company import Company
from customers.phrases import SOURCE_LANGUAGE, phrases
from handlers.marketing.segments import count_in_words
from scheduler.segments.counting import count_segment, numbers_in, sample
from scheduler.segments.fields import FIELDS
from scheduler.segments.mistakes import SegmentError
from scheduler.segments.names import find_segment
from scheduler.segments.saved import list_segments, remove_segment, save_segment, uses_of
from store.engine import Database
from store.errors import InputError, NotFoundError

AT_ONCE = 1000
"""Numbers that are printed together."""


def listing(database: Database) -> Iterator[str]:
    """List the segments that are kept."""
    with database.reading() as session:
        saved = list_segments(session)
    if not saved:
        yield "No segment is saved. Save one: rapport segments save NAME FILTER"
    for one in saved:
        yield f"{one.name}: {one.filter}"


def fields() -> Iterator[str]:
    """Explain all that a filter can ask, each by an example."""
    say = phrases(SOURCE_LANGUAGE)
    width = max(len(field.example) for field in FIELDS)
    for field in FIELDS:
        yield f"{field.example:<{width}}  {field.means(say)}"


def show(database: Database, name: str, *, company: Company) -> Iterator[str]:
    """Show a segment: its filter, how many it picks, and what makes use of it.

    Raises:
        NotFoundError: none is called so.
        InputError: what it names is gone.
    """
    now = datetime.now(UTC)
    with database.reading() as session:
        found = find_segment(session, name)
        if found is None:
            raise NotFoundError(f"there is no segment {name!r}: `rapport segments list` names them")
        yield f"{found.name}: {found.body['filter']}"
        for use in uses_of(session, found.name, now=now):
            yield f"used by {use.by} {use.name}"
    yield from count(database, found.name, company=company)


def count(database: Database, source: str, *, company: Company) -> Iterator[str]:
    """Count whom a filter, or a segment that is kept, picks; and name a few by number.

    Raises:
        InputError: it cannot be read.
    """
    now = datetime.now(UTC)
    try:
        with database.reading() as session:
            counted = count_segment(session, source, company=company, now=now)
            few = sample(session, source, company=company, now=now)
    except SegmentError as error:
        raise _in_english(error) from error
    yield count_in_words(counted, phrases(SOURCE_LANGUAGE))
    if few:
        yield f"for example the customers no. {', '.join(str(one.id) for one in few)}"


def numbers(database: Database, source: str, *, company: Company) -> Iterator[str]:
    """Give the numbers of all whom a filter, or a segment that is kept, picks.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with database.reading() as session:
            found = numbers_in(session, source, company=company, now=datetime.now(UTC))
    except SegmentError as error:
        raise _in_english(error) from error
    for start in range(0, len(found), AT_ONCE):
        yield "\n".join(map(str, found[start : start + AT_ONCE]))


def save(database: Database, name: str, source: str, *, company: Company) -> Iterator[str]:
    """Keep a filter by a name, in place of the one that it stood for.

    Raises:
        InputError: it cannot be called so, or the filter cannot be read.
    """
    now = datetime.now(UTC)
    try:
        with database.transaction() as session:
            before = find_segment(session, name)
            was = None if before is None else before.body["filter"]
            kept = save_segment(session, name, source, company=company, staff_id=None, now=now)
    except SegmentError as error:
        raise _in_english(error) from error
    yield f"The segment {kept.name} is saved: {kept.filter}"
    if was is not None and was != kept.filter:
        yield f"It was: {was}"
    yield from count(database, kept.name, company=company)


def remove(database: Database, name: str) -> str:
    """Take a segment away.

    Raises:
        NotFoundError: none is called so.
        InputError: something makes use of it.
    """
    with database.transaction() as session:
        gone = remove_segment(session, name, now=datetime.now(UTC))
    return f"The segment {gone.name} is gone. It was: {gone.filter}"


def _in_english(error: SegmentError) -> InputError:
    return InputError(error.in_words(phrases(SOURCE_LANGUAGE)))
