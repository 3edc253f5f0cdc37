"""Drafts a migration: ``make migration NAME="What changes"``."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from store.engine import Database
from store.migrate import draft_migration, migrate


def main() -> None:
    """Compare the declared tables with those that the migrations give, and write the difference down."""
    name = " ".join(sys.argv[1:]).strip()
    if not name:
        sys.exit('Say what changes: make migration NAME="Add the colour of the sky"')
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.db'}")
        migrate(database)
        draft_migration(database, name=name)
        database.close()


if __name__ == "__main__":
    main()
