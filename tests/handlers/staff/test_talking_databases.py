"""What talking asks of the database, on SQLite and on PostgreSQL."""

from datetime import timedelta

from customers.company import Chat
from customers.staff_talks import writing_about
from store.conversations import attachments_before, set_dialogue
from store.engine import Database
from store.history import rows_without_files
from store.outbox import Draft, Enclosure, enqueue, find_by_key
from store.tables.conversations import Message
from store.tables.queues import MessageKind
from tests.factories import NOW, make_customer, make_staff

GROUP = Chat("telegram", "-100123")
FILE = Enclosure("photo", "telegram", "file-1", "cup.jpg", "it cannot be shown")


def test_who_writes_about_a_matter_first_come_first(any_database: Database) -> None:
    with any_database.transaction() as session:
        for name, sender in (("Mei", "1"), ("Tom", "2"), ("Lin", "3")):
            make_staff(session, name=name, sender=sender)
        talks = (
            ("-100123", "1", {"about": "complaint:7"}, 3),
            ("2", "2", {"about": "complaint:7"}, 4),
            ("-100123", "3", {"about": "complaint:8"}, 1),
            ("-100123", "99", {"about": "complaint:7"}, 1),
            ("3", "3", {"about": "complaint:7"}, 30),
        )
        for address, sender, data, minutes in talks:
            set_dialogue(
                session,
                channel="telegram",
                address=address,
                sender=sender,
                step="reply",
                data=data,
                now=NOW - timedelta(minutes=minutes),
            )
        since = NOW - timedelta(minutes=10)
        found = writing_about(session, "complaint:7", step="reply", since=since, staff_chat=GROUP)

    assert [one.name for one in found] == ["Tom", "Mei"]


def test_what_came_just_before_and_concerns_nothing_yet(any_database: Database) -> None:
    with any_database.transaction() as session:
        ana, ben = make_customer(session).id, make_customer(session).id
        rows = (
            (ana, "old", None, 60),
            (ana, "new", None, 5),
            (ana, "known", "complaint:1", 4),
            (ben, "his", None, 1),
        )
        for number, (customer, name, about, minutes) in enumerate(rows, start=1):
            message = Message(
                id=number,
                customer_id=customer,
                channel="telegram",
                address="1",
                sender="1",
                text="",
                attachments=[{"kind": "photo", "reference": name, "name": "", "own": False}],
                about=about,
                at=NOW - timedelta(minutes=minutes),
            )
            session.add(message)
        session.flush()
        since = NOW - timedelta(minutes=15)
        found = attachments_before(session, customer_id=ana, before=9, since=since, limit=10)

    assert [(channel, [one["reference"] for one in kept]) for channel, kept in found] == [
        ("telegram", ["new"])
    ]


def test_which_messages_have_no_files_any_more(any_database: Database) -> None:
    with any_database.transaction() as session:
        drafts = [
            Draft(MessageKind.ALERT, "webchat", "staff", "with", attachments=(FILE,), dedupe_key="with"),
            Draft(MessageKind.ALERT, "webchat", "staff", "without", dedupe_key="without"),
        ]
        enqueue(session, drafts, now=NOW)
        with_file, without = (find_by_key(session, key) for key in ("with", "without"))
        assert with_file is not None
        assert without is not None
        blank = rows_without_files(session, {with_file.id, without.id, 4711})

    assert blank == {without.id, 4711}
