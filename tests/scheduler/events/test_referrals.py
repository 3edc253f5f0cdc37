"""Who came by whose link: the first one counts, nobody brings themselves, and nothing goes in a circle."""

from datetime import timedelta

from scheduler.events.guests import find_guest
from scheduler.events.plans import is_open_to
from scheduler.events.referrals import (
    PREFIX,
    arrive_by_link,
    came_by_link,
    count_referrals,
    link_code,
    note_referrer,
)
from store.engine import Database
from store.tables.outreach import Event
from tests.factories import COMPANY, NOW
from tests.scheduler.events.ground import START, announce, answer


def with_links(database: Database, people: int) -> tuple[int, list[int]]:
    event_id, customers = announce(database, people, audience="key")
    with database.transaction() as session:
        session.get_one(Event, event_id).referrals = True
    return event_id, customers


def test_a_friend_may_come_and_is_noted_as_the_referrers_once(any_database: Database) -> None:
    event_id, (ana, ben, cleo) = with_links(any_database, 3)
    with any_database.transaction() as session:
        codes = {one: PREFIX + link_code(session, event_id, one, now=NOW) for one in (ana, cleo)}
        assert link_code(session, event_id, ana, now=NOW) == codes[ana].removeprefix(PREFIX)
        assert not is_open_to(session, event_id, ben, company=COMPANY, now=NOW)
        assert arrive_by_link(session, codes[ana], ben, now=NOW) is not None
        assert arrive_by_link(session, codes[cleo], ben, now=NOW) is not None  # the first one counts
        assert is_open_to(session, event_id, ben, company=COMPANY, now=NOW)
        assert note_referrer(session, event_id, ben) is None  # has not said that they come
        answer(session, event_id, ben)
        assert note_referrer(session, event_id, ben) == ana
        assert note_referrer(session, event_id, ben) is None
        guest = find_guest(session, event_id, ben)
        assert guest is not None
        assert guest.referred_by == ana
        assert count_referrals(session, event_id) == {ana: 1}


def test_nobody_brings_themselves_nor_who_brought_them(database: Database) -> None:
    event_id, (ana, ben) = with_links(database, 2)
    with database.transaction() as session:
        own = PREFIX + link_code(session, event_id, ana, now=NOW)
        arrive_by_link(session, own, ana, now=NOW)
        assert not came_by_link(session, event_id, ana)
        arrive_by_link(session, own, ben, now=NOW)
        assert came_by_link(session, event_id, ben)
        back = PREFIX + link_code(session, event_id, ben, now=NOW)
        arrive_by_link(session, back, ana, now=NOW)
        assert not came_by_link(session, event_id, ana)


def test_a_link_that_is_none_or_too_late_leads_nowhere(database: Database) -> None:
    event_id, (ana, ben) = with_links(database, 2)
    with database.transaction() as session:
        own = PREFIX + link_code(session, event_id, ana, now=NOW)
        assert arrive_by_link(session, f"{PREFIX}nobody", ben, now=NOW) is None
        assert arrive_by_link(session, own, ben, now=START + timedelta(minutes=1)) is None
        event = session.get_one(Event, event_id)
        event.cancelled_at = NOW
        assert arrive_by_link(session, own, ben, now=NOW) is None
        event.cancelled_at, event.referrals = None, False
        assert arrive_by_link(session, own, ben, now=NOW) is None
        assert not came_by_link(session, event_id, ben)
