"""How far the length of a message changes how sure we are: what is said at length says several things."""

from functools import lru_cache

USUAL_WORDS = 12
"""Words of a message for which nothing is changed."""
FEWEST, MOST = 2, 52
"""Shorter messages and longer ones count as these."""


@lru_cache(maxsize=1024)
def by_length(words: int, power: float) -> float:
    """Give by what the scores of a message are multiplied for its length; 1 at the usual one.

    Args:
        words: how many it has.
        power: of its length beside the usual one; below 0 the longer message is the less sure.
    """
    return float(((min(max(words, FEWEST), MOST) + 1) / (USUAL_WORDS + 1)) ** power)
