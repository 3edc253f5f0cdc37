"""Finding by words: alike on both databases, in any script, whatever is typed; the index follows."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from customers.erasure import erase
from store.engine import Database
from store.search import Hit, search
from store.search_index import AT_ONCE, add_to_index, count_unindexed, see_unindexed
from store.search_words import READ_CHARACTERS, question_of, snippet, words_of
from store.tables.complaints import Complaint, ComplaintEvent
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.search import SearchRow, SearchSource
from tests.factories import NOW, make_customer

LATER = NOW + timedelta(hours=1)
TEXTS = (
    "The Café sent COLD tea, twice",
    "我的退款还没有到,请尽快处理",
    "退换货的款项",
    "Refunded at last, thank you!",
    "दुकान बंद थी",
    "환불해 주세요",
    "Where is order 4711?",
    "100% \"quoted\" NEAR(this) AND* ':that' & !x",
)


def write(database: Database, *texts: str, **fields: object) -> int:
    """Let a new customer write messages; gives their number."""
    with database.transaction() as session:
        customer = make_customer(session)
        for minutes, words in enumerate(texts):
            values = {"customer_id": customer.id, "at": NOW + timedelta(minutes=minutes)} | fields
            session.add(Message(channel="telegram", address="77", sender="77", text=words, **values))
        return customer.id


def follow(database: Database) -> int:
    """Let the beat bring the index up to date; tells how much was done."""
    done, now = 0, NOW
    while True:
        with database.reading() as session:
            seen = see_unindexed(session, now=now)
        with database.transaction() as session:
            more = add_to_index(session, seen, now=now)
        done += more
        if not more:
            return done


def find(database: Database, words: str, limit: int = 10) -> list[Hit]:
    with database.reading() as session:
        return list(search(session, words, limit))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cold TEA", [0]),
        ("cafe", [0]),
        ("refund", [3]),
        ("退款", [1]),
        ("没有到", [1]),
        ("款", [2, 1]),
        ("दुकान", [4]),
        ("환불", [5]),
        ("4711", [6]),
        ("tea refunded", []),
        ("near that", [7]),
        ("!!! ***", []),
        ("", []),
    ],
)
def test_what_is_written_is_found(words: str, found: list[int], any_database: Database) -> None:
    write(any_database, *TEXTS)
    follow(any_database)

    ids = [hit.source_id for hit in find(any_database, words)]

    with any_database.reading() as session:
        first = session.scalar(select(func.min(Message.id))) or 0
    assert [number - first for number in ids] == found


def test_characters_that_stand_apart_are_no_phrase(any_database: Database) -> None:
    write(any_database, "大学在北京,京大不是", "北京大学很好")
    follow(any_database)

    assert [hit.snippet for hit in find(any_database, "北京大学")] == ["北京大学很好"]


def test_the_index_follows_what_is_written_later(any_database: Database) -> None:
    write(any_database, "first words")
    assert follow(any_database) == 1
    write(any_database, "second words")
    with any_database.reading() as session:
        assert count_unindexed(session, before=LATER) == 1
    assert [hit.snippet for hit in find(any_database, "words")] == ["first words"]

    assert follow(any_database) == 1

    assert {hit.snippet for hit in find(any_database, "words")} == {"first words", "second words"}
    assert follow(any_database) == 0
    with any_database.reading() as session:
        assert count_unindexed(session, before=LATER) == 0


def test_more_than_one_chunk_is_added(database: Database) -> None:
    write(database, *(f"word{number}" for number in range(AT_ONCE * 2 + 7)))

    assert follow(database) == AT_ONCE * 2 + 7
    assert len(find(database, f"word{AT_ONCE * 2 + 6}")) == 1


def test_what_was_corrected_is_found_by_its_new_words(any_database: Database) -> None:
    write(any_database, "The tae is cold")
    follow(any_database)
    with any_database.transaction() as session:
        message = session.scalars(select(Message)).one()
        message.text, message.edited_at = "The tea is cold", NOW + timedelta(minutes=3)

    assert follow(any_database) == 1

    assert [hit.snippet for hit in find(any_database, "tea")] == ["The tea is cold"]
    assert find(any_database, "tae") == []
    assert follow(any_database) == 0


def test_a_number_that_is_committed_late_is_found(any_database: Database) -> None:
    if any_database.is_sqlite:
        pytest.skip("SQLite has one writer: numbers are committed in their order")
    write(any_database, "high", id=900)
    follow(any_database)
    write(any_database, "low", id=850)

    assert follow(any_database) == 1
    assert len(find(any_database, "low")) == 1


def test_who_is_erased_is_not_found_any_more(any_database: Database) -> None:
    stays, goes = write(any_database, "cold tea"), write(any_database, "cold tea", "cold soup")
    follow(any_database)
    with any_database.transaction() as session:
        erase(session, session.get_one(Customer, goes), now=NOW)

    assert [hit.customer_id for hit in find(any_database, "cold")] == [stays]
    assert follow(any_database) == 0
    with any_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SearchRow)) == 1
        if any_database.is_sqlite:
            session.execute(text("INSERT INTO search_fts (search_fts) VALUES ('integrity-check')"))


def test_who_is_erased_between_look_and_writing_stays_out(any_database: Database) -> None:
    goes = write(any_database, "cold tea")
    with any_database.reading() as session:
        seen = see_unindexed(session, now=NOW)
    with any_database.transaction() as session:
        erase(session, session.get_one(Customer, goes), now=NOW)

    with any_database.transaction() as session:
        assert add_to_index(session, seen, now=NOW) == 0


@pytest.mark.parametrize("looked_through", [2, 4, 9])
def test_the_newest_are_found_however_many_are_looked_through(
    looked_through: int, any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(any_database, "cold tea", "tea", "warm tea", "tea", "coffee", "old tea")
    follow(any_database)
    monkeypatch.setattr("store.search.RANKED", 3)
    monkeypatch.setattr("store.search.LOOKED_THROUGH", looked_through)
    assert sorted(hit.snippet for hit in find(any_database, "tea")) == ["old tea", "tea", "warm tea"]
    assert [hit.snippet for hit in find(any_database, "cold")] == ["cold tea"]


def test_of_a_case_its_best_find_is_shown(any_database: Database) -> None:
    customer_id = write(any_database, "cold tea and a cold cup", "the tea was cold", about="complaint:1")
    with any_database.transaction() as session:
        case = Complaint(
            id=1,
            customer_id=customer_id,
            channel="telegram",
            address="77",
            text="cold tea and a cold cup",
            opened_at=NOW,
            first_response_due_at=NOW,
            resolution_due_at=NOW,
        )
        session.add(case)
        session.flush()
        session.add(ComplaintEvent(complaint_id=1, at=NOW, what="noted", text="The courier left it outside"))
    follow(any_database)

    (hit,) = find(any_database, "cold tea")
    (note,) = find(any_database, "courier")

    assert (hit.complaint_id, hit.by_customer) == (1, True)
    assert (note.complaint_id, note.by_customer, note.source) == (1, False, SearchSource.EVENT)


def test_what_fits_best_comes_first_and_of_those_the_newest(any_database: Database) -> None:
    write(any_database, "tea " + "and much else that is said here " * 6, "tea", "tea")
    follow(any_database)

    hits = find(any_database, "tea")

    assert [len(hit.snippet) < 10 for hit in hits] == [True, True, False]
    assert hits[0].at > hits[1].at


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=60) | st.text("\"'*():&|!^-+{}~ANDORNEAR 退款\\\0", max_size=30))
def test_nothing_that_is_typed_is_a_fault(words: str, any_database: Database) -> None:
    with any_database.reading() as session:
        assert list(search(session, words, 5)) == []


@given(st.text(max_size=80))
def test_every_text_is_found_by_each_of_its_own_words(written: str) -> None:
    question, there = question_of(written), words_of(written).split(" ")

    assert all(term.word in there for term in question.terms)
    assert all(run in words_of(written) for run in question.runs)


@given(st.text(st.characters(max_codepoint=127), max_size=80))
def test_plain_letters_are_cut_up_as_all_others(written: str) -> None:
    assert words_of(f"{written} é") == f"{words_of(written)} e".lstrip()


@given(written=st.text(max_size=400), words=st.text(max_size=20))
def test_a_snippet_is_one_short_piece_of_the_text(written: str, words: str) -> None:
    piece = snippet(written, question_of(words))

    assert piece.strip("…").strip() in " ".join(written.split())
    assert len(piece) <= 122


def test_a_text_without_end_is_cut() -> None:
    assert len(words_of("x" * 10**6)) <= READ_CHARACTERS
    assert len(question_of("word " * 10_000 + "退款" * 9_000).terms) <= 16
