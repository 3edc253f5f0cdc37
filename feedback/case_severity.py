"""How much is at stake in a case, and why: a table. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from feedback.reading.severity_signals import Severity, SeveritySignal
from store.tables.complaints import CaseSeverity
from store.tables.customers import Standing

REPEATED = "repeated"
"""The customer complained about this before."""
KEY_CUSTOMER = "key_customer"
LATE = "late"
"""A target was missed."""

_NORMAL, _HIGH, _CRITICAL = CaseSeverity
STAKES: Mapping[str, CaseSeverity] = MappingProxyType(
    {
        Severity.SAFETY: _CRITICAL,
        Severity.DISTRESS: _CRITICAL,
        Severity.LEGAL: _HIGH,
        Severity.DISCRIMINATION: _HIGH,
        Severity.MONEY_LOST: _HIGH,
        Severity.LEAVING: _HIGH,
        Severity.ASKED_BEFORE: _HIGH,
        REPEATED: _HIGH,
        KEY_CUSTOMER: _HIGH,
        LATE: _HIGH,
    }
)
"""How severe each reason makes a case, at least; reasons are listed in this order."""


@dataclass(frozen=True, slots=True)
class Stake:
    """How severe a case is, and the keys of ``STAKES`` that make it so."""

    severity: CaseSeverity
    reasons: tuple[str, ...] = ()


def severity_of_case(
    signals: Sequence[SeveritySignal], *, standing: Standing, repeated: bool, before: Collection[str] = ()
) -> Stake:
    """Tell how severe a case is.

    Args:
        signals: what was found in the customer's words.
        standing: the customer's.
        repeated: whether they complained about the same before.
        before: the reasons that it had already, where words were added to it.
    """
    reasons = {str(signal.severity) for signal in signals} | set(before)
    if repeated:
        reasons.add(REPEATED)
    if standing is Standing.KEY:
        reasons.add(KEY_CUSTOMER)
    return _stake(reasons)


def raised(severity: CaseSeverity, reasons: Collection[str], *, why: str = LATE) -> Stake:
    """Make a case more severe by one degree, up to the last one."""
    degrees = tuple(CaseSeverity)
    higher = degrees[min(degrees.index(severity) + 1, len(degrees) - 1)]
    return Stake(higher, _stake({*reasons, why}).reasons)


def most_severe(one: CaseSeverity, other: CaseSeverity) -> CaseSeverity:
    """Give the more severe of two."""
    return max(one, other, key=tuple(CaseSeverity).index)


def _stake(reasons: Collection[str]) -> Stake:
    known = tuple(str(reason) for reason in STAKES if reason in reasons)
    severity = CaseSeverity.NORMAL
    for reason in known:
        severity = most_severe(severity, STAKES[reason])
    return Stake(severity, known)
