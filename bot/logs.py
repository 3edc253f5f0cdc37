"""Log lines on standard error, in which no secret ever stands."""

import logging
import re
import sys
from collections.abc import Iterable
from typing import Any, ClassVar

from bot.config import Settings
from store.engine import database_url
from store.trouble import known_trouble_of

HIDDEN = "***"
NOISY = ("alembic", "aiohttp.access", "httpx", "telegram")
MUTE = ("apscheduler", "procrastinate", "psycopg.pool")
"""Whatever these tell at length, we say in a line (``bot.beats``, ``bot.sharing``)."""


class RedactingFormatter(logging.Formatter):
    """Formats a line, traceback included, and blanks every secret in it."""

    default_format: ClassVar[str] = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__(self.default_format)
        texts = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, texts))) if texts else None

    def format(self, record: logging.LogRecord) -> str:
        """Format one record."""
        return self.redact(super().format(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is the library's
        """Show a traceback; where the database is in trouble, which no code mends, what to do instead."""
        trouble = None if ei[1] is None else known_trouble_of(ei[1])
        return super().formatException(ei) if trouble is None else trouble

    def redact(self, text: str) -> str:
        """Blank every secret in a text."""
        return text if self._secrets is None else self._secrets.sub(HIDDEN, text)


def secrets_of(settings: Settings) -> list[str]:
    """List what must never be shown: tokens, and the password in the database's address."""
    known = [settings.telegram_token, settings.telegram_webhook_secret]
    url = database_url(settings.database_url.get_secret_value())
    passwords = (url.password, url.query.get("password"))
    return [secret.get_secret_value() for secret in known if secret] + [
        str(password) for password in passwords if password
    ]


def start_logging(settings: Settings) -> None:
    """Send log lines to standard error from now on."""
    handler = logging.StreamHandler(sys.stderr)
    formatter = RedactingFormatter(secrets_of(settings))
    handler.setFormatter(formatter)
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))
    for name in MUTE:
        logging.getLogger(name).setLevel(logging.CRITICAL)

    def hook(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        text = "the program ended because of an error that it did not expect"
        logging.getLogger("rapport").critical(text, exc_info=(kind, error, trace))

    sys.excepthook = hook
