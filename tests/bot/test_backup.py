"""Backups: one moment of a database in use; put back, it repeats nothing and forgets no stop."""

import json
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.backup_commands import back_up, restore
from bot.config import Settings
from bot.readiness import open_database
from customers.consent import may_send, set_consent
from customers.erasure import erase
from scheduler.festivals.missed import count_as_looked
from store.errors import ConfigurationError, InputError
from store.keys import program_key
from store.migrate import downgrade
from store.occupancy import OccupiedError, sole_use
from store.outbox import Draft, enqueue
from store.restoring import ArchiveError
from store.revisions import current_revision, newest_revision
from store.soundness import DamagedError
from store.tables.customers import Customer, Purpose
from store.tables.outreach import Campaign, CampaignState, Suppression
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import make_customer
from tests.program import ROOT

NOW = datetime.now(UTC)
UPLOAD = "w-abcdefgh/0123456789abcdef"


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    """Settings of a house with a customer, Ana, and a file of hers."""
    settings = Settings(
        database_url=SecretStr(f"sqlite:///{tmp_path / 'rapport.db'}"), data_dir=tmp_path / "data"
    )
    database = open_database(settings)
    with database.transaction() as session:
        make_customer(session, sender="ana", created_at=NOW, last_contact_at=NOW)
    database.close()
    upload = settings.data_dir / "uploads" / UPLOAD
    upload.parent.mkdir(parents=True)
    upload.write_bytes(b"a picture of a broken cup")
    return settings


@pytest.fixture
def archive(house: Settings, tmp_path: Path) -> Path:
    """A backup of that house."""
    path = tmp_path / "backup.zip"
    assert "1 files, checked" in "\n".join(back_up(house, path))
    return path


def change(settings: Settings, work: Callable[..., object]) -> None:
    """Do something in the house's database."""
    database = open_database(settings)
    with database.transaction() as session:
        work(session)
    database.close()


def ask(settings: Settings, work: Callable[..., object]) -> object:
    """Ask the house's database for something."""
    database = open_database(settings)
    with database.reading() as session:
        found = work(session)
    database.close()
    return found


def names(settings: Settings) -> object:
    return ask(settings, lambda session: sorted(session.scalars(select(Customer.display_name))))


def test_what_was_there_comes_back_and_what_came_since_is_kept_aside(house: Settings, archive: Path) -> None:
    change(house, lambda session: make_customer(session, display_name="Bea"))
    shutil.rmtree(house.data_dir / "uploads")
    told = list(restore(house, archive))
    assert names(house) == ["Ana"]
    assert (house.data_dir / "uploads" / UPLOAD).read_bytes() == b"a picture of a broken cup"
    (aside,) = archive.parent.glob("rapport.db.before-restore-*")
    assert f"What was there is kept in {aside}" in told
    with sqlite3.connect(aside) as old:
        assert old.execute("SELECT count(*) FROM customers").fetchone() == (2,)
    old.close()
    assert not list(archive.parent.glob("*restoring*")) + list(archive.parent.glob("*restore-plan*"))


def test_an_archive_is_for_its_owner_only_and_tells_what_it_holds(archive: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with zipfile.ZipFile(archive) as opened:
        assert sorted(opened.namelist()) == ["manifest.json", "rapport.db", f"uploads/{UPLOAD}"]
        manifest = json.loads(opened.read("manifest.json"))
    assert manifest["revision"] == newest_revision()
    assert manifest["rows"]["customers"] == 1


def test_without_a_name_it_goes_to_the_backups(house: Settings) -> None:
    list(back_up(house, None))
    (made,) = (house.data_dir / "backups").iterdir()
    assert made.match("rapport-*.zip")


def test_a_backup_of_a_database_in_use_shows_one_moment(house: Settings, tmp_path: Path) -> None:
    database, stop, written = open_database(house), threading.Event(), threading.Event()

    def write() -> None:
        while not stop.is_set():
            with database.transaction() as session:
                for _ in range(2):
                    make_customer(session, last_contact_at=NOW)
            written.set()

    writer = threading.Thread(target=write)
    writer.start()
    written.wait(10)
    for number in range(5):
        list(back_up(house, tmp_path / f"{number}.zip"))
    stop.set()
    writer.join()
    database.close()
    counts = [_rows(tmp_path / f"{number}.zip")["customers"] for number in range(5)]
    assert counts == sorted(counts)
    assert all(count % 2 for count in counts)


def _rows(archive: Path) -> dict[str, int]:
    with zipfile.ZipFile(archive) as opened:
        rows: dict[str, int] = json.loads(opened.read("manifest.json"))["rows"]
        return rows


def test_nothing_half_is_left_where_a_backup_cannot_be_made(
    house: Settings, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(archive.parent.iterdir())
    with pytest.raises(InputError, match="exists already"):
        list(back_up(house, archive))
    with pytest.raises(ConfigurationError, match="cannot be written"):
        list(back_up(house, Path("/proc/backups/backup.zip")))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=0))
    with pytest.raises(ConfigurationError, match="0 MB are free"):
        list(back_up(house, archive.with_name("full.zip")))
    assert sorted(archive.parent.iterdir()) == before


