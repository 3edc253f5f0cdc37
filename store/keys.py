"""Random keys that must outlive a restart, such as the one that signs the web chat's cookies."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.inserts import insert_into
from store.tables.keys import ProgramKey

KEY_BYTES = 32


def program_key(session: Session, name: str) -> str:
    """Give the key of a name, made at the first call; does not commit."""
    new = insert_into(ProgramKey, dialect=session.get_bind().dialect.name)
    session.execute(
        new.values(name=name, value=secrets.token_urlsafe(KEY_BYTES)).on_conflict_do_nothing(
            index_elements=["name"]
        )
    )
    return session.scalars(select(ProgramKey.value).where(ProgramKey.name == name)).one()
