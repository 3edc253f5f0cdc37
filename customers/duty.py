"""Who of the staff is there: on and off duty, away until a moment, and who stands in."""

from datetime import datetime

from store.errors import InputError
from store.tables.staff import Staff


def is_on_duty(staff: Staff, now: datetime) -> bool:
    """Tell whether somebody works here, is on duty, and is not away at a moment (aware)."""
    return staff.active and staff.on_duty and not is_away(staff, now)


def is_away(staff: Staff, now: datetime) -> bool:
    """Tell whether somebody is away at a moment (aware); their absence ends by itself."""
    return staff.away_until is not None and staff.away_until > now


def go_on_duty(staff: Staff) -> None:
    """Put somebody on duty, whether they were off duty or away; does not commit."""
    staff.on_duty = True
    staff.away_until = staff.cover_id = None


def go_off_duty(staff: Staff) -> None:
    """Take somebody off duty until they are put on it again; does not commit."""
    staff.on_duty = False


def go_away(staff: Staff, *, until: datetime, cover: Staff | None = None, now: datetime) -> None:
    """Let somebody be away until a moment; does not commit.

    Args:
        staff: who.
        until: aware; from then on they are back by themselves.
        cover: who stands in for them; None for nobody in particular.
        now: aware UTC.

    Raises:
        InputError: the moment has passed, or the cover is themselves or has left.
    """
    if until <= now:
        raise InputError("this moment has passed: give one to come")
    if cover is not None and cover.id == staff.id:
        raise InputError(f"{staff.name} cannot stand in for themselves: name somebody else")
    if cover is not None and not cover.active:
        raise InputError(f"{cover.name} has left and cannot stand in: name somebody else")
    staff.away_until = until
    staff.cover_id = None if cover is None else cover.id
