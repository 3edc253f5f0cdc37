"""What one APScheduler job for each customer costs, and what becomes of jobs that are late or shared.

``python apscheduler_jobs.py add|late|shared URL``, with the interpreter of the peers' environment; prints
one line of JSON. The job store is APScheduler's own for SQLAlchemy, its settings are the defaults.
"""

import json
import multiprocessing
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

FAR = timedelta(days=90)
ADDED_FOR_S = 5.0
LATE_JOBS = 50
LATE_BY_S = 2.0
TICKS = 20
TICK_S = 0.25
PROCESSES = 4


def visit(log: str, name: str) -> None:
    """Stand for the visit of one customer: write down that it happened."""
    with Path(log).open("a", encoding="utf-8") as file:
        file.write(f"{name}\n")


def _scheduler(url: str) -> BackgroundScheduler:
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_jobstore("sqlalchemy", url=url)
    return scheduler


def _at(moment: datetime, log: str, name: str) -> dict[str, Any]:
    return {"trigger": "date", "run_date": moment, "args": (log, name), "id": name}


def add(url: str) -> dict[str, float]:
    """Add a job for each customer, as fast as it goes."""
    scheduler = _scheduler(url)
    scheduler.start(paused=True)
    begun, added = time.perf_counter(), 0
    while time.perf_counter() - begun < ADDED_FOR_S:
        scheduler.add_job(visit, **_at(datetime.now(UTC) + FAR, "", f"visit {added}"))
        added += 1
    seconds = time.perf_counter() - begun
    scheduler.shutdown(wait=False)
    return {"added": added, "added_per_s": round(added / seconds, 1)}


def late(url: str) -> dict[str, float]:
    """Start the program after jobs fell due, as after a restart."""
    with TemporaryDirectory() as folder:
        log = str(Path(folder) / "log")
        Path(log).touch()
        before = _scheduler(url)
        before.start(paused=True)
        due = datetime.now(UTC) + timedelta(seconds=1)
        for number in range(LATE_JOBS):
            before.add_job(visit, **_at(due, log, f"late {number}"))
        before.shutdown(wait=False)
        time.sleep(1 + LATE_BY_S)
        after = _scheduler(url)
        after.start()
        time.sleep(1.0)
        left = len(after.get_jobs())
        after.shutdown()
        ran = len(Path(log).read_text(encoding="utf-8").splitlines())
    return {"due": LATE_JOBS, "ran": ran, "left": left, "dropped": LATE_JOBS - ran - left}


def _share(url: str, until: float) -> None:
    scheduler = _scheduler(url)
    scheduler.start()
    time.sleep(max(0.0, until - time.time()))
    scheduler.shutdown()


def shared(url: str) -> dict[str, float]:
    """Let several processes run on one store; a beat of some ticks should run that often."""
    with TemporaryDirectory() as folder:
        log = str(Path(folder) / "log")
        Path(log).touch()
        first, begin = _scheduler(url), datetime.now(UTC) + timedelta(seconds=3)
        first.start(paused=True)
        for number in range(TICKS):
            moment = begin + timedelta(seconds=number * TICK_S)
            first.add_job(visit, **_at(moment, log, f"tick {number}"))
        first.shutdown(wait=False)
        until = begin.timestamp() + TICKS * TICK_S + 2
        context = multiprocessing.get_context("spawn")
        processes = [context.Process(target=_share, args=(url, until)) for _ in range(PROCESSES)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        ran = Path(log).read_text(encoding="utf-8").splitlines()
    return {"ticks": TICKS, "ran": len(ran), "missed": TICKS - len(set(ran))}


def main() -> None:
    """Do what is asked and print what came of it."""
    what, url = sys.argv[1:3]
    print(json.dumps({"add": add, "late": late, "shared": shared}[what](url)))


if __name__ == "__main__":
    main()
