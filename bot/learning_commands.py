"""``rapport learning``: what was learnt from the company, and whether it is used."""

from collections.abc import Iterator
from typing import Any

from feedback.learning.keeping import find_in_use, list_versions, roll_back
from feedback.learning.labels import find_labels
from feedback.learning.switch import Mode, mode_of, switch
from store.engine import Database
from store.tables.learning import LearntVersion

MEANING = {
    Mode.ON: "on: each night it is tried whether the company's labels make reading better",
    Mode.HELD: "held: nothing new is learnt; what was learnt before is used",
    Mode.OFF: "off: the shipped model reads alone",
}
FIGURE = {"sentiment": "macro-F1", "complaint": "area under the curve"}


def do(database: Database, what: str, *, limit: int) -> Iterator[str]:
    """Do what was asked for: ``status``, ``rollback``, or ``on`` or ``off``; gives the lines to tell.

    Raises:
        NotFoundError: there is nothing to roll back.
    """
    if what == "status":
        yield from _status(database, limit=limit)
    elif what == "rollback":
        yield _roll_back(database)
    else:
        yield _turn(database, Mode(what))


def _status(database: Database, *, limit: int) -> Iterator[str]:
    """Tell whether we learn, from what, and what it was worth; no customer's words."""
    with database.reading() as session:
        mode, in_use = mode_of(session), find_in_use(session)
        versions, labels = list_versions(session, limit), find_labels(session)
    yield f"Learning is {MEANING[mode]}."
    sentiments = sum(label.sentiment is not None for label in labels)
    complaints = sum(label.complaint is not None for label in labels)
    customers = len({label.customer_id for label in labels})
    yield (
        f"Labels: {sentiments:,} of sentiment (ratings), {complaints:,} of complaints (staff and settled"
        f" cases), of {customers:,} customers."
    )
    yield f"In use: version {in_use}." if in_use else "In use: the shipped model alone."
    for version in versions:
        yield f"version {version.id}, {version.made_at:%Y-%m-%d %H:%M} UTC: {_state(version)}"
        for verdict in version.figures["verdicts"]:
            yield f"  {_verdict(verdict)}"


def _roll_back(database: Database) -> str:
    with database.transaction() as session:
        before, after = roll_back(session)
    now = f"version {after}" if after else "the shipped model alone"
    return (
        f"Version {before} is out of use; {now} reads within a minute, and nothing new is learnt until"
        " `rapport learning on`."
    )


def _turn(database: Database, mode: Mode) -> str:
    with database.transaction() as session:
        switch(session, mode)
    return f"Learning is {MEANING[mode]}; a program that runs follows within a minute."


def _state(version: LearntVersion) -> str:
    state = str(version.state).replace("_", " ")
    return state if version.weights or version.state != "kept" else f"{state}, its weights were cleared since"


def _verdict(verdict: dict[str, Any]) -> str:
    seen = f"{verdict['task']}: {verdict['labels']:,} labels of {verdict['customers']:,} customers"
    if verdict["reason"]:
        return f"{seen}: not tried, {verdict['reason']}"
    outcome = "better, used" if verdict["better"] else "not better, not used"
    return (
        f"{seen}: {FIGURE[verdict['task']]} on held-back labels {verdict['shipped']} shipped,"
        f" {verdict['corrected']} corrected; gain {verdict['gain']} standard errors: {outcome}"
    )
