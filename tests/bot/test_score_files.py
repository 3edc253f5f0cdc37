"""Files to score: what is read, what is left out with its line, and what is refused in which words."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot import score_files
from bot.csv_rows import UnreadableRow
from bot.score_command import Request, score
from bot.score_files import Format, Message, Source, delimiter_of, format_of
from feedback.reading.taxonomy import STANDARD
from store.errors import InputError


def read(content: bytes | str, format_: Format, **columns: Any) -> list[Message | UnreadableRow]:
    data = content.encode() if isinstance(content, str) else content
    return list(Source("the file", BytesIO(data), format_, **columns).messages())


def test_each_line_is_a_message_whatever_ends_it() -> None:
    assert read("\ufeffone\r\n\ntwo", Format.LINES) == [Message(1, "one"), Message(2, ""), Message(3, "two")]


def test_lines_that_are_not_utf8_are_left_out() -> None:
    assert read(b"one\ncaf\xe9\n\xf0\x9f\x98\x80\n", Format.LINES) == [
        Message(1, "one"),
        UnreadableRow(2, "it is not UTF-8"),
        Message(3, "😀"),
    ]


def test_a_megabyte_in_a_line_is_a_message() -> None:
    (message,) = read("good " * 200_000, Format.LINES)
    assert isinstance(message, Message)
    assert len(message.text) == 1_000_000


@pytest.mark.parametrize("format_", [Format.LINES, Format.JSONL])
def test_a_line_without_an_end_is_left_out(monkeypatch: pytest.MonkeyPatch, format_: Format) -> None:
    monkeypatch.setattr(score_files, "LONGEST_LINE", 30)
    first, last = read("x" * 200 + '\n"two"\n', format_)
    assert first == UnreadableRow(1, "it is longer than 30 bytes")
    assert isinstance(last, Message)
    assert last.line == 2


@pytest.mark.parametrize("name", ["text", "Message", "REVIEW", "评价", "review text"])
def test_the_column_is_known_by_its_name(name: str) -> None:
    assert read(f'id,{name}\n1,"two\nlines"\n2,\n', Format.CSV) == [Message(2, "two\nlines"), Message(4, "")]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_spreadsheets_of_all_countries_are_read(mark: str) -> None:
    content = f'id{mark}text{mark}stars\n1{mark}"a, b; c"{mark}5\n2{mark}fine{mark}\n'
    assert read(content, Format.CSV, rating="stars") == [Message(2, "a, b; c", 5), Message(3, "fine")]


def test_the_only_column_needs_no_name() -> None:
    assert read("what they wrote\nfine\n", Format.CSV) == [Message(2, "fine")]


@pytest.mark.parametrize(
    ("header", "columns", "reason"),
    [
        ("id,text,review", {}, "several columns may hold.*columns are: id, text, review"),
        ("id,words", {}, "no column has a name.*name one with --column.*id, words"),
        ("id,text", {"column": "words"}, "has no column words; its columns are: id, text"),
        ("id,text", {"rating": "stars"}, "has no column stars"),
    ],
)
def test_a_column_that_is_not_clear_is_asked_for(header: str, columns: dict[str, str], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read(f"{header}\n1,fine\n", Format.CSV, **columns)
    keys = ", ".join(f'"{name}": "x"' for name in header.split(","))
    with pytest.raises(InputError, match=reason):
        read(f"{{{keys}}}\n", Format.JSONL, **columns)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"only one\n", "it has 1 fields, the header has 2"),
        (b'"a"b,1\n', "quotes are broken"),
        (b"caf\xe9,1\n", "it is not UTF-8"),
        (b"fine,nine\n", "its rating 'nine' is no whole number from 1 to 5"),
        (b"fine,0\n", "its rating '0' is no whole number"),
        (b"fine,nan\n", "its rating 'nan' is no whole number"),
    ],
)
def test_a_row_that_cannot_be_read_is_left_out(row: bytes, reason: str) -> None:
    bad, good = read(b"text,stars\n" + row + b"fine,4.0\n", Format.CSV, rating="stars")
    assert isinstance(bad, UnreadableRow)
    assert (bad.line, reason in bad.reason) == (2, True)
    assert good == Message(3, "fine", 4)


def test_a_field_that_is_too_long_is_left_out() -> None:
    bad, good = read("text,id\n" + "x" * 2_000_001 + ",1\nfine,2\n", Format.CSV)
    assert bad == UnreadableRow(2, "a field is longer than 2,000,000 characters")
    assert good == Message(3, "fine")


def test_a_file_that_is_cut_short_ends_after_what_came_before() -> None:
    messages = Source("the file", BytesIO(b'text\nfine\n"never end'), Format.CSV).messages()
    assert next(messages) == Message(2, "fine")
    with pytest.raises(InputError, match="the file is cut short: the row that begins on line 3"):
        next(messages)


def test_json_lines_are_read() -> None:
    content = '{"id": 1, "text": "a\\nb", "stars": 2}\n\n{"text": "很好", "stars": null}\n"alone"\n'
    assert read(content, Format.JSONL) == [Message(1, "a\nb"), Message(3, "很好"), Message(4, "alone")]
    assert read(content, Format.JSONL, rating="stars")[0] == Message(1, "a\nb", 2)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{not json", "it is no JSON (Expecting property name"),
        ("[1, 2]", "it is no JSON object"),
        ("7", "it is no JSON object"),
        ('{"other": "x"}', "its 'text' is missing"),
        ('{"text": 7}', "its 'text' is no text"),
        ("[" * 100_000, "it is no JSON"),
        ('{"text": ' + "9" * 10_000 + "}", "it is no JSON"),
    ],
)
def test_a_line_that_is_no_message_is_left_out(row: str, reason: str) -> None:
    first, bad, last = read(f'{{"text": "a"}}\n{row}\n{{"text": "b"}}\n', Format.JSONL)
    assert (first, last) == (Message(1, "a"), Message(3, "b"))
    assert isinstance(bad, UnreadableRow)
    assert (bad.line, reason in bad.reason) == (2, True)


@pytest.mark.parametrize(
    ("content", "format_", "reason"),
    [
        (b"\xff\xfet\0e\0x\0t\0", Format.CSV, "is UTF-16: save it as UTF-8"),
        (b"PK\x03\x04rest", Format.CSV, "is a workbook"),
        (b"\x1f\x8b\x08", Format.LINES, "is compressed"),
        (b"", Format.CSV, "is empty: it needs a header"),
        (b'[{"text": "a"}]', Format.JSONL, "is one JSON array"),
        (b'"text', Format.CSV, "no header that can be read|cut short"),
    ],
)
def test_other_kinds_of_files_are_refused(content: bytes, format_: Format, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read(content, format_)


def test_lines_have_no_columns() -> None:
    with pytest.raises(InputError, match="read as lines, which have no columns"):
        read("a\n", Format.LINES, column="text")


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("a.csv", Format.CSV),
        ("A.TSV", Format.CSV),
        ("a.jsonl", Format.JSONL),
        ("a.ndjson", Format.JSONL),
        ("a.txt", Format.LINES),
        ("-", Format.LINES),
    ],
)
def test_the_name_tells_the_format(name: str, format_: Format) -> None:
    assert format_of(name) is format_


def test_a_comma_stands_between_columns_where_nothing_else_does() -> None:
    assert delimiter_of("text") == ","


def scored(path: Path | str, **fields: str) -> tuple[list[str], list[str]]:
    out, told = BytesIO(), list[str]()
    score(Request(str(path), STANDARD, **fields), out, told.append, Console(file=None, quiet=True))  # type: ignore[arg-type] # columns
    return out.getvalue().decode().splitlines(), told


def test_what_was_left_out_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "fine"}\n' + "{\n" * 30)
    lines, told = scored(path)
    assert len(lines) == 1
    assert told[0].startswith("line 2: it is no JSON")
    assert len(told) == 21
    assert told[-1] == "… and 10 more lines"


def test_half_a_character_is_scored_and_written_as_it_came(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "bad \\ud800 thing"}\n')
    (line,), told = scored(path)
    assert told == []
    assert '"text": "bad \\ud800 thing", "sentiment": "negative"' in line


def test_a_closed_standard_input_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)  # as Python has it where descriptor 0 is closed
    with pytest.raises(InputError, match="standard input is closed: name a file"):
        scored("-")


def test_a_file_of_which_nothing_can_be_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xe9\n\xe8\n")
    with pytest.raises(InputError, match="none of its 2 rows could be read"):
        scored(path)


def test_an_empty_file_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"")
    assert scored(tmp_path / "a.txt") == ([], [f"{tmp_path / 'a.txt'} holds no message"])


@pytest.mark.parametrize(("name", "reason"), [("nowhere.txt", "No such file"), (".", "Is a directory")])
def test_what_cannot_be_opened_is_named(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(InputError, match=f"cannot be read: {reason}"):
        scored(tmp_path / name)


def test_other_columns_are_kept() -> None:
    (message,) = read(b"date,text,order\n2026-03-01,Late again,A-1\n", Format.CSV)
    assert message == Message(2, "Late again")
    assert isinstance(message, Message)
    assert message.row == {"date": "2026-03-01", "order": "A-1"}


def test_other_keys_are_kept_as_they_are() -> None:
    line = b'{"text": "Late again", "order": {"id": 7}, "stars": 1}\n'
    (message,) = read(line, Format.JSONL, rating="stars")
    assert isinstance(message, Message)
    assert (message.rating, message.row) == (1, {"order": {"id": 7}, "stars": 1})


@pytest.mark.parametrize(
    ("content", "format_"),
    [(b"text,Stars\na,1\nb,2\n", Format.CSV), (b'{"text": "a", "Stars": 1}\n{"text": "b"}\n', Format.JSONL)],
)
def test_stars_that_are_not_used_are_mentioned_once(content: bytes, format_: Format) -> None:
    told: list[str] = []
    assert len(read(content, format_, tell=told.append)) == 2
    (line,) = told
    assert "'Stars' may hold ratings: with --rating Stars" in line
    told.clear()
    read(content, format_, rating="Stars", tell=told.append)
    assert told == []


def test_a_column_of_no_rating_is_not_mentioned() -> None:
    told: list[str] = []
    read(b"text,date\na,2026-01-01\n", Format.CSV, tell=told.append)
    read(b"score\nGreat\n", Format.CSV, column="score", tell=told.append)
    assert told == []
