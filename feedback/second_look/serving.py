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
from feedback.understanding import Understanding, understand
from store.errors import ConfigurationError

COMPLAINT_FROM = 0.5
"""From this probability on the first look's words are given along, since staff may be shown them."""
NICENESS = 19
"""It gets what nobody else wants of a core."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was found in one text.

    Attributes:
        opinion: of the second look; ``None`` where it is nothing that can be read.
        first: what the first look finds, where it may be a complaint.
    """

    opinion: SecondOpinion | None
    first: Understanding | None = None


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
    try:
        look = SecondLook.load(file)
    except (ImportError, ConfigurationError) as error:
        line.send(Unable(str(error)))
        return
    understand("Hello")
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        line.send(Begun(hashlib.sha256(file.read_bytes()).hexdigest()[:12]))
        while True:
            line.send(_read(look, line.recv()))
    except (EOFError, OSError):
        return  # whoever asked has ended, and so do we


def _read(look: SecondLook, texts: Sequence[str]) -> list[Read] | Unable:
    try:
        opinions = look.read(texts)
        return [_with_first(text, opinion) for text, opinion in zip(texts, opinions, strict=True)]
    except Exception as error:  # noqa: BLE001 - whoever asked reads them one by one, and says it
        return Unable(repr(error))


def _with_first(text: str, opinion: SecondOpinion | None) -> Read:
    if opinion is None or opinion.complaint < COMPLAINT_FROM:
        return Read(opinion)
    return Read(opinion, understand(text))
