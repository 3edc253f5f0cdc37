"""Short messages of our own and what must come out, after CheckList (Ribeiro and others, ACL 2020).

Each row: what must hold, then the message. ``-``, ``0`` and ``+`` are sentiments; ``!name`` a severity that
must be found and ``~name`` one that must not; ``kind`` the first kind; ``part+``, ``part-`` a part of the
service and how it fares. Several are parted by spaces.
"""

from tests.feedback import checklist_hard as hard
from tests.feedback import checklist_plain as plain

TABLES = {
    "negation": plain.NEGATION,
    "intensity": plain.INTENSITY,
    "signs": plain.SIGNS,
    "problems": plain.PROBLEMS,
    "praise": plain.PRAISE,
    "neutral": plain.NEUTRAL,
    "mixed": plain.MIXED,
    "polite anger": hard.POLITE_ANGER,
    "irony": hard.IRONY,
    "mild": hard.MILD,
    "opt-out": hard.OPT_OUT,
    "person": hard.PERSON,
    "suggestion": hard.SUGGESTION,
    "small talk": hard.SMALL_TALK,
    "severity": hard.SEVERITY,
    "typos": hard.TYPOS,
    "names": hard.NAMES,
    "slang": hard.SLANG,
    "other languages": hard.OTHER_LANGUAGES,
}
"""Rows by what they test; ``hard.SARCASM_RATED`` begins with the stars that were given."""

ROWS: tuple[tuple[str, str, str], ...] = tuple(
    (name, *(part.strip() for part in row.split("|", 1)))  # type: ignore[misc]  # two parts
    for name, table in TABLES.items()
    for row in table.strip().splitlines()
)
"""(what it tests, what must hold, message)."""
RATED: tuple[tuple[int, str, str], ...] = tuple(
    (int(row.split()[0]), row.split()[1], row.split("|", 1)[1].strip())
    for row in hard.SARCASM_RATED.strip().splitlines()
)
"""(stars given, sentiment, message)."""
