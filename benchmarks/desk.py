"""How long the complaint desk's beats hold the database with many open cases, and how fast a case opens.

Run ``python -m benchmarks.desk [--cases 100000] [--at-once 2000] [--events 1000] [--leaver 500]
[--messages 1000000] [--database URL]``.
It makes a base of open cases at all stages, runs each beat of the desk as on an ordinary moment, lets many
cases fall due at once, reads the timeline of one case, lets somebody with many cases leave, looks for words
among many messages, and prints a table and a line of JSON. Without ``--database`` it is a new SQLite file.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from benchmarks.finding import fill_messages, measure_find
from benchmarks.handing_over import measure_handover
from benchmarks.planning import drain, read
from benchmarks.report import Value, print_report
from bot.beats import beats_of
from bot.learning import Learning
from bot.pictures import Pictures
from bot.planners import Seeing
from customers.company import Chat, Company
from customers.desk import Desk, Hours
from feedback.business_time import between, calendar_of, later
from feedback.case_history import timeline
from feedback.complaint_rules import EventKind
from feedback.understanding import understand
from handlers.staff.ladder import climb_ladders
from store.engine import Database
from store.migrate import migrate
from store.tables.complaints import CaseSeverity, Complaint, ComplaintEvent, ComplaintState
from store.tables.customers import Customer, Identity
from store.tables.desk import Promise, PromiseState
from store.tables.staff import Role, Staff, StaffIdentity

NOW = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
OFFICE = Hours(week=(((clock(9), clock(18)),),) * 5 + ((),) * 2, timezone="Europe/London", country="GB-ENG")
COMPANY = Company(
    name="Lantern Tea",
    timezone="Europe/London",
    country="GB",
    language="en",
    staff_chat=Chat("webchat", "staff"),
    desk=Desk(hours=OFFICE),
)
BEATS = ("ladder", "alerts", "owners", "silence", "promises")
STAFF = 50
CHUNK = 10_000
STATES = (*(ComplaintState.OPEN,) * 4, *(ComplaintState.CLAIMED,) * 5, ComplaintState.WAITING)
LONGEST_AGO = timedelta(days=20)
AHEAD = timedelta(days=6)
"""How far ahead the next steps of all cases are spread; a promise's, and a reminder's, too."""
LAST_BEAT = timedelta(seconds=15)


def cases(count: int) -> Iterator[dict[str, Any]]:
    """Make the rows of open cases at all stages; a beat's worth of them fell due since the last beat."""
    for number in range(1, count + 1):
        share, state = number / count, STATES[number % len(STATES)]
        opened_at = NOW - LONGEST_AGO * share
        next_at = NOW - LAST_BEAT + AHEAD * ((number * 7919) % count / count)
        is_waiting, is_open = state is ComplaintState.WAITING, state is ComplaintState.OPEN
        yield {
            "id": number,
            "customer_id": number,
            "channel": "telegram",
            "address": str(number),
            "state": state,
            "owner_id": 1 + number % STAFF,
            "text": "The tea was cold and the service was really bad",
            "opened_at": opened_at,
            "first_response_due_at": next_at if is_open else opened_at + timedelta(hours=4),
            "resolution_due_at": next_at + timedelta(days=1),
            "claimed_at": None if is_open else opened_at,
            "first_response_at": None if is_open else opened_at + timedelta(hours=1),
            # Nobody takes the open ones: their alerts are repeated once a day, each at its own time of day.
            "alerted_at": NOW - LAST_BEAT - timedelta(days=1) * ((number * 104_729) % count / count),
            "alert_count": 9,
            "alert_key": f"alert:{number}:9",
            "urgent": False,
            "severity": tuple(CaseSeverity)[number % 3],
            "reasons": [],
            "waiting_since": NOW - timedelta(days=1) if is_waiting else None,
            "next_step_at": None if is_waiting else next_at,
            "steps": number % 3,
            "remind_at": next_at if is_waiting else None,
            "reminders": 0,
        }


def fill(database: Database, count: int, events: int) -> None:
    """Write the base: a customer, an address, two events and, for one in ten, a promise to each case."""
    with database.transaction() as session:
        session.execute(insert(Staff), [_member(number) for number in range(1, STAFF + 1)])
        session.execute(insert(StaffIdentity), [_joined(number) for number in range(1, STAFF + 1)])
    rows = cases(count)
    while chunk := list(islice(rows, CHUNK)):
        with database.transaction() as session:
            session.execute(insert(Customer), [_customer(row) for row in chunk])
            session.execute(insert(Identity), [_identity(row) for row in chunk])
            session.execute(insert(Complaint), chunk)
            session.execute(insert(ComplaintEvent), [event for row in chunk for event in _events(row)])
            session.execute(insert(Promise), [_promise(row) for row in chunk if row["id"] % 10 == 0])
    with database.transaction() as session:
        session.execute(insert(ComplaintEvent), [_told(number) for number in range(events)])
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def measure_beats(database: Database) -> Iterator[dict[str, Value]]:
    """Measure each beat of the desk: what fell due since the last one, and then nothing."""
    for name in BEATS:
        (plan,) = (beat.plan for beat in beats_of(COMPANY, COMPANY.channels) if beat.name == name)
        for moment in ("an ordinary moment", "nothing is due"):
            if isinstance(plan, Seeing):
                seeing, seen = read(f"{name}: see", database, partial(plan.see, now=NOW))
                yield seeing
                yield drain(f"{name}: {moment}", database, partial(_apply, plan, seen), most=1)
            elif not isinstance(plan, Learning | Pictures):
                yield drain(f"{name}: {moment}", database, partial(plan, now=NOW))


