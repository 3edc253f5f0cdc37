"""What a setting's value must be: checks whose message says how to mend it, and never quotes the value."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr
from pydantic_core import PydanticCustomError

from feedback.reading.taxonomy_file import read_taxonomy
from store.engine import database_url
from store.errors import ConfigurationError, InputError

BROKEN_RULE = "rule"
"""The type of the errors made here: their message is complete."""


def broken(message: str) -> PydanticCustomError:
    """Make the error of a value that breaks a rule."""
    return PydanticCustomError(BROKEN_RULE, "{message}", {"message": message})


def rule(holds: Callable[[str], object], message: str) -> AfterValidator:
    """Make a validator of a text; the message says what it must be and gives an example."""

    def check(value: str) -> str:
        if not holds(value):
            raise broken(message)
        return value

    return AfterValidator(check)


def secret_rule(pattern: str, message: str) -> AfterValidator:
    """Make a validator of a secret by a pattern that the whole of it must match."""

    def check(value: SecretStr) -> SecretStr:
        if not re.fullmatch(pattern, value.get_secret_value()):
            raise broken(message)
        return value

    return AfterValidator(check)


def knows_country(code: str) -> bool:
    """Tell whether the calendar of a country is known, by its two-letter code in capitals (ISO 3166)."""
    from holidays.registry import EntityLoader  # the calendars themselves, 8 MB, are not loaded by it

    return code in EntityLoader.get_country_codes(include_aliases=False)


def is_http_url(value: str) -> bool:
    """Tell whether a text is an address of a web server, without query or fragment."""
    parts = urlsplit(value)
    return (
        parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query and not parts.fragment
    )


def check_aspects(path: Path) -> Path:
    """Refuse a file that does not hold the parts of a service."""
    try:
        read_taxonomy(path)
    except InputError as error:
        raise broken(f"{error} (docs/scoring.md has an example)") from None
    return path


def check_database_url(value: SecretStr) -> SecretStr:
    """Refuse what is no URL of a database that Rapport runs on."""
    try:
        database_url(value.get_secret_value())
    except ConfigurationError as error:
        raise broken(str(error)) from None
    return value
