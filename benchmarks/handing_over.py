"""How long a handover of many open cases holds the database; a part of ``benchmarks.desk``."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy import select, text, update

from benchmarks.report import Value
from customers.company import Company
from feedback.business_time import between, calendar_of
from feedback.handover import leave
from feedback.loads import count_loads, note_loads
from handlers.staff.handover_words import handover_told
from store.engine import Database
from store.outbox import enqueue
from store.tables.complaints import Complaint
from store.tables.customers import Customer
from store.tables.desk import Promise
from store.tables.staff import Staff

LEAVER, OTHER = 7, 8


def measure_handover(
    database: Database, cases: int, *, company: Company, now: datetime
) -> Iterator[dict[str, Value]]:
    """Let somebody leave who has so many open cases, and write one row meanwhile, as a message does."""
    _give_them(database, cases, now)
    between(calendar_of(company.desk.hours, company.timezone), now, now + timedelta(minutes=1))
    begun, cpu_s = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(1) as threads:
        holds = threading.Event()
        meanwhile = threads.submit(_write_meanwhile, database, holds)
        with database.transaction() as session:
            leaver, others = session.get_one(Staff, LEAVER), session.scalars(_OTHERS).all()
            holds.set()
            received = leave(session, leaver, others, company=company, now=now)
            told = handover_told(session, leaver, received, company=company, now=now)
            enqueue(session, told, now=now)
        seconds, cpu_s = time.perf_counter() - begun, time.process_time() - cpu_s
        waited_s = meanwhile.result()
    moved = sum(len(one.cases) for one in received)
    if moved != cases:
        raise SystemExit(f"{cases} cases were to be handed over, and {moved} were")
    yield _row(f"handover of {cases:,} cases", seconds, cpu_s, moved)
    yield _row("handover: whoever writes meanwhile", waited_s, 0.0, 1)


_OTHERS = select(Staff).where(Staff.id != LEAVER, Staff.active.is_(True)).order_by(Staff.id)


def _write_meanwhile(database: Database, holds: threading.Event) -> float:
    holds.wait()
    begun = time.perf_counter()
    with database.transaction() as session:
        session.execute(text("UPDATE customers SET last_contact_at = last_contact_at WHERE id = 1"))
    return time.perf_counter() - begun


def _give_them(database: Database, cases: int, now: datetime) -> None:
    """Make exactly so many cases, their promises and as many other customers somebody's."""
    theirs = Complaint.id.between(1, cases)
    made = Promise.complaint_id.between(1, cases)
    with database.transaction() as session:
        session.execute(update(Complaint).where(Complaint.owner_id == LEAVER).values(owner_id=OTHER))
        session.execute(update(Complaint).where(theirs).values(owner_id=LEAVER))
        session.execute(update(Promise).where(Promise.staff_id == LEAVER).values(staff_id=OTHER))
        session.execute(update(Promise).where(made).values(staff_id=LEAVER))
        session.execute(update(Customer).where(Customer.id.between(1, 2 * cases)).values(contact_id=LEAVER))
        note_loads(session, count_loads(session), now=now)  # as a beat does, every few minutes


def _row(name: str, seconds: float, cpu_s: float, done: int) -> dict[str, Value]:
    return {
        "planner": name,
        "ms": round(1000 * seconds, 1),
        "CPU ms": round(1000 * cpu_s, 1),
        "done": done,
        "transactions": 1,
        "longest ms": round(1000 * seconds, 1),
    }
