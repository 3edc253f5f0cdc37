"""Texts that staff send by a word: which there are in a customer's language, and their variables put in."""

import string
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from store.errors import InputError

VARIABLES = ("name", "reference", "staff", "company", "due")
"""What a text may hold, in braces."""


class QuickReplyError(InputError):
    """A text cannot be sent as it is.

    Attributes:
        variables: those that have no value here, or that nobody knows; none where its braces do not match.
    """

    def __init__(self, word: str, variables: tuple[str, ...]) -> None:
        wrong = ", ".join(f"{{{one}}}" for one in variables) or "a brace without its other half"
        super().__init__(f"the quick reply {word!r} cannot be sent: {wrong}")
        self.variables = variables


@dataclass(frozen=True, slots=True)
class Template:
    """A text as it was written, under the word that sends it."""

    word: str
    text: str


def in_language(texts: Mapping[str, str], *, language: str, otherwise: str) -> str | None:
    """Choose the text for a customer: in their language, else in the company's, else any.

    Args:
        texts: by language tag.
        language: the customer's.
        otherwise: the company's.
    """
    by_tag = {tag.casefold(): text for tag, text in texts.items()}
    tags = (language.casefold(), _primary(language), otherwise.casefold(), _primary(otherwise))
    found = next((by_tag[tag] for tag in tags if tag in by_tag), None)
    return found if found is not None else next(iter(by_tag.values()), None)


def fill(template: Template, values: Mapping[str, str]) -> str:
    """Put the values of variables into a text; they are never interpreted themselves.

    Args:
        template: the text; ``{{`` is a brace.
        values: by the variables' names; one that is empty counts as missing.

    Raises:
        QuickReplyError: a variable is missing, or the braces do not match.
    """
    pieces: list[str] = []
    missing: list[str] = []
    try:
        parsed = list(string.Formatter().parse(template.text))
    except ValueError as error:
        raise QuickReplyError(template.word, ()) from error
    for literal, field, form, conversion in parsed:
        pieces.append(literal)
        if field is None:
            continue
        value = values.get(field, "") if not (form or conversion) else ""
        if value:
            pieces.append(value)
        elif field not in missing:
            missing.append(field)
    if missing:
        raise QuickReplyError(template.word, tuple(missing))
    return "".join(pieces)


def find_word(words: Collection[str], written: str) -> str | None:
    """Find the word that somebody wrote, whatever its case; None where there is none such."""
    wanted = written.strip().casefold()
    return next((word for word in words if word.casefold() == wanted), None)


def _primary(tag: str) -> str:
    return tag.replace("_", "-").split("-")[0].casefold()
