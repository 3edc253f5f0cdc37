"""The program as it is, but on a clock that a test moves: ``python -m tests.faults.bent run``.

Two offsets lie in a file that both processes map. ``leap_s`` is added to the clock on the wall, as when
somebody sets it; ``lapse_s`` to every clock, as when time passes. The event loop looks up from its waiting
often, so that it sees when time has passed. What the program does, and in which order, is its own.
"""

import asyncio
import importlib
import json
import os
import selectors
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, SupportsIndex

from tests.faults.clocks import OFFSETS, bend_time, follow, offsets
from tests.program import Program

CLOCK = "BENT_CLOCK"
CONSTANTS = "BENT_CONSTANTS"
LOOK_UP_S = 0.01


@dataclass
class Bend:
    """The test's end: moves the clocks of programs that were started with ``variables``.

    Attributes:
        path: the file that holds the offsets; it is made.
        constants: what else is changed in the program, by the constant's full name.
    """

    path: Path
    constants: Mapping[str, float] = field(default_factory=dict)
    leap_s: float = 0.0
    lapse_s: float = 0.0

    def __post_init__(self) -> None:
        """Make the file."""
        self.path.write_bytes(OFFSETS.pack(0.0, 0.0))

    @property
    def variables(self) -> dict[str, str]:
        """What a bent program needs in its environment."""
        return {CLOCK: str(self.path), CONSTANTS: json.dumps(dict(self.constants))}

    def program(self, folder: Path, settings: dict[str, str]) -> Program:
        """Prepare a program that this bends."""
        return Program(folder, settings, module=__name__, variables=self.variables)

    def leaps(self, seconds: float) -> None:
        """Put the clock on the wall forward, or back."""
        self.leap_s += seconds
        self._write()

    def passes(self, seconds: float) -> None:
        """Let time go by."""
        self.lapse_s += seconds
        self._write()

    def _write(self) -> None:
        with self.path.open("r+b") as file:
            file.write(OFFSETS.pack(self.leap_s, self.lapse_s))


class _Selector(selectors.DefaultSelector):
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(LOOK_UP_S if timeout is None else min(timeout, LOOK_UP_S))


def _new_loop() -> asyncio.AbstractEventLoop:
    return asyncio.SelectorEventLoop(_Selector())


def _bent_datetime(offset_s: Callable[[], float]) -> type[datetime]:
    class Kind(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, datetime)

    class Bent(datetime, metaclass=Kind):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # the plain kind, so that nothing else changes
            return datetime.now(tz) + timedelta(seconds=offset_s())

        def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
            """Become a plain one on the way to the other process."""
            return datetime.combine(self.date(), self.timetz()).__reduce_ex__(protocol)

    return Bent


def _bend_dates() -> None:
    """Replace the clock on the wall wherever the program reads it; after all its parts are loaded."""
    bent = _bent_datetime(lambda: sum(offsets()))
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in {"bot", "handlers", "scheduler", "customers", "store", "apscheduler"}:
            for attribute, value in list(vars(module).items()):
                if value is datetime:
                    setattr(module, attribute, bent)


def _bend_constants(constants: dict[str, Any]) -> None:
    for name, value in constants.items():
        module, _, constant = name.rpartition(".")
        if not hasattr(importlib.import_module(module), constant):
            raise AttributeError(f"there is no {name} to be changed")
        setattr(importlib.import_module(module), constant, value)


def bend(*parts: str) -> None:
    """Bend the clocks of this process, and the constants, once some parts of the program are loaded."""
    bend_time()
    follow(Path(os.environ[CLOCK]))
    for part in parts:
        importlib.import_module(part)
    _bend_dates()
    _bend_constants(json.loads(os.environ[CONSTANTS]))


def main() -> None:
    """Run the command on bent clocks."""
    bend("bot.app", "bot.cli", "bot.event_loop")
    event_loop = importlib.import_module("bot.event_loop")
    event_loop.new_loop = lambda: _new_loop  # type: ignore[attr-defined]  # the usual one has its own clock
    importlib.import_module("bot.cli").main()


if __name__ == "__main__":
    main()
elif __name__ == "__mp_main__":  # the process that the program starts beside itself
    bend("bot.other_core")
