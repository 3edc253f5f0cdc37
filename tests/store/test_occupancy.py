"""One program on an SQLite file: the second is refused, whatever became of the first."""

import subprocess
import sys
from pathlib import Path

import pytest

from store.errors import ConfigurationError
from store.occupancy import OccupiedError, lock_path, sole_use
from tests.program import ROOT

HOLD = """
import sys, time
from pathlib import Path
from store.occupancy import sole_use
with sole_use(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The path of a database, which need not exist."""
    return tmp_path / "rapport.db"


def test_a_second_is_refused_while_another_process_holds_it(file: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(OccupiedError, match=rf"{file.name} already \(process {holder.pid}\)"),
            sole_use(file),
        ):
            pass
        holder.kill()
        holder.wait()
        assert lock_path(file).exists()
        with sole_use(file):
            pass


def test_it_is_free_again_after_a_good_end(file: Path) -> None:
    for _ in range(2):
        with sole_use(file):
            pass


def test_another_name_of_the_same_file_is_the_same_lock(file: Path) -> None:
    file.touch()
    alias = file.with_name("alias.db")
    alias.symlink_to(file)
    with sole_use(file), pytest.raises(OccupiedError), sole_use(alias):
        pass


@pytest.mark.parametrize("folder", ["/sys", "/proc"])
def test_a_folder_that_cannot_be_written_is_named(folder: str) -> None:
    with (
        pytest.raises(ConfigurationError, match=f"{folder} of the database cannot be written"),
        sole_use(Path(folder) / "rapport.db"),
    ):
        pass
