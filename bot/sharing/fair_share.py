"""Whether this process has more duties than its share. Only hints: nothing but the speed depends on it."""

from dataclasses import dataclass, field

FORGOTTEN_AFTER_S = 10.0
"""A process that has not told of itself for this long is not counted on."""


@dataclass(slots=True)
class FairShare:
    """What each process has told of itself.

    Attributes:
        name: of this process, unlike any other's; without a colon.
    """

    name: str
    _others: dict[str, tuple[int, float]] = field(default_factory=dict)

    def telling(self, duties: int) -> str:
        """Word what this process tells the others: how many duties it has."""
        return f"{self.name}:{duties}"

    def hear(self, told: str, now: float) -> None:
        """Note what a process has told, at a moment in monotonic seconds; what is no such word is left."""
        name, _, duties = told.partition(":")
        if name != self.name and duties.isdecimal():
            self._others[name] = (int(duties), now)

    def is_exceeded(self, duties: int, now: float) -> bool:
        """Tell whether another process has at least two duties fewer, so that one should go there."""
        lately = (count for count, at in self._others.values() if now - at <= FORGOTTEN_AFTER_S)
        return duties - min(lately, default=duties) > 1