def test_a_damaged_database_is_not_backed_up(house: Settings, tmp_path: Path) -> None:
    file = tmp_path / "rapport.db"
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        opened.write(b"x" * 40_000)
    with pytest.raises(DamagedError):
        list(back_up(house, tmp_path / "backup.zip"))
    assert not (tmp_path / "backup.zip").exists()


def test_a_damaged_database_can_be_replaced(house: Settings, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "rapport.db").write_bytes(b"nothing that anybody can read")
    told = "\n".join(restore(house, archive))
    assert "Not known any more: who said stop" in told
    assert names(house) == ["Ana"]


def test_an_empty_place_is_filled(house: Settings, archive: Path, tmp_path: Path) -> None:
    elsewhere = Settings(
        database_url=SecretStr(f"sqlite:///{tmp_path / 'new' / 'rapport.db'}"), data_dir=tmp_path / "new"
    )
    list(restore(elsewhere, archive))
    assert names(elsewhere) == ["Ana"]
    assert (elsewhere.data_dir / "uploads" / UPLOAD).exists()


def test_while_the_program_runs_nothing_is_restored(house: Settings, archive: Path, tmp_path: Path) -> None:
    with sole_use(tmp_path / "rapport.db"), pytest.raises(OccupiedError, match="stop it first"):
        list(restore(house, archive))


def test_an_older_backup_is_brought_up_to_date(house: Settings, tmp_path: Path) -> None:
    database = open_database(house)
    downgrade(database, revision="0001")
    database.close()
    list(back_up(house, tmp_path / "old.zip"))
    list(restore(house, tmp_path / "old.zip"))
    database = open_database(house)
    assert current_revision(database) == newest_revision()
    database.close()


def rewrite(
    archive: Path, files: Mapping[str, bytes], manifest: Callable[[dict[str, object]], None] | None = None
) -> None:
    """Write an archive anew with some of its files, or its manifest, changed."""
    with zipfile.ZipFile(archive) as opened:
        held = {name: opened.read(name) for name in opened.namelist()} | dict(files)
    if manifest is not None:
        told = json.loads(held["manifest.json"])
        manifest(told)
        held["manifest.json"] = json.dumps(told).encode()
    with zipfile.ZipFile(archive, "w") as changed:
        for name, content in held.items():
            changed.writestr(name, content)


def _newer(told: dict[str, object]) -> None:
    told["format"] = 2


def _with_traversal(archive: Path) -> None:
    import hashlib

    def name_it(told: dict[str, object]) -> None:
        members = told["members"]
        assert isinstance(members, dict)
        members["uploads/../../evil"] = {"sha256": hashlib.sha256(b"evil").hexdigest(), "size": 4}

    rewrite(archive, {"uploads/../../evil": b"evil"}, name_it)


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 4
    path.write_bytes(content)


TAMPERED: dict[str, Callable[[Path], object]] = {
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-200]),
    "no archive": lambda path: path.write_text("my holiday pictures"),
    "empty": lambda path: path.write_bytes(b""),
    "a changed file": lambda path: rewrite(path, {f"uploads/{UPLOAD}": b"a picture of another cup!"}),
    "a longer file": lambda path: rewrite(path, {f"uploads/{UPLOAD}": b"0" * 100_000}),
    "a file too many": lambda path: rewrite(path, {"surplus": b"x"}),
    "names that lead elsewhere": _with_traversal,
    "a newer form": lambda path: rewrite(path, {}, _newer),
    "no manifest worth its name": lambda path: rewrite(path, {"manifest.json": b"[]"}),
    "another count": lambda path: rewrite(path, {}, lambda told: told.update(rows={})),
    "a flipped bit": _flip,
    "missing": lambda path: path.unlink(),
}


@pytest.mark.parametrize("fault", TAMPERED)
def test_an_archive_that_is_not_whole_is_refused_and_nothing_touched(
    fault: str, house: Settings, archive: Path
) -> None:
    TAMPERED[fault](archive)
    before = _held(archive.parent)
    with pytest.raises(ArchiveError):
        list(restore(house, archive))
    assert _held(archive.parent) == before
    assert names(house) == ["Ana"]


def _held(folder: Path) -> dict[Path, bytes]:
    left_out = (".lock", "-shm", "-wal")
    return {
        path: path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(left_out)
    }


def test_a_backup_of_a_newer_version_is_refused(house: Settings, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "rapport.db") as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    list(back_up(house, tmp_path / "newer.zip"))
    with pytest.raises(ConfigurationError, match="newer version"):
        list(restore(house, tmp_path / "newer.zip"))


def queue(session: Session, key: str, kind: MessageKind, **fields: object) -> None:
    draft = Draft(kind, "telegram", "ana", "Hello", dedupe_key=key, **fields)  # type: ignore[arg-type] # fields of a draft
    enqueue(session, [draft], now=NOW)


