"""The second look as a process of its own: ``python -m feedback.second_look CONNECTION FILE``.

It knows no database and no settings, and so takes little more memory than the model: texts come in over a
connection that it inherits, and what was found goes back. It gives way to everybody else, and ends when the
other end is gone.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from feedback.second_look.calibration import SecondOpinion
from feedback.second_look.model import SecondLook
from store.errors import ConfigurationError

NICENESS = 19
"""It gets what nobody else wants of a core."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was found in one text.

    Attributes:
        opinion: of the second look; ``None`` where it is nothing that can be read.
    """

    opinion: SecondOpinion | None


@dataclass(frozen=True, slots=True)
class Begun:
    """The process is ready.

    Attributes:
        model: names what it reads with: the first twelve hex digits of the file's SHA-256.
    """

    model: str


@dataclass(frozen=True, slots=True)
class Unable:
    """Why the process cannot read at all, or could not read some texts."""

    reason: str


def serve(line: Connection, file: Path) -> None:
    """Say that we have begun, or why not, and then answer texts until the other end is gone."""
    _give_way()
    try:
        look = SecondLook.load(file)
    except (ImportError, ConfigurationError) as error:
        line.send(Unable(str(error)))
        return
    try:
        line.send(Begun(hashlib.sha256(file.read_bytes()).hexdigest()[:12]))
        while True:
            line.send(_read(look, line.recv()))
    except (EOFError, OSError):
        return  # whoever asked has ended, and so do we


def _give_way() -> None:
    """Let everybody else go first, at whatever priority we were started."""
    if hasattr(os, "sched_setscheduler"):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def _read(look: SecondLook, texts: Sequence[str]) -> list[Read] | Unable:
    try:
        return [Read(opinion) for opinion in look.read(texts)]
    except Exception as error:  # noqa: BLE001 - whoever asked reads them one by one, and says it
        return Unable(repr(error))
