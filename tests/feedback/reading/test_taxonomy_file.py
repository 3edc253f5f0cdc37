"""The file in which a company names the parts of its service."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.reading.taxonomy import STANDARD, Taxonomy
from feedback.reading.taxonomy_file import as_toml, normal, read_taxonomy
from feedback.understanding import Context, understand
from store.errors import InputError


def read(tmp_path: Path, content: str | bytes) -> Taxonomy:
    path = tmp_path / "aspects.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_taxonomy(path)


def test_words_are_brought_into_the_form_in_which_messages_are_read(tmp_path: Path) -> None:
    taxonomy = read(
        tmp_path, "[aspects]\nworkshop = ['Tasting*', 'T-Shirt', ' 品茶会 ']\n'茶 单' = ['menu']\n"
    )

    assert taxonomy.parts == {"workshop": ("tasting*", "t shirt", "品茶会"), "茶 单": ("menu",)}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("The TASTINGS were lovely", "workshop"),
        ("My t-shirt is torn", "workshop"),
        ("品茶会太棒了", "workshop"),
        ("The customer service desk was closed", "desk"),
        ("Your customer service was closed", "service"),
        ("It was not worth the money's worth of tea", "value"),
    ],
)
def test_the_words_are_found(tmp_path: Path, text: str, part: str) -> None:
    taxonomy = read(
        tmp_path,
        "[aspects]\nworkshop = ['tasting*', 'T-shirt', '品茶会']\nservice = ['customer service']\n"
        "desk = ['Customer service desk']\nvalue = [\"money's worth\"]\n",
    )

    assert [aspect.part for aspect in understand(text, Context(taxonomy=taxonomy)).aspects] == [part]


def test_the_standard_one_can_be_printed_edited_and_read(tmp_path: Path) -> None:
    taxonomy = read(tmp_path, as_toml(STANDARD))

    assert list(taxonomy.parts) == list(STANDARD.parts)
    for part, words in taxonomy.parts.items():
        assert len(words) > 10
        assert {normal(word) for word in STANDARD.parts[part]} >= set(words)
    assert read(tmp_path, as_toml(taxonomy)).parts == taxonomy.parts


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "needs a table [aspects]"),
        ("aspects = 3", "needs a table [aspects]"),
        ("[aspects]", "needs a table [aspects]"),
        ("delivery = ['late']", "'delivery' stands outside [aspects]"),
        ("[aspects]\ndelivery = 'late'", "'delivery' needs a list of words in quotes"),
        ("[aspects]\ndelivery = []", "'delivery' needs a list"),
        ("[aspects]\ndelivery = ['late', 3]", "'delivery' needs a list"),
        ("[aspects]\ndelivery = ['late', '!!']", "'delivery': '!!' has no letter or digit"),
        ("[aspects]\ndelivery = ['*']", "'*' has no letter"),
        ("[aspects]\ndelivery = ['la*te']", "may have a * at its end only"),
        ("[aspects]\ndelivery = ['on the way to me']", "is more than 4 words"),
        ("[aspects]\ndelivery = ['快递*']", "is Chinese and needs no *"),
        ("[aspects]\ndelivery = ['my cour*']", "is several words and cannot end in *"),
        (f"[aspects]\ndelivery = ['{'x' * 41}']", "is longer than 40 characters"),
        ("[aspects]\na = ['late']\nb = ['LATE']", "'b': 'LATE' is a word of 'a' already"),
        ("[aspects]\nother = ['late']", "'other' is what an opinion is about that names no part"),
        ("[aspects]\n'' = ['late']", "is no name"),
        ('[aspects]\n"a\\nb" = ["late"]', "is no name"),
        ("[aspects]\n" + "\n".join(f"a{n} = ['w{n}']" for n in range(51)), "it has 51 parts; keep to 50"),
        ("[aspects\n", "is not valid TOML: Expected ']'"),
        (b"[aspects]\na = ['caf\xe9']", "is not UTF-8"),
    ],
)
def test_faults_are_told(tmp_path: Path, content: str | bytes, fault: str) -> None:
    with pytest.raises(InputError) as told:
        read(tmp_path, content)

    assert fault in str(told.value)
    assert "aspects.toml" in str(told.value)


def test_all_faults_are_told_at_once_up_to_ten(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'a1'.*'a9'.*; and 5 more$"):
        read(tmp_path, "[aspects]\n" + "\n".join(f"a{n} = []" for n in range(1, 16)))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.toml cannot be read: No such file"):
        read_taxonomy(tmp_path / "nowhere.toml")


@given(st.text(max_size=60))
def test_any_word_is_taken_or_refused(word: str) -> None:
    written = as_toml(Taxonomy({"a": (word, "late")}))

    assert written.startswith("[aspects]\n")
    assert normal(normal(word)) == normal(word)
