"""Whether we learn, and when; by itself, so that who only asks loads no model. Nothing here commits."""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.company import Company
from store.inserts import insert_into
from store.tables.keys import ProgramKey

SWITCH = "learning"
"""Name of the key under which the database says whether we learn."""
NIGHT_HOURS = range(2, 5)
"""Where the company is; few customers write then."""


class Mode(StrEnum):
    """Whether we learn: each night; no more, but what was learnt is used; or not at all."""

    ON = "on"
    HELD = "held"
    OFF = "off"


def mode_of(session: Session) -> Mode:
    """Tell whether we learn; we do unless somebody said otherwise."""
    said = session.scalar(select(ProgramKey.value).where(ProgramKey.name == SWITCH))
    return Mode.ON if said is None else Mode(said)


def switch(session: Session, mode: Mode) -> None:
    """Say whether we learn."""
    new = insert_into(ProgramKey, dialect=session.get_bind().dialect.name)
    session.execute(
        new.values(name=SWITCH, value=str(mode)).on_conflict_do_update(
            index_elements=["name"], set_={"value": str(mode)}
        )
    )


def is_night(company: Company, now: datetime) -> bool:
    """Tell whether it is night where the company is."""
    return now.astimezone(ZoneInfo(company.timezone)).hour in NIGHT_HOURS
