"""Why something about an event cannot be: it is over, cancelled, or there is no room."""

from datetime import datetime

from store.errors import InputError
from store.tables.outreach import Event


class FullError(InputError):
    """No place is left for all whom a guest would bring; ``more`` is for how many more there is one."""

    def __init__(self, message: str, *, more: int) -> None:
        super().__init__(message)
        self.more = more


class PartyTooBigError(InputError):
    """More people than there are places in all; ``places`` is how many those are."""

    def __init__(self, message: str, *, places: int) -> None:
        super().__init__(message)
        self.places = places


class ClosedError(InputError):
    """The event has begun; ``is_over`` says that it has ended, too."""

    def __init__(self, message: str, *, is_over: bool) -> None:
        super().__init__(message)
        self.is_over = is_over


class CancelledError(InputError):
    """The event was cancelled."""


class TooFewError(InputError):
    """Fewer places than people who have one; ``held`` says how many those are."""

    def __init__(self, message: str, *, held: int) -> None:
        super().__init__(message)
        self.held = held


class EndsTooEarlyError(InputError):
    """The event would end before it starts."""


def check_still_to_come(event: Event, *, now: datetime) -> None:
    """Check that an event is still to come.

    Raises:
        CancelledError: it was cancelled.
        ClosedError: it has begun.
    """
    if event.cancelled_at is not None:
        raise CancelledError(f"event {event.id} was cancelled")
    if event.starts_at <= now:
        is_over = event.ends_at is not None and event.ends_at <= now
        raise ClosedError(f"event {event.id} has begun", is_over=is_over)
