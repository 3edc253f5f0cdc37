"""Finds a Chromium for the browser tests, or tries to install one; ``make browser``.

Never fails: where none can be had, the browser tests are skipped by name, and say so.
"""

import os
import shutil
import subprocess
import sys

from tests.browser.found import find_chromium

TIMEOUT_S = 600


def main() -> None:
    """Find or install a browser, and say which."""
    if find_chromium() is None:
        for attempt in (_by_apt, _by_playwright):
            attempt()
            if find_chromium() is not None:
                break
    path = find_chromium()
    if path is None:
        sys.stdout.write(
            "No browser for the browser tests: they are skipped. On Debian: apt install chromium\n"
        )
    else:
        sys.stdout.write(f"The browser tests use {path}.\n")


def _by_apt() -> None:
    """Install Debian's package, where that is possible without asking for a password."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    _run("apt-get", "update", "-qq")
    _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")


def _by_playwright() -> None:
    """Download Playwright's own build, where that can be reached."""
    _run(sys.executable, "-m", "playwright", "install", "chromium")


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=False, timeout=TIMEOUT_S, capture_output=True)
    except (OSError, subprocess.TimeoutExpired) as error:
        sys.stdout.write(f"{command[0]}: {error}\n")


if __name__ == "__main__":
    main()
