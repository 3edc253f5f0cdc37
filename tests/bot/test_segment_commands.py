"""``rapport segments`` and ``rapport tags``: counted, kept, imported; and every wrong word said back."""

from pathlib import Path

import pytest

from bot import segment_commands
from bot.segment_commands import count, fields, listing, numbers, remove, save, show
from bot.tag_commands import import_tags
from bot.tag_commands import listing as list_tags
from customers.tags import tags_of
from store.engine import Database
from store.errors import InputError, NotFoundError
from tests.factories import COMPANY, make_customer


@pytest.fixture
def house(database: Database) -> Database:
    """A database with three customers, of whom two read Chinese."""
    with database.transaction() as session:
        for language in ("en", "zh", "zh"):
            make_customer(session, language=language)
    return database


def test_a_filter_is_counted_and_kept(house: Database) -> None:
    assert list(listing(house)) == ["No segment is saved. Save one: rapport segments save NAME FILTER"]
    assert list(count(house, "zh", company=COMPANY)) == [
        "It picks 2 of 3 customers.",
        "for example the customers no. 2, 3",
    ]
    assert list(count(house, "key", company=COMPANY)) == ["It picks nobody now, of 3 customers."]
    assert (
        next(iter(save(house, "Tea friends", "zh", company=COMPANY)))
        == "The segment Tea friends is saved: zh"
    )
    changed = list(save(house, "tea friends", "not key", company=COMPANY))
    assert changed[:3] == [
        "The segment Tea friends is saved: not key",
        "It was: zh",
        "⚠️ It picks everybody: all 3 customers.",
    ]
    list(save(house, "Other", "not tea friends", company=COMPANY))
    assert list(show(house, "TEA friends", company=COMPANY))[:2] == [
        "Tea friends: not key",
        "used by segment Other",
    ]
    assert list(listing(house)) == ["Other: not tea friends", "Tea friends: not key"]
    with pytest.raises(InputError, match=r"in use \(segment Other\)"):
        remove(house, "Tea friends")
    assert remove(house, "other") == "The segment Other is gone. It was: not tea friends"


def test_the_numbers_of_all_whom_a_filter_picks_are_listed(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segment_commands, "AT_ONCE", 2)
    with any_database.transaction() as session:
        ids = [make_customer(session, language=one).id for one in ("zh", "en", "zh", "zh")]
    list(save(any_database, "Readers", "zh", company=COMPANY))
    assert list(numbers(any_database, "readers", company=COMPANY)) == [f"{ids[0]}\n{ids[2]}", f"{ids[3]}"]
    assert list(numbers(any_database, "key", company=COMPANY)) == []
    with pytest.raises(InputError, match="standing = kye"):
        list(numbers(any_database, "standing = kye", company=COMPANY))


def test_what_is_wrong_is_said_with_a_caret_and_changes_nothing(house: Database) -> None:
    with pytest.raises(InputError, match=r"\n {11}\^\^\^ there is no standing “kye”. Did you mean: key, reg"):
        list(count(house, "standing = kye", company=COMPANY))
    with pytest.raises(InputError, match=r"\^ a value is missing here"):
        list(save(house, "Odd", "index <", company=COMPANY))
    with pytest.raises(InputError, match="cannot be called 'a:b'"):
        list(save(house, "a:b", "all", company=COMPANY))
    for missing in (remove, lambda base, name: list(show(base, name, company=COMPANY))):
        with pytest.raises(NotFoundError, match="there is no segment 'Odd'"):
            missing(house, "Odd")


def test_every_field_is_explained(house: Database) -> None:
    explained = list(fields())
    assert any(line.startswith("index < 60 ") and "satisfaction" in line for line in explained)


def test_tags_are_imported_row_by_row_and_twice_is_once(house: Database, tmp_path: Path) -> None:
    file = tmp_path / "tags.csv"
    file.write_text(
        '\ufeffname,Tags,Customer\nAna,"vip 茶友",1\nBen,x,99\nCleo,$$,2\nDan,Gold,2\nE,f,x\nshort\n'
    )
    told = list(import_tags(house, file))
    assert told == [
        "line 3: there is no customer '99'; give their number",
        "line 4: A tag is made of letters and digits, which “$$” is not.",
        "line 6: there is no customer 'x'; give their number",
        "line 7: it has too few columns",
        "New tags: 3, on customers: 2; rows passed over: 4.",
    ]
    assert list(import_tags(house, file))[-1] == "New tags: 0, on customers: 0; rows passed over: 4."
    with house.reading() as session:
        assert list(tags_of(session, 1)) == ["vip", "茶友"]
    assert [line.split() for line in list_tags(house)] == [["1", "gold"], ["1", "vip"], ["1", "茶友"]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty: its first line names the columns customer and tags"),
        (b"a,b\n", "has no column customer and no column tags: it has a, b"),
        (b"customer,tags\n1,\xff\n", "is not UTF-8"),
        (b'customer,tags\n1,"vip', "the row that begins on line 2 does not end"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    house: Database, tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "tags.csv"
    file.write_bytes(content)
    with pytest.raises(InputError, match=words):
        list(import_tags(house, file))
    with pytest.raises(InputError, match="cannot be read"):
        list(import_tags(house, tmp_path / "nowhere.csv"))
