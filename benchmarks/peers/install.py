"""Makes the peers' environment: ``python -m benchmarks.peers.install [--folder FOLDER]``.

It is made once, with ``venv`` and ``pip``, and again when ``requirements.txt`` has changed. Benchmarks
that need it call ``peers_python`` and so make it by themselves.
"""

import argparse
import hashlib
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).parent / "requirements.txt"
FOLDER = Path("~/.cache/rapport-benchmark-peers").expanduser()


def peers_python(folder: Path = FOLDER, requirements: Path = REQUIREMENTS) -> Path:
    """Give the interpreter of the peers' environment, which is made where it is missing or out of date.

    Args:
        folder: where it is.
        requirements: what is in it.

    Raises:
        SystemExit: it cannot be made; says what failed.
    """
    python, stamp = folder / "bin" / "python", folder / "made-of"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest() + f" {sys.version_info[:2]}"
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    print(f"making the peers' environment in {folder}; this takes a minute", flush=True)
    _run(sys.executable, "-m", "venv", "--clear", str(folder))
    _run(str(python), "-m", "pip", "install", "--quiet", "--requirement", str(requirements))
    stamp.write_text(wanted)
    return python


def _run(*command: str) -> None:
    """Run a command whose output is shown only where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
    if done.returncode:
        shown = (done.stdout + done.stderr)[-2000:]
        raise SystemExit(f"the peers cannot be installed: `{' '.join(command)}` failed:\n{shown}")


def main() -> None:
    """Read the arguments and install."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    print(peers_python(parser.parse_args().folder.resolve()))


if __name__ == "__main__":
    main()
