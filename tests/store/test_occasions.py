"""An occasion is taken once, on both databases."""

from store.engine import Database
from store.occasions import claim_occasion, is_claimed
from tests.factories import NOW


def test_the_first_who_claims_an_occasion_has_it(any_database: Database) -> None:
    with any_database.transaction() as session:
        assert not is_claimed(session, "digest:2026-11-21")
        assert claim_occasion(session, "digest:2026-11-21", now=NOW)
        assert not claim_occasion(session, "digest:2026-11-21", now=NOW)
    with any_database.transaction() as session:
        assert is_claimed(session, "digest:2026-11-21")
        assert not claim_occasion(session, "digest:2026-11-21", now=NOW)
        assert claim_occasion(session, "digest:2026-11-22", now=NOW)


def test_what_was_not_committed_can_be_claimed_again(any_database: Database) -> None:
    with any_database.transaction() as session:
        claim_occasion(session, "digest:2026-11-21", now=NOW)
        session.rollback()
    with any_database.transaction() as session:
        assert claim_occasion(session, "digest:2026-11-21", now=NOW)
