"""What the operator reads of promises and concessions."""

from datetime import UTC, datetime, timedelta

from bot.desk_reports import concessions, promises
from feedback.kept_rates import By
from store.engine import Database
from store.tables.desk import ConcessionKind, PromiseState
from tests.feedback.test_concession_report import give
from tests.feedback.test_kept_rates import promise, world


def test_where_nothing_was_promised_or_given_it_says_so(database: Database) -> None:
    assert list(promises(database, by=By.TEAM, days=90)) == ["Nothing was promised in the last 90 days."]
    assert list(concessions(database, days=30)) == ["Nothing was given in the last 30 days."]


def test_each_line_has_its_numbers(database: Database) -> None:
    now = datetime.now(UTC)
    with database.transaction() as session:
        (mei, *_), (case, *_) = world(session)
        session.add_all(
            [promise(case, mei, state, made_at=now) for state in (PromiseState.KEPT, PromiseState.BROKEN)]
        )
        session.add(promise(case, None, PromiseState.OPEN, made_at=now))
        given_at = now - timedelta(days=1)
        give(session, case.id, case.customer_id, ConcessionKind.REFUND, 1550, decided_at=given_at)

    header, mei_line, removed = promises(database, by=By.PERSON, days=1)
    assert header.split() == ["Person", "rate", "kept", "broken", "open", "withdrawn"]
    assert mei_line.split() == ["Mei", "50%", "1", "1", "0", "0"]
    assert removed.split() == ["(removed)", "–", "0", "0", "1", "0"]
    (_, by_team, _) = promises(database, by=By.TEAM, days=1)
    assert by_team.split()[0] == "shop"
    header, line, note = concessions(database, days=30)
    assert line.split() == ["delivery", "refund", "1", "$15.50", "–", "0", "0", "0", "1"]
    assert len(header) == len(line)
    assert note.startswith("Back: wrote again")
