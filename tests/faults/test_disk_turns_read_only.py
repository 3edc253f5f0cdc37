"""The disk under the running program turns read-only, as a file system does that finds an error."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.stage import playing
from tests.faults.crowd import Crowd

pytestmark = pytest.mark.faults

MEGABYTES = 24


@dataclass(frozen=True, slots=True)
class Disk:
    """A file system of its own in a file.

    Attributes:
        image: the file.
        folder: where it is mounted.
    """

    image: Path
    folder: Path

    def is_mounted(self) -> None:
        """Mount it, so that it turns read-only at an error."""
        _run("mount", "-o", "loop,errors=remount-ro", str(self.image), str(self.folder))

    def finds_an_error(self) -> None:
        """Let it find an error; whatever file is open, nothing can be written from now on."""
        device = Path(_run("findmnt", "-no", "SOURCE", str(self.folder)).strip()).name
        (Path("/sys/fs/ext4") / device / "trigger_fs_error").write_text("1\n")

    def is_mended(self) -> None:
        """Take it off, mend it and mount it again."""
        _run("umount", str(self.folder))
        subprocess.run(["fsck.ext4", "-f", "-y", str(self.image)], check=False, capture_output=True)
        self.is_mounted()


@contextmanager
def ext4_disk(folder: Path) -> Iterator[Disk]:
    """Make a file system and mount it while the block lasts; skips the test where we may not."""
    disk = Disk(folder / "image", folder / "disk")
    disk.folder.mkdir(parents=True)
    with disk.image.open("wb") as file:
        file.truncate(MEGABYTES * 2**20)
    try:
        _run("mkfs.ext4", "-q", str(disk.image))
        disk.is_mounted()
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"this machine lets us mount no file system of our own ({type(error).__name__})")
    try:
        yield disk
    finally:
        _run("umount", "--lazy", str(disk.folder))


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


async def test_the_disk_turns_read_only_while_people_write(tmp_path: Path) -> None:
    with ext4_disk(tmp_path / "machine") as disk:
        url = f"sqlite:///{disk.folder / 'rapport.db'}"
        async with playing(tmp_path, DATABASE_URL=url, STAFF_CHAT="web") as stage:
            crowd, program = Crowd(stage.botapi, stage.program), stage.program
            crowd.writes(20)  # some are on their way in, some answers on their way out
            await crowd.people[0].hears("")
            disk.finds_an_error()
            with pytest.raises(OSError, match="Read-only"):
                (disk.folder / "any").write_text("any")
            crowd.writes(20)
            line = await program.logs("updates, which are kept and tried again in")
            assert "readonly database" in line or "disk I/O error" in line
            assert (await program.get("/healthz"))[0] == 503
            assert "Traceback" not in program.log
            assert await program.stop() == 0
            disk.is_mended()
            await program.start()
            crowd.writes()
            await crowd.is_served()
            crowd.check(repeats=True)
            assert "Traceback" not in program.log
