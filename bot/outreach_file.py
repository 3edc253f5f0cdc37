"""How a company speaks first, in a TOML file that people edit: read, and every fault of it named."""

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from bot.config_rules import broken
from bot.toml_faults import read_checked
from bot.toml_text import value_text
from customers.outreach import EVERY_HOLD, YIELDING, Hold, Outreach
from store.errors import InputError
from store.tables.customers import Purpose

USUAL = Outreach()
LONGEST_WITHIN = timedelta(days=366)
MOST = 1000
LONGEST_SEED = 64
"""Bytes of a key that BLAKE2b takes (``scheduler.trials.assignment``)."""

UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_TERM = re.compile(r"([1-9][0-9]{0,4})([hdw])", re.ASCII)


def _term(written: object) -> timedelta:
    if isinstance(written, timedelta):
        return written
    found = _TERM.fullmatch(written.strip()) if isinstance(written, str) else None
    term = UNITS[found[2]] * int(found[1]) if found else None
    if term is None or term > LONGEST_WITHIN:
        raise broken('it must be a number of hours, days or weeks up to a year, e.g. "7d"')
    return term


def _each_once(purposes: Sequence[Purpose]) -> Sequence[Purpose]:
    if sorted(purposes) != sorted(YIELDING):
        named = ", ".join(f'"{purpose}"' for purpose in YIELDING)
        raise broken(f"it must name each purpose once: {named}, in an order of your own")
    return purposes


def _seed(text: str) -> str:
    if not text.strip() or not text.isprintable() or len(text.encode()) > LONGEST_SEED:
        raise broken(f"it must be one line of at most {LONGEST_SEED} bytes")
    return text


def _no_boolean(value: object) -> object:
    """Refuse true and false where a number is meant: in Python they are 1 and 0."""
    if isinstance(value, bool):
        raise broken("it must be a number")
    return value


class _File(BaseModel):
    """The file; a key that is none is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    most: Annotated[int, BeforeValidator(_no_boolean), Field(ge=1, le=MOST)] = USUAL.most
    within: Annotated[timedelta, BeforeValidator(_term)] = USUAL.within
    yielding: Annotated[tuple[Purpose, ...], AfterValidator(_each_once)] = tuple(USUAL.yielding)
    holds: dict[Purpose, frozenset[Hold]] = {}
    bad_rating_days: Annotated[
        float, BeforeValidator(_no_boolean), Field(gt=0, le=365, allow_inf_nan=False)
    ] = USUAL.bad_rating_days
    best_hours: bool = USUAL.best_hours
    holdout: Annotated[float, BeforeValidator(_no_boolean), Field(ge=0, le=0.5, allow_inf_nan=False)] = (
        USUAL.holdout
    )
    seed: Annotated[str, AfterValidator(_seed)] = USUAL.seed

    def as_outreach(self) -> Outreach:
        return Outreach(
            most=self.most,
            within=self.within,
            yielding=self.yielding,
            holds=MappingProxyType(dict(self.holds)),
            bad_rating_days=self.bad_rating_days,
            best_hours=self.best_hours,
            holdout=self.holdout,
            seed=self.seed,
        )


def read_outreach(path: Path) -> Outreach:
    """Read how a company speaks first from a file; what it leaves out is as it is without one.

    Raises:
        InputError: it cannot be read or used; every fault is told with its key, and its line where known.
    """
    return read_checked(path, _File, shown_by="rapport outreach show").as_outreach()


def check_outreach(path: Path) -> Path:
    """Refuse a file that does not say how we speak first; for the setting that names it."""
    try:
        read_outreach(path)
    except InputError as error:
        raise broken(f"{error}\n    (docs/outreach.md explains every key)") from None
    return path


def in_words(outreach: Outreach) -> str:
    """Say in one line how a company speaks first."""
    loosened = sorted(str(one) for one in Purpose if outreach.held_by(one) != EVERY_HOLD)
    holds = f"less holds back {', '.join(loosened)}" if loosened else "all that can holds back"
    messages = "message" if outreach.most == 1 else "messages"
    most = f"at most {outreach.most} {messages} in {_spoken(outreach.within)}"
    return f"{most}, {holds}, holdout {outreach.holdout:g}"


HEAD = """\
# How we speak first. RAPPORT_OUTREACH names this file; `rapport outreach check` says what is wrong with it.
# docs/outreach.md explains every key. What is left out is as it is without a file.
"""


def as_toml(outreach: Outreach) -> str:
    """Write how a company speaks first as a file that ``read_outreach`` reads: the beginning of one's own."""
    holds = "\n".join(
        f"{purpose} = {value_text([hold for hold in Hold if hold in outreach.held_by(purpose)])}"
        for purpose in Purpose
    )
    return f"""{HEAD}
# How many messages that nobody asked for a customer gets at most, over all of them, and in which time.
most = {outreach.most}
within = {value_text(_written(outreach.within))}

# Where more would be sent than may be: what yields first, and so on; the last goes before all others.
yielding = {value_text(outreach.yielding)}

# For how many days a rating of one or two stars holds back; a better one lifts it at once.
bad_rating_days = {outreach.bad_rating_days:g}

# Whether messages leave at the hour at which a customer usually writes.
best_hours = {str(outreach.best_hours).lower()}

# Which part of an audience gets nothing, 0 to 0.5, so that we see what it does; and the seed of that draw.
holdout = {outreach.holdout:g}
seed = {value_text(outreach.seed)}

# What holds back a message, beside the customer's own word, for each purpose.
[holds]
{holds}
"""


def _spoken(term: timedelta) -> str:
    number, unit = _in_units(term)
    name = {"h": "hour", "d": "day"}[unit]
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def _written(term: timedelta) -> str:
    number, unit = _in_units(term)
    return f"{number}{unit}"


def _in_units(term: timedelta) -> tuple[int, str]:
    """Give a term as a whole number of the larger unit that it is made of."""
    unit = next(unit for unit in ("d", "h") if not term % UNITS[unit])
    return term // UNITS[unit], unit
