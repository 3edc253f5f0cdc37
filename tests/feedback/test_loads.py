"""What everybody has: counted, kept, and what has come since."""

from datetime import timedelta

from feedback.assignment import assign
from feedback.complaints import take
from feedback.loads import Load, count_loads, current_loads, note_loads
from store.engine import Database
from store.tables.complaints import CaseSeverity
from tests.factories import COMPANY, NOW, make_customer, make_staff
from tests.feedback.cases import make_complaint


def test_what_is_kept_and_what_came_since_is_what_a_count_finds(any_database: Database) -> None:
    with any_database.transaction() as session:
        mei, tom = make_staff(session), make_staff(session)

        def opened(owner_id: int, **ago: float) -> None:
            ana = make_customer(session, contact_id=owner_id)
            complaint = make_complaint(session, ana, NOW - timedelta(**ago))
            complaint.severity = CaseSeverity.HIGH
            session.flush()

        assert current_loads(session) == {}
        opened(mei.id, hours=5)
        opened(tom.id, hours=2)
        counted = count_loads(session)
        assert counted.loads[mei.id] == Load(1, 2, 2 * (NOW - timedelta(hours=5)).timestamp())
        for _ in range(2):
            assert note_loads(session, counted, now=NOW) == 0
            session.flush()
        for owner_id in (tom.id, tom.id, mei.id):  # a batch: all at one moment
            opened(owner_id, hours=1)
        assert current_loads(session) == count_loads(session).loads
        assert current_loads(session)[tom.id].cases == 3
        note_loads(session, count_loads(session), now=NOW)
        session.flush()
        assert current_loads(session) == count_loads(session).loads


def test_what_has_gone_tells_at_the_next_count(database: Database) -> None:
    with database.transaction() as session:
        mei, tom = make_staff(session), make_staff(session)
        ana = make_customer(session)
        complaint = make_complaint(session, ana)
        assert complaint.owner_id == mei.id
        session.flush()
        note_loads(session, count_loads(session), now=NOW)
        take(session, complaint, staff=tom, now=NOW)
        session.flush()
        note_loads(session, count_loads(session), now=NOW)
        session.flush()
        assert {who: load.cases for who, load in current_loads(session).items()} == {mei.id: 0, tom.id: 1}
    with database.transaction() as session:
        given = assign(session, customer=ana, company=COMPANY, now=NOW)
        assert given is not None
        assert given.id == mei.id
