"""Files that customers send along."""

import os
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.files import OTHER_TYPE
from bot.channels.webchat.uploads import MAX_BYTES, TooLargeError, Uploads
from store.errors import InputError, TemporaryError
from tests.factories import NOW

ANA = "w-abcdefghijklmnop"


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"OggS", "audio/ogg"),
        (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
        (b"\x00\x00\x00\x20ftypM4A ", "audio/mp4"),
        (b"<svg onload=alert(1)>", OTHER_TYPE),
        (b"", OTHER_TYPE),
    ],
)
async def test_only_what_is_one_is_shown_or_played(tmp_path: Path, head: bytes, media_type: str) -> None:
    kept = await Uploads(tmp_path).keep(ANA, pieces(head))
    assert kept.media_type == media_type
    assert Uploads(tmp_path).find(ANA, kept.token) == kept


async def test_of_a_file_that_is_too_large_nothing_stays(tmp_path: Path) -> None:
    with pytest.raises(TooLargeError):
        await Uploads(tmp_path).keep(ANA, pieces(b"x" * MAX_BYTES, b"y"))
    assert list((tmp_path / ANA).iterdir()) == []


@pytest.mark.parametrize("address", ["staff2", "..", "w-../../etc", "w-", "/etc"])
async def test_odd_addresses_keep_and_find_nothing(tmp_path: Path, address: str) -> None:
    with pytest.raises(InputError):
        await Uploads(tmp_path / "uploads").keep(address, pieces(b"x"))
    assert Uploads(tmp_path / "uploads").find(address, "passwd" * 4) is None
    assert not Uploads(tmp_path / "uploads").holds(address)


async def test_a_sweep_takes_old_files_that_nothing_mentions(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    mentioned, forgotten, new = [await uploads.keep(ANA, pieces(b"x")) for _ in range(3)]
    long_ago = (NOW - timedelta(days=2)).timestamp()
    for kept in (mentioned, forgotten):
        os.utime(kept.path, (long_ago, long_ago))
    os.utime(new.path, (NOW.timestamp(), NOW.timestamp()))
    assert uploads.sweep({mentioned.reference}, now=NOW) == 1
    assert not forgotten.path.exists()
    assert mentioned.path.exists()
    assert new.path.exists()


async def test_two_processes_may_sweep_and_forget_the_same_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = Uploads(tmp_path)
    kept = await uploads.keep(ANA, pieces(b"x"))
    glob = Path.glob

    def listed_before_it_went(folder: Path, pattern: str) -> list[Path]:
        found = list(glob(folder, pattern))
        kept.path.unlink()
        return found

    monkeypatch.setattr(Path, "glob", listed_before_it_went)
    assert uploads.sweep(set(), now=NOW) == 0
    monkeypatch.setattr(Uploads, "holds", lambda *_: True)
    uploads.forget(ANA)
    uploads.forget(ANA)


async def test_a_folder_that_is_away_is_trouble_that_passes(tmp_path: Path) -> None:
    (tmp_path / "uploads").write_text("a file where the shared folder should be mounted")
    uploads = Uploads(tmp_path / "uploads")
    with pytest.raises(TemporaryError, match=re.escape(str(tmp_path))):
        await uploads.keep(ANA, pieces(b"x"))
    with pytest.raises(TemporaryError, match=re.escape(str(tmp_path))):
        uploads.find(ANA, "a" * 24)


async def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    assert uploads.find(ANA, "a" * 24) is None
    (tmp_path / ANA / ("b" * 24)).mkdir(parents=True)
    assert uploads.find(ANA, "b" * 24) is None


async def test_a_forgotten_chat_has_no_files(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    kept = await uploads.keep(ANA, pieces(b"x"))
    uploads.forget(ANA)
    assert not kept.path.exists()
    assert not uploads.holds(ANA)
