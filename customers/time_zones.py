"""Time zones by their names, each read once."""

from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=1024)
def zone_info(name: str) -> ZoneInfo:
    """Give a time zone.

    ``ZoneInfo`` itself keeps only the last eight that were asked for, and reads the file of any other again;
    customers live in more. There are about 600, and what cannot be read is not kept.

    Args:
        name: IANA name, such as ``Europe/London``.

    Raises:
        LookupError, ValueError, OSError: it names none that this machine knows.
    """
    return ZoneInfo(name)
