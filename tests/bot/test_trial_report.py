"""``rapport outreach results``: a list, and what came of one."""

from datetime import timedelta

import pytest

from bot.trial_report import results
from scheduler.trials.assignment import HELD_OUT
from scheduler.trials.members import WRITTEN_TO
from store.engine import Database
from store.errors import NotFoundError
from store.tables.outreach import TrialMember
from tests.factories import NOW, make_customer


def test_trials_are_listed_and_told_by_number_or_name(database: Database) -> None:
    assert list(results(database, None)) == [
        "Nothing is compared yet: nobody was held out, and nothing had variants."
    ]
    with database.transaction() as session:
        for place in range(60):
            arm = HELD_OUT if place % 2 else WRITTEN_TO
            customer = make_customer(session, last_contact_at=NOW - timedelta(days=365)).id
            at = NOW - timedelta(days=300)
            session.add(TrialMember(trial="visits:periodic@2026", customer_id=customer, arm=arm, at=at))
    assert list(results(database, None)) == ["   1  Visits “periodic”, 2026  (visits:periodic@2026)"]
    (told,) = results(database, "1")
    assert told.startswith("📊 Visits “periodic”, 2026\n• held out: 30\n• written to: 30\n")
    assert list(results(database, "visits:periodic@2026")) == [told]
    for unknown in ("2", "visits:other", ""):
        with pytest.raises(NotFoundError, match="rapport outreach results"):
            list(results(database, unknown))
