"""Pictures are drawn in a process of its own; where that is not possible, a text goes without its picture."""

import logging
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import TypeVar

from bot.aside import AsideError

log = logging.getLogger(__name__)

LIBRARIES = ("altair", "vl_convert")

P = TypeVar("P")


async def drawn(
    picture: P,
    draw: Callable[[P], Awaitable[bytes]],
    *,
    libraries: tuple[str, ...],
    what: str,
    told: set[str],
) -> bytes | None:
    """Draw; where that is not possible, why is logged once.

    Args:
        picture: what is drawn.
        draw: draws it.
        libraries: without which nothing is drawn.
        what: what goes without its picture then, for the log: ``digests``.
        told: why it was not possible before, as was logged; it grows.

    Returns:
        The picture; None where it could not be drawn.
    """
    missing = [name for name in libraries if find_spec(name) is None]
    if missing:
        why = f"{' and '.join(missing)} cannot be imported: install the program with what it requires"
    else:
        try:
            return await draw(picture)
        except AsideError as error:
            why = str(error)
    if why not in told:
        told.add(why)
        log.warning("%s go out without their picture: %s", what, why)
    return None
