"""What is wrong with the settings, all of it at once, in words that say how to mend it."""

import math
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from bot.config_rules import BROKEN_RULE

PREFIX = "RAPPORT_"
TELEGRAM_API_URL = "https://api.telegram.org"

USUAL_HOURS = {"first_response_hours": 4.0, "resolution_hours": 72.0}

WEBHOOK_NEEDS = {
    "telegram_token": "the token of your bot, or remove the mode",
    "public_url": "the address where Telegram reaches you, e.g. https://bot.example.com",
    "telegram_webhook_secret": "a random text, e.g. from `openssl rand -hex 32`",
}


def contradictions(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Find settings that do not go together; looks only at what was given, valid or not.

    Yields:
        The name of a setting to change, and what is wrong with how to mend it.
    """
    if values.get("telegram_mode") == "webhook":
        for name, mend in WEBHOOK_NEEDS.items():
            if not values.get(name):
                yield name, f"it is missing, but {PREFIX}TELEGRAM_MODE=webhook; set {mend}"
        own_server = values.get("telegram_api_url", TELEGRAM_API_URL) != TELEGRAM_API_URL
        if str(values.get("public_url", "")).startswith("http://") and not own_server:
            yield "public_url", f"Telegram calls https:// only; set one, or {PREFIX}TELEGRAM_MODE=polling"
    if str(values.get("staff_chat", "")).startswith("telegram:") and not values.get("telegram_token"):
        yield "staff_chat", f"it names a Telegram chat without {PREFIX}TELEGRAM_TOKEN; set that, or use web"
    if str(values.get("quiet_from_hour", 21)) == str(values.get("quiet_until_hour", 9)):
        yield "quiet_until_hour", f"it equals {PREFIX}QUIET_FROM_HOUR; set them apart, e.g. 21 and 9"
    first_h, resolution_h = _hours(values, "first_response_hours"), _hours(values, "resolution_hours")
    if resolution_h < first_h:
        shorter = f"it is {resolution_h:g}, less than {PREFIX}FIRST_RESPONSE_HOURS ({first_h:g})"
        yield (
            "resolution_hours",
            f"{shorter}: nothing is solved before it is answered; raise it, or lower that",
        )


def _hours(values: Mapping[str, Any], name: str) -> float:
    """Read a time that may be invalid; then it contradicts nothing, for it is told by itself."""
    try:
        return float(values.get(name, USUAL_HOURS[name]))
    except (TypeError, ValueError):
        return math.nan


def unknown_variables(environment: Iterable[str], known: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Find ``RAPPORT_*`` variables that are no settings; a typing error would else be silent."""
    settings = [f"{PREFIX}{name.upper()}" for name in known]
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in settings:
            yield name, no_such_setting(name.upper(), settings)


def no_such_setting(name: str, known: Iterable[str]) -> str:
    """Say that a name is no setting, and which one may have been meant."""
    near = get_close_matches(name, list(known), n=1)
    return f"there is no such setting; {f'did you mean {near[0]}?' if near else 'remove it'}"


def as_error(name: str, message: str) -> InitErrorDetails:
    """Turn a fault into pydantic's form, so that it is told together with the others."""
    error = PydanticCustomError(BROKEN_RULE, "{message}", {"message": message})
    return InitErrorDetails(type=error, loc=(name,), input=None)


def setting_of(error: ErrorDetails) -> str:
    """Name the setting that an error is about."""
    return str(error["loc"][0]) if error["loc"] else "settings"


def describe(error: ErrorDetails, fields: Mapping[str, FieldInfo]) -> str:
    """Say what is wrong with one setting, and give an example of what would be right."""
    name = setting_of(error)
    if error["type"] == "extra_forbidden":
        return no_such_setting(name, fields)
    if error["type"] == BROKEN_RULE or name not in fields:
        return error["msg"]
    message = error["msg"].replace("Input should", "it must").replace("String should", "it must")
    message = message.partition(", unable to parse")[0]
    return f"{message}; e.g. {' or '.join(map(str, fields[name].examples or ['another value']))}"
