"""Duties: long work that exactly one process does at a time, such as sending for an account."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Duty:
    """Work that goes on until it is cancelled, and that two must not do at once.

    Attributes:
        name: the same in every process, e.g. ``send:telegram``.
        work: does it. When cancelled it leaves everything in good order, within seconds, for whoever goes on.
    """

    name: str
    work: Callable[[], Coroutine[Any, Any, None]]
