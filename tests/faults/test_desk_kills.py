"""Killed anywhere in the beats of the desk, the program ends where it would have ended anyway.

Three cases have waited for days: one that nobody took, one with a promise, one whose customer was asked
something. Ladder, promises and silence are due at once, each in a transaction of its own.
"""

from typing import Any

import pytest
from sqlalchemy import select

from handlers.staff.ladder import climb_ladders
from handlers.staff.promise_steps import see_to_promises
from handlers.staff.silence import break_silences
from store.engine import Database
from store.tables.complaints import Complaint, ComplaintEvent
from store.tables.desk import Promise, PromiseState
from store.tables.queues import OutboxMessage
from tests.factories import COMPANY
from tests.faults.killing import is_killed_at, only_where_processes_fork
from tests.handlers.rooms import StaffRoom
from tests.talk import Talk

pytestmark = [pytest.mark.faults, only_where_processes_fork]
MOST_STEPS = 400
DAYS = 4
BEATS = (climb_ladders, see_to_promises, break_silences)


@pytest.fixture
def waited(any_database: Database) -> StaffRoom:
    """The staff chat, after days in which no beat ran."""
    room = StaffRoom.opened(Talk(any_database))
    for sender in ("77", "78", "79"):
        room.talk.says("The teapot arrived broken, I am very disappointed", sender=sender)
    room.says("/promise C-1002 2d A replacement arrives")
    room.replies(room.alert("alert:3"), "Could you send us a picture?")
    room.taps("wait:3")
    room.talk.passes(days=DAYS)
    return room


def _left(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Read all that the beats change; what is numbered or dated by chance is left out."""
    with database.reading() as session:
        events = session.scalars(select(ComplaintEvent).order_by(ComplaintEvent.id))
        cases = session.scalars(select(Complaint).order_by(Complaint.id))
        promises = session.scalars(select(Promise).order_by(Promise.id))
        return {
            "events": sorted((one.complaint_id, one.what, one.text) for one in events),
            "cases": [
                (one.id, one.state, one.severity, one.steps, one.next_step_at, one.reminders, one.remind_at)
                for one in cases
            ],
            "promises": [(one.id, one.state, one.steps, one.next_step_at) for one in promises],
            "messages": sorted((one,) for one in session.scalars(select(OutboxMessage.dedupe_key))),
        }


def test_each_step_may_be_the_last(waited: StaffRoom) -> None:
    database, now = waited.talk.database, waited.talk.now

    def look(there: Database) -> None:
        for beat in BEATS:
            while True:
                with there.transaction() as session:
                    if not beat(session, company=COMPANY, now=now):
                        break

    kills = next(step for step in range(MOST_STEPS) if not is_killed_at(database, step, look))

    assert kills > 20  # wherever else it was killed, it had to begin anew
    ended = _left(database)
    assert [state for _, state, *_ in ended["promises"]] == [PromiseState.BROKEN]
    missed = [one for one in ended["events"] if one[:2] == (1, "breached")]
    assert len(missed) == len(set(missed)) > 0
    for number, what in ((2, "promise_broken"), (3, "reminded")):
        assert len([one for one in ended["events"] if one[:2] == (number, what)]) == 1
    look(database)
    assert _left(database) == ended
    sent = [message.body["text"] for message in waited.talk.deliver()]
    assert len([text for text in sent if text.startswith("🔴") and "a promise is broken" in text]) == 1
    assert len([text for text in sent if text.startswith("Mei asked you something about C-1003")]) == 1
