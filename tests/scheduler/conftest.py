"""After each test that has a database: whatever was not said because of us, or of time, is counted."""

from collections.abc import Iterator

import pytest

from store.engine import Database
from tests.scheduler.accounts import unaccounted_in

SETTLED_BY_HAND = frozenset({"test_the_final_tally_says_what_became_of_each"})
"""They write the ends of messages themselves, as no part of the program does."""


@pytest.fixture(autouse=True)
def accounts(request: pytest.FixtureRequest) -> Iterator[None]:
    """Look, when a test is over, whether a reason was forgotten."""
    named = next((one for one in ("any_database", "database") if one in request.fixturenames), None)
    database = request.getfixturevalue(named) if named is not None else None
    yield
    if isinstance(database, Database) and request.node.originalname not in SETTLED_BY_HAND:
        assert unaccounted_in(database) == []
