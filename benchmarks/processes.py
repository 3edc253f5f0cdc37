"""Processes under measurement: started, watched through ``/proc``, and gone in the end."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parent.parent
SAMPLE_EVERY_S = 0.02
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
STOP_TIMEOUT_S = 20.0


@dataclass(slots=True)
class Watched:
    """A process whose CPU time and memory are noted while it lives.

    Attributes:
        process: the process.
        output: where what it prints goes.
        peak_mb: the most memory that it ever held (resident).
        samples: moments of the monotonic clock, and the CPU seconds that it had used by then.
    """

    process: subprocess.Popen[bytes]
    output: Path
    peak_mb: float = 0.0
    samples: list[tuple[float, float]] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Note until the process has ended."""
        folder = Path("/proc") / str(self.process.pid)
        with suppress(OSError, IndexError):  # it is gone
            while not self._ended.wait(SAMPLE_EVERY_S):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                self.samples.append((time.monotonic(), (int(fields[11]) + int(fields[12])) / TICKS_PER_S))
                status = (folder / "status").read_text()
                self.peak_mb = max(self.peak_mb, int(status.partition("VmHWM:")[2].split()[0]) / 1024)

    def cpu_s(self, since: float, until: float) -> float:
        """Tell the CPU seconds used between two moments of the monotonic clock."""
        used = [cpu for moment, cpu in self.samples if since <= moment <= until]
        return used[-1] - used[0] if used else 0.0

    def kill(self) -> None:
        """End it at once, as ``kill -9`` does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, and end it where it does not."""
        try:
            self._end(signal.SIGTERM)
        except subprocess.TimeoutExpired:
            self._end(signal.SIGKILL)

    def wait(self, timeout_s: float) -> int:
        """Wait until it ends by itself; gives its exit code."""
        return self.process.wait(timeout_s)

    def said(self) -> str:
        """Give what it printed."""
        return self.output.read_text(errors="replace")

    def _end(self, number: signal.Signals) -> None:
        self._ended.set()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        self.process.wait(STOP_TIMEOUT_S)


@contextmanager
def running(
    command: Sequence[str],
    *,
    folder: Path,
    name: str,
    environment: Mapping[str, str] | None = None,
    core: int | None = None,
) -> Iterator[Watched]:
    """Run a command while the block lasts; it and what it started are ended afterwards.

    Args:
        command: program and arguments.
        folder: where it runs; its output goes to ``<name>.log`` there, or on, where there is one already.
        name: of the log.
        environment: variables beside ours; ours that begin with ``RAPPORT_`` are left out.
        core: the only core that it may use; None for all.
    """
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("RAPPORT_")}
    output = folder / f"{name}.log"
    with output.open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - commands of our own
            command,
            cwd=folder,
            env=inherited | {"PYTHONPATH": str(ROOT)} | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    if core is not None and core < (os.cpu_count() or 1):
        os.sched_setaffinity(process.pid, {core})
    watched = Watched(process, output)
    watcher = threading.Thread(target=watched.watch, daemon=True)
    watcher.start()
    try:
        yield watched
    finally:
        watched.stop()
        watcher.join()


@contextmanager
def starting_on(core: int) -> Iterator[None]:
    """Let what is started in the block have that core alone, and all that it starts later."""
    ours = os.sched_getaffinity(0)
    if core in ours:
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, ours)


def end_on_signals() -> None:
    """Let SIGTERM end the benchmark as Ctrl-C does, so that everything is cleaned up."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
