"""Which settings exist: one class, read from ``RAPPORT_*`` variables or a ``rapport.toml``."""

import re
import secrets
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import holidays
from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from customers.company import Chat, Company
from customers.phrases import languages
from store.engine import database_url
from store.errors import ConfigurationError

PREFIX = "RAPPORT_"
CONFIG_FILE = Path("rapport.toml")
TELEGRAM_API = "https://api.telegram.org"
WEB_STAFF_CHAT = Chat("webchat", "staff")
