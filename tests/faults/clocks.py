"""The clocks in seconds of a process, which follow two offsets in a file (``tests/faults/bent.py``)."""

import mmap
import struct
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

OFFSETS = struct.Struct("dd")


@dataclass(slots=True)
class _Followed:
    offsets: mmap.mmap | None = None


_followed = _Followed()


def offsets() -> tuple[float, float]:
    """Give how far the clock on the wall was set forward, and how much time every clock was moved by."""
    if _followed.offsets is None:
        return 0.0, 0.0
    leap_s, lapse_s = OFFSETS.unpack(_followed.offsets)
    return leap_s, lapse_s


def follow(path: Path) -> None:
    """Move this process's clocks by what stands in a file from now on."""
    with path.open("rb") as file:
        _followed.offsets = mmap.mmap(file.fileno(), OFFSETS.size, prot=mmap.PROT_READ)


@cache
def bend_time() -> None:
    """Replace the clocks in seconds; before the program is loaded, for some parts take one along then."""
    wall, steady = time.time, time.monotonic
    time.time = lambda: wall() + sum(offsets())
    time.monotonic = lambda: steady() + offsets()[1]
