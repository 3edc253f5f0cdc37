"""How fast one visitor may write: a bucket of tokens each, refilled with time."""

from collections.abc import Callable
from dataclasses import dataclass

BURST = 30
REFILL_PER_S = 1.0
MOST_VISITORS = 10_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_s: float


class Flood:
    """Counts what each visitor sends; a person never notices, a loop does.

    Attributes:
        monotonic: tells seconds that only go forward.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: dict[str, _Bucket] = {}

    def wait_s(self, sender: str) -> float:
        """Spend one token of a visitor.

        Returns:
            0 where it may be handled now, else how many seconds to wait before trying again.
        """
        now_s = self._monotonic()
        bucket = self._buckets.get(sender)
        if bucket is None:
            self._forget_idle(now_s)
            bucket = self._buckets[sender] = _Bucket(BURST, now_s)
        bucket.tokens = min(BURST, bucket.tokens + (now_s - bucket.at_s) * REFILL_PER_S)
        bucket.at_s = now_s
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / REFILL_PER_S
        bucket.tokens -= 1
        return 0.0

    def _forget_idle(self, now_s: float) -> None:
        """Drop the buckets that are full again, once there are many."""
        if len(self._buckets) < MOST_VISITORS:
            return
        full_after_s = BURST / REFILL_PER_S
        self._buckets = {
            sender: bucket for sender, bucket in self._buckets.items() if now_s - bucket.at_s < full_after_s
        }
