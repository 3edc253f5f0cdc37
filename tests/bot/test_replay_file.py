"""Files to replay: what is read, what is refused, and in which words."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.csv_rows import UnreadableRow
from bot.replay_file import Columns, ReplayFile, Row
from store.errors import InputError
from tests.factories import NOW

ALL = Columns(text="text", customer="who", at="when", rating="stars")


def _file(tmp_path: Path, content: str | bytes, columns: Columns = ALL) -> ReplayFile:
    path = tmp_path / "messages.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return ReplayFile(path, columns, zone=UTC, now=NOW)


def test_rows_are_read_with_their_line(tmp_path: Path) -> None:
    file = _file(tmp_path, 'who,text,when,stars\nana,"two\nlines",2026-03-01 14:05,4\nbo,hi,,\n')
    assert list(file.rows()) == [
        Row(2, "two\nlines", "ana", datetime(2026, 3, 1, 14, 5, tzinfo=UTC), 4),
        Row(4, "hi", "bo", None, None),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("ana,hello", "2 fields, the header has 4"),
        ("ana,,,", "its text is empty"),
        ("ana,hello,yesterdayish,", "not a date and time"),
        ("ana,hello,2199-01-01,", "lies in the future"),
        ("ana,hello,,nine", "not a number"),
        ("ana,hello,,9", "not a whole number from 1 to 5"),
        ("ana,hello,,2.5", "not a whole number from 1 to 5"),
        ("ana,hello,,nan", "not a whole number from 1 to 5"),
        ("ana,hello,,inf", "not a whole number from 1 to 5"),
        ("ana,hello,9999-12-31 23:59:59-23:59,", "not a date and time"),
        ("ana,hello,0001-01-01 00:00:00+23:59,", "not a date and time"),
        ('"ana"x,hello,,', "quotes are broken"),
    ],
)
def test_an_unreadable_row_is_told_and_the_rest_is_read(tmp_path: Path, row: str, reason: str) -> None:
    file = _file(tmp_path, f"who,text,when,stars\n{row}\nbo,fine,,5\n")
    bad, good = file.rows()
    assert isinstance(bad, UnreadableRow)
    assert bad.line == 2
    assert reason in bad.reason
    assert isinstance(good, Row)
    assert good.text == "fine"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        ("who,text,when,stars\n", "no rows"),
        ("who,message\nana,hi\n", "no column text, when, stars; its columns are: who, message"),
        ('who,text,when,stars\nana,"never en', "cut short: the row that begins on line 2"),
        ("who,text,when,stars\nana,one,,\nbo,tw", "cut short: the row that begins on line 3"),
        ("who,text,when,stars\nana,caf\xe9,,\n".encode("latin-1"), "is not UTF-8"),
        ("who,text,when,stars\nana,hi,,\n".encode("utf-16"), "is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_whole(
    tmp_path: Path, content: str | bytes, reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        _file(tmp_path, content).check()


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            ReplayFile(path, ALL, zone=UTC, now=NOW).check()


def test_a_byte_order_mark_and_odd_text_do_not_disturb(tmp_path: Path) -> None:
    file = _file(tmp_path, "\ufefftext\n<b>&\x00\u202e🙂\n", Columns(text="text"))
    fingerprint, count = file.check()
    assert count == 1
    assert len(fingerprint) == 12
    (row,) = file.rows()
    assert isinstance(row, Row)
    assert row.text == "<b>&\x00\u202e🙂"
