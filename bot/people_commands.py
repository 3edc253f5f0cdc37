"""``rapport staff duty`` and ``leave``: who is there, who takes over; what these change is told at once."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Literal

from sqlalchemy.orm import Session

from bot.config import Settings
from bot.staff_commands import duty_in_words
from customers.company import Company
from customers.duty import go_away, go_off_duty, go_on_duty
from customers.staff import find_member
from feedback.assignment import look_again
from feedback.handover import Received, leave, successors_of
from feedback.natural_times import Place, read_moment
from handlers.staff.handover_words import handover_told
from handlers.staff.owners import given_at_once
from store.engine import Database
from store.errors import InputError
from store.outbox import enqueue
from store.tables.staff import Staff

DAY_BEGINS = time(0)
"""Who is away until Monday is back on Monday."""


def set_duty(
    database: Database,
    settings: Settings,
    *,
    who: str,
    what: Literal["on", "off", "away"],
    until: str | None,
    cover: str | None,
) -> Iterator[str]:
    """Put somebody on or off duty, or let them be away; yields what to tell the operator.

    Raises:
        InputError: an option is missing or does not belong here, or the time cannot be read.
        NotFoundError: nobody is called so.
    """
    if (what == "away") != (until is not None):
        raise InputError("--until belongs to away, which needs it: rapport staff duty WHO away --until 2d")
    if cover is not None and what != "away":
        raise InputError("--cover belongs to away: who is off duty is stood in for by others anyway")
    now, company = datetime.now(UTC), settings.company
    with database.transaction() as session:
        member = find_member(session, who)
        if until is None:
            (go_on_duty if what == "on" else go_off_duty)(member)
        else:
            place = Place(company.timezone, company.language, company.country, day_ends=DAY_BEGINS)
            moment = read_moment(until, place, now=now)
            if moment.rest:
                raise InputError(f"after the time stands {moment.rest!r}: name who stands in with --cover")
            stands_in = None if cover is None else find_member(session, cover)
            go_away(member, until=moment.at, cover=stands_in, now=now)
        session.flush()
        look_again(session)
        moved = given_at_once(session, company=company, now=now)
        enqueue(session, moved, now=now)
    yield f"{member.name} is {duty_in_words(member, now)}."
    if moved:
        yield "Cases that were theirs went to others, who are told in the staff chat."


def let_leave(
    database: Database, settings: Settings, *, who: str, to: str | None, spread: bool, team: str | None
) -> Iterator[str]:
    """Hand over all that is somebody's and end their access; yields what to tell the operator.

    Raises:
        InputError: it is not clear who takes over, or nobody can.
        NotFoundError: nobody is called so.
    """
    if (to is None) == (not spread):
        raise InputError("who takes over? Name somebody with --to, or give --spread")
    if team is not None and not spread:
        raise InputError("--team belongs to --spread")
    now, company = datetime.now(UTC), settings.company
    with database.transaction() as session:
        leaver = find_member(session, who)
        receivers = _receivers(session, leaver, to, team, company)
        received = leave(session, leaver, receivers, company=company, now=now)
        enqueue(session, handover_told(session, leaver, received, company=company, now=now), now=now)
    yield f"{leaver.name} has left and has no access any more."
    for one in received:
        yield _line(one)


def _receivers(
    session: Session, leaver: Staff, to: str | None, team: str | None, company: Company
) -> Sequence[Staff]:
    if to is not None:
        return [find_member(session, to)]
    return successors_of(session, leaver, channels=company.channels, team=team)


def _line(one: Received) -> str:
    counts = (("customer", one.contacts), ("open case", one.cases), ("open promise", one.promises))
    told = ", ".join(f"{len(what)} {name}{'s' * (len(what) != 1)}" for name, what in counts)
    return f"{one.to.name} takes over {told}."
