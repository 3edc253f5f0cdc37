"""What makes a message weigh heavily, by name."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """A reason to look at a message at once."""

    SAFETY = "safety"
    LEGAL = "legal"
    MONEY_LOST = "money_lost"
    LEAVING = "leaving"
    ASKED_BEFORE = "asked_before"
    DISCRIMINATION = "discrimination"
    DISTRESS = "distress"


@dataclass(frozen=True, slots=True)
class SeveritySignal:
    """A reason that was found, and the words that it was found by."""

    severity: Severity
    words: str
