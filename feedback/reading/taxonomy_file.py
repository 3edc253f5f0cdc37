"""The company's own parts of the service, in a TOML file that people edit."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from feedback.reading.taxonomy import OTHER, Taxonomy
from feedback.words import tidy, words_of
from store.errors import InputError

TABLE = "aspects"
MOST_PARTS = 50
MOST_WORDS = 1_000
LONGEST_NAME = 40
LONGEST_WORD = 40
WORDS_TOGETHER = 4
"""So many words beside each other may stand for one part: "customer service desk"."""
FAULTS_TOLD = 10
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]+")


def read_taxonomy(path: Path) -> Taxonomy:
    """Read the parts of the service from a file.

    Raises:
        InputError: it cannot be read or used; every fault is told with the part and the word.
    """
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8: save it again as UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is not valid TOML: {error}") from error
    faults = list(_faults(content))
    if faults:
        more = f"; and {len(faults) - FAULTS_TOLD} more" if len(faults) > FAULTS_TOLD else ""
        raise InputError(f"{path}: {'; '.join(faults[:FAULTS_TOLD])}{more}")
    return Taxonomy(
        {name.strip(): tuple(map(normal, words)) for name, words in content[TABLE].items()}  # checked above
    )


def as_toml(taxonomy: Taxonomy) -> str:
    """Write a taxonomy as a file that ``read_taxonomy`` reads."""
    lines = [f"[{TABLE}]"]
    taken: set[str] = set()
    for name, words in taxonomy.parts.items():
        fine = {normal(word): word for word in words if not _fault_of(word) and normal(word) not in taken}
        kept = list(fine.values())
        taken |= fine.keys()
        lines += [f"{_quoted(name)} = [", *_wrapped(kept), "]"]
    return "\n".join(lines) + "\n"


def normal(word: str) -> str:
    """Bring a word into the form in which messages are looked through.

    What comes of one step may be short for something else (``a`u``, ``a u``, ``a you``), until nothing is.
    """
    found = _in_form(word)
    while (again := _in_form(found)) != found:
        found = again
    return found


def _in_form(word: str) -> str:
    tidied = tidy(word).strip()
    if _CHINESE.search(tidied):
        return tidied
    beginning = "*" if tidied.endswith("*") else ""
    return " ".join(one for one in words_of(tidied.removesuffix("*")) if one != ",") + beginning


def _faults(content: Mapping[str, Any]) -> Iterator[str]:
    """Find everything that is wrong with the file's content."""
    parts = content.get(TABLE)
    for name in content.keys() - {TABLE}:
        yield f"{name!r} stands outside [{TABLE}]: write [{TABLE}] above it"
    if not isinstance(parts, dict) or not parts:
        if content.keys() <= {TABLE}:
            yield f"it needs a table [{TABLE}] with lines such as delivery = ['courier*', 'late', '快递']"
        return
    if len(parts) > MOST_PARTS:
        yield f"it has {len(parts)} parts; keep to {MOST_PARTS}"
    named: dict[str, str] = {}
    for name, words in parts.items():
        yield from _faults_of_part(name, words, named)


def _faults_of_part(name: str, words: object, named: dict[str, str]) -> Iterator[str]:
    """Find what is wrong with one part; ``named`` has the part of each word before it, and gets these."""
    if not name.strip() or len(name) > LONGEST_NAME or not _PRINTABLE.fullmatch(name):
        yield f"{name[:LONGEST_NAME]!r} is no name: 1 to {LONGEST_NAME} characters on one line"
    if name.strip() == OTHER:
        yield f"{OTHER!r} is what an opinion is about that names no part: call it something else"
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        yield f"{name!r} needs a list of words in quotes, e.g. {name} = ['courier*', '快递']"
        return
    if len(words) > MOST_WORDS:
        yield f"{name!r} has {len(words)} words; keep to {MOST_WORDS}"
    for word in words:
        fault = _fault_of(word)
        if fault:
            yield f"{name!r}: {word[:LONGEST_WORD]!r} {fault}"
        elif named.setdefault(normal(word), name) != name:
            yield f"{name!r}: {word!r} is a word of {named[normal(word)]!r} already"


def _fault_of(word: str) -> str:
    """Say what is wrong with a word; "" where nothing is."""
    known = normal(word)
    if not known.strip("*"):
        return "has no letter or digit"
    if len(word) > LONGEST_WORD:
        return f"is longer than {LONGEST_WORD} characters"
    if "*" in known[:-1] or "*" in word.strip()[:-1]:
        return "may have a * at its end only"
    if _CHINESE.search(known):
        return "is Chinese and needs no *: it is found wherever it stands" if "*" in known else ""
    if len(known.split()) > WORDS_TOGETHER:
        return f"is more than {WORDS_TOGETHER} words"
    return "is several words and cannot end in *" if " " in known and known.endswith("*") else ""


def _quoted(text: str) -> str:
    """Write a TOML string; ``json.dumps`` would escape what TOML knows in another way."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _wrapped(words: list[str], width: int = 100) -> Iterator[str]:
    line = "   "
    for word in words:
        piece = f" {_quoted(word)},"
        if len(line) + len(piece) > width and line.strip():
            yield line
            line = "   "
        line += piece
    if line.strip():
        yield line