def test_what_waited_is_not_sent_again(house: Settings, tmp_path: Path) -> None:
    def fill(session: Session) -> None:
        queue(session, "an answer", MessageKind.ANSWER)
        queue(session, "a visit", MessageKind.VISIT, not_before=NOW + timedelta(days=1))
        queue(session, "an alert", MessageKind.ALERT)

    change(house, fill)
    list(back_up(house, tmp_path / "backup.zip"))
    told = "\n".join(restore(house, tmp_path / "backup.zip"))
    assert "3 messages" in told
    assert ask(house, lambda session: set(session.scalars(select(OutboxMessage.state)))) == {
        OutboxState.UNCERTAIN
    }


def test_what_was_planned_and_sent_since_is_not_planned_again(house: Settings, tmp_path: Path) -> None:
    long_ago = NOW - timedelta(days=400)
    change(house, lambda session: make_customer(session, display_name="Cem", last_contact_at=long_ago))
    list(back_up(house, tmp_path / "backup.zip"))
    assert "1 customers who were due" in "\n".join(restore(house, tmp_path / "backup.zip"))
    visited = ask(
        house, lambda s: s.scalar(select(Customer.visited_at).where(Customer.display_name == "Cem"))
    )
    assert isinstance(visited, datetime)
    assert visited > NOW - timedelta(minutes=1)


def test_greetings_that_may_have_left_since_are_not_noted_as_missed(house: Settings, tmp_path: Path) -> None:
    birthday, before = f"{NOW - timedelta(days=2):%m-%d}", NOW - timedelta(days=5)

    def age(session: Session) -> None:
        make_customer(session, birthday=birthday, created_at=before - timedelta(days=5))
        count_as_looked(session, now=before)

    change(house, age)
    list(back_up(house, tmp_path / "backup.zip"))
    list(restore(house, tmp_path / "backup.zip"))
    assert ask(house, lambda session: session.scalar(select(func.count(Suppression.id)))) == 0


def test_a_running_campaign_waits_for_a_person(house: Settings, tmp_path: Path) -> None:
    def run(session: Session) -> None:
        session.add(
            Campaign(
                text="Sale",
                audience="all",
                state=CampaignState.RUNNING,
                channel="webchat",
                address="staff",
                created_at=NOW,
            )
        )

    change(house, run)
    list(back_up(house, tmp_path / "backup.zip"))
    assert "Paused: the campaigns with the numbers 1." in "\n".join(restore(house, tmp_path / "backup.zip"))
    assert ask(house, lambda session: session.scalar(select(Campaign.state))) is CampaignState.PAUSED


def test_who_said_stop_since_hears_nothing(house: Settings, archive: Path) -> None:
    change(house, lambda session: set_consent(session, 1, granted=False, now=NOW))
    assert "Stops taken over from the replaced database: 4." in list(restore(house, archive))
    assert ask(house, lambda session: [may_send(session, 1, purpose) for purpose in Purpose]) == [False] * 4


def test_who_was_erased_since_stays_erased(house: Settings, tmp_path: Path) -> None:
    change(house, lambda session: program_key(session, "webchat cookies"))
    change(house, lambda session: make_customer(session, display_name="Bea"))
    list(back_up(house, tmp_path / "backup.zip"))
    change(house, lambda session: erase(session, session.get_one(Customer, 1), now=NOW))
    assert "Erased again, because they asked for it since: 1" in "\n".join(
        restore(house, tmp_path / "backup.zip")
    )
    assert names(house) == ["Bea"]


def test_a_backup_of_another_past_erases_nobody(house: Settings, archive: Path, tmp_path: Path) -> None:
    change(house, lambda session: program_key(session, "webchat cookies"))
    list(back_up(house, tmp_path / "older.zip"))
    change(house, lambda session: make_customer(session, display_name="Bea"))
    list(back_up(house, tmp_path / "newer.zip"))
    list(restore(house, tmp_path / "older.zip"))
    assert names(house) == ["Ana"]
    list(restore(house, tmp_path / "newer.zip"))
    assert names(house) == ["Ana", "Bea"]


def test_numbers_that_were_given_since_are_not_given_again(house: Settings, tmp_path: Path) -> None:
    change(house, lambda session: program_key(session, "webchat cookies"))
    list(back_up(house, tmp_path / "backup.zip"))
    for _ in range(5):
        change(house, make_customer)
    list(restore(house, tmp_path / "backup.zip"))
    change(house, lambda session: make_customer(session, display_name="New"))
    assert ask(house, lambda session: session.scalar(select(func.max(Customer.id)))) == 7
    (tmp_path / "rapport.db").write_bytes(b"lost")
    list(restore(house, tmp_path / "backup.zip"))
    change(house, lambda session: make_customer(session, display_name="New"))
    assert ask(house, lambda session: session.scalar(select(func.max(Customer.id)))) == 10_002


def test_killed_at_any_point_a_restore_leaves_the_old_or_the_new(house: Settings, archive: Path) -> None:
    change(house, lambda session: make_customer(session, display_name="Bea"))
    command = [sys.executable, "-m", "tests.bot.killed_restore", str(archive.parent), str(archive)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    outcomes = json.loads(ended.stdout)
    assert set(outcomes) == {"old", "new"}
    assert len(outcomes) > 20
    assert outcomes == sorted(outcomes, reverse=True)