def measure_at_once(database: Database, many: int) -> dict[str, Value]:
    """Measure the ladder where many cases fall due at once, as after a night in which the program was off."""
    with database.transaction() as session:
        running = Complaint.state.in_([ComplaintState.OPEN, ComplaintState.CLAIMED])
        late = select(Complaint.id).where(running, Complaint.next_step_at > NOW).order_by(Complaint.id)
        session.execute(
            update(Complaint).where(Complaint.id.in_(late.limit(many))).values(next_step_at=NOW, steps=2)
        )
    row = drain(f"ladder: {many:,} at once", database, partial(climb_ladders, company=COMPANY, now=NOW))
    if row["done"] != many:
        raise SystemExit(f"{many} cases fell due, but {row['done']} were looked at")
    return row


def measure_timeline(database: Database, events: int) -> dict[str, Value]:
    """Measure how long a case with many events takes to be opened."""
    row, entries = read(f"timeline of {events:,} events", database, _timeline_of_the_first)
    if len(entries) < events:
        raise SystemExit(f"{events} events were written, but the timeline has {len(entries)}")
    return {**row, "done": len(entries)}


def measure_clocks() -> Iterator[dict[str, Value]]:
    """Measure the arithmetic of business time alone, for a target of a month, with all days known."""
    calendar, month = calendar_of(OFFICE, COMPANY.timezone), timedelta(hours=9 * 22)
    end = later(calendar, NOW, month)
    for name, work in (
        ("business time: later by a month", partial(later, calendar, NOW, month)),
        ("business time: between, a month", partial(between, calendar, NOW, end)),
    ):
        begun, cpu_s = time.perf_counter(), time.process_time()
        for _ in range(1_000):
            work()
        seconds, cpu_s = time.perf_counter() - begun, time.process_time() - cpu_s
        yield {
            "planner": f"{name}, 1,000 times",
            "ms": round(1000 * seconds, 1),
            "CPU ms": round(1000 * cpu_s, 1),
            "done": 1_000,
            "transactions": 0,
            "longest ms": 0.0,
        }


def _apply(plan: Seeing[Any], seen: Any, session: Session) -> int:
    return plan.plan(session, seen, now=NOW)


def _timeline_of_the_first(session: Session) -> Sequence[Any]:
    return timeline(session, session.get_one(Complaint, 1))


def _member(number: int) -> dict[str, Any]:
    roles = {1: Role.MANAGER, 2: Role.LEAD, 3: Role.LEAD}
    return {
        "id": number,
        "name": f"Agent {number}",
        "role": roles.get(number, Role.AGENT),
        "active": True,
        "created_at": NOW - 2 * LONGEST_AGO,
        "on_duty": True,
        "skills": [],
        "languages": [],
    }


def _joined(number: int) -> dict[str, Any]:
    return {
        "staff_id": number,
        "channel": "telegram",
        "sender": f"staff-{number}",
        "joined_at": NOW - 2 * LONGEST_AGO,
    }


def _customer(case: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": case["customer_id"],
        "display_name": f"Customer {case['customer_id']}",
        "language": "en",
        "created_at": NOW - 2 * LONGEST_AGO,
        "last_contact_at": case["opened_at"],
    }


def _identity(case: dict[str, Any]) -> dict[str, Any]:
    return {
        "customer_id": case["customer_id"],
        "channel": case["channel"],
        "sender": case["address"],
        "address": case["address"],
        "created_at": NOW - 2 * LONGEST_AGO,
        "last_used_at": case["opened_at"],
    }


def _events(case: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for what, staff_id in ((EventKind.OPENED, None), (EventKind.TAKEN, case["owner_id"])):
        yield {
            "complaint_id": case["id"],
            "at": case["opened_at"],
            "staff_id": staff_id,
            "what": str(what),
            "text": "",
        }


def _told(number: int) -> dict[str, Any]:
    return {
        "complaint_id": 1,
        "at": NOW - timedelta(minutes=number),
        "staff_id": 1 + number % STAFF,
        "what": str(EventKind.RESPONDED if number % 2 else EventKind.WORDS_ADDED),
        "text": f"This is what was said as number {number}, at some length, for it was a long talk.",
    }


def _promise(case: dict[str, Any]) -> dict[str, Any]:
    next_at = case["next_step_at"] or case["remind_at"]
    return {
        "customer_id": case["customer_id"],
        "complaint_id": case["id"],
        "staff_id": case["owner_id"],
        "text": "Replacement arrives",
        "state": PromiseState.OPEN,
        "made_at": case["opened_at"],
        "due_at": next_at + timedelta(days=1),
        "next_step_at": next_at,
        "steps": 0,
    }


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--at-once", type=int, default=2_000)
    parser.add_argument("--events", type=int, default=1_000)
    parser.add_argument("--leaver", type=int, default=500, help="cases of whoever leaves")
    parser.add_argument("--messages", type=int, default=1_000_000, help="among which words are found")
    parser.add_argument("--database", help="URL of an empty database; a new SQLite file where not given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        database = Database(options.database or f"sqlite:///{Path(directory) / 'desk.db'}")
        migrate(database)
        fill(database, options.cases, options.events)
        understand("The tea was cold")  # what it reads with is loaded once
        rows = [*measure_clocks(), *measure_beats(database), measure_at_once(database, options.at_once)]
        rows.append(measure_timeline(database, options.events))
        rows += measure_handover(database, options.leaver, company=COMPANY, now=NOW)
        fill_messages(database, options.messages, customers=options.cases)
        rows += measure_find(database)
        title = f"desk, {options.cases:,} open cases, {database.url.get_backend_name()}"
        print_report(title, rows)
        database.close()


if __name__ == "__main__":
    main()
