"""What most commands of ``rapport`` begin with: the settings, and the database that they name."""

from typing import TYPE_CHECKING

from bot.config import Settings, load_settings
from bot.logs import start_logging
from feedback.reading.taxonomy import use

if TYPE_CHECKING:
    from store.engine import Database


def read_settings() -> Settings:
    """Read the settings, and let them hold from here on: for the log, and for the parts of the service.

    Raises:
        ConfigurationError: a setting must be changed.
    """
    settings = load_settings()
    start_logging(settings)
    use(settings.taxonomy)
    return settings


def open_database(settings: Settings) -> "Database":
    """Open the database of the settings, and see that it may be used.

    Raises:
        ConfigurationError: it may not; the message says why, and what to do.
    """
    from bot import readiness

    return readiness.open_database(settings)
