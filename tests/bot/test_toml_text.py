"""Values as TOML: whatever is written is read back as it was."""

import tomllib
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.toml_text import key_text, table_text

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [
        '"""',
        '"',
        '""""\n',
        "\\",
        "a\\\n b",
        "\r\n",
        "\n",
        "\n\n x",
        "春节快乐\n🎉👨‍👩‍👧",
        "'''",
        "# no",
        "\x00\x7f\x85\u2028",
        "tab\t\n",
    ]
)
numbers = st.integers(-(2**60), 2**60) | st.floats(allow_nan=False)
values = st.recursive(
    texts | numbers | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)
tables = st.dictionaries(texts, values, max_size=4)


@settings(max_examples=400, deadline=None)
@given(tables)
@example({"a": {}})
@example({"a": [], "b": [{}], "c": [{"d": {"e": [{"f": 1}]}}, {}], "g": [[{"h": 1}]]})
@example({"a": {"": {"b.c": {"\n": 'x"\n"'}}}})
def test_what_is_written_is_read_back(table: dict[str, Any]) -> None:
    assert tomllib.loads(table_text(table)) == table


@settings(max_examples=100, deadline=None)
@given(tables, st.lists(texts, min_size=1, max_size=2))
def test_a_table_stands_where_its_heading_says(table: dict[str, Any], path: list[str]) -> None:
    read = tomllib.loads(f"[{'.'.join(map(key_text, path))}]\n{table_text(table, path)}")
    for key in path:
        read = read[key]
    assert read == table


def test_what_is_none_is_left_out() -> None:
    assert table_text({"a": None, "b": {"c": None, "d": 1}}) == "b = { d = 1 }"


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ({"title": {"en": "Our day", "zh": "我们的生日"}}, 'title = { en = "Our day", zh = "我们的生日" }'),
        (
            {"text": 'Hello,\nsay "yes"'},
            'text = """\nHello,\nsay "yes\\""""',
        ),
        (
            {
                "period_days": 30.0,
                "window": {"weekdays": ["mon"]},
                "questions": [{"kind": "stars"}, {"kind": "nps"}],
            },
            (
                'period_days = 30.0\n\n[window]\nweekdays = ["mon"]\n'
                '\n[[questions]]\nkind = "stars"\n\n[[questions]]\nkind = "nps"'
            ),
        ),
    ],
)
def test_it_reads_well(table: dict[str, Any], text: str) -> None:
    assert table_text(table) == text
