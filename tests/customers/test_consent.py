"""A customer's word on what we may send first: the newest counts, and when it was said is kept."""

from datetime import timedelta

from sqlalchemy import select

from customers.consent import consents_of, may_send, set_consent
from store.engine import Database
from store.tables.customers import Consent, Purpose
from tests.factories import NOW, make_customer


def test_the_newest_word_counts_and_its_moment_is_kept(any_database: Database) -> None:
    with any_database.transaction() as session:
        who = make_customer(session).id
        other = make_customer(session).id
        said = [
            set_consent(session, who, granted=granted, now=NOW + timedelta(days=day), purposes=purposes)
            for day, (granted, purposes) in enumerate(
                (
                    (True, [Purpose.VISITS]),
                    (False, [Purpose.OFFERS, Purpose.VISITS, Purpose.OFFERS]),
                    (False, [Purpose.VISITS]),
                    (True, [Purpose.VISITS]),
                )
            )
        ]
        assert said == [False, True, False, True]
        assert not may_send(session, who, Purpose.OFFERS)
        assert may_send(session, who, Purpose.VISITS)
        assert all(consents_of(session, other).values())
    with any_database.reading() as session:
        kept = {row.purpose: row.changed_at for row in session.scalars(select(Consent))}
    assert kept == {Purpose.OFFERS: NOW + timedelta(days=1), Purpose.VISITS: NOW + timedelta(days=3)}


def test_a_word_on_all_purposes_is_a_word_on_each(any_database: Database) -> None:
    with any_database.transaction() as session:
        who = make_customer(session).id
        assert set_consent(session, who, granted=False, now=NOW)
        assert consents_of(session, who) == dict.fromkeys(Purpose, False)
        assert set_consent(session, who, granted=True, now=NOW, purposes=[Purpose.GREETINGS])
        assert consents_of(session, who) == dict.fromkeys(Purpose, False) | {Purpose.GREETINGS: True}
