"""What buttons carry: a verb and its arguments, at most 64 bytes, as Telegram allows.

Nothing in it is trusted: every handler looks up what it names and checks that the one who tapped may.
"""

from store.outbox import Button

SEPARATOR = ":"
MAX_BYTES = 64
MAX_DIGITS = 15


def button(label: str, verb: str, *arguments: object) -> Button:
    """Make a button that comes back as ``verb`` with ``arguments``."""
    data = SEPARATOR.join([verb, *map(str, arguments)])
    if len(data.encode()) > MAX_BYTES:
        raise ValueError(f"button data is longer than {MAX_BYTES} bytes: {data!r}")
    return Button(label, data)


def parse(data: str) -> tuple[str, tuple[str, ...]]:
    """Split a tapped button's data into its verb and arguments."""
    verb, *arguments = data.split(SEPARATOR)
    return verb, tuple(arguments)


def number(argument: str) -> int | None:
    """Read a number argument; None where it is none that we could have written."""
    return (
        int(argument) if argument.isascii() and argument.isdigit() and len(argument) <= MAX_DIGITS else None
    )
