"""``rapport outreach export``, ``import`` and ``check``: definitions as files."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.definition_files import DefinitionFile, read_file, said, take_file
from customers.company import Company
from scheduler.definitions.changing import Change, Changed
from scheduler.festivals.plans import find_overruled
from store.engine import Database

Confirm = Callable[[str], bool]


def import_file(
    database: Database,
    path: Path,
    *,
    company: Company,
    prune: bool = False,
    dry_run: bool = False,
    confirm: Confirm,
) -> Iterator[str]:
    """Take a file over, and say what that changed; with ``dry_run`` only say what it would.

    Args:
        database: where definitions are kept.
        path: the file.
        company: who we are.
        prune: whether what the file has not is removed, after ``confirm`` said yes to the names.
        dry_run: whether nothing is changed.
        confirm: asks a question.

    Raises:
        InputError: the file cannot be read or used; nothing was changed.
    """
    file = read_file(path)
    changes, overruled = see(database, file, company=company, prune=prune)
    removed = [f"{one.kind} {one.name}" for one in changes if one.change is Change.REMOVED]
    if dry_run:
        yield from said(changes, is_done=False)
        yield from overruled
    elif removed and not confirm(f"Remove {', '.join(removed)} for good?"):
        yield "Nothing was changed."
    else:
        with database.transaction() as session:
            changes = take_file(session, file, prune=prune, company=company, now=datetime.now(UTC))
        yield from said(changes, is_done=True)
        yield from overruled


def check_definitions(database: Database, path: Path, *, company: Company) -> str:
    """Say that a file can be taken over, with what it has, and which plans would not be used.

    Raises:
        InputError: it cannot; every fault is told.
    """
    file = read_file(path)
    _, overruled = see(database, file, company=company, prune=False)
    counts = (f"{kind}s: {sum(one.kind is kind for one in file.given)}" for kind in file.kinds)
    return "\n".join([f"{path} can be used: {', '.join(counts)}.", *overruled])


def see(
    database: Database, file: DefinitionFile, *, company: Company, prune: bool
) -> tuple[Sequence[Changed], Sequence[str]]:
    """See what a file would change, by doing it and taking it back; and say which plans would not be used."""
    with database.transaction() as session:
        tried = session.begin_nested()
        changes = take_file(session, file, prune=prune, company=company, now=datetime.now(UTC))
        overruled = [
            f"festival {name}: not used, for {used} invites to the same festival and comes first by name."
            for name, used in find_overruled(session, company=company)
        ]
        tried.rollback()
    return changes, overruled
