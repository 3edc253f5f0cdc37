"""The ways that ours stands beside, in an environment of their own, pinned in ``requirements.txt``."""

import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.peers import install
from feedback.training.measures import Floats

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
FOLDER = Path("~/.cache/rapport-understanding-peers").expanduser()


@dataclass(frozen=True, slots=True)
class Said:
    """What a peer says of some messages.

    Attributes:
        scores: −1…1 for each.
        per_s: messages that it scored a second, in one thread.
    """

    scores: Floats
    per_s: float


def peers_python() -> Path:
    """Give the interpreter of that environment; it is made where it is missing or out of date."""
    return install.peers_python(FOLDER, REQUIREMENTS)


def said_by(methods: Iterable[str], texts: Sequence[str]) -> dict[str, Said]:
    """Have texts scored by some methods of ``methods.py``."""
    done = subprocess.run(  # noqa: S603 - our own command
        [str(peers_python()), "-W", "ignore", "-m", "benchmarks.understanding.methods"],
        input=json.dumps({"methods": list(methods), "texts": list(texts)}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"the peers cannot score: {done.stderr[-2000:]}")
    found = json.loads(done.stdout.rstrip("\n").rpartition("\n")[2])
    return {name: Said(np.array(one["scores"]), one["per_s"]) for name, one in found.items()}
